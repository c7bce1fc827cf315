"""Rows of a CSV, JSON or JSONL file, plain or gzipped, one at a time; what cannot be read says which row and why."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from liandong.adapters.feed.presets import Mapping_
from liandong.domain.errors import InvalidInput

__all__ = ["appeal_of", "columns_of", "digest_of", "read_rows"]

#: What reading a file can raise.
UNREADABLE = (csv.Error, json.JSONDecodeError, RecursionError, OSError, EOFError, zlib.error)

csv.field_size_limit(4 * 1024 * 1024)


def open_text(path: Path) -> IO[str]:
    """Return a file as text in UTF-8; broken bytes become U+FFFD, so that one bad byte costs one character."""
    try:
        raw: Any = gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # noqa: SIM115 - the caller closes it
    except OSError as error:
        raise InvalidInput(detail=f"打不开文件 {path.name}：{error.strerror or type(error).__name__}") from error
    return io.TextIOWrapper(raw, encoding="utf-8-sig", errors="replace", newline="")


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a file as plain texts.

    Raises:
        InvalidInput: the file cannot be read as CSV or JSON lines; says at which row.
    """
    name = path.name.removesuffix(".gz")
    number = 0
    try:
        with open_text(path) as file:
            reader = _json_lines(file) if name.endswith((".jsonl", ".ndjson", ".json")) else _csv(file)
            for number, row in enumerate(reader, 1):  # noqa: B007 - the number is for the error
                yield row
    except UNREADABLE as error:
        raise InvalidInput(detail=f"{path.name} 第 {number + 1} 行读不出：{_why(error)}") from error


def _why(error: BaseException) -> str:
    """Return what is wrong with a file, for a person."""
    if isinstance(error, json.JSONDecodeError | RecursionError):
        return "不是一行一个 JSON 对象 not one JSON object a line"
    if isinstance(error, csv.Error):
        return "不是 CSV not CSV"
    if isinstance(error, EOFError | zlib.error | gzip.BadGzipFile):
        return "压缩包不完整或不是 gzip the archive is cut short or no gzip"
    return "磁盘读取失败 the disk cannot be read"


def _csv(file: IO[str]) -> Iterator[dict[str, str]]:
    for row in csv.DictReader(file):
        yield {str(name): value or "" for name, value in row.items() if name is not None and not isinstance(value, list)}


def _json_lines(file: IO[str]) -> Iterator[dict[str, str]]:
    for line in file:
        if line.strip():
            row = json.loads(line)
            if not isinstance(row, dict):
                raise json.JSONDecodeError("an object a line", line[:20], 0)
            yield {str(name): value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for name, value in row.items()}


def columns_of(path: Path) -> list[str]:
    """Return the columns of a file's first row. Raises ``InvalidInput`` when it has none."""
    for row in read_rows(path):
        return list(row)
    raise InvalidInput(detail=f"{path.name} 没有数据行")


def digest_of(path: Path) -> str:
    """Return a short digest of a file's content: its name in keys, so that a feed can be resumed."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()[:12]


def appeal_of(row: dict[str, str], number: int, mapping: Mapping_, digest: str) -> dict[str, Any]:
    """Return the body of ``POST /api/v1/appeals`` for a row.

    Parameters:
        row: as read.
        number: of the row, from 1.
        digest: of the file; part of the key, which makes a second feed of the same file write nothing.
    """
    told = [each for each in (_sound(row.get(column, "")) for column in mapping.text) if each]
    text = (told[0] if mapping.first else "\n".join(told)) if told else ""
    body: dict[str, Any] = {
        "text": text[:20_000],
        "channel": "feed",
        "key": f"feed:{digest}:{_sound(row.get(mapping.key, ''))[:60] or 'row'}:{number}",
    }
    place = "".join(dict.fromkeys(_sound(row.get(column, "")) for column in mapping.place))
    if place:
        body["place"] = place[:300]
    for name, column in mapping.fields.items():
        value = _sound(row.get(column, ""))
        if value:
            body[name] = value[: LIMITS.get(name, 300)]
    return body


#: Longest values of fields a mapping may fill, in characters.
LIMITS = {"phone": 40, "citizen": 60, "happened": 60, "longitude": 20, "latitude": 20, "division": 12, "doorplate": 40, "demand": 2000}


def _sound(text: str) -> str:
    """Return the text without characters that no record keeps."""
    return "".join(char for char in text if (char >= " " or char in "\n\t") and char != "\x7f" and not "\ud800" <= char <= "\udfff").strip()
