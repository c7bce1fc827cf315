"""裁定: what a ruling says, when it is in force, and which two of them cannot stand together.

Source: 相政办〔2023〕55号 四（三）3: the outcome of a consultation updates the list; 000: responsibility falls back to whoever answered
first while the deciding fact is not known, so a ruling may name who leads *until which fact is found*, and who leads after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from liandong.domain.catalogue.items import Clause, Ruling, Side

__all__ = ["RULING_FIELDS", "KeptRuling", "as_catalogue_ruling", "contradicting", "day_of"]

#: What a ruling says, as the facts of a consultation carry it.
RULING_FIELDS = ("item", "side", "lead", "until_fact", "then_side", "then_lead", "cues", "clause", "effective_from", "effective_to", "replaces", "words")


@dataclass(frozen=True, slots=True)
class KeptRuling:
    """A ruling as a node keeps it.

    Parameters:
        code: its number, the same on both nodes.
        consultation: id of the stream it came of.
        data: the fields of ``RULING_FIELDS``.
        revoked_on: local day from which it no longer binds; None while it does.
    """

    code: str
    consultation: str
    data: Mapping[str, Any]
    revoked_on: date | None = None

    @property
    def begins(self) -> date:
        """First day in force."""
        return day_of(self.data.get("effective_from")) or date.min

    @property
    def ends(self) -> date:
        """Last day in force."""
        last = day_of(self.data.get("effective_to")) or date.max
        # Revoked on the day it began, it never was in force.
        return last if self.revoked_on is None else min(last, date.fromordinal(max(self.revoked_on.toordinal() - 1, 1)))

    def in_force(self, day: date) -> bool:
        """Tell whether it binds on a local day."""
        return self.begins <= day <= self.ends


def day_of(value: object) -> date | None:
    """Return the day of an ISO text, or None where it is none."""
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def contradicting(wanted: Mapping[str, Any], others: Iterable[KeptRuling]) -> KeptRuling | None:
    """Return the ruling that cannot stand beside a wanted one, or None.

    Two contradict when they speak of one item (or one of the other's class), share a cue, are in force on a common day, and give the
    matter to different sides or leads. A ruling may replace one by naming it.
    """
    begins = day_of(wanted.get("effective_from")) or date.min
    ends = day_of(wanted.get("effective_to")) or date.max
    said = {name: str(wanted.get(name) or "") for name in ("side", "lead", "then_side", "then_lead")}
    for each in others:
        if each.code == wanted.get("replaces") or each.ends < begins or ends < each.begins or each.ends < each.begins:
            continue
        if not _one_matter(str(wanted.get("item", "")), str(each.data.get("item", ""))):
            continue
        if not set(wanted.get("cues") or ()) & set(each.data.get("cues") or ()):
            continue
        if any(said[name] != str(each.data.get(name) or "") for name in said):
            return each
    return None


def _one_matter(first: str, second: str) -> bool:
    return first == second or first.startswith(second + ".") or second.startswith(first + ".")


def as_catalogue_ruling(kept: KeptRuling, clause: Clause | None) -> Ruling:
    """Return a kept ruling as the catalogue knows rulings.

    Parameters:
        clause: of the city's list that it relies on; None where the list has none of that code.
    """
    data = kept.data
    words = str(data.get("words", ""))
    return Ruling(
        code=kept.code,
        item=str(data.get("item", "")),
        side=Side(str(data.get("side", "joint"))),
        cues=tuple(str(each) for each in data.get("cues") or ()),
        lead=str(data.get("lead", "")),
        words=words,
        effective_from=kept.begins,
        effective_to=kept.ends,
        clause=clause or Clause(str(data.get("clause") or kept.code), "会商裁定", kept.code, words),
        until_fact=str(data.get("until_fact", "")),
        then_side=str(data.get("then_side", "")),
        then_lead=str(data.get("then_lead", "")),
    )
