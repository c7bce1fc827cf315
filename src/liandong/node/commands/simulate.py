"""``liandong simulate``: let a file's orders happen again in simulated time, and tell the platform's own figures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from liandong.adapters.feed.presets import PRESETS, guess_preset, mapping_of
from liandong.adapters.feed.rows import appeal_of, columns_of, digest_of, read_rows
from liandong.adapters.packs.model import Pack
from liandong.adapters.packs.team import PackDirectory
from liandong.application.ports import Triage
from liandong.domain.errors import InvalidInput
from liandong.lab.figures import ORDER_FIGURES
from liandong.lab.pair import City
from liandong.lab.recorded import Recorded, recorded_of
from liandong.lab.simulate import Simulation
from liandong.node.bootstrap import divisions_of, doors_of, known_codes, load_city_pack, make_triage, rulebook_of

__all__ = ["city_of", "rows_of", "simulate"]

#: What is shown of each unit: heading -> figure.
COLUMNS = {
    "件数": "orders", "派发按时": "sent_in_time", "派发超时": "sent_late", "办理按时": "on_time", "办理超时": "late",
    "无时限": "no_limit", "时间未载": "end_not_recorded",
    "退单": "refused", "追问": "asked", "补充": "supplied", "退回": "returned", "重办": "reopened", "预警": "warned", "催办": "reminded",
    "督办": "supervised", "约谈": "interviewed", "通报": "circulated", "追责": "referred",
}  # fmt: skip
#: Rows of the table.
MOST_UNITS = 30


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--preset",
    default=None,
    type=click.Choice(sorted(PRESETS)),
    help="列的对应关系；默认按文件名猜。 Mapping of columns; guessed from the file's name.",
)
@click.option("--limit", default=0, type=click.IntRange(0), help="只取前几行。 Only the first rows.")
@click.option(
    "--at", "at", default="both", type=click.Choice(["both", "police", "hotline"]), help="先打给谁；both 轮流。 Who is told first."
)
@click.option("--pack", "pack_name", default="xiangcheng", show_default=True, help="城市包。 The city pack.")
@click.option("--json", "as_json", is_flag=True, help="结果为一个 JSON 对象。 End with one JSON object.")
def simulate(file: Path, preset: str | None, limit: int, at: str, pack_name: str, as_json: bool) -> None:
    """按文件里记录的时间重演每一件，几个月几秒走完，给出平台自己的统计。 Replay orders at their recorded times; ends with the platform's own figures.

    列 accepted_at、dispatched_at、signed_at、refused_at、asked_at、supplied_at、reported_at、closed_at、visited_at 是各步的时间；
    没有的步骤不会编造，也不计超时。
    Columns <step>_at are the times of the steps; a step that is not in the file is not invented and nobody is late over it.
    """
    pack = load_city_pack(pack_name)
    first = {"both": lambda number: ("police", "hotline")[number % 2], "police": lambda _: "police", "hotline": lambda _: "hotline"}[at]
    run = Simulation(city_of(pack), first)
    run.play(rows_of(file, preset, limit, pack))
    summary = run.as_json()
    if summary["told_by_file"]["accepted"] == 0:
        raise InvalidInput(detail="没有一行有受理时间（accepted_at），无法按时间重演 no row says when it was accepted")
    click.echo(json.dumps(summary, ensure_ascii=False) if as_json else in_words(summary, pack))


def rows_of(file: Path, preset: str | None, limit: int, pack: Pack) -> Iterator[tuple[Mapping[str, Any], Recorded | None]]:
    """Yield each row as the body of an appeal and what the file says became of it. Raises ``InvalidInput`` where it cannot be read."""
    mapping, digest, zone = mapping_of(columns_of(file), preset or guess_preset(file.name)), digest_of(file), ZoneInfo(pack.zone)
    for number, row in enumerate(read_rows(file), 1):
        if limit and number > limit:
            return
        yield appeal_of(row, number, mapping, digest), recorded_of(row, zone)


def city_of(pack: Pack, triage: Triage | None = None) -> City:
    """Return what two nodes in memory know of a pack's city: clocks, units, and its triage unless another is given."""
    directory = PackDirectory(pack)

    def suggest(data: Mapping[str, Any], side: str, at: datetime) -> str:
        return directory.leading_unit(data, side, at)

    more = {"doors": doors_of(pack), "divisions_at": divisions_of(pack), "context": known_codes(pack)}
    units = {each.name: each.code for each in pack.units}
    return City(triage or make_triage(pack), rulebook_of(pack), pack.zone, directory, asdict(pack.settings), more, units, suggest)


def in_words(summary: Mapping[str, Any], pack: Pack) -> str:
    """Return the figures as a table for people."""
    names = {each.code: each.name for each in pack.units}
    lines = [
        f"重演 {summary['rows']} 行，受理 {summary['taken']} 件，拒收 {sum(summary['refused_at_intake'].values())} 件，触发时限 {summary['timers_fired']} 次",
        "  联动单：" + "  ".join(f"{WORDS[name]} {number}" for name, number in summary["handovers"].items()),
        "  " + "  ".join(COLUMNS),
        "  " + _row(summary["total"]) + "  合计",
    ]
    units = list(summary["units"].items())
    lines += ["  " + _row(figures) + f"  {names.get(code, code) or '（未派单位）'}" for code, figures in units[:MOST_UNITS]]
    if len(units) > MOST_UNITS:
        lines.append(f"  另有 {len(units) - MOST_UNITS} 个单位，见 --json")
    if summary["not_told"]:
        lines.append(f"  文件没有这些步骤的时间，未模拟，也不计超时：{'、'.join(STEP_WORDS[each] for each in summary['not_told'])}")
    if summary["told_by_file"]["end_from_note"]:
        lines.append(f"  其中 {summary['told_by_file']['end_from_note']} 件的办结时间取自办结说明里写明的时刻")
    return "\n".join(lines)


def _row(figures: Mapping[str, int]) -> str:
    return "  ".join(f"{figures[name]:>{2 * len(heading)}}" for heading, name in COLUMNS.items())


#: Figures of handovers, and steps of a row, in words.
WORDS = {
    "offered": "发出", "accepted": "受理", "objected": "异议", "returned": "退回", "asked": "追问", "supplied": "补充", "confirmed": "办结确认",
    "reopened": "重办",
}  # fmt: skip
STEP_WORDS = {
    "accepted": "受理", "dispatched": "派发", "signed": "签收", "refused": "退单", "asked": "追问", "supplied": "补充", "reported": "反馈",
    "closed": "结案", "visited": "回访",
}  # fmt: skip
assert set(COLUMNS.values()) <= set(ORDER_FIGURES), "every column is a figure"
