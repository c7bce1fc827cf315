"""``liandong run``: a whole city on this machine."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import click

from liandong.node.callers import Callers
from liandong.node.city import city_plan, desk_plan, found_city
from liandong.node.demonstration import tell_the_past
from liandong.node.settings import SUITE_NAMES, TRANSPORTS, home, server_url
from liandong.node.supervisor import Supervisor

__all__ = ["run"]


@click.command()
@click.option("--pack", "pack_name", default="xiangcheng", show_default=True, help="城市包的名称或路径。 Name or path of the city's pack.")
@click.option("--police-port", default=8110, show_default=True, type=click.IntRange(1, 65535), help="110 平台端口。")
@click.option("--hotline-port", default=12345, show_default=True, type=click.IntRange(1, 65535), help="12345 平台端口。")
@click.option(
    "--police-county-port",
    "county_port",
    default=None,
    type=click.IntRange(1, 65535),
    help="再起一个县级 110 平台。 Also start a county police node.",
)
@click.option(
    "--hotline-county-port",
    "county_hotline_port",
    default=None,
    type=click.IntRange(1, 65535),
    help="再起一个县级 12345 平台。 Also start a county hotline node.",
)
@click.option("--desk", "one_desk", is_flag=True, help="席位制：一个节点两条线，只用 12345 平台端口。 Desk mode: one node seats both lines, at the hotline port.")
@click.option(
    "--transport",
    default="http",
    show_default=True,
    type=click.Choice(sorted(TRANSPORTS)),
    help="两个平台之间怎么传：直连、中间库、文件摆渡、消息总线。 How the platforms reach each other.",
)
@click.option(
    "--suite",
    default=SUITE_NAMES[0],
    show_default=True,
    type=click.Choice(SUITE_NAMES),
    help="签名与加密算法；sm2 一套为国密。 Algorithms; the second is the national suite.",
)
@click.option("--home", "where", default=None, type=click.Path(path_type=Path), help="数据目录，默认 LIANDONG_HOME。")
@click.option("--production", is_flag=True, help="不装演示用户、演示记录和一键登录。 No demonstration users, records or one-click sign in.")
@click.option("--callers/--no-callers", default=True, help="演示来电。 Invented callers in the background.")
def run(
    pack_name: str,
    police_port: int,
    hotline_port: int,
    county_port: int | None,
    county_hotline_port: int | None,
    one_desk: bool,
    transport: str,
    suite: str,
    where: Path | None,
    production: bool,
    callers: bool,
) -> None:
    """起一整座城：两个平台、各自的数据库与后台。 Start a whole city: both platforms, their databases and workers."""
    place = (where or home()).expanduser().resolve()
    running = found_city(place)
    if running is not None:
        click.echo("这座城已在运行： This city runs already:")
        for node in running["nodes"]:
            click.echo(f"  {node['name']:<14} {node['url']}")
        return
    started = time.monotonic()
    plans = desk_plan(hotline_port) if one_desk else city_plan(police_port, hotline_port, county_port, county_hotline_port)
    city = Supervisor(place, pack_name, plans, server_url(), demonstration=not production, transport=transport, suite=suite)
    stopping = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stopping.set())
    try:
        city.start()
        click.echo(f"已启动，用时 {time.monotonic() - started:.1f} 秒。 Started.")
        for settings, _ in city.nodes:
            click.echo(f"  {settings.title:<20} http://{settings.host}:{settings.port}")
        click.echo(f"  数据 data: {place}")
        click.echo("按 Ctrl+C 停止。 Press Ctrl+C to stop.")
        if not production:
            told = tell_the_past(city, stopping)
            if told:
                click.echo(f"已补入演示记录 {told} 件。 {told} records of the past told.")
        if callers and not production and not one_desk:
            Callers(city, stopping).start()
        stopping.wait()
    finally:
        click.echo("正在停止…… Stopping…")
        city.stop()
