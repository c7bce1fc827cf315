"""Write the reference pages from the code: states, errors, commands, settings, API, words.

    python scripts/reference.py            # write what has changed  (also: make docs)
    python scripts/reference.py --check    # write nothing; say what is stale and end with 1

Nothing here is a list kept by hand: a new machine, code, command, setting or address appears by itself. The pages are the same on
every machine, so a stale one is a page somebody forgot to make again.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: The tree this script stands in, whatever is installed.
sys.path[:0] = [str(ROOT / "src"), str(Path(__file__).resolve().parent), str(ROOT)]

#: A node that is never started: enough for Django to know its models and addresses, without a database.
NODE = """name = "reference"
side = "police"
title = "reference"
pack = "xiangcheng"
database = "postgresql://127.0.0.1/none"
port = 1
secret = "written down in a script, so it protects nothing"
"""

__all__ = ["main", "pages", "set_up", "stale"]


def set_up() -> None:
    """Set up Django for a node that is never started, in Chinese."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "node.toml"
        file.write_text(NODE, encoding="utf-8")
        os.environ["LIANDONG_NODE"] = str(file)
        os.environ["DJANGO_SETTINGS_MODULE"] = "liandong.node.django_settings"
        import django

        django.setup()


def pages() -> dict[str, str]:
    """Return every generated page: path under ``docs/reference`` -> text."""
    from reference_pages import api, cli, errors, settings, states, words

    from tests.models.page import pages as models

    found: dict[str, str] = {}
    for part in (states.pages(), errors.pages(), cli.pages(), settings.pages(ROOT), api.pages(), words.pages(), models()):
        found |= part
    return {name: text.rstrip() + "\n" for name, text in found.items()}


def stale(place: Path, wanted: Mapping[str, str]) -> list[str]:
    """Return the names of pages under ``place`` that are not what the code says, and of those nobody makes any more."""
    changed = [name for name, text in wanted.items() if not _same(place / name, text)]
    left = [f"states/{each.name}" for each in sorted((place / "states").glob("*.md")) if f"states/{each.name}" not in wanted]
    return changed + left


def write(place: Path, names: Iterable[str], wanted: Mapping[str, str]) -> None:
    """Write pages; remove those nobody makes any more."""
    for name in names:
        file = place / name
        if name not in wanted:
            file.unlink()
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(wanted[name], encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Write or check the pages; return 1 when ``--check`` finds a stale one."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--check", action="store_true", help="write nothing; end with 1 when a page is stale")
    asked.add_argument("--to", type=Path, default=ROOT / "docs" / "reference", help="where the pages are")
    given = asked.parse_args(arguments)
    set_up()
    wanted = pages()
    changed = stale(given.to, wanted)
    if not given.check:
        write(given.to, changed, wanted)
    for name in changed:
        print(f"{'stale' if given.check else 'written'}: docs/reference/{name}")
    if given.check and changed:
        print("Run `make docs` (or scripts/reference.py with the project's Python) and commit what it writes.")
        return 1
    return 0


def _same(file: Path, text: str) -> bool:
    return file.exists() and file.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
