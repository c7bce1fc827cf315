"""Reads one file of a pack into rows that know their line.

Whatever the bytes are, what comes out is rows and problems: never another error than a ``Problem``.
"""

from __future__ import annotations

import csv
import io
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from liandong.adapters.packs.problems import Problems
from liandong.adapters.packs.rows import Row

__all__ = ["MAX_BYTES", "TomlFile", "read_csv", "read_text", "read_toml"]

#: More than any real city needs; keeps a hostile file from filling the memory.
MAX_BYTES = 4_000_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_AT = re.compile(r"\(at line (\d+), column \d+\)")


def read_text(folder: Path, name: str, problems: Problems, *, optional: bool = False) -> str | None:
    """Return the text of a file, or None with a problem noted (none where ``optional`` and absent)."""
    path = folder / name
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):
            problems.add(name, 0, "file.not_plain")
            return None
        if info.st_size > MAX_BYTES:
            problems.add(name, 0, "file.too_large", limit=MAX_BYTES)
            return None
        raw = path.read_bytes()
    except FileNotFoundError:
        if not optional:
            problems.add(name, 0, "file.missing")
        return None
    except OSError:
        problems.add(name, 0, "file.not_plain")
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.add(name, raw.count(b"\n", 0, error.start) + 1, "file.encoding")
        return None
    control = _CONTROL.search(text)
    if control:
        problems.add(name, text.count("\n", 0, control.start()) + 1, "file.control", character=f"U+{ord(control[0]):04X}")
        return None
    return text.replace("\r\n", "\n")


class TomlFile:
    """A TOML file whose tables know their line."""

    def __init__(self, name: str, text: str, data: Mapping[str, object], problems: Problems) -> None:
        self.name = name
        self._lines = text.split("\n")
        self._data = data
        self._problems = problems

    def top(self, *tables: str) -> Row:
        """Return the keys outside any table; ``tables`` are the names of tables that belong in this file."""
        for key in self._data:
            if key not in tables and isinstance(self._data[key], dict | list) and self._line_of_table(key):
                self._problems.add(self.name, self._line_of_table(key), "key.unknown", key=key)
        plain = {key: value for key, value in self._data.items() if key not in tables and not self._line_of_table(key)}
        return Row(self.name, 1, plain, self._problems, self._lines)

    def table(self, key: str) -> Row | None:
        """Return the table ``[key]``, or None where there is none."""
        value = self._data.get(key)
        line = self._line_of_table(key) or 1
        if value is None:
            return None
        if not isinstance(value, dict):
            self._problems.add(self.name, line, "key.type", key=key, expected=f"[{key}]")
            return None
        return Row(self.name, line, value, self._problems, self._lines)

    def tables(self, key: str) -> Iterator[Row]:
        """Yield the tables ``[[key]]`` in order."""
        value = self._data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self._problems.add(self.name, self._line_of_table(key) or 1, "key.type", key=key, expected=f"[[{key}]]")
            return
        heads = [number for number, line in enumerate(self._lines, 1) if re.match(rf"\s*\[\[\s*{re.escape(key)}\s*\]\]", line)]
        for index, each in enumerate(value):
            yield Row(self.name, heads[index] if index < len(heads) else 1, each, self._problems, self._lines)

    def _line_of_table(self, key: str) -> int:
        head = re.compile(rf"\s*\[\[?\s*{re.escape(key)}\s*[\].]")
        return next((number for number, line in enumerate(self._lines, 1) if head.match(line)), 0)


def read_toml(folder: Path, name: str, problems: Problems, *, optional: bool = False) -> TomlFile | None:
    """Return a TOML file, or None with its problem noted."""
    text = read_text(folder, name, problems, optional=optional)
    if text is None:
        return None
    try:
        data = tomllib.loads(text)
    except RecursionError:
        problems.add(name, 1, "toml.syntax", detail="nested too deep")
        return None
    except ValueError as error:
        # TOMLDecodeError is a ValueError; an integer of many thousand digits raises a plain one.
        at = _AT.search(str(error))
        line = int(at[1]) if at else len(text.rstrip("\n").split("\n"))
        problems.add(name, line, "toml.syntax", detail=_AT.sub("", str(error)).strip())
        return None
    return TomlFile(name, text, data, problems)


def read_csv(folder: Path, name: str, columns: Sequence[str], problems: Problems, *, may_be_empty: bool = False) -> Iterator[Row]:
    """Yield the rows of a CSV file with exactly these columns; a row of the wrong width is noted and left out."""
    text = read_text(folder, name, problems)
    if text is None:
        return
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        header = next(reader, [])
        if header != list(columns):
            problems.add(name, 1, "csv.header", expected=",".join(columns))
            return
        count = 0
        line = reader.line_num + 1
        for cells in reader:
            if cells:
                count += 1
                if len(cells) != len(columns):
                    problems.add(name, line, "csv.width", width=len(cells), expected=len(columns))
                else:
                    values: dict[str, object] = {key: cell.strip() for key, cell in zip(columns, cells, strict=True)}
                    yield Row(name, line, values, problems, None)
            line = reader.line_num + 1
        if not count and not may_be_empty:
            problems.add(name, 1, "csv.empty")
    except csv.Error as error:
        problems.add(name, reader.line_num, "csv.syntax", detail=str(error))
