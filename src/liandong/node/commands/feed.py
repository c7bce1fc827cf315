"""``liandong feed``: pour a file of orders through both nodes, and count what came of it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from liandong.adapters.feed.presets import PRESETS, guess_preset, mapping_of
from liandong.adapters.feed.rows import appeal_of, columns_of, digest_of, read_rows
from liandong.adapters.feed.run import FeedNode, FeedReport, run_feed
from liandong.domain.errors import InvalidInput
from liandong.node.city import city_plan, found_city
from liandong.node.settings import home, server_url
from liandong.node.supervisor import Supervisor

__all__ = ["feed"]


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--preset",
    default=None,
    type=click.Choice(sorted(PRESETS)),
    help="列的对应关系；默认按文件名猜。 Mapping of columns; guessed from the file's name.",
)
@click.option(
    "--map", "maps", multiple=True, metavar="字段=列", help="text、key、place、phone……对应哪一列，可多次。 field=column, repeatable."
)
@click.option("--rate", default=0.0, type=click.FloatRange(0), help="每秒几件；0 为尽快。 Rows a second; 0 is as fast as possible.")
@click.option("--limit", default=0, type=click.IntRange(0), help="只取前几行。 Only the first rows.")
@click.option(
    "--at", "at", default="both", type=click.Choice(["both", "police", "hotline"]), help="先打给谁；both 轮流。 Who is told first."
)
@click.option("--callers", default=8, show_default=True, type=click.IntRange(1, 64), help="同时几路来电。 Rows under way at once.")
@click.option(
    "--pack",
    "pack_name",
    default="xiangcheng",
    show_default=True,
    help="没有城在运行时用的城市包。 Pack of the city that is started when none runs.",
)
@click.option("--json", "as_json", is_flag=True, help="结果为一个 JSON 对象。 End with one JSON object.")
def feed(
    file: Path, preset: str | None, maps: tuple[str, ...], rate: float, limit: int, at: str, callers: int, pack_name: str, as_json: bool
) -> None:
    """把文件里的诉求灌入两个平台，可中断续灌，最后给出汇总。 Pour orders through both platforms; resumable; ends with a summary.

    没有城在运行时，临时起一座，灌完即停。 Without a running city one is started for the feed.
    """
    mapping = mapping_of(columns_of(file), preset or guess_preset(file.name), dict(_pair(each) for each in maps))
    digest = digest_of(file)
    total = sum(1 for _ in read_rows(file))
    total = min(total, limit) if limit else total

    def bodies() -> Iterator[dict[str, Any]]:
        for number, row in enumerate(read_rows(file), 1):
            if limit and number > limit:
                return
            yield appeal_of(row, number, mapping, digest)

    first = {"both": lambda number: number % 2, "police": lambda _: 0, "hotline": lambda _: 1}[at]
    city, owned = _city(pack_name)
    try:
        with Progress(
            TextColumn("灌入"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
        ) as bar:
            task = bar.add_task("feed", total=total)
            report = asyncio.run(
                run_feed(
                    bodies(),
                    _nodes(city),
                    first_node=first,
                    rate=rate,
                    callers=callers,
                    progress=lambda done: bar.update(task, completed=done),
                )
            )
    finally:
        if owned is not None:
            owned.stop()
    _tell(report, as_json)
    sys.exit(1 if report.lost or report.doubled or report.waiting else 0)


def _pair(text: str) -> tuple[str, str]:
    name, sign, column = text.partition("=")
    if not sign or not name or not column:
        raise InvalidInput(detail=f"--map 要写成 字段=列：{text[:60]}")
    return name, column


def _city(pack_name: str) -> tuple[dict[str, Any], Supervisor | None]:
    """Return the city that runs under this home, or one started for this feed."""
    running = found_city(home())
    if running is not None:
        return running, None
    click.echo("没有城在运行，临时起一座…… No city runs; starting one for this feed…", err=True)
    city = Supervisor(home(), pack_name, city_plan(8110, 12345), server_url(), demonstration=True)
    try:
        city.start()
    except BaseException:
        city.stop()
        raise
    return city.description(), city


def _nodes(city: dict[str, Any]) -> tuple[FeedNode, FeedNode]:
    by_side: dict[str, FeedNode] = {}
    for node in city["nodes"]:
        try:
            token = Path(node["token_file"]).read_text(encoding="ascii").strip()
        except OSError as error:
            raise InvalidInput(detail=f"节点 {node['name']} 没有本地令牌（生产模式请用 API）") from error
        by_side.setdefault(node["side"], FeedNode(node["name"], node["side"], node["url"], token))
    try:
        return by_side["police"], by_side["hotline"]
    except KeyError as error:
        raise InvalidInput(detail="需要一个 110 节点和一个 12345 节点") from error


def _tell(report: FeedReport, as_json: bool) -> None:
    summary = report.as_json()
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False))
        return
    click.echo(
        f"受理 {report.taken} 件（其中已有 {report.again} 件），拒收 {summary['refused']} 件，用时 {report.milliseconds / 1000:.1f} 秒"
    )
    click.echo(
        f"  归属：警 {summary['police']}  热线 {summary['hotline']}  联合 {summary['joint']}  均不受理 {summary['neither']}  待定 {summary['unclear']}"
    )
    click.echo(f"  移交 {report.handed_over}  对方受理 {report.accepted}  丢失 {report.lost}  重复 {report.doubled}  滞留 {report.waiting}")
