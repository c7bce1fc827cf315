"""Checks the words and patterns of an item.

A cue runs over everything a caller says, up to 100,000 characters: a pattern that can run away would stop the intake. So patterns are
bounded, one repeat is never inside another, all repeats together give few ways, and they refer back to nothing.
"""

from __future__ import annotations

import re
import warnings
from math import prod

from liandong.adapters.packs.rows import Row

__all__ = ["MAX_CUES", "check_cues", "pattern_problem"]

MAX_CUES = 400
_MAX_PATTERN = 200
#: How many ways a pattern may try at one character: the product of its repeats.
_MAX_WAYS = 500


def check_cues(row: Row, key: str) -> tuple[str, ...]:
    """Return the cues of a row, with every unusable one noted and left out."""
    good: list[str] = []
    cues = row.texts(key)
    if key == "cues" and not cues:
        row.wrong("key.empty", key, key=key)
    if len(cues) > MAX_CUES:
        row.wrong("key.type", key, key=key, expected=f"不超过 {MAX_CUES} 个")
        return ()
    for cue in cues:
        body = cue[3:] if cue.startswith("re:") else cue
        if not body.strip():
            row.wrong("cue.empty", key, key=key)
        elif cue in good:
            row.wrong("cue.duplicate", key, key=key, cue=cue)
        elif cue.startswith("re:") and (problem := pattern_problem(body)):
            row.wrong(problem[0], key, cue=cue, detail=problem[1])
        else:
            good.append(cue)
    return tuple(good)


def pattern_problem(pattern: str) -> tuple[str, str] | None:
    """Return the code and detail of what is wrong with a pattern, or None."""
    if len(pattern) > _MAX_PATTERN:
        return "cue.regex", f"more than {_MAX_PATTERN} characters"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            matched = re.compile(pattern).search("")
    except (re.error, OverflowError, RecursionError, Warning) as error:
        return "cue.regex", str(error)
    if matched is not None:
        return "cue.regex", "matches nothing at all, so everything"
    if _unbounded(pattern):
        return "cue.unbounded", ""
    return None


def _unbounded(pattern: str) -> bool:
    if re.search(r"\\[1-9]|\(\?P=|\(\?\(", pattern):
        return True
    plain = re.sub(r"\[\^?\]?[^\]]*\]", "x", re.sub(r"\\.", "x", pattern))
    plain = re.sub(r"\(\?[^)]*\)(?=\))|\(\?(:|=|!|<=|<!|P<\w+>)", "(", plain)
    repeats = [int(most or low) for low, most in re.findall(r"\{(\d+)(?:,(\d+))?\}", plain)]
    if re.search(r"[*+]|\{\d*,\}|\{,", plain) or prod(max(most, 1) for most in repeats) * 2 ** plain.count("?") > _MAX_WAYS:
        return True
    # From the inside out: a group that holds a repeat becomes R, and R may not be repeated itself; `?` repeats nothing.
    plain = re.sub(r"\{[^}]*\}", "R", plain)
    while group := re.search(r"\(([^()]*)\)(R?)", plain):
        if group[2] and re.search(r"[R|]", group[1]):
            return True
        plain = plain[: group.start()] + ("R" if "R" in group[0] else "x") + plain[group.end() :]
    return "RR" in plain
