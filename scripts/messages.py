"""Compile the screens' translations (``.po`` → ``.mo``) with Babel, so that no gettext tools need to be installed."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "src" / "liandong" / "web" / "locale"


def main() -> int:
    """Compile every catalogue that is newer than its compiled form; return 0."""
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        with target.open("wb") as file:
            write_mo(file, catalogue)
        print(f"messages: {source.parent.parent.name}, {len(catalogue)} texts")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
