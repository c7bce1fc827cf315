"""The screens' translations: compile them (``.po`` → ``.mo``), or first gather the texts of code and templates into them.

    python scripts/messages.py             compile, as ``make setup`` does
    python scripts/messages.py --gather    bring every ``.po`` up to date with the sources, then compile
    python scripts/messages.py --missing   print what has no translation; exit 1 where there is any

Babel does it all, so that no gettext tools need to be installed.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

WEB = Path(__file__).resolve().parent.parent / "src" / "liandong" / "web"
LOCALE = WEB / "locale"
HEADER = 'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n\n'
#: Functions whose first argument is a text for people.
KEYWORDS = ("_", "gettext", "gettext_lazy", "ngettext", "pgettext", "npgettext")


def texts() -> Iterator[tuple[str, str, int]]:
    """Give (text, file, line) of every text that is marked for translation in the web's code and templates."""
    for path in sorted(WEB.rglob("*.py")) + sorted(WEB.rglob("templates/**/*.html")):
        words = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            # What is not marked comes out as a row of letters; indented, it would not be Python.
            words = "\n".join(line.lstrip() for line in templatize(words, origin=str(path)).splitlines())
        for line, _function, found, _comments in extract_python(io.BytesIO(words.encode()), KEYWORDS, [], {"encoding": "utf-8"}):
            for text in found if isinstance(found, tuple) else (found,):
                if text:
                    yield text, path.relative_to(WEB.parent.parent).as_posix(), line


def catalogue(path: Path) -> Catalog:
    """Return the catalogue of a ``.po`` file."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def gather(path: Path) -> None:
    """Put every text of the sources into a ``.po`` file, keep what is translated, drop what is gone."""
    old, new = catalogue(path), Catalog(locale=path.parent.parent.name)
    for text, _file, _line in texts():
        known = old.get(text)
        new.add(text, known.string if known is not None else "")
    write(path, new)


def write(path: Path, known: Catalog) -> None:
    """Write a catalogue sorted and without dates and places, so that two people who add texts do not get into each other's way."""
    with path.open("wb") as out:
        out.write(HEADER.format(language=path.parent.parent.name).encode())
        write_po(out, known, width=0, omit_header=True, no_location=True, sort_output=True)


def missing(path: Path) -> list[str]:
    """Return the texts of the sources that a ``.po`` file does not translate."""
    known = catalogue(path)
    return sorted({text for text, _file, _line in texts() if not ((found := known.get(text)) and found.string)})


def translations() -> list[Path]:
    """Return every ``.po`` file."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))


def compile_all() -> None:
    """Compile every catalogue."""
    for source in translations():
        known = catalogue(source)
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, known)
        print(f"messages: {source.parent.parent.name}, {len(known)} texts")


def main() -> int:
    """Do what is asked; return 1 where texts are missing and that was the question."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--gather", action="store_true")
    asked.add_argument("--missing", action="store_true")
    given = asked.parse_args()
    if given.missing:
        lacking = [text for path in translations() for text in missing(path)]
        print("\n".join(lacking))
        return 1 if lacking else 0
    if given.gather:
        for path in translations():
            gather(path)
    compile_all()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
