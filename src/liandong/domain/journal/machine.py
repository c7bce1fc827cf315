"""The engine under every state machine: a table, a decision, a step.

Rules:
    1. A machine is a table of rows ``(state, command) -> to, who, guard, required, fact, source``. Nothing else changes a state.
    2. ``decide`` is pure: the same state, command and context give the same facts or the same refusal.
    3. ``evolve`` never refuses: what happened, happened.
    4. Several rows may share a state and a command when guards tell them apart; the first that holds is taken.
    5. Terminal states have no rows and say so.

Theory of operation: ``decide`` finds the rows for the state and the command, asks whether the actor may, whether all
that must be given is given and well formed, and whether the guard holds; the fact it returns carries the cleaned data.
``evolve`` moves to the row's state and folds the fact's data into the state's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from liandong.domain.errors import Refusal
from liandong.domain.journal.facts import Actor, Command, Fact, Party, Role, StreamKind, StreamState

__all__ = ["ANYONE", "PRIOR", "SAME", "Field", "Guard", "Machine", "Row", "clean_text"]

#: ``to`` of a row that leaves the state as it is.
SAME = "="
#: ``to`` of a row that goes back to the state before the last move.
PRIOR = "<"
#: ``who`` of a row that every role may use.
ANYONE = frozenset(Role)

#: state, command, context -> None when it holds, a Refusal when it does not.
Guard = Callable[[StreamState, Command, Mapping[str, Any]], Refusal | None]
#: state, command name, actor -> None where the record is the actor's own to act on, a Refusal where it is another's.
Own = Callable[[StreamState, str, Actor], Refusal | None]
#: folds a fact into the data; returns the new data.
Fold = Callable[[dict[str, Any], Fact], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Field:
    """Something a command may carry."""

    name: str
    zh: str
    en: str
    #: ``text``, ``flag``, ``number``, ``choice``, ``map`` or ``list``.
    form: str = "text"
    #: Longest text in characters, longest list in items.
    limit: int = 2000
    choices: tuple[str, ...] = ()
    #: What people choose though it is no choice -> the code of the refusal that says what to do instead.
    denied: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a transition table."""

    state: str
    command: str
    to: str
    who: frozenset[Role]
    fact: str
    #: The document and clause that says so.
    source: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    guard: str = ""
    party: Party = Party.NONE


def clean_text(value: str) -> str:
    """Return the text in NFC with line ends unified and blank ends cut.

    Raises:
        ValueError: it holds NUL, other control characters or lone surrogates.
    """
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n").strip()
    for char in text:
        if (char < " " and char not in "\n\t") or "\ud800" <= char <= "\udfff" or char == "\x7f":
            raise ValueError("control character")
    return text


