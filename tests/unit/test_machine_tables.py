"""Every transition table is total and sound: each state and command ends in a row or in words that say why not."""

from __future__ import annotations

import re

import pytest

from liandong.application.shared_streams import is_shared
from liandong.application.world import MACHINES
from liandong.domain.errors import MESSAGES, Refusal
from liandong.domain.journal.canonical import canonical
from liandong.domain.journal.facts import Command, Fact, Party, Role, StreamKind
from liandong.domain.journal.machine import PRIOR, ROLE_TITLES, SAME, Field, Machine, Row
from tests.unit.machine_samples import AT, actor, given, standing, stream

TABLES = [pytest.param(machine, id=kind.value) for kind, machine in MACHINES.items()]
FACT = re.compile(r"[A-Z][A-Za-z]+")


def moves(row: Row) -> bool:
    """Tell whether somebody may change the state by a row; rows for facts that met on the wire are nobody's to use."""
    return bool(row.who) and row.to not in (SAME, row.state)


@pytest.mark.parametrize("machine", TABLES)
def test_every_state_and_command_has_a_row_or_a_refusal_in_words(machine: Machine) -> None:
    for phase, name, command in standing(machine):
        state = stream(machine.kind, phase, danger=False)
        outcome = machine.decide(state, command)
        if isinstance(outcome, Refusal):
            assert outcome.code in MESSAGES
            for language in ("zh", "en"):
                assert "…" not in outcome.sentence(language), (phase, name, outcome)
            continue
        assert machine.rows_for(phase, name), (phase, name)
        after = machine.evolve(state, outcome[0])
        assert after.phase in {each.value for each in machine.states}
        assert after.seq == state.seq + 1
        canonical(dict(after.data))


@pytest.mark.parametrize("machine", TABLES)
def test_a_refusal_names_what_may_be_done_instead_and_who_may(machine: Machine) -> None:
    for phase, name, command in standing(machine):
        state = stream(machine.kind, phase)
        outcome = machine.decide(state, command)
        if not isinstance(outcome, Refusal):
            continue
        if outcome.code == "command.not_in_state" and "names" in outcome.data:
            assert tuple(outcome.data["names"]) == machine.open_to(state, command.actor)
        if outcome.code == "command.not_allowed":
            who = {role for row in machine.rows_for(phase, name) for role in row.who}
            assert set(outcome.data["roles"]) == {role.value for role in who}


@pytest.mark.parametrize("machine", TABLES)
def test_what_is_allowed_is_what_is_decided(machine: Machine) -> None:
    """A screen offers ``allowed``; nobody is offered what the table then says is another role's."""
    for phase, name, command in standing(machine):
        state = stream(machine.kind, phase)
        outcome = machine.decide(state, command)
        offered = name in machine.allowed(state, command.actor.role, command.actor.party)
        refused_by_role = isinstance(outcome, Refusal) and outcome.code in ("command.not_allowed", "command.unknown")
        if offered:
            assert not refused_by_role, (phase, name, command.actor)
        else:
            assert isinstance(outcome, Refusal), (phase, name, command.actor)


@pytest.mark.parametrize("machine", TABLES)
def test_deciding_is_pure(machine: Machine) -> None:
    for phase, _, command in standing(machine):
        state = stream(machine.kind, phase, item="P1", questions=[{"question": "在哪", "answer": ""}])
        before = canonical(dict(state.data))
        first, second = machine.decide(state, command), machine.decide(state, command)
        assert first == second
        if not isinstance(first, Refusal):
            machine.evolve(state, first[0])
        assert canonical(dict(state.data)) == before


@pytest.mark.parametrize("machine", TABLES)
def test_every_state_can_be_reached(machine: Machine) -> None:
    reached, known = {""}, -1
    while known != len(reached):
        known = len(reached)
        reached |= {row.to for row in machine.rows if row.state in reached and row.to not in (SAME, PRIOR)}
    assert reached == {each.value for each in machine.states}


@pytest.mark.parametrize("machine", TABLES)
def test_terminal_states_are_those_that_nobody_can_leave(machine: Machine) -> None:
    stuck = {each.value for each in machine.states} - {row.state for row in machine.rows if moves(row)}
    assert set(machine.terminal) == stuck


@pytest.mark.parametrize("machine", TABLES)
def test_going_back_leads_to_a_state_that_was_left(machine: Machine) -> None:
    for row in machine.rows:
        if row.to == PRIOR:
            came_from = {each.state for each in machine.rows if each.to == row.state}
            assert came_from, row
            for phase in came_from:
                outcome = machine.decide(
                    stream(machine.kind, row.state, prior_phase=phase, danger=False),
                    Command(row.command, actor(next(iter(row.who)), row.party), AT, given(machine, row)),
                )
                assert not isinstance(outcome, Refusal)
                assert machine.evolve(stream(machine.kind, row.state, prior_phase=phase), outcome[0]).phase == phase


@pytest.mark.parametrize("machine", TABLES)
def test_every_row_is_whole(machine: Machine) -> None:
    states = {each.value for each in machine.states}
    for row in machine.rows:
        assert row.state in states, row
        assert row.to in states | {SAME, PRIOR}, row
        assert row.source.strip(), row
        assert FACT.fullmatch(row.fact), row
        assert row.guard == "" or row.guard in machine.guards, row
        assert set(row.required) | set(row.optional) <= set(machine.fields), row
        assert not set(row.required) & set(row.optional), row
        assert row.party == Party.NONE or is_shared(machine.kind), row


@pytest.mark.parametrize("machine", TABLES)
def test_every_guard_and_field_is_used(machine: Machine) -> None:
    assert {row.guard for row in machine.rows} - {""} == set(machine.guards)
    used = {name for row in machine.rows for name in (*row.required, *row.optional)}
    assert set(machine.fields) == used


