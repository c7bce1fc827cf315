"""One page for each state machine, and their index."""

from __future__ import annotations

import inspect
import sys
from types import ModuleType

from liandong.application.world import MACHINES
from liandong.domain.journal.facts import Party, Role
from liandong.domain.journal.machine import PRIOR, ROLE_TITLES, SAME, Machine, Row

from .markdown import HEAD, code, codes, docstring, table

__all__ = ["pages", "rows_in_order"]

#: Names the pseudo-state in diagrams that stands for "where it came from".
BACK = "back_to_where_it_was"


def pages() -> dict[str, str]:
    """Return a page for each machine and ``states/README.md``."""
    made = {f"states/{kind.value}.md": "\n".join(_page(machine)) for kind, machine in MACHINES.items()}
    return {"states/README.md": "\n".join(_index()), **made}


def rows_in_order(machine: Machine) -> list[Row]:
    """Return the rows by state, then by command as the titles name them; tables built from sets have no order of their own."""
    states = [each.value for each in machine.states]
    titles = list(machine.titles)
    return sorted(machine.rows, key=lambda row: (states.index(str(row.state)), titles.index(row.command)))


def _index() -> list[str]:
    rows = [
        (
            f"[{machine.kind.value}]({machine.kind.value}.md)",
            _module(machine).__doc__.strip().splitlines()[0],  # type: ignore[union-attr]
            len(machine.states) - 1,
            len(machine.commands),
            len(machine.rows),
        )
        for machine in MACHINES.values()
    ]
    lines = ["# States 状态机", HEAD, ""]
    lines += ["Each kind of record has one table: state × command → next state, who may, what must be given, which clause says so."]
    lines += ["Screens, the API and these pages are made from the same tables.", ""]
    return lines + table(("machine", "what", "states", "commands", "rows"), rows)


def _module(machine: Machine) -> ModuleType:
    return sys.modules[machine.states.__module__]


def _page(machine: Machine) -> list[str]:
    module = _module(machine)
    first, _, rest = inspect.cleandoc(module.__doc__ or "").partition("\n")
    lines = [f"# {machine.kind.value}: {first.rstrip('.')}", HEAD, "", *docstring(rest), ""]
    lines += ["## Diagram 状态图", "", "```mermaid", *_diagram(machine), "```", "", *_staying(machine), ""]
    lines += ["## States 状态", "", *_states(machine, module), ""]
    lines += ["## Transitions 转移", "", *_legend(machine), "", *_transitions(machine), ""]
    lines += [*_guards(machine)]
    return [*lines, "## Fields 字段", "", *_fields(machine)]


def _name(machine: Machine, state: str) -> str:
    return machine.title(state) if state else "（未建立）"


def _diagram(machine: Machine) -> list[str]:
    lines = ["stateDiagram-v2", "    direction TB"]
    lines += [f'    state "{machine.title(each.value)} {each.value}" as {each.value}' for each in machine.states if each.value]
    edges: dict[tuple[str, str], list[str]] = {}
    for row in rows_in_order(machine):
        if row.to != SAME and row.who:
            edges.setdefault((row.state, BACK if row.to == PRIOR else row.to), []).append(machine.title(row.command))
    if any(to == BACK for _, to in edges):
        lines.append(f'    state "原状态 where it was" as {BACK}')
    for (start, to), commands in edges.items():
        lines.append(f"    {start or '[*]'} --> {to}: {'、'.join(dict.fromkeys(commands))}")
    return lines + [f"    {each} --> [*]" for each in sorted(machine.terminal)]


def _staying(machine: Machine) -> list[str]:
    stay: dict[str, list[str]] = {}
    for row in rows_in_order(machine):
        if row.to == SAME and row.who:
            stay.setdefault(row.command, []).append(row.state)
    if not stay:
        return []
    lines = ["Commands that leave the state as it is:", ""]
    for command, states in stay.items():
        lines.append(f"- {machine.title(command)} {code(command)}: in {codes(dict.fromkeys(states))}")
    return lines


def _groups(module: ModuleType, machine: Machine) -> dict[str, set[str]]:
    """Return the named groups of states a module makes public."""
    known = {each.value for each in machine.states}
    groups = {}
    for name in getattr(module, "__all__", ()):
        value = getattr(module, name)
        if isinstance(value, frozenset) and value and {str(each) for each in value} <= known:
            groups[name] = {str(each) for each in value}
    return groups


def _states(machine: Machine, module: ModuleType) -> list[str]:
    groups = _groups(module, machine)
    rows = [
        (code(each.value), *machine.titles[each.value], machine.sentences[each.value], codes(name for name in groups if each.value in groups[name]))
        for each in machine.states
        if each.value
    ]
    return table(("state", "中文", "English", "what it says", "groups"), rows)


def _legend(machine: Machine) -> list[str]:
    words = ["`=`: the state stays as it is."]
    if any(row.to == PRIOR for row in machine.rows):
        words.append("`<`: back to the state before the last move.")
    if any(row.party != Party.NONE for row in machine.rows):
        words.append("**S** sends and is the first receiver of the citizen, **R** receives; only that end may.")
    if any(not row.who for row in machine.rows):
        words.append("*crossing*: nobody gives it; what the peer says happened is taken, since both may act at the same time.")
    words.append("Several rows of one state and command: the first whose guard holds.")
    return [" ".join(words)]


def _who(row: Row) -> str:
    if len(row.who) == len(Role):
        people = "所有岗位 anyone"
    else:
        people = "、".join(ROLE_TITLES[each.value] for each in Role if each in row.who) or "*crossing*"
    return f"{row.party.value}: {people}" if row.party != Party.NONE else people


def _transitions(machine: Machine) -> list[str]:
    rows = [
        (
            code(row.state) or "（未建立）",
            f"{machine.title(row.command)} {code(row.command)}",
            code(row.to),
            _who(row),
            codes(row.required),
            codes(row.optional),
            code(row.guard),
            code(row.fact),
            row.source,
        )
        for row in rows_in_order(machine)
    ]
    return table(("state", "command", "to", "who", "must be given", "may be given", "guard", "fact", "source"), rows)


def _guards(machine: Machine) -> list[str]:
    used = list(dict.fromkeys(row.guard for row in rows_in_order(machine) if row.guard))
    if not used:
        return []
    rows = [(code(each), (inspect.getdoc(machine.guards[each]) or each.replace("_", " ") + ".").partition("\n\n")[0]) for each in used]
    return ["## Guards 条件", "", *table(("guard", "holds when"), rows), ""]


def _fields(machine: Machine) -> list[str]:
    used = {name for row in machine.rows for name in (*row.required, *row.optional)}
    rows = [
        (code(each.name), each.zh, each.en, each.form, each.limit if each.form in ("text", "list", "map") else "", codes(each.choices))
        for each in machine.fields.values()
        if each.name in used
    ]
    return table(("field", "中文", "English", "form", "limit", "choices"), rows)
