"""``liandong journal``: prove what is written."""

from __future__ import annotations

import json
import sys

import click

from liandong.node.commands.choosing import node_option, use_node

__all__ = ["journal"]


@click.group()
def journal() -> None:
    """日志。 The journal of a node."""


@journal.command()
@node_option
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 对象。")
def verify(node_name: str | None, as_json: bool) -> None:
    """逐条核对日志链；有人改过，指出哪一件、哪一条。 Prove every chain; name the stream and the entry where one breaks."""
    use_node(node_name)
    from liandong.adapters.postgres.verify import verify_journal

    found = verify_journal()
    breaks = [{"number": number, "stream": each.stream, "entry": each.seq, "reason": each.reason} for number, each in found.breaks]
    if as_json:
        click.echo(json.dumps({"streams": found.streams, "entries": found.entries, "breaks": breaks}, ensure_ascii=False))
    else:
        click.echo(f"共 {found.streams} 件，{found.entries} 条。 {found.streams} streams, {found.entries} entries.")
        for each in breaks:
            click.echo(f"  {each['number']}（{each['stream']}）第 {each['entry']} 条：{REASONS[str(each['reason'])]} [{each['reason']}]")
        click.echo("发现改动。 Tampering shows." if breaks else "日志完整。 The journal is whole.")
    sys.exit(1 if breaks else 0)


REASONS = {
    "entry_changed": "内容被改 entry changed",
    "gap": "缺条 an entry is missing",
    "link_broken": "前后不连 the link to the entry before is broken",
    "tail_missing": "末尾缺条 entries at the end are missing",
    "head_differs": "链头不符 the head differs",
    "state_differs": "记录与日志不符 the record is not what its journal says",
    "row_missing": "记录被删 the record is gone",
}
