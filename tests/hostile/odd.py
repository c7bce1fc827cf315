"""What people, programs and accidents put into fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from liandong.domain.errors import MESSAGES
from tests.city import City

__all__ = ["ODD", "asked", "books", "problem"]

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


def refused(answer: httpx.Response) -> bool:
    """Tell whether an answer is a refusal."""
    return answer.status_code >= 400


def asked(
    city: City, ask: Callable[[], httpx.Response], counts: Callable[[httpx.Response], bool] = refused, *, new_streams: int | None = None
) -> httpx.Response:
    """Ask something of the police node, and hold that a refusal leaves its books as they were.

    Clocks, jobs and messages that other tests have set going write in the same books, and may do so between two looks. So what is asked
    must be something that can be asked again, and one time of three must leave the books alone: what a refusal writes it writes every time.

    Parameters:
        counts: which answers must leave the books alone; the others are returned as they are.
        new_streams: in place of books untouched, how many streams more there must be.
    """
    seen = []
    for _ in range(3):
        before = books(city)
        answer = ask()
        if not counts(answer):
            return answer
        after = books(city)
        if after == before if new_streams is None else after[0] == before[0] + new_streams:
            return answer
        seen.append((before, after))
    raise AssertionError(seen)


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
