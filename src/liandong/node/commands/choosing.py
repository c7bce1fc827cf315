"""Which node a command means: by name, from the home directory or the environment."""

from __future__ import annotations

import os
from pathlib import Path

import click

from liandong.domain.errors import InvalidInput
from liandong.node.bootstrap import start
from liandong.node.embedded import start_server
from liandong.node.settings import NODE_FILE, home, server_url

__all__ = ["node_files", "node_option", "use_node"]

node_option = click.option("--node", "node_name", default=None, help="节点名（police、hotline……）。默认用 LIANDONG_NODE。")


def node_files(place: Path) -> dict[str, Path]:
    """Return the nodes laid out under a home directory: name -> file."""
    return {file.parent.name: file for file in sorted((place / "nodes").glob("*/node.toml"))}


def use_node(node_name: str | None) -> None:
    """Start the named node's world in this process; the embedded server is started when nobody runs it.

    Raises:
        InvalidInput: no such node; says which there are.
    """
    place = home()
    if node_name is not None:
        files = node_files(place)
        if node_name not in files:
            raise InvalidInput(detail=f"没有节点“{node_name[:40]}”；有：{'、'.join(files) or '（无，请先 liandong run）'}")
        os.environ[NODE_FILE] = str(files[node_name])
    if (place / "postgres").exists() and server_url() is None:
        start_server(place, None)
    start()
