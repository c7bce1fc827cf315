"""A verdict made ready for the screen: reasons with their clauses, what is missing, which course it proposes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liandong.domain.catalogue.items import Clause
from liandong.web.reading.pack_words import clause_of, item_name

__all__ = ["Reason", "ShownVerdict", "shown_verdict"]

#: Reasons shown at once.
MOST = 8


@dataclass(frozen=True, slots=True)
class Reason:
    """Some words, what they point to, and the clause behind it."""

    words: str
    item: str
    item_name: str
    clause: Clause | None
    clause_code: str


@dataclass(frozen=True, slots=True)
class ShownVerdict:
    """What the panel shows."""

    side: str
    item: str
    item2: str
    kind: str
    urgent: bool
    #: Words that sound like danger in what is judged calm, to be asked about first; empty where there are none.
    sounds: str
    #: Per cent.
    confidence: int
    reasons: tuple[Reason, ...]
    particulars: tuple[tuple[str, tuple[str, ...]], ...]
    missing: tuple[str, ...]
    ask: str
    door: str
    guidance: str
    door_phone: str
    #: What the words are that decided, to be marked in the text.
    marks: tuple[str, ...]
    #: The ruling of a consultation that decided: ``code``, ``lead``, ``until_fact``, ``words``; empty where none did.
    ruling: Mapping[str, str]


def shown_verdict(verdict: Mapping[str, Any]) -> ShownVerdict:
    """Return a verdict for the screen, whether it comes from triage now or from a journal (confidence in per mille)."""
    reasons = tuple(_reason(each) for each in verdict.get("reasons") or () if isinstance(each, Mapping))[:MOST]
    particulars = verdict.get("particulars")
    told = tuple((str(name), tuple(map(str, values if isinstance(values, list | tuple) else [values]))) for name, values in (particulars or {}).items() if values) if isinstance(particulars, Mapping) else ()
    return ShownVerdict(
        side=str(verdict.get("side") or "unclear"),
        item=str(verdict.get("item") or ""),
        item2=str(verdict.get("item2") or ""),
        kind=str(verdict.get("kind") or ""),
        urgent=bool(verdict.get("urgent")),
        sounds=reasons[0].words if reasons and not verdict.get("urgent") and reasons[0].clause_code.startswith("D-") else "",
        confidence=_per_cent(verdict),
        reasons=reasons,
        particulars=told,
        missing=tuple(map(str, verdict.get("missing") or ())),
        ask=str(verdict.get("ask") or ""),
        door=str(verdict.get("door") or ""),
        guidance=str(verdict.get("guidance") or ""),
        door_phone=str(verdict.get("door_phone") or ""),
        marks=tuple(dict.fromkeys(each.words for each in reasons if each.words))[:20],
        ruling=_ruling(verdict.get("ruling")),
    )


def _ruling(given: Any) -> Mapping[str, str]:
    return {name: str(given.get(name) or "") for name in ("code", "lead", "until_fact", "words")} if isinstance(given, Mapping) and given.get("code") else {}


def _per_cent(verdict: Mapping[str, Any]) -> int:
    if "confidence_permille" in verdict:
        return round(int(verdict["confidence_permille"]) / 10)
    value = verdict.get("confidence", 0)
    return round(float(value) * 100) if isinstance(value, int | float) else 0


def _reason(given: Mapping[str, Any]) -> Reason:
    code = str(given.get("item") or "")
    clause = str(given.get("clause") or "")
    return Reason(str(given.get("words") or ""), code, item_name(code) if code else "", clause_of(clause, code), clause)
