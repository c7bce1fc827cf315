"""``liandong train-units``: learn from a node's own closed orders which unit handles what."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click

from liandong.domain.errors import InvalidInput
from liandong.node.commands.choosing import node_option, use_node

__all__ = ["train_units"]

#: Orders that are learned from, the newest; and how many of one unit there must be.
MOST, LEAST = 100_000, 3
#: Words of the appeal and the unit that brought the order to its end. Confidential matters are not learned from.
QUERY = """
    SELECT a.data->>'text', o.unit FROM stream o JOIN stream a ON a.id = o.appeal AND a.kind = 'appeal'
     WHERE o.kind = %s AND o.phase = 'closed' AND o.unit <> '' AND coalesce(a.data->>'confidential', 'false') <> 'true'
     ORDER BY o.updated_at DESC LIMIT %s
"""


@click.command("train-units")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="模型目录；写入设置 unit_model。 Where the model goes.")
@click.option("--least", default=LEAST, show_default=True, type=click.IntRange(2, 1000), help="一个单位至少几件才学。 Orders a unit must have.")
@node_option
def train_units(out: Path, least: int, node_name: str | None) -> None:
    """从本节点已办结的单子学：什么诉求由哪个单位办。 Learn from this node's closed orders which unit handles what."""
    from liandong.adapters.classifier.model import check_target
    from liandong.adapters.classifier.training import train

    check_target(out)
    use_node(node_name)
    rows = _rows()
    often = {unit for unit, count in Counter(unit for _, unit in rows).items() if count >= least}
    rows = [row for row in rows if row[1] in often]
    if len(often) < 2:
        raise InvalidInput(detail=f"已办结的单子还不够：至少要两个单位各 {least} 件")
    model = train([text for text, _ in rows], [unit for _, unit in rows], seed=0, source="node", column="unit", progress=lambda _: None)
    model.save(out)
    click.echo(json.dumps({"out": str(out), "rows": len(rows), "units": len(often)}, ensure_ascii=False))


def _rows() -> list[tuple[str, str]]:
    from django.db import connection

    from liandong.application.current import current_world

    kind = "alarm" if current_world().desk.side == "police" else "workorder"
    with connection.cursor() as cursor:
        cursor.execute(QUERY, [kind, MOST])
        return [(text, unit) for text, unit in cursor.fetchall() if text]