@dataclass(frozen=True)
class Machine:
    """A named transition table with the words for its states and commands.

    Parameters:
        kind: of the streams it rules.
        states: the state enum; each member has a sentence in ``sentences``.
        titles: state and command names -> (Chinese, English).
        rows: the table.
        terminal: states without a way out.
        fields: what commands may carry.
        guards: name -> function.
        fold: how a fact enters the data, after the default of copying its fields.
        own: whether a record is the actor's own to act on, asked of every row of the table; None: the role decides alone.
        apart: facts whose fields are not copied into the data; the fold puts them where they belong.
    """

    kind: StreamKind
    states: type[StrEnum]
    sentences: Mapping[str, str]
    titles: Mapping[str, tuple[str, str]]
    rows: tuple[Row, ...]
    terminal: frozenset[str]
    fields: Mapping[str, Field]
    guards: Mapping[str, Guard] = field(default_factory=dict)
    fold: Fold | None = None
    own: Own | None = None
    apart: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        index: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            index.setdefault((row.state, row.command), []).append(row)
        targets: dict[tuple[str, str], str] = {}
        for row in self.rows:
            if targets.setdefault((row.state, row.fact), row.to) != row.to:
                raise ValueError(f"{row.state} + {row.fact} leads to two states")
        object.__setattr__(self, "_index", index)
        object.__setattr__(self, "_targets", targets)

    @property
    def commands(self) -> tuple[str, ...]:
        """Every command of the table, in its order."""
        return tuple(dict.fromkeys(row.command for row in self.rows))

    def title(self, name: str, language: str = "zh") -> str:
        """Return the word on screens for a state or command; one that a later version wrote is its own word."""
        zh, en = self.titles.get(name, (name, name))
        return en if language.startswith("en") else zh

    def allowed(self, state: StreamState, role: Role, party: Party = Party.NONE) -> tuple[str, ...]:
        """Return the commands this role may give now, in the table's order; guards are not asked."""
        return tuple(
            dict.fromkeys(
                row.command for row in self.rows if row.state == state.phase and role in row.who and row.party in (Party.NONE, party)
            )
        )

    def open_to(self, state: StreamState, actor: Actor) -> tuple[str, ...]:
        """Return the commands an actor may give now on a record that is its own; guards are not asked."""
        names = self.allowed(state, actor.role, actor.party)
        return names if self.own is None else tuple(each for each in names if self.own(state, each, actor) is None)

    def rows_for(self, phase: str, command: str) -> list[Row]:
        """Return the rows of a state and command; empty where the table has none."""
        found: list[Row] = self._index.get((phase, command), [])  # type: ignore[attr-defined]
        return found

    def decide(self, state: StreamState, command: Command, context: Mapping[str, Any] | None = None) -> tuple[Fact, ...] | Refusal:
        """Decide a command.

        Parameters:
            state: where the stream stands.
            command: what is wanted, by whom, when.
            context: what guards need from outside (limits, pack switches); plain values.

        Returns:
            the facts, or the refusal: ``command.unknown``, ``command.not_in_state``, ``command.not_allowed``,
            ``command.other_end``, ``input.required``, ``input.*`` or what a guard says.
        """
        if command.name not in self.commands:
            return Refusal("command.unknown", {"command": command.name[:40]})
        # Rows for nobody are there for facts that cross on the wire; no person can give them.
        rows = [row for row in self.rows_for(state.phase, command.name) if row.who]
        if not rows:
            return self._not_in_state(state, command)
        rows = [row for row in rows if command.actor.role in row.who and row.party in (Party.NONE, command.actor.party)]
        if not rows:
            return self._not_allowed(state, command)
        foreign = self.own(state, command.name, command.actor) if self.own is not None else None
        if foreign is not None:
            return foreign
        refusal: Refusal | None = None
        for row in rows:
            outcome = self._try(row, state, command, context or {})
            if not isinstance(outcome, Refusal):
                return (outcome,)
            refusal = refusal or outcome
        assert refusal is not None
        return refusal

    def _try(self, row: Row, state: StreamState, command: Command, context: Mapping[str, Any]) -> Fact | Refusal:
        cleaned = self.clean(command.data, row)
        if isinstance(cleaned, Refusal):
            return cleaned
        if row.guard:
            held = self.guards[row.guard](state, replace(command, data=cleaned), context)
            if held is not None:
                return held
        return Fact(row.fact, command.actor, command.at, cleaned)

    def receive(self, state: StreamState, fact: Fact) -> Fact | Refusal:
        """Check a fact that the peer says happened, against the same table.

        The peer decided by its own clock and switches; what is asked here is whether the table knows the step from this
        state, whether that party may take it, and whether the data is whole.

        Returns:
            the fact with its data cleaned, or why it cannot stand: ``command.unknown``, ``command.not_in_state``,
            ``command.not_allowed``, ``input.*`` or what a guard says.
        """
        known = [row for row in self.rows if row.fact == fact.name]
        if not known:
            return Refusal("command.unknown", {"command": fact.name[:40]})
        rows = [row for row in known if row.state == state.phase]
        command = Command(known[0].command, fact.actor, fact.at, fact.data)
        if not rows:
            return self._not_in_state(state, command)
        rows = [row for row in rows if row.party in (Party.NONE, fact.actor.party)]
        if not rows:
            return self._not_allowed(state, command)
        return self._try(rows[0], state, command, {})

    def clean(self, data: Mapping[str, Any], row: Row) -> dict[str, Any] | Refusal:
        """Return the data a row takes, each checked; a Refusal where something is missing or malformed."""
        cleaned: dict[str, Any] = {}
        for name in (*row.required, *row.optional):
            value = data.get(name)
            if value is None or value == "":
                continue
            checked = check_field(self.fields[name], value)
            if isinstance(checked, Refusal):
                return checked
            if checked not in ("", None):
                cleaned[name] = checked
        missing = [self.fields[name] for name in row.required if name not in cleaned]
        if missing:
            return Refusal("input.required", {"fields": [each.zh for each in missing], "names": [each.name for each in missing]})
        return cleaned

    def evolve(self, state: StreamState, fact: Fact) -> StreamState:
        """Return the state after a fact. Facts of names unknown here are kept and change nothing but ``seq``."""
        to: str | None = self._targets.get((state.phase, fact.name))  # type: ignore[attr-defined]
        data = dict(state.data) if fact.name in self.apart else {**state.data, **fact.data}
        phase = state.phase
        if to == PRIOR:
            phase = str(state.data.get("prior_phase", state.phase))
        elif to is not None and to != SAME:
            data["prior_phase"] = state.phase
            phase = to
        if self.fold is not None:
            data = self.fold(data, fact)
        return replace(state, phase=phase, seq=state.seq + 1, data=data)

    def _not_in_state(self, state: StreamState, command: Command) -> Refusal:
        open_to = self.open_to(state, command.actor)
        words = [self.title(each) for each in open_to] or ["（无）"]
        phase = self.title(state.phase) if state.phase else "（未建立）"
        return Refusal(
            "command.not_in_state", {"command": self.title(command.name), "state": phase, "allowed": words, "names": list(open_to)}
        )

    def _not_allowed(self, state: StreamState, command: Command) -> Refusal:
        if any(command.actor.role in row.who for row in self.rows_for(state.phase, command.name)):
            return Refusal("command.other_end", {"command": self.title(command.name)})
        who = sorted({role.value for row in self.rows_for(state.phase, command.name) for role in row.who})
        return Refusal(
            "command.not_allowed", {"command": self.title(command.name), "who": [ROLE_TITLES[each] for each in who], "roles": who}
        )


