"""``liandong clocks``: work open deadlines out anew."""

from __future__ import annotations

import json

import click

from liandong.node.commands.choosing import node_option, use_node

__all__ = ["clocks"]


@click.group()
def clocks() -> None:
    """时限。 The clocks of a node."""


@clocks.command()
@node_option
@click.option("--reason", required=True, help="为什么重算：哪条规定、哪天起改了什么。")
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 对象。")
def recalculate(node_name: str | None, reason: str, as_json: bool) -> None:
    """时限规则或节假日改了以后，重算没办完的件；每一处变动记入日志。 Move open deadlines to the rules in force; every move is journaled."""
    use_node(node_name)
    from liandong.adapters.postgres.timers import open_deadlines
    from liandong.application.current import current_world
    from liandong.application.recalculate import recalculate as move
    from liandong.domain.errors import StreamConflict

    world = current_world()
    moved, busy = [], 0
    for kind, stream, written in open_deadlines():
        try:
            moved += [{"stream": stream, **each} for each in move(world, kind, stream, reason, written)]
        except StreamConflict:
            busy += 1
    if as_json:
        click.echo(json.dumps({"moved": moved, "busy": busy}, ensure_ascii=False))
        return
    click.echo(f"变动 {len(moved)} 处时限。 {len(moved)} deadlines moved.")
    if busy:
        click.echo(f"有 {busy} 件正在办理，请再运行一次。 {busy} records were being worked on: run it again.")
