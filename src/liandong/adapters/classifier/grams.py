"""Every run of one to three characters of many texts at once, as exact 64-bit keys.

A character is 16 bits after folding (case, width, digits to ``0``, blanks to one space; what lies outside the basic plane is one
character), so a run of three fits in 48 bits and two different runs never share a key. All texts of a batch are laid end to end with
a mark between them, and numpy makes the keys of a whole batch in a few passes: about a microsecond a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["LONGEST", "LONGEST_RUN", "Grams", "grams_of", "run_of"]

#: characters in the longest run.
LONGEST_RUN = 3
#: characters read of one text: its beginning and its end.
LONGEST = 2_000
#: stands before and after each text, and takes part in its runs.
_EDGE = 2
_OTHER = 0xFFFD


def _folding() -> np.ndarray:
    table = np.arange(0x10000, dtype=np.uint16)
    table[:33] = 32
    table[127:161] = 32
    table[0x3000] = 32
    for code in range(0xFF01, 0xFF5F):
        table[code] = code - 0xFEE0
    for code in range(0x41, 0x5B):
        table[code] = code + 32
    table[0xFF21:0xFF3B] = np.arange(0x61, 0x7B)
    table[0x30:0x3A] = 0x30
    table[0xFF10:0xFF1A] = 0x30
    return table


_TABLE = _folding()


@dataclass(frozen=True, slots=True)
class Grams:
    """The runs of a batch.

    Parameters:
        keys: of every run.
        starts: where each run begins, in positions of the laid-out batch.
        lengths: characters of each run.
        texts: number of the text each run stands in.
        offsets: where the first character of each text stands in the batch.
        size: characters of the batch.
    """

    keys: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray
    texts: np.ndarray
    offsets: np.ndarray
    size: int


def _codes(text: str) -> bytes:
    return text.encode("utf-32-le", "surrogatepass")


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST // 2] + text[-(LONGEST // 2) :]


def grams_of(texts: Sequence[str]) -> Grams:
    """Return the runs of ``texts``, in order of text, then length, then position.

    Parameters:
        texts: any strings; of one longer than ``LONGEST`` the two ends are read, so its positions are then not those of the text.
    """
    shown = [_shortened(text) for text in texts]
    sizes = np.fromiter(map(len, shown), dtype=np.int64, count=len(shown))
    offsets = np.cumsum(sizes + 1) - sizes
    laid = np.full(int(sizes.sum()) + len(shown) + 1, _EDGE, dtype=np.uint64)
    inside = np.ones(len(laid), dtype=bool)
    inside[np.append(offsets - 1, len(laid) - 1)] = False
    raw = np.frombuffer(b"".join(map(_codes, shown)), dtype=np.uint32)
    laid[inside] = _TABLE[np.where(raw > 0xFFFF, _OTHER, raw)]
    owner = np.repeat(np.arange(len(shown)), sizes + 1)
    keys, starts, lengths = [], [], []
    key = laid
    for length in range(1, LONGEST_RUN + 1):
        if length > 1:
            key = key[:-1] | (laid[length - 1 :] << np.uint64(16 * (length - 1)))
        places = np.flatnonzero(_whole(inside, length))
        keys.append(key[places])
        starts.append(places)
        lengths.append(np.full(len(places), length, dtype=np.int64))
    start = np.concatenate(starts)
    order = np.argsort(start, kind="stable")
    start = start[order]
    return Grams(np.concatenate(keys)[order], start, np.concatenate(lengths)[order], owner[start], offsets, len(laid))


def _whole(inside: np.ndarray, length: int) -> np.ndarray:
    """Return where a run may begin: no edge within it but at its ends, and something besides edges."""
    if length == 1:
        return inside
    last = len(inside) - length + 1
    if length == 2:
        return inside[:last] | inside[1 : last + 1]
    return inside[1 : last + 1]


def run_of(key: int) -> str:
    """Return the characters of a key, an edge as ``^``."""
    codes = [(key >> (16 * place)) & 0xFFFF for place in range(LONGEST_RUN)]
    return "".join("^" if code == _EDGE else chr(code) for code in codes if code)
