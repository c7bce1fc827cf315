"""The catalogue's word: which items the cues of a text point to, how strongly, and which words did it.

A cue weighs more when it is longer, when fewer classes share it, and when it stands early. A cue inside a longer one of
another class does not count (``垃圾`` in ``垃圾短信``). A counter-cue takes weight from its own item only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from liandong.domain.appeals.reading_phrases import PATTERN_MARK, Hit, Lexicon
from liandong.domain.appeals.reading_words import Words
from liandong.domain.catalogue.items import Catalogue, Door, Item, Ruling, Side
from liandong.domain.triage.context import Place, denied

__all__ = ["CueBook", "CueHit", "Evidence"]

_EARLY, _LATE = 45, 220
_EARLY_WEIGHT, _LATE_WEIGHT = 1.3, 0.6
#: A class's own cues are broader than those of its sub-items.
_CLASS_SHARE = 0.75
_COUNTER_SHARE = 0.35
_PATTERN_LENGTH = 4


class _Pointer(NamedTuple):
    item: Item
    top: str
    weight: float


@dataclass(frozen=True, slots=True)
class _Cue:
    """One phrase and everything it points to or away from."""

    towards: tuple[_Pointer, ...]
    away: tuple[str, ...]
    doors: tuple[Door, ...]
    rulings: tuple[Ruling, ...]


class CueHit(NamedTuple):
    """Words that point to an item."""

    start: int
    end: int
    item: Item
    weight: float


@dataclass(slots=True)
class Evidence:
    """What the cues of one text say."""

    #: class code -> strength, 0 and up.
    classes: dict[str, float] = field(default_factory=dict)
    #: class code -> its strongest item.
    strongest: dict[str, Item] = field(default_factory=dict)
    #: The hits that count, by position.
    hits: list[CueHit] = field(default_factory=list)
    doors: list[tuple[float, Door, int, int]] = field(default_factory=list)
    rulings: list[tuple[Ruling, int, int]] = field(default_factory=list)


class CueBook:
    """The cues of a catalogue compiled into one lexicon.

    Parameters:
        catalogue: one version of a city's list.
        rulings: those in force.

    Raises:
        re.error: a ``re:`` cue cannot be compiled.
    """

    def __init__(self, catalogue: Catalogue, rulings: Iterable[Ruling] = ()) -> None:
        self._top = _tops(catalogue)
        towards: dict[str, list[Item]] = defaultdict(list)
        away: dict[str, list[str]] = defaultdict(list)
        doors: dict[str, list[Door]] = defaultdict(list)
        ruled: dict[str, list[Ruling]] = defaultdict(list)
        for item in catalogue.items:
            for cue in item.cues:
                towards[cue].append(item)
            for cue in item.counter_cues:
                away[cue].append(item.code)
        for door in catalogue.doors:
            for cue in door.cues:
                doors[cue].append(door)
        for ruling in rulings:
            for cue in ruling.cues:
                ruled[cue].append(ruling)
        phrases = dict.fromkeys([*towards, *away, *doors, *ruled])
        self._lexicon: Lexicon[_Cue] = Lexicon(
            (phrase, _Cue(tuple(self._pointers(phrase, towards.get(phrase, []))), tuple(away.get(phrase, [])), tuple(doors.get(phrase, [])), tuple(ruled.get(phrase, []))))
            for phrase in phrases
        )

    def top(self, code: str) -> str:
        """Return the class code above ``code``, itself when it is one."""
        return self._top.get(code, code)

    def _pointers(self, phrase: str, items: list[Item]) -> Iterable[_Pointer]:
        length = _PATTERN_LENGTH if phrase.startswith(PATTERN_MARK) else len(phrase)
        shared = len({self._top[item.code] for item in items}) or 1
        for item in items:
            weight = (0.4 + 0.4 * min(length, 6)) / shared
            yield _Pointer(item, self._top[item.code], weight * (_CLASS_SHARE if not item.parent else 1.0))

    def weigh(self, words: Words) -> Evidence:
        """Return the evidence of a text."""
        hits = self._lexicon.hits(words)
        made = Evidence()
        if not hits:
            return made
        countered = {code for hit in hits for code in hit.payload.away}
        items: dict[str, float] = {}
        for hit, covered_by in _with_cover(hits):
            self._take(words, hit, covered_by, countered, items, made)
        self._sum_up(items, made)
        return made

    def _take(self, words: Words, hit: Hit[_Cue], cover: Hit[_Cue] | None, countered: set[str], items: dict[str, float], made: Evidence) -> None:
        cue = hit.payload
        place = _EARLY_WEIGHT if hit.start < _EARLY else _LATE_WEIGHT if hit.start > _LATE else 1.0
        for door in cue.doors:
            made.doors.append(((0.4 + 0.4 * min(hit.end - hit.start, 6)) * place, door, hit.start, hit.end))
        made.rulings.extend((ruling, hit.start, hit.end) for ruling in cue.rulings)
        covering = {pointer.top for pointer in cover.payload.towards} if cover is not None else set()
        for pointer in cue.towards:
            if cover is not None and pointer.top not in covering:
                continue
            weight = pointer.weight * place
            if pointer.item.code in countered:
                weight *= _COUNTER_SHARE
            if pointer.item.side is Side.POLICE and denied(Place.of(words.plain, hit.start, hit.end)):
                continue
            known = items.get(pointer.item.code, 0.0)
            items[pointer.item.code] = max(known, weight) + 0.35 * min(known, weight)
            made.hits.append(CueHit(hit.start, hit.end, pointer.item, weight))

    def _sum_up(self, items: Mapping[str, float], made: Evidence) -> None:
        by_class: dict[str, list[float]] = defaultdict(list)
        strongest: dict[str, tuple[float, str]] = {}
        for code, weight in items.items():
            top = self._top[code]
            by_class[top].append(weight)
            if weight > strongest.get(top, (0.0, ""))[0]:
                strongest[top] = (weight, code)
        for top, weights in by_class.items():
            weights.sort(reverse=True)
            made.classes[top] = sum(weight * share for weight, share in zip(weights, (1.0, 0.5, 0.3, 0.2), strict=False))
        named = {hit.item.code: hit.item for hit in made.hits}
        made.strongest = {top: named[code] for top, (_, code) in strongest.items()}


def _tops(catalogue: Catalogue) -> dict[str, str]:
    parents = {item.code: item.parent for item in catalogue.items}
    tops: dict[str, str] = {}
    for code in parents:
        top, steps = code, 0
        while parents.get(top) and steps < 8:
            top, steps = parents[top], steps + 1
        tops[code] = top
    return tops


def _with_cover(hits: list[Hit[_Cue]]) -> Iterable[tuple[Hit[_Cue], Hit[_Cue] | None]]:
    """Yield each hit with the longer hit that holds it, if any; hits come by position, the longer first."""
    widest: Hit[_Cue] | None = None
    for hit in hits:
        if widest is not None and hit.end <= widest.end and hit.end - hit.start < widest.end - widest.start:
            yield hit, widest if widest.payload.towards or widest.payload.doors else None
        else:
            yield hit, None
            if widest is None or hit.end > widest.end:
                widest = hit
