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


def decided_rows(facts: Iterable[Told], common: Mapping[str, str] | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield stream and labelled row of every appeal whose verdict a person corrected, as last corrected.

    Parameters:
        facts: ``AppealTaken`` and ``VerdictCorrected`` of appeals, each stream's together and in order.
        common: code of this city's list -> value of the common register, in which rows speak; a code that is not there is its own.

    Returns:
        ``text`` (masked), ``side``, ``item``, ``item2``, ``kind``, ``urgent``, ``tags``: the shape of ``corpus/``. What the correction left
        open is as the first verdict said. Left out: what was told in confidence, what people too call unclear, danger that was not left to police,
        and what was corrected to a class of this city's own that holds several common ones, none of which the words name.
    """
    known = _Common(common or {})
    taken: Told | None = None
    decided: dict[str, Any] = {}
    for fact in facts:
        if taken is None or fact.stream != taken.stream:
            if taken is not None:
                yield from _row(taken, decided, known)
            taken, decided = (fact if fact.name == "AppealTaken" else None), {}
        elif fact.name == "VerdictCorrected":
            decided.update({name: fact.data[name] for name in _DECIDED if fact.data.get(name) not in (None, "")})
    if taken is not None:
        yield from _row(taken, decided, known)


class _Common:
    """Codes of a city's list in those of the common register."""

    def __init__(self, common: Mapping[str, str]) -> None:
        self._common = common
        self._below: dict[str, set[str]] = {}
        for code, value in common.items():
            self._below.setdefault(_top(code), set()).add(_top(value))

    def class_of(self, code: str, reasons: Iterable[Any]) -> str:
        """Return the common class of a code, ``""`` where a class of the city's own holds several and no reason says which.

        Parameters:
            reasons: of the verdict; the first line under the class that they name says which.
        """
        if "." in code or len(self._below.get(code, {code})) == 1:
            return _top(self._common.get(code, code))
        named = (str(each.get("item", "")) for each in reasons if isinstance(each, Mapping))
        line = next((each for each in named if each.startswith(f"{code}.")), "")
        return _top(self._common.get(line, ""))


def _top(code: str) -> str:
    return code.partition(".")[0]


def _row(taken: Told, decided: Mapping[str, Any], common: _Common) -> Iterator[tuple[str, dict[str, Any]]]:
    text = str(taken.data.get("text", "")).strip()
    first = taken.data.get("verdict") or {}
    side = decided.get("side")
    if side not in _SIDES or not text or taken.data.get("confidential"):
        return
    same_side = side == first.get("side")
    item = "" if side == "neither" else str(decided.get("item") or (first.get("item", "") if same_side else ""))
    item = common.class_of(item, first.get("reasons") or ())
    urgent = bool(decided.get("urgent", first.get("urgent", False)))
    # Danger that was sent to the hotline says two things at once; nothing is learned from it.
    if (side != "neither" and not item) or (urgent and side not in ("police", "joint")):
        return
    yield (
        taken.stream,
        {
            "text": _masked(text, str(taken.data.get("citizen", ""))),
            "side": side,
            "item": item,
            "item2": common.class_of(str(first.get("item2", "")), first.get("reasons") or ()) if same_side and side == "joint" else "",
            "kind": str(decided.get("kind") or first.get("kind", "")),
            "urgent": urgent,
            "tags": ["corrected"],
        },
    )


def _masked(text: str, citizen: str) -> str:
    shown = text[:_LONGEST]
    made = read(shown).mask(shown)
    if len(citizen) > 1:
        made = made.replace(citizen, "某" * len(citizen))
    return " ".join(made.split())
