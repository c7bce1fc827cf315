"""对接事项明细: the list that says whose matter a matter is.

A catalogue is data (see ``packs/``): classes and their sub-items, each with its side, its clause, the words
that point to it and the words that point away, and the particulars that handling it needs. Nothing here reads
a file; ``adapters/packs`` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

__all__ = ["Catalogue", "Clause", "Door", "Item", "Kind", "Ruling", "Side"]


class Side(StrEnum):
    """Whose matter a verdict says it is."""

    #: 110 acts.
    POLICE = "police"
    #: 12345 acts.
    HOTLINE = "hotline"
    #: Police first, the hotline cures the source.
    JOINT = "joint"
    #: Neither: another door, shown with words to explain it.
    NEITHER = "neither"
    #: Not enough known; a person decides, by three-way call if need be.
    UNCLEAR = "unclear"


class Kind(StrEnum):
    """类别 of the Jining scope table (济政办字〔2023〕51号, annex)."""

    ALARM = "报警"
    ENQUIRY = "咨询"
    HELP = "求助"
    COMPLAINT = "投诉举报"
    SUGGESTION = "意见建议"


@dataclass(frozen=True, slots=True)
class Clause:
    """The words a verdict rests on."""

    #: Stable within a pack, such as ``xc-a2-H2``.
    code: str
    #: Title and number of the document.
    document: str
    #: Where in it: 附件2 第二类.
    place: str
    #: What it says.
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list: a class (``H2``) or a sub-item (``H2.07``)."""

    code: str
    name: str
    side: Side
    clause: Clause
    #: Code of the class above; ``""`` for a class.
    parent: str = ""
    definition: str = ""
    #: Words and phrases that point here; may be ``re:`` patterns.
    cues: tuple[str, ...] = ()
    #: Words and phrases that point away.
    counter_cues: tuple[str, ...] = ()
    #: Names of particulars that handling needs, most needed first (``place``, ``plate``, ``time`` …).
    required: tuple[str, ...] = ()
    #: particular name -> the question to ask the caller.
    questions: tuple[tuple[str, str], ...] = ()
    #: Functions a unit must have to lead this, most fitting first (``城管``).
    functions: tuple[str, ...] = ()
    #: True where police act first and the other side cures the source.
    joint: bool = False
    #: The value in the common register that all cities share (``H2.07``, ``P1.02``): the codes of Xiangcheng's list. The local code stands
    #: beside it; what comes before the first point is the class (``H2``).
    common: str = ""
    #: 类别 that the list puts this line under; empty where it may be any.
    kinds: tuple[Kind, ...] = ()


@dataclass(frozen=True, slots=True)
class Door:
    """The right door for a matter that neither line takes."""

    code: str
    name: str
    cues: tuple[str, ...]
    #: What the call-taker says.
    words: str
    clause: Clause
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """会商裁定: what a consultation decided; binds the catalogue from its date."""

    code: str
    item: str
    side: Side
    cues: tuple[str, ...]
    lead: str
    words: str
    effective_from: date
    effective_to: date | None
    clause: Clause
    #: The lead is theirs until this fact is found; ``""``: for good.
    until_fact: str = ""
    #: Who leads once it is found; ``""`` where nothing is said.
    then_side: str = ""
    then_lead: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One version of a city's list."""

    city: str
    version: str
    effective_from: date
    #: In the order of the document; classes before their sub-items.
    items: tuple[Item, ...]
    doors: tuple[Door, ...] = ()
    rulings: tuple[Ruling, ...] = ()

    def item(self, code: str) -> Item | None:
        """Return the item of this code, or None."""
        return next((each for each in self.items if each.code == code), None)

    @property
    def classes(self) -> tuple[Item, ...]:
        """The top level, in the document's order."""
        return tuple(each for each in self.items if not each.parent)

    def class_of(self, code: str) -> Item | None:
        """Return the class that a code lies in (``H2`` for ``H2.07`` and for ``H2``), or None where the code is unknown."""
        by_code = {each.code: each for each in self.items}
        found = by_code.get(code)
        for _ in self.items:
            if found is None or not found.parent:
                return found
            found = by_code.get(found.parent)
        return None

    def below(self, code: str) -> tuple[Item, ...]:
        """Return the lines directly under a code, in the document's order."""
        return tuple(each for each in self.items if each.parent == code)

    def rulings_on(self, day: date) -> tuple[Ruling, ...]:
        """Return the rulings in force on a day, the newest first."""
        in_force = [each for each in self.rulings if each.effective_from <= day and (each.effective_to is None or day <= each.effective_to)]
        return tuple(sorted(in_force, key=lambda each: (each.effective_from, each.code), reverse=True))
