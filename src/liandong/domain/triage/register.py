"""The common register beside a city's own list, so that one model speaks every city's codes (004 统一编码; EIDO keeps both values).

Theory of operation: the shipped model and the danger rules know the classes of the common register (``H1`` … ``P8``). A city whose list
has codes of its own names the common value beside each line. Going in, the signs that name local codes are told in common ones; coming
out, the share of a common class goes to the local classes that have lines of it, and among several of them to those whose 类别 the words
fit: a list by 类别 (济政办字〔2023〕51号) parts questions and suggestions from complaints whatever they are about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from liandong.domain.catalogue.items import Catalogue, Item, Kind, Side
from liandong.domain.triage.scores import BulkScorer, Scorer, Scores, Signs

__all__ = ["Register", "Translated"]

#: Weight of a class beside the probability that the words are of its 类别: kinds are known less surely than matters.
_ANY_KIND = 0.1
#: 类别 that take a matter whatever it is about.
_WHATEVER = frozenset({Kind.ENQUIRY, Kind.SUGGESTION})


class Register:
    """How the codes of a list and those of the common register go into each other.

    Parameters:
        catalogue: a list; a line without a common value is its own.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._items = {item.code: item for item in catalogue.items}
        tops = {item.code: _top(item, self._items) for item in catalogue.items}
        #: True where the list speaks the common register itself.
        self.same = all(not item.common or item.common == item.code for item in catalogue.items)
        counted: dict[str, Counter[str]] = {}
        for item in catalogue.items:
            counted.setdefault(_class_of(item.common or item.code), Counter())[tops[item.code]] += 1
        #: common class -> local classes that have lines of it, those with most lines first.
        self._holders = {code: tuple(sorted(tops_of, key=lambda top: (-tops_of[top], top))) for code, tops_of in counted.items()}
        self._whatever = tuple(each for each in catalogue.classes if each.kinds and set(each.kinds) <= _WHATEVER)

    def local_class(self, common: str) -> str:
        """Return the class of this list that has most lines of a common class (``P5`` or ``P5.04``); ``""`` where none has."""
        if self.same:
            return _class_of(common) if _class_of(common) in self._items else ""
        return next(iter(self._holders.get(_class_of(common), ())), "")

    def common_class(self, code: str) -> str:
        """Return the common class of a code of this list, the code itself where it is not known."""
        found = self._items.get(code)
        return _class_of((found.common or found.code) if found is not None else code)

    def kinds_of(self, code: str) -> tuple[Kind, ...]:
        """Return the 类别 that a class of this list is for; empty where it may be any."""
        found = self._items.get(code)
        return found.kinds if found is not None else ()

    def common_signs(self, signs: Signs) -> dict[str, float]:
        """Return signs with the codes of this list told in common ones; of two that become one the louder stays."""
        finest = next((name.partition(":")[2] for name in signs if name.startswith("finest:")), "")
        made: dict[str, float] = {}
        for name, strength in signs.items():
            what, _, code = name.partition(":")
            if what == "finest" and code in self._items:
                name = f"finest:{self._items[code].common or code}"
            elif what in ("list", "points", "then") and code in self._items:
                # A local class holds lines of several common ones: the line that was named says which.
                inside = bool(finest) and _top(self._items[finest], self._items) == code if finest in self._items else False
                name = f"{what}:{self.common_class(finest if inside else code)}"
            made[name] = max(made.get(name, 0.0), strength)
        return made

    def local_items(self, item: Mapping[str, float], kind: Mapping[str, float]) -> dict[str, float]:
        """Return probabilities of common classes as those of this list's classes; what no class holds stays under its own name.

        Parameters:
            item: common class -> probability. kind: value of a ``Kind`` -> probability.
        """
        made: dict[str, float] = {}
        for code, share in item.items():
            weights = self._weights(code, kind)
            whole = sum(weights.values())
            if not whole:
                made[code] = made.get(code, 0.0) + share
            for local, weight in weights.items():
                made[local] = made.get(local, 0.0) + share * weight / whole
        return made

    def _weights(self, code: str, kind: Mapping[str, float]) -> dict[str, float]:
        holders = self._holders.get(code, ())
        if not holders:
            return {}
        side = self._items[holders[0]].side
        whatever = [each.code for each in self._whatever if each.side is side and side is Side.HOTLINE and each.code not in holders]
        made = {each: _ANY_KIND + self._fits(each, kind) for each in holders}
        return {**made, **{each: self._fits(each, kind) for each in whatever}}

    def _fits(self, code: str, kind: Mapping[str, float]) -> float:
        kinds = self._items[code].kinds
        return sum(kind.get(each.value, 0.0) for each in kinds) if kinds else 1.0


class Translated:
    """A scorer of the common register that answers in the codes of a list.

    Parameters:
        scorer: knows common classes. register: of the list.
    """

    def __init__(self, scorer: Scorer, register: Register) -> None:
        self._scorer, self._register = scorer, register

    def score(self, text: str, signs: Signs) -> Scores:
        """Return the scorer's probabilities for ``text`` in local codes."""
        return self._local(self._scorer.score(text, self._register.common_signs(signs)))

    def score_many(self, texts: Sequence[str], signs: Sequence[Signs]) -> list[Scores]:
        """Return one ``Scores`` for each text and its signs, in order; one by one where the scorer knows no other way."""
        told = [self._register.common_signs(each) for each in signs]
        if isinstance(self._scorer, BulkScorer):
            return [self._local(each) for each in self._scorer.score_many(texts, told)]
        return [self._local(self._scorer.score(text, each)) for text, each in zip(texts, told, strict=True)]

    def _local(self, scores: Scores) -> Scores:
        return replace(scores, item=self._register.local_items(scores.item, scores.kind))


def _class_of(code: str) -> str:
    return code.partition(".")[0]


def _top(item: Item, items: Mapping[str, Item]) -> str:
    for _ in range(8):
        if item.parent not in items:
            break
        item = items[item.parent]
    return item.code
