"""A document as blocks, written as HTML or as Markdown: headings, paragraphs, tables, lines of text as they are."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Block", "Heading", "Lines", "Paragraph", "Table", "as_html", "as_markdown"]

STYLE = """
body { font: 15px/1.7 "Noto Serif CJK SC", "Source Han Serif SC", SimSun, serif; max-width: 60rem; margin: 2rem auto; padding: 0 1.5rem; color: #111; }
h1 { font-size: 1.6rem; text-align: center; } h2 { font-size: 1.2rem; margin-top: 2.2rem; border-bottom: 1px solid #999; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; } th, td { border: 1px solid #999; padding: .3rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: #f2f2f2; white-space: nowrap; } pre { font: 12px/1.5 monospace; white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid #ccc; padding: .6rem; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
"""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 once, at the top."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; ``head`` may be empty."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Lines:
    """Text whose every sign counts."""

    lines: Sequence[str]


Block = Heading | Paragraph | Table | Lines


def as_html(title: str, blocks: Sequence[Block]) -> str:
    """Return one page that needs nothing else: no script, no picture, no address."""
    body = "\n".join(_html(each) for each in blocks)
    return f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{html.escape(title)}</title><style>{STYLE}</style></head>\n<body>\n{body}\n</body></html>\n'


def as_markdown(blocks: Sequence[Block]) -> str:
    """Return the document as Markdown with tables."""
    return "\n\n".join(_markdown(each) for each in blocks) + "\n"


def _html(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{html.escape(block.text)}</h{block.level}>"
    if isinstance(block, Paragraph):
        return f"<p>{html.escape(block.text)}</p>"
    if isinstance(block, Lines):
        return "<pre>" + "\n".join(html.escape(each) for each in block.lines) + "</pre>"
    head = f"<thead><tr>{''.join(f'<th>{html.escape(each)}</th>' for each in block.head)}</tr></thead>" if any(block.head) else ""
    rows = "\n".join("<tr>" + "".join(f"<td>{html.escape(each).replace(chr(10), '<br>')}</td>" for each in row) + "</tr>" for row in block.rows)
    return f"<table>{head}<tbody>\n{rows}\n</tbody></table>"


def _markdown(block: Block) -> str:
    if isinstance(block, Heading):
        return "#" * block.level + " " + _plain(block.text)
    if isinstance(block, Paragraph):
        return _plain(block.text)
    if isinstance(block, Lines):
        # A fence longer than any run of the same sign inside.
        text = "\n".join(block.lines)
        fence = "`" * max(3, 1 + max((len(each) for each in re.findall("`+", text)), default=0))
        return f"{fence}\n{text}\n{fence}"
    head = block.head if any(block.head) else [""] * len(block.rows[0] if block.rows else ())
    lines = ["| " + " | ".join(_cell(each) for each in head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(_cell(each) for each in row) + " |" for row in block.rows])


def _plain(text: str) -> str:
    """Return words in which no sign is markup."""
    return re.sub(r"([\\`*_\[\]#|])", r"\\\1", html.escape(text, quote=False))


def _cell(text: str) -> str:
    return _plain(text).replace("\n", "<br>")