ROLE_TITLES: dict[str, str] = {
    "call_taker": "110接警员",
    "agent": "12345话务员",
    "reviewer": "审核员",
    "dispatcher": "调度员",
    "officer": "民警",
    "unit_staff": "承办单位",
    "supervisor": "督办员",
    "leader": "领导",
    "analyst": "研判员",
    "administrator": "管理员",
    "citizen": "诉求人",
    "system": "系统",
}


def check_field(spec: Field, value: Any) -> Any:
    """Return the cleaned value of a field, or a Refusal that names the field in Chinese.

    Text is NFC, stripped and at most ``limit`` characters; flags are booleans; numbers are integers
    within ±2**53; choices are of the list; maps and lists hold plain JSON without floats, at most ``limit`` items.
    """
    if spec.form in ("text", "choice"):
        return _check_text(spec, value)
    if spec.form == "flag":
        return value if isinstance(value, bool) else Refusal("input.invalid", {"detail": f"{spec.zh}应为是或否"})
    if spec.form == "number":
        sound = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
        return value if sound else Refusal("input.invalid", {"detail": f"{spec.zh}应为整数"})
    wanted = dict if spec.form == "map" else list
    if not isinstance(value, wanted) or len(value) > spec.limit or not _plain(value, 6):
        return Refusal("input.invalid", {"detail": f"{spec.zh}格式不对"})
    return value


def _check_text(spec: Field, value: Any) -> Any:
    if not isinstance(value, str):
        return Refusal("input.invalid", {"detail": f"{spec.zh}应为文字"})
    if len(value) > max(spec.limit * 4, 64):
        return Refusal("input.too_long", {"field": spec.zh, "limit": spec.limit, "length": len(value)})
    try:
        text = clean_text(value)
    except ValueError:
        return Refusal("input.not_text", {"field": spec.zh})
    if len(text) > spec.limit:
        return Refusal("input.too_long", {"field": spec.zh, "limit": spec.limit, "length": len(text)})
    if text in spec.denied:
        return Refusal(spec.denied[text])
    if spec.form == "choice" and text and text not in spec.choices:
        return Refusal("input.invalid", {"detail": f"{spec.zh}只能是：{'、'.join(spec.choices)}"})
    return text


def _plain(value: Any, depth: int) -> bool:
    """Tell whether a value is JSON without floats, NUL and surrogates, no deeper than ``depth``."""
    if depth < 0:
        return False
    if isinstance(value, str):
        return len(value) <= 20_000 and not any(char == "\x00" or "\ud800" <= char <= "\udfff" for char in value)
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return abs(value) < 2**53
    if isinstance(value, list):
        return all(_plain(each, depth - 1) for each in value)
    if isinstance(value, dict):
        return all(isinstance(name, str) and _plain(name, 0) and _plain(each, depth - 1) for name, each in value.items())
    return False
