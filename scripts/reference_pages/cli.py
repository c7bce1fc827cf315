"""Every command of ``liandong`` with its help, as it prints it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from liandong.cli import cli

from .markdown import HEAD, code, table

__all__ = ["commands", "pages"]

WIDTH = 110


def commands(group: click.Command = cli, name: str = "liandong", parent: click.Context | None = None) -> Iterator[tuple[str, click.Context]]:
    """Yield every command and group with its full name, groups before what is in them."""
    given = {**group.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    context = click.Context(group, info_name=name, parent=parent, **given)
    yield context.command_path, context
    if isinstance(group, click.Group):
        for each in group.list_commands(context):
            found = group.get_command(context, each)
            if found is not None and not found.hidden:
                yield from commands(found, each, context)


def pages() -> dict[str, str]:
    """Return ``cli.md``."""
    known = list(commands())
    rows = [
        (f"[{path}](#{path.replace(' ', '-')})", context.command.get_short_help_str(200))
        for path, context in known
        if not isinstance(context.command, click.Group)
    ]
    lines = ["# Command line 命令行", HEAD, "", *table(("command", "what"), rows), ""]
    lines += ["What a command prints for people goes with both languages; `--json` is for machines. A refusal is a sentence on standard error,"]
    lines += [f"its code in brackets ([error codes](errors.md)), and exit status 1. {code('Ctrl+C')} ends with 130.", ""]
    for path, context in known:
        lines += [f"## {path}", "", "```", context.get_help().rstrip(), "```", ""]
    return {"cli.md": "\n".join(lines)}
