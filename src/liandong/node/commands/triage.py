"""``liandong triage``: judge words, a line each, from a file, the arguments or standard input."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from liandong.node.bootstrap import load_city_pack, make_triage

__all__ = ["triage"]

FIELDS = ("side", "kind", "item", "item2", "urgent", "confidence", "reasons", "particulars", "missing", "ask")


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, allow_dash=True, dir_okay=False, exists=True))
@click.option("--text", default=None, help="直接给一句话。 Judge these words instead of a file.")
@click.option("--pack", "pack_name", default="xiangcheng", show_default=True, help="城市包。")
@click.option("--json", "as_json", is_flag=True, help="每行一个 JSON 对象。 One JSON object a line.")
def triage(file: Path | None, text: str | None, pack_name: str, as_json: bool) -> None:
    """研判：归谁管、多急、还缺什么。每行一件，一行进一行出。 Judge words: whose matter, how urgent, what is missing."""
    judge = make_triage(load_city_pack(pack_name))
    for line in [text] if text is not None else _lines(file):
        verdict = judge(line)
        if as_json:
            click.echo(json.dumps({name: verdict.get(name) for name in FIELDS}, ensure_ascii=False))
        else:
            reasons = "；".join(f"{each['words']}→{each['item']}" for each in verdict["reasons"][:3])
            click.echo(
                f"{verdict['side']:<8}{verdict['item'] or '-':<4}{'急' if verdict['urgent'] else '  '} {verdict['confidence']:.2f}  {line[:40]}  [{reasons}]"
            )


def _lines(file: Path | None) -> Iterator[str]:
    """Yield the lines of a file or of standard input; broken UTF-8 costs a character, not the line."""
    raw = sys.stdin.buffer if file is None or str(file) == "-" else file.open("rb")
    with io.TextIOWrapper(raw, encoding="utf-8", errors="replace", newline="\n") as lines:
        for line in lines:
            yield line.rstrip("\r\n")
