"""``liandong backup`` and ``liandong restore``: a node in one file."""

from __future__ import annotations

import gzip
import json
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click

from liandong.adapters.files.copying import copy_whole
from liandong.domain.errors import InvalidInput
from liandong.node.commands.choosing import node_option, use_node

__all__ = ["backup", "restore"]

#: First line of a backup file.
FORMAT = "liandong-backup/1"
#: Limits that are running: a job is made anew, so that locks and marks of the worker it waited for stay behind.
JOBS = "procrastinate_jobs"
PENDING = """
SELECT jsonb_build_object('queue_name', queue_name, 'task_name', task_name, 'priority', priority, 'lock', lock, 'args', args,
                          'scheduled_at', scheduled_at)::text
FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND queueing_lock IS NULL"""
INSERT_JOB = """
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, args, scheduled_at)
SELECT queue_name, task_name, priority, lock, args, scheduled_at FROM jsonb_to_record(%s::jsonb)
    AS kept(queue_name text, task_name text, priority integer, lock text, args jsonb, scheduled_at timestamptz)"""


def _tables(connection: Any) -> list[str]:
    """Return the node's own tables, referenced ones before those that refer to them."""
    from django.apps import apps

    models = [*apps.get_app_config("liandong").get_models(), *apps.get_app_config("procrastinate").get_models()]
    return [model._meta.db_table for model in models if model._meta.managed and not model._meta.db_table.startswith("procrastinate")]


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--files", type=click.Path(path_type=Path, file_okay=False), help="附件也拷到这个目录，已有的不再拷。 Copy attachments there too; those it has are not copied again.")
@node_option
def backup(file: Path, files: Path | None, node_name: str | None) -> None:
    """备份一个节点的全部记录（不停机）。 Write a node's records to a file, while it runs, in one snapshot."""
    use_node(node_name)
    from django.db import connection, transaction

    if file.exists():
        raise InvalidInput(detail=f"{file} 已存在")
    part = file.with_name(file.name + ".part")
    counts: dict[str, int] = {}
    with transaction.atomic(), gzip.open(part, "wb", compresslevel=6) as out:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(
                "SELECT sequencename, last_value FROM pg_sequences WHERE sequencename LIKE 'number\\_%' AND last_value IS NOT NULL"
            )
            numbers = dict(cursor.fetchall())
        _line(out, {"format": FORMAT, "at": datetime.now(UTC).isoformat(), "numbers": numbers})
        for table in _tables(connection):
            counts[table] = _dump(connection.connection, table, f'SELECT to_jsonb(t)::text FROM "{table}" t', out)
        counts[JOBS] = _dump(connection.connection, JOBS, PENDING, out)
        _line(out, {"end": counts})
    part.replace(file)
    click.echo(f"已备份 {sum(counts.values())} 行到 {file}。 {sum(counts.values())} rows.")
    if files is not None:
        # After the records: whatever they name and was complete is there.
        _copy(_store(), files)


def _store() -> Path:
    from liandong.node.bootstrap import node_settings

    return node_settings().files


def _copy(source: Path, target: Path) -> None:
    try:
        done = copy_whole(source, target)
    except OSError as error:
        raise InvalidInput(detail=f"附件没有拷完：{error.strerror or type(error).__name__}；记录不受影响，可再次运行") from error
    click.echo(f"附件：新拷 {done.new} 个，原有 {done.known} 个。 {done.new} attachments copied, {done.known} were there.")
    if done.broken:
        raise InvalidInput(detail=f"{len(done.broken)} 个附件已损坏，没有拷：{'、'.join(done.broken[:5])}")


def _line(out: Any, value: dict[str, Any]) -> None:
    out.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")


def _dump(raw: Any, table: str, query: str, out: Any) -> int:
    count = 0
    with raw.cursor(name=f"backup_{table}") as cursor:
        cursor.itersize = 2000
        cursor.execute(query.encode())
        for (row,) in cursor:
            out.write(f'{{"table":"{table}","row":{row}}}\n'.encode())
            count += 1
    return count


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--files", type=click.Path(path_type=Path, exists=True, file_okay=False), help="备份时附件拷到的目录。 Where the backup's attachments are.")
@node_option
def restore(file: Path, files: Path | None, node_name: str | None) -> None:
    """把备份恢复到一个空节点。 Restore a backup into an empty node; all of it or nothing."""
    use_node(node_name)
    from django.db import DatabaseError, connection, transaction

    from liandong.adapters.postgres.models import JournalEntry

    if JournalEntry.objects.exists():
        raise InvalidInput(detail="这个节点已有记录；只能恢复到空节点")
    tables = set(_tables(connection))
    counts: dict[str, int] = dict.fromkeys([*tables, JOBS], 0)
    try:
        with transaction.atomic(), gzip.open(file, "rb") as lines, connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for table in sorted(tables - {"journal"}, reverse=True):
                cursor.execute(f'DELETE FROM "{table}"')
            numbers = _head(lines)
            ended = _fill(lines, cursor, tables, counts)
            if ended != {name: count for name, count in counts.items() if count or name in ended}:
                raise InvalidInput(detail="备份不完整：行数不符")
            _set_sequences(cursor, tables, numbers)
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zlib.error, DatabaseError) as error:
        raise InvalidInput(detail=f"备份文件损坏：{type(error).__name__}") from error
    click.echo(f"已恢复 {sum(counts.values())} 行。 {sum(counts.values())} rows. 请运行 liandong journal verify。")
    if files is not None:
        _copy(files, _store())


def _head(lines: IO[bytes] | gzip.GzipFile) -> dict[str, int]:
    head = json.loads(lines.readline())
    if head.get("format") != FORMAT:
        raise InvalidInput(detail="这不是联动的备份文件")
    numbers: dict[str, int] = head["numbers"]
    return numbers


def _fill(lines: Any, cursor: Any, tables: set[str], counts: dict[str, int]) -> dict[str, int]:
    """Insert row after row; return the counts of the last line."""
    for line in lines:
        value = json.loads(line)
        if "end" in value:
            ended: dict[str, int] = value["end"]
            if lines.read(1):
                raise InvalidInput(detail="备份结尾之后还有内容")
            return ended
        table = value["table"]
        if table == JOBS:
            cursor.execute(INSERT_JOB, [json.dumps(value["row"])])
            counts[table] += 1
            continue
        if table not in tables:
            raise InvalidInput(detail="备份里有不认识的表")
        cursor.execute(f'INSERT INTO "{table}" SELECT * FROM jsonb_populate_record(NULL::"{table}", %s::jsonb)', [json.dumps(value["row"])])
        counts[table] += 1
    raise InvalidInput(detail="备份不完整：没有结尾")


def _set_sequences(cursor: Any, tables: set[str], numbers: dict[str, int]) -> None:
    for table in tables:
        for column in ("position", "id"):
            cursor.execute(
                "SELECT 1 FROM information_schema.columns WHERE table_name = %s AND column_name = %s AND is_identity = 'YES'",
                [table, column],
            )
            if cursor.fetchone():
                cursor.execute(
                    f'SELECT setval(pg_get_serial_sequence(%s, %s), GREATEST((SELECT max("{column}") FROM "{table}"), 1))', [table, column]
                )
    for name, last in numbers.items():
        if not name.startswith("number_") or not name.replace("_", "").isalnum():
            raise InvalidInput(detail="备份里有不认识的编号序列")
        cursor.execute(f'CREATE SEQUENCE IF NOT EXISTS "{name}"')
        cursor.execute("SELECT setval(%s::regclass, %s)", [name, last])
