"""What a bad cable does, decided by chance with a seed: lose, double, delay, cut, flip, shuffle, replay, part."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random

__all__ = ["Faults"]


class Faults:
    """Decides what happens to each thing that crosses.

    Parameters:
        seed: of the choices.
        share: of the things that something happens to, 0 to 1.
    """

    def __init__(self, seed: int, share: float) -> None:
        self.chance = Random(f"{seed} faults")
        self.share = share
        #: While True nothing crosses.
        self.parted = False
        self.counts: Counter[str] = Counter()

    def pick(self, *kinds: str) -> str:
        """Return one of the kinds, or ``""`` most of the time; counts it."""
        if self.parted:
            self.counts["parted"] += 1
            return "parted"
        if self.chance.random() >= self.share:
            return ""
        kind = self.chance.choice(kinds)
        self.counts[kind] += 1
        return kind

    async def delay(self) -> None:
        """Wait for up to half a second."""
        await asyncio.sleep(self.chance.random() / 2)

    def spoilt(self, content: bytes, kind: str) -> bytes:
        """Return the content cut, with a bit flipped, or with its lines shuffled."""
        if kind == "cut":
            return content[: self.chance.randrange(len(content) + 1)]
        if kind == "flip" and content:
            place = self.chance.randrange(len(content))
            return content[:place] + bytes([content[place] ^ (1 << self.chance.randrange(8))]) + content[place + 1 :]
        if kind == "shuffle":
            lines = content.split(b"\n")
            self.chance.shuffle(lines)
            return b"\n".join(lines)
        return content
