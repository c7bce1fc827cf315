"""One row of a pack file: asks for a value, notes what is wrong with it and where, and hands on something usable."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from liandong.adapters.packs.problems import Problems
from liandong.domain.clocks import Limit
from liandong.domain.errors import InvalidInput

__all__ = ["Row"]


class Row:
    """The keys of one table or CSV line.

    A reader that meets something wrong notes it and returns an empty value, so that the rest is read and
    reported too; a pack with any problem is never used.
    """

    def __init__(self, file: str, line: int, values: Mapping[str, object], problems: Problems, lines: Sequence[str] | None) -> None:
        self.file = file
        self.line = line
        self.values = values
        self._problems = problems
        self._lines = lines
        self._asked: set[str] = set()

    def line_of(self, key: str) -> int:
        """Return the line a key stands on, or the row's own."""
        if self._lines is None:
            return self.line
        start = re.compile(rf'\s*"?{re.escape(key)}"?\s*=')
        for number in range(self.line, len(self._lines) + 1):
            text = self._lines[number - 1]
            if number > self.line and re.match(r"\s*\[", text):
                break
            if start.match(text):
                return number
        return self.line

    def wrong(self, code: str, key: str = "", /, **data: object) -> None:
        """Note a problem at ``key`` or at the row."""
        self._problems.add(self.file, self.line_of(key) if key else self.line, code, **data)

    def has(self, key: str) -> bool:
        """Say whether the key is given; CSV cells count when they are not empty."""
        self._asked.add(key)
        return key in self.values and (self._lines is not None or self.values[key] != "")

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text, stripped; without ``default`` it must be there and not be empty."""
        if not self.has(key):
            if default is None:
                self.wrong("key.missing" if key not in self.values else "key.empty", key, key=key)
            return default or ""
        value = self.values[key]
        if not isinstance(value, str):
            self.wrong("key.type", key, key=key, expected="文字 text")
            return default or ""
        if default is None and not value.strip():
            self.wrong("key.empty", key, key=key)
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty where the key is absent; in CSV cells they are separated by ``;``."""
        if not self.has(key):
            return ()
        value = self.values[key]
        if isinstance(value, str) and self._lines is None:
            value = [each.strip() for each in value.split(";")]
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.wrong("key.type", key, key=key, expected='文字列表 ["…", "…"]')
            return ()
        return tuple(value)

    def choice(self, key: str, choices: Collection[str], default: str | None = None) -> str:
        """Return one of ``choices``."""
        value = self.text(key, default)
        if value and value not in choices:
            self.wrong("key.choice", key, key=key, value=value, choices="、".join(choices))
            return default or next(iter(choices))
        return value or default or next(iter(choices))

    def flag(self, key: str, default: bool = False) -> bool:
        """Return true or false."""
        if not self.has(key):
            return default
        value = self.values[key]
        if not isinstance(value, bool):
            self.wrong("key.type", key, key=key, expected="true/false")
            return default
        return value

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """Return a number from ``low`` to ``high``."""
        if not self.has(key):
            if default is None:
                self.wrong("key.missing", key, key=key)
            return low if default is None else default
        value = self.values[key]
        if isinstance(value, str) and self._lines is None and re.fullmatch(r"-?[0-9]{1,6}(\.[0-9]{1,12})?", value):
            value = float(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.wrong("key.type", key, key=key, expected=f"{low:g} 到 {high:g} 的数")
            return low if default is None else default
        return value

    def date(self, key: str, default: date | None = None) -> date:
        """Return a date; without ``default`` it must be there."""
        if not self.has(key):
            if default is None:
                self.wrong("key.missing", key, key=key)
            return default or date.min
        value = self.values[key]
        if not isinstance(value, date) or isinstance(value, datetime):
            self.wrong("key.type", key, key=key, expected="日期 2026-11-22")
            return default or date.min
        return value

    def limit(self, key: str) -> Limit | None:
        """Return a limit, or None where it is absent or wrong."""
        if not self.has(key):
            return None
        value = self.text(key)
        try:
            return Limit.parse(value) if value else None
        except InvalidInput:
            self.wrong("limit.form", key, key=key, value=value)
            return None

    def mapping(self, key: str) -> Mapping[str, str]:
        """Return an inline table of texts, empty where absent."""
        if not self.has(key):
            return {}
        value = self.values[key]
        if not isinstance(value, dict) or not all(isinstance(each, str) and each.strip() for each in value.values()):
            self.wrong("key.type", key, key=key, expected='{ name = "…" }')
            return {}
        return value

    def nothing_else(self) -> None:
        """Note every key that nobody asked for: most often a misspelt one."""
        for key in self.values:
            if key not in self._asked:
                self.wrong("key.unknown", key, key=key)
