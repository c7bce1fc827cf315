"""Reads the lists of a pack: catalogue, doors, rulings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from liandong.adapters.packs.cues import check_cues
from liandong.adapters.packs.problems import Problems
from liandong.adapters.packs.rows import Row
from liandong.adapters.packs.sources import TomlFile, read_toml
from liandong.domain.catalogue.items import Catalogue, Clause, Door, Item, Kind, Ruling, Side

__all__ = ["PARTICULARS", "read_catalogue"]

#: What an item may require; the names that ``domain.appeals`` reads out of a text.
PARTICULARS = (
    "place",
    "time",
    "phone",
    "identity",
    "plate",
    "person",
    "age",
    "role",
    "company",
    "amount",
    "count",
    "injury",
    "weapon",
    "description",
    "evidence",
)
_CLASS_CODE = re.compile(r"[A-Z]{1,2}[0-9]{1,2}")
_SUB_CODE = re.compile(r"[A-Z]{1,2}[0-9]{1,2}(\.[0-9]{2}){1,3}")


class _Lists:
    """Keeps what earlier rows gave, which later ones refer to."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.clauses: dict[str, Clause] = {}
        self.items: dict[str, Item] = {}
        self.questions: Mapping[str, str] = {}
        self._lines: dict[tuple[str, str], int] = {}

    def fresh(self, row: Row, kind: str) -> str:
        """Return the row's code, noting one that was used before."""
        code = row.text("code")
        first = self._lines.setdefault((kind, code), row.line)
        if code and first != row.line:
            row.wrong("code.duplicate", "code", value=code, first=first)
        return code

    def clauses_of(self, file: TomlFile) -> None:
        for row in file.tables("clause"):
            code = self.fresh(row, "clause")
            self.clauses[code] = Clause(code, row.text("document"), row.text("place"), row.text("text"))
            row.nothing_else()

    def clause(self, row: Row, owner: str, inherited: Clause | None = None) -> Clause:
        nothing = Clause("", "", "", "")
        if not row.has("clause"):
            if inherited is None:
                row.wrong("clause.missing", "", value=owner)
            return inherited or nothing
        code = row.text("clause")
        if code and code not in self.clauses:
            row.wrong("code.unknown", "clause", key="clause", value=code)
        return self.clauses.get(code, nothing)

    def item(self, row: Row) -> None:
        code = self.fresh(row, "item")
        above = self._parent(row, code)
        required = row.texts("required") or (above.required if above else ())
        for name in required:
            if name not in PARTICULARS:
                row.wrong("key.choice", "required", key="required", value=name, choices="、".join(PARTICULARS))
        side = row.choice("side", [each.value for each in Side if each in (Side.POLICE, Side.HOTLINE)], above.side.value if above else None)
        kinds = [each for each in row.texts("kinds") if each in set(Kind)]
        if len(kinds) != len(row.texts("kinds")):
            row.wrong("key.choice", "kinds", key="kinds", value="、".join(row.texts("kinds")), choices="、".join(Kind))
        item = Item(
            code=code,
            name=row.text("name"),
            side=Side(side),
            clause=self.clause(row, code, above.clause if above else None),
            parent=above.code if above else "",
            definition=row.text("definition"),
            cues=check_cues(row, "cues"),
            counter_cues=check_cues(row, "counter_cues"),
            required=required,
            questions=self._questions(row, required),
            functions=row.texts("functions") or (above.functions if above else ()),
            joint=row.flag("joint"),
            common=row.text("common", code),
            kinds=tuple(map(Kind, kinds)) or (above.kinds if above else ()),
        )
        if not item.functions:
            row.wrong("key.missing", "functions", key="functions")
        for cue in set(item.cues) & set(item.counter_cues):
            row.wrong("cue.both", "counter_cues", cue=cue)
        row.nothing_else()
        self.items.setdefault(code, item)

    def _parent(self, row: Row, code: str) -> Item | None:
        parent = row.text("parent", "")
        if not parent:
            if code and not _CLASS_CODE.fullmatch(code):
                row.wrong("code.form", "code", value=code, detail="大类应为 H1 这样；小类要写 parent")
            return None
        if code and (not _SUB_CODE.fullmatch(code) or code.rpartition(".")[0] != parent):
            row.wrong("code.form", "code", value=code, detail=f"小类应为 {parent}.01 这样")
        if parent not in self.items:
            row.wrong("code.order", "parent", value=code, parent=parent)
        return self.items.get(parent)

    def _questions(self, row: Row, required: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        own = row.mapping("questions")
        for name in own:
            if name not in PARTICULARS:
                row.wrong("key.choice", "questions", key="questions", value=name, choices="、".join(PARTICULARS))
        asked = []
        for name in required:
            question = own.get(name) or self.questions.get(name, "")
            if not question and name in PARTICULARS:
                row.wrong("key.missing", "questions", key=f"questions.{name}")
            asked.append((name, question))
        return tuple(asked)

    def door(self, row: Row) -> Door:
        code = self.fresh(row, "door")
        door = Door(code, row.text("name"), check_cues(row, "cues"), row.text("words"), self.clause(row, code), row.text("phone", ""))
        row.nothing_else()
        return door

    def ruling(self, row: Row) -> Ruling:
        code = self.fresh(row, "ruling")
        item = row.text("item")
        if item and item not in self.items:
            row.wrong("code.unknown", "item", key="item", value=item)
        begins = row.date("effective_from")
        ends = row.date("effective_to", date.max)
        if ends < begins:
            row.wrong("date.order", "effective_to", value=ends, first=begins)
        ruling = Ruling(
            code=code,
            item=item,
            side=Side(row.choice("side", [each.value for each in Side])),
            cues=check_cues(row, "cues"),
            lead=row.text("lead"),
            words=row.text("words"),
            effective_from=begins,
            effective_to=None if ends == date.max else ends,
            clause=self.clause(row, code),
        )
        row.nothing_else()
        return ruling


def read_catalogue(folder: Path, city: str, problems: Problems) -> Catalogue:
    """Return the list of a city; an unusable file gives an empty list and its problems."""
    lists = _Lists(problems)
    version, begins = "", date.min
    file = read_toml(folder, "catalogue.toml", problems)
    if file is not None:
        top = file.top("questions", "clause", "item")
        version, begins = top.text("version"), top.date("effective_from")
        top.nothing_else()
        questions = file.table("questions")
        if questions is not None:
            lists.questions = {name: questions.text(name) for name in PARTICULARS if questions.has(name)}
            questions.nothing_else()
        lists.clauses_of(file)
        for row in file.tables("item"):
            lists.item(row)
        if not lists.items:
            problems.add("catalogue.toml", 1, "key.missing", key="[[item]]")
    doors = _read(folder, "doors.toml", "door", lists, problems)
    rulings = _read(folder, "rulings.toml", "ruling", lists, problems)
    return Catalogue(
        city=city,
        version=version,
        effective_from=begins,
        items=tuple(lists.items.values()),
        doors=tuple(lists.door(row) for row in doors),
        rulings=_without_contradiction([(row, lists.ruling(row)) for row in rulings]),
    )


def _read(folder: Path, name: str, key: str, lists: _Lists, problems: Problems) -> list[Row]:
    file = read_toml(folder, name, problems, optional=True)
    if file is None:
        return []
    file.top("clause", key).nothing_else()
    lists.clauses_of(file)
    return list(file.tables(key))


def _without_contradiction(rows: list[tuple[Row, Ruling]]) -> tuple[Ruling, ...]:
    for index, (row, ruling) in enumerate(rows):
        for _, other in rows[:index]:
            both = set(ruling.cues) & set(other.cues) or (not ruling.cues and not other.cues)
            apart = _last(ruling) < other.effective_from or _last(other) < ruling.effective_from
            if ruling.item == other.item and ruling.side is not other.side and both and not apart:
                row.wrong("ruling.contradiction", "", value=ruling.code, other=other.code)
    return tuple(ruling for _, ruling in rows)


def _last(ruling: Ruling) -> date:
    return ruling.effective_to or date.max
