"""研判结论: whose matter it is, how urgent, why, what is missing and what to ask next."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from liandong.domain.appeals.particulars import Particulars
from liandong.domain.catalogue.items import Clause, Door, Kind, Ruling, Side

__all__ = ["Mark", "Reason", "Source", "Verdict"]


class Source(StrEnum):
    """Which layer a reason comes from."""

    #: A danger rule.
    DANGER = "danger"
    #: A cue of the list.
    CUE = "cue"
    #: A ruling of a consultation.
    RULING = "ruling"
    #: The door of a matter that neither line takes.
    DOOR = "door"
    #: The trained classifier.
    CLASSIFIER = "classifier"
    #: The text cannot be read as an appeal.
    TEXT = "text"


class Reason(NamedTuple):
    """Words → item or rule → clause.

    Parameters:
        words: as said; ``""`` where no single words decided.
        item: code of the item, sub-item or door.
        source: the layer.
        clause: what it rests on; None where nothing of the list applies.
        start, end: where the words stand in the text as said.
        rule: code and name of a danger rule or ruling, or a sentence.
    """

    words: str
    item: str
    source: Source
    clause: Clause | None = None
    start: int = 0
    end: int = 0
    rule: str = ""

    @property
    def clause_line(self) -> str:
        """Rule, code, place and words of the clause in one line."""
        parts = [self.rule] if self.rule else []
        if self.clause is not None:
            parts.append(f"{self.clause.code} {self.clause.place}：{self.clause.text}")
        return " · ".join(parts)

    def as_json(self) -> dict[str, str]:
        """Return words, item and clause."""
        return {"words": self.words, "item": self.item, "clause": self.clause_line}


@dataclass(frozen=True, slots=True)
class Mark:
    """Words to be marked on the screen, in positions of the text as said."""

    start: int
    end: int
    #: Code of the item or of the danger rule.
    code: str
    source: Source


@dataclass(frozen=True, slots=True)
class Verdict:
    """What triage says about one text. People decide.

    Parameters:
        side: whose matter.
        kind: 类别 of 004.
        item: class code, ``""`` where none.
        item2: the second class of a joint or doubtful matter, ``""`` where none.
        urgent: danger to life, body, property or public safety now.
        confidence: calibrated probability that ``side`` is right, 0 to 1.
        reasons: the weightiest first.
        particulars: what was read out of the words.
        missing: names of particulars still needed, most needed first.
        ask: the one best next question, ``""`` when nothing is missing.
        door: the right door when neither line takes it.
        ruling: the ruling that decided, or None.
        three_way: True when a three-way call is proposed, because not enough is known.
        cut: length of the whole text when only its beginning was read, else 0.
    """

    side: Side
    kind: Kind
    item: str = ""
    item2: str = ""
    urgent: bool = False
    confidence: float = 0.0
    reasons: tuple[Reason, ...] = ()
    particulars: Particulars = field(default_factory=Particulars)
    missing: tuple[str, ...] = ()
    ask: str = ""
    door: Door | None = None
    ruling: Ruling | None = None
    three_way: bool = False
    cut: int = 0

    def as_json(self, *, masked: bool = False) -> dict[str, Any]:
        """Return the verdict in the fixed shape that is stored, sent and printed.

        Parameters:
            masked: hide what identifies a person.
        """
        shown = self.particulars.masked() if masked else self.particulars
        # Only where a ruling decided, so that the shape is otherwise fixed.
        ruled = {"ruling": self._ruling_json(self.ruling)} if self.ruling is not None else {}
        return {
            "side": self.side.value,
            "kind": self.kind.value,
            "item": self.item,
            "item2": self.item2,
            "urgent": self.urgent,
            "confidence": round(self.confidence, 3),
            "reasons": [each.as_json() for each in self.reasons],
            "particulars": shown.as_json(),
            "missing": list(self.missing),
            "ask": self.ask,
            **ruled,
        }

    @staticmethod
    def _ruling_json(ruling: Ruling) -> dict[str, str]:
        """Return what routing needs of the ruling: who leads, until which fact, who then."""
        return {
            "code": ruling.code,
            "side": ruling.side.value,
            "lead": ruling.lead,
            "until_fact": ruling.until_fact,
            "then_side": ruling.then_side,
            "then_lead": ruling.then_lead,
            "clause": ruling.clause.code,
            "words": ruling.words[:300],
        }
