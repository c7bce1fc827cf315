"""Pieces of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["HEAD", "cell", "code", "codes", "docstring", "table"]

#: Second line of every generated page.
HEAD = "<!-- Made from the code by scripts/reference.py (make docs). Change the code, not this page. -->"


def cell(text: object) -> str:
    """Return text that stays inside one cell of a table."""
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")


def code(text: object) -> str:
    """Return a name in code type; nothing for nothing."""
    return f"`{text}`" if str(text) else ""


def codes(names: Iterable[object]) -> str:
    """Return several names in code type."""
    return " ".join(code(each) for each in names)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return the lines of a table; cells are cut to one line each."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell(each) for each in row) + " |" for row in rows]
    return lines


def docstring(text: str) -> list[str]:
    """Return a docstring as Markdown: ``Rules:`` and its like become headings of their own paragraphs, indented lists come to the edge."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        heading = re.fullmatch(r"([A-Z][A-Za-z ]{2,40}):", line)
        leading = re.match(r"([A-Z][A-Za-z ]{2,40}: )", line)
        if heading:
            lines += [f"**{heading[1]}**", ""]
        elif leading and (not lines or not lines[-1]):
            lines.append(f"**{leading[1].strip()}** " + line[leading.end() :].replace("``", "`"))
        else:
            lines.append(re.sub(r"^    ", "", line).replace("``", "`"))
    return lines
