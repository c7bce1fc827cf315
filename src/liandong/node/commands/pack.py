"""``liandong pack``: list and check cities."""

from __future__ import annotations

import sys

import click

from liandong.adapters.packs import check_pack, list_packs, load_pack

__all__ = ["pack"]


@click.group()
def pack() -> None:
    """城市包。 Packs: a city is a folder of data files."""


@pack.command("list")
def list_() -> None:
    """列出自带的城市包。 List the packs that come along."""
    for name in list_packs():
        loaded = load_pack(name)
        click.echo(f"{name:<14}{loaded.city}  事项 {len(loaded.catalogue.items)}  单位 {len(loaded.units)}  区划 {len(loaded.divisions)}")


@pack.command()
@click.argument("where")
def check(where: str) -> None:
    """检查城市包，逐条指出文件、行号、原因。 Check a pack: file, line and reason of everything that is broken."""
    problems = check_pack(where)
    for each in problems:
        click.echo(f"{each.file}:{each.line}: {each.reason}", err=True)
    if problems:
        click.echo(f"共 {len(problems)} 处问题。 {len(problems)} problems.", err=True)
        sys.exit(1)
    click.echo("没有问题。 Nothing wrong.")