@pytest.mark.parametrize("machine", TABLES)
def test_every_state_and_command_has_words_in_both_languages(machine: Machine) -> None:
    names = {each.value for each in machine.states if each.value} | set(machine.commands)
    assert set(machine.titles) == names
    for name in names:
        zh, en = machine.title(name), machine.title(name, "en")
        assert re.search(r"[\u4e00-\u9fff]", zh), name
        assert en.isascii(), name
        assert en.strip(), name
    assert set(machine.sentences) == {each.value for each in machine.states}
    assert all(sentence.endswith(".") for sentence in machine.sentences.values())


@pytest.mark.parametrize("machine", TABLES)
def test_every_field_has_words_in_both_languages(machine: Machine) -> None:
    for name, spec in machine.fields.items():
        assert spec.name == name
        assert re.search(r"[\u4e00-\u9fff]", spec.zh), name
        assert spec.en.isascii(), name
        assert spec.limit > 0
        assert bool(spec.choices) == (spec.form == "choice"), name


@pytest.mark.parametrize("machine", TABLES)
def test_what_must_be_given_is_asked_for_by_name(machine: Machine) -> None:
    for row in machine.rows:
        if not row.required or not row.who:
            continue
        rows = machine.rows_for(row.state, row.command)
        outcome = machine.decide(stream(machine.kind, row.state), Command(row.command, actor(next(iter(row.who)), row.party), AT, {}))
        assert isinstance(outcome, Refusal), row
        if outcome.code == "input.required":
            assert set(outcome.data["names"]) <= {name for each in rows for name in (*each.required, *each.optional)}


@pytest.mark.parametrize("machine", TABLES)
def test_a_state_of_a_later_version_refuses_everything_in_words(machine: Machine) -> None:
    for name in machine.commands:
        outcome = machine.decide(stream(machine.kind, "invented_later"), Command(name, actor(Role.SYSTEM), AT, {}))
        assert isinstance(outcome, Refusal)
        assert outcome.code == "command.not_in_state"
        assert "invented_later" in outcome.sentence()


@pytest.mark.parametrize("machine", TABLES)
def test_what_does_not_exist_yet_can_only_begin(machine: Machine) -> None:
    for name in machine.commands:
        if not machine.rows_for("", name):
            outcome = machine.decide(stream(machine.kind), Command(name, actor(Role.SYSTEM), AT, {}))
            assert isinstance(outcome, Refusal)
            assert "（未建立）" in outcome.sentence()


@pytest.mark.parametrize("machine", TABLES)
def test_a_command_that_is_none_is_refused_by_its_name(machine: Machine) -> None:
    outcome = machine.decide(stream(machine.kind, ""), Command("x" * 5000, actor(Role.SYSTEM), AT, {}))
    assert isinstance(outcome, Refusal)
    assert (outcome.code, len(outcome.data["command"])) == ("command.unknown", 40)


@pytest.mark.parametrize("machine", TABLES)
def test_a_fact_of_a_later_version_is_kept_and_changes_nothing(machine: Machine) -> None:
    state = stream(machine.kind, next(each.value for each in machine.states if each.value))
    after = machine.evolve(state, Fact("InventedLater", actor(Role.SYSTEM), AT, {}))
    assert (after.phase, after.seq) == (state.phase, state.seq + 1)


@pytest.mark.parametrize("machine", TABLES)
@pytest.mark.parametrize("junk", [0, 1.5, [], {}, "\x00", "\ud800", "字\x07", "长" * 100_001, None, True, {"a": [1.5]}, [["x"] * 3] * 80])
def test_junk_in_any_field_is_refused_or_cleaned_and_never_raises(machine: Machine, junk: object) -> None:
    for row in machine.rows:
        if not row.who:
            continue
        for name in (*row.required, *row.optional):
            data = {**given(machine, row), name: junk}
            outcome = machine.decide(stream(machine.kind, row.state), Command(row.command, actor(next(iter(row.who)), row.party), AT, data))
            if isinstance(outcome, Refusal):
                assert "…" not in outcome.sentence(), (row, name)
            else:
                canonical(dict(outcome[0].data))


def test_every_role_has_a_title() -> None:
    assert set(ROLE_TITLES) == {role.value for role in Role}


def test_a_table_in_which_one_fact_leads_to_two_states_is_refused() -> None:
    alarm = MACHINES[StreamKind.ALARM]
    row = next(row for row in alarm.rows if row.command == "sign")
    rows = (*alarm.rows, Row(row.state, "sign_twice", "closed", row.who, row.fact, row.source))
    with pytest.raises(ValueError, match="two states"):
        Machine(alarm.kind, alarm.states, alarm.sentences, alarm.titles, rows, alarm.terminal, alarm.fields, alarm.guards)


def test_text_is_normalised_and_cut_to_what_a_field_holds() -> None:
    machine = MACHINES[StreamKind.APPEAL]
    row = machine.rows_for("", "take")[0]

    def take(text: str) -> object:
        command = Command("take", actor(Role.AGENT), AT, {"text": text, "channel": "phone"})
        outcome = machine.decide(stream(machine.kind), command)
        return outcome.code if isinstance(outcome, Refusal) else outcome[0].data["text"]

    assert "text" in row.required
    assert take("  e\u0301\r\n二\r三 ") == "é\n二\n三"
    assert take(" \n\t ") == "input.required"
    assert take("长" * 20_000) == "长" * 20_000
    assert take("长" * 20_001) == "input.too_long"
    assert take("👨‍👩‍👧‍👦 '; DROP TABLE stream;-- <script>") == "👨‍👩‍👧‍👦 '; DROP TABLE stream;-- <script>"
    assert isinstance(machine.fields["text"], Field)
