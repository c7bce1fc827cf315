"""Chapters 17 and 18: the other streams, the code lists, the steps and the record, each table compared with the program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from liandong.application.peer_record import SUPPLEMENTS, check_peer_record
from liandong.application.place_appeal import CROSSING
from liandong.application.reactions import REACTIONS
from liandong.application.receive_message import parse_fact
from liandong.application.reporting import tell_step
from liandong.application.shared_streams import SHARED
from liandong.application.world import MACHINES
from liandong.domain.appeals.appeal import APPEAL
from liandong.domain.catalogue.items import Kind
from liandong.domain.errors import CommandRefused, RemoteProtocolError
from liandong.domain.journal.facts import Party, Role, StreamKind

DOCUMENT = (Path(__file__).parents[2] / "docs/reference/exchange.md").read_text(encoding="utf-8")
OTHERS = {name: shared for name, shared in SHARED.items() if name != "handover.fact"}


def rows(start: str, end: str, columns: int) -> Iterator[list[str]]:
    """Give the cells of the table rows between two headings."""
    part = DOCUMENT[DOCUMENT.index(start) : DOCUMENT.index(end) if end else len(DOCUMENT)]
    for line in part.splitlines():
        cells = [each.strip() for each in line.strip().strip("|").split("|")]
        if line.startswith("| `") and len(cells) == columns:
            yield cells


def test_17_1_a_fact_of_another_stream_travels_as_one_of_a_handover_does() -> None:
    actor = {"role": "agent", "person": "h1", "unit": "", "node": "hotline", "party": "R"}
    for name, shared in OTHERS.items():
        body = {"name": sorted(shared.facts)[0], "actor": actor, "at": "2026-11-24T00:00:00.000000Z", "data": {}}
        assert parse_fact(body, shared).name == body["name"]
        with pytest.raises(RemoteProtocolError):
            parse_fact({**body, "name": "HandoverOffered"}, SHARED[name])


def test_17_2_the_first_fact_of_each_type_brings_the_stream_and_names_both_ends() -> None:
    told = {cells[0].strip("`"): cells for cells in reversed(list(rows("## 17.", "## 18.", 5)))}
    for name, shared in OTHERS.items():
        assert told[name][1] == f"`{shared.opening}`"
        required = told[name][4].partition(";")[0]
        assert "`origin`" in required
        assert "`destination`" in required


def test_17_3_the_table_is_that_of_the_program() -> None:
    told: dict[tuple[str, str], tuple[Any, ...]] = {}
    for type_, fact, _, parties, data in rows("## 17.", "## 18.", 5):
        required, _, optional = data.partition(";")
        members = tuple(set(re.findall(r"`(\w+)`", each)) for each in (required, optional))
        told[type_.strip("`"), fact.strip("`")] = (set(parties.split(", ")), *members)
    wanted = {}
    for name, shared in OTHERS.items():
        machine = MACHINES[shared.kind]
        for fact in shared.facts:
            lines = [row for row in machine.rows if row.fact == fact]
            parties = {row.party.value for row in lines if row.party}
            wanted[name, fact] = (parties, set(lines[0].required), set(lines[0].optional))
    assert told == wanted


def test_18_1_every_closed_list_has_the_values_of_the_program_with_the_words_of_both_sides() -> None:
    told: dict[tuple[str, str], list[str]] = {}
    for name, where, value, police, hotline, meaning in rows("## 18.", "- **18.2**", 6):
        assert police and hotline and meaning, (name, value)
        told.setdefault((name.strip("`"), where), []).append(value.strip("`"))
    wanted: dict[tuple[str, str], list[str]] = {
        ("kind", "record"): [each.value for each in Kind],
        ("channel", "record"): list(APPEAL.fields["channel"].choices),
        ("side", "record, `RulingMade`"): list(APPEAL.fields["side"].choices),
        ("danger", "`HandoverOffered`"): ["true", "false"],
        ("role", "`actor`"): [each.value for each in Role],
        ("party", "`actor`"): [each.value for each in Party if each],
    }
    for name, shared in SHARED.items():
        for field in MACHINES[shared.kind].fields.values():
            if field.choices and field.name != "side":
                wanted[field.name, f"`{name}`"] = list(field.choices)
    assert told == wanted


def test_18_2_every_step_that_is_told_has_its_words() -> None:
    told = {cells[0].strip("`"): cells for cells in rows("- **18.2**", "- **18.3**", 4)}
    steps = {fact for fact, reactions in REACTIONS.items() if any(each is tell_step for _, each in reactions)}
    loops = {row.fact for kind in (StreamKind.ALARM, StreamKind.WORK_ORDER) for row in MACHINES[kind].rows}
    assert set(told) == steps & loops
    for fact, cells in told.items():
        sides = {side for kind, side in ((StreamKind.ALARM, "110"), (StreamKind.WORK_ORDER, "12345")) if any(row.fact == fact for row in MACHINES[kind].rows)}
        assert set(cells[1].split("、")) == sides


def test_18_3_the_record_is_that_of_the_program_and_one_of_another_shape_cannot_be_applied() -> None:
    told = {cells[0].strip("`"): (cells[2], cells[3]) for cells in rows("- **18.3**", "", 4)}
    wanted = {}
    for name in CROSSING:
        field = SUPPLEMENTS if name == "supplements" else APPEAL.fields[name]
        wanted[name] = (field.form, "" if field.form in ("flag", "choice") else str(field.limit))
    assert told == wanted
    check_peer_record({"text": "油烟", "of_next_year": {"a": [1]}})
    for broken in ({}, {"text": ""}, {"text": ["x"]}, {"text": "x", "phone": 1}, {"text": "x", "place": "长" * 301}, {"text": "x", "supplements": 1}, {"text": "x", "channel": "smoke"}):
        with pytest.raises(CommandRefused):
            check_peer_record(broken)
