"""What people, programs and accidents put into fields."""

from __future__ import annotations

from typing import Any

from liandong.domain.errors import MESSAGES
from tests.city import City

__all__ = ["ODD", "books", "problem"]

ODD: dict[str, Any] = {
    "empty": "",
    "blank": " \n\t\u3000",
    "100 kB": "长" * 34_000,
    "emoji": "👨‍👩‍👧‍👦🔥🏳️‍🌈" * 3,
    "NUL": "油\x00烟",
    "controls": "\x07\x1b[31m",
    "half a pair": "\ud800",
    "SQL": "'; DROP TABLE stream; --",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "template": "{{ 7|add:7 }}{% debug %}{0.__class__}%s%(x)s",
    "direction": "\u202e火着\u2066",
    "number": 7,
    "fraction": 1.5,
    "flag": True,
    "nothing": None,
    "list": ["油烟", ["又"]],
    "map": {"text": {"text": {}}},
}


def books(city: City, node: str = "police") -> tuple[int, ...]:
    """Return what a refused request must leave as it was: streams, their facts, journal, what is told about them, jobs.

    What a node says of its roots goes out when it is time, whoever asks for what.
    """
    query = """SELECT (SELECT count(*) FROM stream), (SELECT coalesce(sum(seq), 0) FROM stream), (SELECT count(*) FROM journal),
               (SELECT coalesce(max(position), 0) FROM outbox WHERE stream IN (SELECT id FROM stream)),
               (SELECT count(*) FROM procrastinate_jobs)"""
    with city.database(node) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return tuple(map(int, row))


def problem(answer: Any, *statuses: int) -> str:
    """Return the stable code of a refusal; it is problem+json with words, and never a 500."""
    assert 400 <= answer.status_code < 500 or answer.status_code == 503, (answer.status_code, answer.text[:300])
    assert not statuses or answer.status_code in statuses, (answer.status_code, answer.text[:300])
    assert answer.headers["Content-Type"].startswith("application/problem+json"), answer.headers["Content-Type"]
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["code"] in MESSAGES, told
    assert told["detail"]
    return str(told["code"])
