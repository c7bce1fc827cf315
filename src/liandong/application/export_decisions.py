"""What people decided, as labelled rows a city can train on: masked, and never what was told in confidence (000 谁管理、谁使用、谁负责)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from liandong.domain.appeals.particulars import read

__all__ = ["Told", "decided_rows"]

_DECIDED = ("side", "item", "kind", "urgent")
_SIDES = frozenset({"police", "hotline", "joint", "neither"})
#: Words longer than this are letters with attachments; a model reads no further.
_LONGEST = 2_000


class Told(NamedTuple):
    """One fact of an appeal, as the journal keeps it."""

    stream: str
    name: str
    data: Mapping[str, Any]


def decided_rows(facts: Iterable[Told]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield stream and labelled row of every appeal whose verdict a person corrected, as last corrected.

    Parameters:
        facts: ``AppealTaken`` and ``VerdictCorrected`` of appeals, each stream's together and in order.

    Returns:
        ``text`` (masked), ``side``, ``item``, ``item2``, ``kind``, ``urgent``, ``tags``: the shape of ``corpus/``. What the correction left
        open is as the first verdict said. Left out: what was told in confidence, and what people too call unclear.
    """
    taken: Told | None = None
    decided: dict[str, Any] = {}
    for fact in facts:
        if taken is None or fact.stream != taken.stream:
            if taken is not None:
                yield from _row(taken, decided)
            taken, decided = (fact if fact.name == "AppealTaken" else None), {}
        elif fact.name == "VerdictCorrected":
            decided.update({name: fact.data[name] for name in _DECIDED if fact.data.get(name) not in (None, "")})
    if taken is not None:
        yield from _row(taken, decided)


def _row(taken: Told, decided: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    text = str(taken.data.get("text", "")).strip()
    first = taken.data.get("verdict") or {}
    side = decided.get("side")
    if side not in _SIDES or not text or taken.data.get("confidential"):
        return
    same_side = side == first.get("side")
    item = "" if side == "neither" else str(decided.get("item") or (first.get("item", "") if same_side else ""))
    if side != "neither" and not item:
        return
    yield (
        taken.stream,
        {
            "text": _masked(text, str(taken.data.get("citizen", ""))),
            "side": side,
            "item": item.partition(".")[0],
            "item2": str(first.get("item2", "")) if same_side and side == "joint" else "",
            "kind": str(decided.get("kind") or first.get("kind", "")),
            "urgent": bool(decided.get("urgent", first.get("urgent", False))),
            "tags": ["corrected"],
        },
    )


def _masked(text: str, citizen: str) -> str:
    shown = text[:_LONGEST]
    made = read(shown).mask(shown)
    if len(citizen) > 1:
        made = made.replace(citizen, "某" * len(citizen))
    return " ".join(made.split())
