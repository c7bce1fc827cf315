"""Measure the look-up of repeats in a long history, and what writing the keys costs an intake. Prints JSON lines.

    python tests/bench/bench_repeats.py [APPEALS]        # 1,000,000 unless said otherwise

A police node of its own is made; its history is written by SQL (generate_series), spread over the last 30 days, six keys an
appeal: numbers and doors that few share, roads that hundreds share, and words by a power law, so that the commonest key
has hundreds of thousands of rows. Indexes of ``stream`` other than its key are dropped while it is filled and made again.
"""

from __future__ import annotations

import json
import random
import re
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.city import City, running_city

SAMPLE, TAKEN = 500, 600
CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "parts"
FILL_STREAM = """
INSERT INTO stream (id, kind, number, phase, seq, head, data, appeal, urgent, side, item, unit, summary, place, phone, opened_at, updated_at)
SELECT gen.id, 'appeal', 'B' || n, 'kept', 1, '', '{}', gen.id, false, 'police', 'P1', '', %(text)s || n, '', (13000000000 + n %% 3000000)::text, gen.at, gen.at
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n,
     LATERAL (SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id,
                     now() - (n %% 2591000) * interval '1 second' AS at) AS gen"""
FILL_KEYS = """
INSERT INTO repeat_key (key, at, appeal)
SELECT hashint8extended(kind * 100000000::bigint + value, 1) & 9223372036854775807, at, id FROM (
    SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id, now() - (n %% 2591000) * interval '1 second' AS at, kind,
           CASE kind WHEN 1 THEN n %% 3000000 WHEN 2 THEN (n * 7919) %% 2000000 WHEN 3 THEN (n * 104729) %% 20000
                ELSE floor(exp(random() * ln(2000000)))::bigint END AS value
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n, generate_series(1, 6) AS kind) AS made"""
STEP = 500_000


def say(what: str, value: float, unit: str, **more: Any) -> None:
    """Print one measurement."""
    print(json.dumps({"bench": "repeats", "what": what, "value": round(value, 3), "unit": unit, **more}, ensure_ascii=False), flush=True)


def texts() -> list[str]:
    """Return texts of the project's own corpus."""
    return [json.loads(line)["text"] for file in sorted(CORPUS.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def fill(city: City, rows: int) -> None:
    """Write the history of a police node."""
    with city.database("police") as database:
        indexes = database.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'stream' AND indexname LIKE 'stream_by%' OR indexname = 'stream_newest'"
        ).fetchall()
        for name, _ in indexes:
            database.execute(f'DROP INDEX "{name}"')
        database.execute("ALTER TABLE repeat_key DROP CONSTRAINT repeat_key_pkey")
        database.execute("SET synchronous_commit = off")
        words = texts()[0][:60]
        for first in range(1, rows + 1, STEP):
            part = {"first": first, "last": min(first + STEP - 1, rows), "text": words}
            database.execute(FILL_STREAM, part)
            database.execute(FILL_KEYS, part)
        database.execute("SET maintenance_work_mem = '512MB'")
        database.execute("ALTER TABLE repeat_key ADD CONSTRAINT repeat_key_pkey PRIMARY KEY (key, at, appeal)")
        for _, definition in indexes:
            database.execute(definition)
        database.execute("VACUUM ANALYZE repeat_key")
        database.execute("VACUUM ANALYZE stream")
        size = database.execute("SELECT pg_total_relation_size('repeat_key'), count(*) FROM repeat_key").fetchone()
        assert size is not None
        say("look-up table", size[0] / 2**30, "GiB", keys=size[1], appeals=rows)


def measure(city: City, rows: int) -> None:
    """Look up, and take appeals, as the node itself does."""
    from liandong.node.bootstrap import start

    world = start(city.file("police"))
    from liandong.adapters.postgres.unit_of_work import RECALL
    from liandong.application.find_repeats import find_repeats
    from liandong.application.take_appeal import take_appeal
    from liandong.domain.appeals.repeat_keys import RepeatKey, Why
    from liandong.domain.journal.facts import Actor, Role

    chance, said = random.Random(1), texts()
    whys = (Why.PHONE, Why.PLACE, Why.EVENT, Why.WORDS, Why.WORDS, Why.WORDS)
    with city.database("police") as database:
        wanted = [
            [RepeatKey(why, key) for why, (key,) in zip(whys, database.execute(
                "SELECT key FROM repeat_key WHERE key >= %s ORDER BY key LIMIT 6", [chance.randrange(2**63)]).fetchall(), strict=False)]
            for _ in range(SAMPLE)
        ]  # fmt: skip
        hot = database.execute("SELECT hashint8extended(kind * 100000000::bigint + 1, 1) & 9223372036854775807 FROM generate_series(4, 6) AS kind").fetchall()
        plan = database.execute(f"EXPLAIN (FORMAT JSON) {RECALL}", [[hot[0][0], *(each.key for each in wanted[0])], [5] + [10] * len(wanted[0]), world.clock.now() - timedelta(days=30), 40]).fetchone()
    assert plan is not None
    text = json.dumps(plan[0])
    say("look-up reads the index of keys and nothing else of that table", float("Seq Scan" not in text and "repeat_key_pkey" in text), "bool", nodes=re.findall(r'"Node Type": "([^"]+)"', text))
    for name, sets in (("look-up", wanted), ("look-up with the three commonest keys", [[*each[:3], *(RepeatKey(Why.WORDS, row[0]) for row in hot)] for each in wanted])):
        times = []
        for keys in sets:
            text = chance.choice(said)
            began = time.perf_counter()
            with world.work() as unit:
                find_repeats(unit, world.desk.switches, world.clock.now(), text, keys)
            times.append((time.perf_counter() - began) * 1000)
        cuts = statistics.quantiles(times, n=100)
        say(f"{name} p50", cuts[49], "ms", appeals=rows)
        say(f"{name} p99", cuts[98], "ms", appeals=rows)
    actor = Actor(Role.CALL_TAKER, person="bench", node="police")
    began = time.perf_counter()
    for number in range(TAKEN):
        take_appeal(world, actor, {"text": chance.choice(said)[:400], "channel": "phone", "phone": f"139{number:08d}", "place": f"采莲路{number}号"})
    say("intake with triage, journal, repeat look-up, committed, one thread", TAKEN / (time.perf_counter() - began), "/s", appeals=rows)


def main() -> None:
    """Run the measurements."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with running_city() as city:
        began = time.perf_counter()
        fill(city, rows)
        say("history written", time.perf_counter() - began, "s", appeals=rows)
        measure(city, rows)


if __name__ == "__main__":
    main()
