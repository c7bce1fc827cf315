"""What the documents tell people to type exists, and the cheap part of it is run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from liandong.cli import cli

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.zh-CN.md")
#: Runs without a node, a network or a change to anything.
CHEAP = ("--help", "--version", "triage --text", "pack list", "pack check xiangcheng")


def blocks() -> list[tuple[str, str]]:
    """Return (document, line) for every line of a ``sh`` block."""
    found = []
    for file in [*(ROOT / name for name in READMES), *sorted((ROOT / "docs").rglob("*.md"))]:
        for block in re.findall(r"^ *```sh\n(.*?)^ *```", file.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
            found += [(str(file.relative_to(ROOT)), line.strip()) for line in block.splitlines() if line.strip()]
    return found


LIANDONG = [(name, re.sub(r"^((LIANDONG_\w+=\S+) )*liandong ", "", line)) for name, line in blocks() if re.match(r"((LIANDONG_\w+=\S+) )*liandong ", line)]


@pytest.mark.parametrize("document, typed", LIANDONG)
def test_a_command_in_a_document_exists_with_its_options(document: str, typed: str) -> None:
    words = shlex.split(typed, comments=True)
    command: click.Command = cli
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.commands.get(words[0])
        assert found is not None, f"{document}: there is no `liandong {typed}`"
        command, words = found, words[1:]
    known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)} | {"-h", "--help"}
    assert [word for word in words if word.startswith("--") and word.partition("=")[0] not in known] == []


@pytest.mark.parametrize("typed", sorted({typed for name, typed in LIANDONG if name in READMES and typed.startswith(CHEAP)}))
def test_a_cheap_command_of_the_readme_works(typed: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", "liandong.cli", *shlex.split(typed)], capture_output=True, text=True, check=False, timeout=60, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_help_names_every_command_of_the_program() -> None:
    done = subprocess.run([sys.executable, "-m", "liandong.cli", "--help"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert [name for name in cli.commands if not re.search(rf"^  {name} ", done.stdout, re.MULTILINE)] == []


def test_make_targets_named_in_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {line.split()[1] for _, line in blocks() if line.startswith("make ")}
    assert {"run", "test"} <= named
    assert named <= targets


def test_both_readmes_give_the_same_commands() -> None:
    english, chinese = ([re.sub(r"\s+#.*", "", line) for name, line in blocks() if name == readme] for readme in READMES)
    assert english == chinese
