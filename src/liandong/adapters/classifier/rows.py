"""Read labelled rows from CSV, TSV or JSON lines, plain or gzipped, and say clearly what is wrong with a file.

Rules: a row whose text is blank is kept for classifying (it gets an answer) and left out of training; a row whose
label is blank is left out of training and of measuring. Nothing is guessed: bytes that are not UTF-8 are refused
with the line they stand on.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from liandong.adapters.classifier.errors import ModelError

__all__ = ["read_column", "read_labelled", "read_rows"]

#: one cell may be this long; the csv module's own limit (131,072) would refuse a pasted letter with its attachments.
LONGEST_CELL = 16_000_000


def read_rows(path: Path, *, whole_lists: bool = False) -> list[dict[str, str]]:
    """Return the rows of a file as text by column name.

    Parameters:
        path: ``.csv``, ``.tsv``, ``.jsonl`` or ``.ndjson``, each also with ``.gz``; UTF-8, with or without a byte order mark.
        whole_lists: give a JSON list as JSON; else its first value stands for it.

    Raises:
        ModelError: ``model.file_missing``, ``model.file_type``, ``model.file_broken`` or ``model.file_empty``.
    """
    if not path.is_file():
        raise ModelError("model.file_missing", file=str(path))
    name = path.name.lower().removesuffix(".gz")
    text = _decode(path)
    if name.endswith((".jsonl", ".ndjson")):
        rows = list(_json_rows(path, text, whole_lists))
    elif name.endswith((".csv", ".tsv")):
        rows = list(_csv_rows(path, text, "\t" if name.endswith(".tsv") else ","))
    else:
        raise ModelError("model.file_type", file=path.name)
    if not rows:
        raise ModelError("model.file_empty", file=path.name)
    return rows


def read_column(path: Path, column: str) -> list[str]:
    """Return one column of every row, in order.

    Raises:
        ModelError: as ``read_rows``, or ``model.column_missing``.
    """
    rows = read_rows(path)
    _require(path, rows, (column,))
    return [row.get(column, "") for row in rows]


def read_labelled(path: Path, text_column: str, label_column: str) -> tuple[list[str], list[str]]:
    """Return texts and labels of the rows that have both.

    Raises:
        ModelError: as ``read_rows``, ``model.column_missing``, or ``model.file_empty`` where no row has both.
    """
    rows = read_rows(path)
    _require(path, rows, (text_column, label_column))
    pairs = [(row.get(text_column, ""), row.get(label_column, "").strip()) for row in rows]
    pairs = [(text, label) for text, label in pairs if text.strip() and label]
    if not pairs:
        raise ModelError("model.file_empty", file=path.name)
    return [text for text, _ in pairs], [label for _, label in pairs]


def _decode(path: Path) -> str:
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b" or path.name.lower().endswith(".gz"):
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError, zlib.error) as error:
            raise ModelError("model.file_broken", file=path.name, line=1, reason=f"gzip: {error}") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ModelError("model.file_broken", file=path.name, line=line, reason="not UTF-8") from error


def _csv_rows(path: Path, text: str, delimiter: str) -> Iterator[dict[str, str]]:
    before = csv.field_size_limit(LONGEST_CELL)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield {key: value or "" for key, value in row.items() if isinstance(key, str) and not isinstance(value, list)}
    except csv.Error as error:
        raise ModelError("model.file_broken", file=path.name, line=reader.line_num, reason=str(error)) from error
    finally:
        csv.field_size_limit(before)


def _json_rows(path: Path, text: str, whole_lists: bool) -> Iterator[dict[str, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise ModelError("model.file_broken", file=path.name, line=number, reason=f"JSON: {error}") from error
        if not isinstance(row, dict):
            raise ModelError("model.file_broken", file=path.name, line=number, reason="not a JSON object")
        yield {str(key): _cell(value, whole_lists) for key, value in row.items()}


def _cell(value: object, whole_lists: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not whole_lists:
        return _cell(value[0], whole_lists) if value else ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _require(path: Path, rows: Sequence[dict[str, str]], columns: Sequence[str]) -> None:
    present: dict[str, None] = {}
    for row in rows:
        present.update(dict.fromkeys(row))
    for column in columns:
        if column not in present:
            raise ModelError("model.column_missing", file=path.name, column=column, columns=list(present))
