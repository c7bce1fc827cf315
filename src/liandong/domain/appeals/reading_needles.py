"""What a regular expression cannot match without.

``needles("(着|起)火.{0,4}快来")`` is ``{"着火", "起火"}`` or ``{"快来"}``: every match holds at least one of them, so a text
that holds none need not be searched. When nothing can be promised the answer is empty, and the pattern is
always tried: wrong in speed at worst, never in result.
"""

from __future__ import annotations

from itertools import product

from liandong.domain.appeals.reading_rarity import expected

__all__ = ["branches", "demands", "needles"]

_MOST = 48
_NOTHING: frozenset[str] = frozenset()


def needles(pattern: str) -> frozenset[str]:
    """Return strings at least one of which stands in any match of ``pattern``; empty when none can be promised."""
    reader = _Reader(pattern)
    try:
        _, wanted = reader.alternatives()
    except (IndexError, ValueError):
        return _NOTHING
    return wanted if reader.at == len(pattern) else _NOTHING


def branches(pattern: str) -> list[str]:
    """Return the alternatives of ``pattern`` at its outermost level: each has needles of its own, so few are ever tried."""
    found, depth, start, at, inside = [], 0, 0, 0, False
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 1
        elif inside:
            inside = sign != "]"
        elif sign == "[":
            inside = True
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "|" and depth == 0:
            found.append(pattern[start:at])
            start = at + 1
        at += 1
    return [*found, pattern[start:]]


def demands(pattern: str) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """Return what every match of ``pattern`` must hold: of each pair, one of its characters or one of its pairs of neighbours.

    Where ``needles`` names the one best sign, this names all of them: ``家里[^，]{0,6}(?:贼|小偷)`` demands 家里 and one of 贼, 小.
    """
    if len(branches(pattern)) != 1:
        return ()
    reader = _Reader(pattern)
    try:
        reader.alternatives()
    except (IndexError, ValueError):
        return ()
    if reader.at != len(pattern):
        return ()
    made = []
    for offer in reader.offers:
        if not offer or "" in offer:
            continue
        made.append((frozenset(each for each in offer if len(each) == 1), frozenset(each[:2] for each in offer if len(each) > 1)))
    return tuple(made)


class _Reader:
    """Reads the part of the syntax the project's rules use; anything else promises nothing.

    Each method returns ``(exact, wanted)``: the finite set of strings the part matches (empty when not finite),
    and strings of which one must be present (empty when none can be promised).
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        #: what each part of the sequence read last demands; the outermost ends last.
        self.offers: list[frozenset[str]] = []

    def alternatives(self) -> tuple[frozenset[str], frozenset[str]]:
        exact: set[str] = set()
        wanted: set[str] = set()
        finite, promised = True, True
        while True:
            branch_exact, branch_wanted = self.sequence()
            finite = finite and bool(branch_exact)
            promised = promised and bool(branch_wanted)
            exact |= branch_exact
            wanted |= branch_wanted
            if self.at >= len(self.pattern) or self.pattern[self.at] != "|":
                break
            self.at += 1
        return (
            frozenset(exact) if finite and len(exact) <= _MOST else _NOTHING,
            frozenset(wanted) if promised and len(wanted) <= 4 * _MOST else _NOTHING,
        )

    def sequence(self) -> tuple[frozenset[str], frozenset[str]]:
        run: frozenset[str] = frozenset(("",))
        whole = True
        offers: list[frozenset[str]] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            exact, wanted, assertion = self.atom()
            least, most = self.quantifier()
            if assertion:
                continue
            if least == 0:
                offers.append(run)
                run, whole = frozenset(("",)), False
                continue
            joined = _join(run, exact)
            if joined:
                run = joined
            else:
                offers.extend((run, wanted))
                run, whole = exact or frozenset(("",)), False
            if most != 1:
                offers.append(run)
                run, whole = frozenset(("",)), False
        offers.append(run)
        self.offers = offers
        return (run if whole and "" not in run else _NOTHING), _best(offers)

    def atom(self) -> tuple[frozenset[str], frozenset[str], bool]:
        sign = self.pattern[self.at]
        if sign == "(":
            return self.group()
        if sign == "[":
            exact = self.choice()
            return exact, exact, False
        self.at += 1
        if sign == "\\":
            escaped = self.pattern[self.at]
            self.at += 1
            if escaped.isalnum():
                return _NOTHING, _NOTHING, escaped in "bB"
            sign = escaped
        elif sign in "^$":
            return _NOTHING, _NOTHING, True
        elif sign == ".":
            return _NOTHING, _NOTHING, False
        one = frozenset((sign.lower(),))
        return one, one, False

    def group(self) -> tuple[frozenset[str], frozenset[str], bool]:
        self.at += 1
        assertion = False
        if self.pattern.startswith("?", self.at):
            for opening, is_assertion in (("?:", False), ("?=", True), ("?!", True), ("?<=", True), ("?<!", True)):
                if self.pattern.startswith(opening, self.at):
                    self.at += len(opening)
                    assertion = is_assertion
                    break
            else:
                raise ValueError(self.pattern)
        exact, wanted = self.alternatives()
        if self.pattern[self.at] != ")":
            raise ValueError(self.pattern)
        self.at += 1
        return (_NOTHING, _NOTHING, True) if assertion else (exact, wanted, False)

    def choice(self) -> frozenset[str]:
        end = self.pattern.index("]", self.at + 2)
        inside = self.pattern[self.at + 1 : end]
        self.at = end + 1
        if inside.startswith("^") or "-" in inside or "\\" in inside or len(inside) > _MOST:
            return _NOTHING
        return frozenset(inside.lower())

    def quantifier(self) -> tuple[int, int]:
        """Return least and most repetitions; 2 stands for more than one."""
        if self.at >= len(self.pattern):
            return 1, 1
        sign = self.pattern[self.at]
        least, most = 1, 1
        if sign in "?*":
            least, most = 0, 2
            self.at += 1
        elif sign == "+":
            most = 2
            self.at += 1
        elif sign == "{":
            end = self.pattern.index("}", self.at)
            first, _, last = self.pattern[self.at + 1 : end].partition(",")
            least, most = (0 if first in ("", "0") else 1), (1 if first == "1" and last in ("", "1") else 2)
            self.at = end + 1
        else:
            return 1, 1
        if self.at < len(self.pattern) and self.pattern[self.at] in "?+":
            self.at += 1
        return least, most


def _join(run: frozenset[str], exact: frozenset[str]) -> frozenset[str]:
    if not exact or len(run) * len(exact) > _MOST:
        return _NOTHING
    return frozenset(before + after for before, after in product(run, exact))


def _best(offers: list[frozenset[str]]) -> frozenset[str]:
    fit = [offer for offer in offers if offer and "" not in offer]
    return min(fit, key=lambda offer: (sum(map(expected, offer)), len(offer), sorted(offer)), default=_NOTHING)
