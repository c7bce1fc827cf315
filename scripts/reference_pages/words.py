"""The words of the trade as the program uses them: kinds, roles, states, commands, facts, fields, in both languages."""

from __future__ import annotations

from liandong.application.world import MACHINES
from liandong.domain.journal.facts import Role, StreamKind
from liandong.domain.journal.machine import ROLE_TITLES, Machine

from .markdown import HEAD, code, table
from .states import rows_in_order

__all__ = ["pages"]


def pages() -> dict[str, str]:
    """Return ``words.md``."""
    from liandong.web.reading.fact_words import kind_words

    lines = ["# Words in code 程序用语", HEAD, ""]
    lines += ["The same word in code, tables, addresses, logs and screens. What the words mean and where they come from: [glossary](../glossary.md).", ""]
    lines += ["## Kinds of record 记录种类", "", *table(("in code", "中文"), [(code(each.value), kind_words(each.value)) for each in StreamKind]), ""]
    lines += ["## Roles 岗位", "", *table(("in code", "中文"), [(code(each.value), ROLE_TITLES[each.value]) for each in Role]), ""]
    for kind, machine in MACHINES.items():
        lines += [f"## {kind_words(kind.value)} {kind.value}", "", *_machine(machine), ""]
    return {"words.md": "\n".join(lines)}


def _machine(machine: Machine) -> list[str]:
    from liandong.web.reading.fact_words import fact_words

    ordered = rows_in_order(machine)
    facts = dict.fromkeys(row.fact for row in ordered)
    rows: list[tuple[str, ...]] = [("state", code(each.value), *machine.titles[each.value]) for each in machine.states if each.value]
    rows += [("command", code(each), *machine.titles[each]) for each in dict.fromkeys(row.command for row in ordered)]
    rows += [("fact", code(each), fact_words(each), "") for each in facts]
    rows += [("field", code(each.name), each.zh, each.en) for each in machine.fields.values()]
    return table(("what", "in code", "中文", "English"), rows)
