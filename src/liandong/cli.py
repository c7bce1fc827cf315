"""``liandong``: run a city, feed it, judge words, check packs, prove journals, keep people, back up and restore."""

from __future__ import annotations

import sys

import click

from liandong import __version__
from liandong.domain.errors import LiandongError
from liandong.node.commands.clocks import clocks
from liandong.node.commands.corpus import corpus
from liandong.node.commands.data import backup, restore
from liandong.node.commands.feed import feed
from liandong.node.commands.journal import journal
from liandong.node.commands.journal_evidence import compare, export, report  # noqa: F401 - add themselves to ``journal``
from liandong.node.commands.keys import keys
from liandong.node.commands.middle import middle
from liandong.node.commands.model import classify, evaluate, train
from liandong.node.commands.pack import pack
from liandong.node.commands.run import run
from liandong.node.commands.simulate import simulate
from liandong.node.commands.triage import triage
from liandong.node.commands.unit_model import train_units
from liandong.node.commands.users import users

__all__ = ["cli", "main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="liandong")
def cli() -> None:
    """联动：110 与 12345 高效对接联动平台。 One story told once, handled by 110 and 12345 together."""


for command in (run, feed, simulate, triage, train, train_units, classify, evaluate, corpus, pack, clocks, journal, keys, middle, users, backup, restore):
    cli.add_command(command)


def main() -> None:
    """Run a command; a refusal is a sentence on stderr and exit status 1."""
    try:
        cli(standalone_mode=False)
    except LiandongError as error:
        click.echo(f"{error.sentence('zh')}\n{error.sentence('en')}  [{error.code}]", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)


if __name__ == "__main__":
    main()
