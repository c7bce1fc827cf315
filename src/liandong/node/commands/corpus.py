"""``liandong corpus export``: what people corrected on the screens, as labelled rows for training anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from liandong.application.export_decisions import Told, decided_rows
from liandong.domain.errors import InvalidInput
from liandong.domain.journal.facts import Role
from liandong.node.commands.choosing import node_option, use_node

__all__ = ["corpus"]


@click.group()
def corpus() -> None:
    """城市自己的训练数据。 A city's own labelled data."""


@corpus.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--consent", required=True, help="同意导出的管理员用户名；逐件记入查看记录。 The administrator who consents; kept in the log of looks.")
@node_option
def export(file: Path, consent: str, node_name: str | None) -> None:
    """导出人工更正过的研判：脱敏，不含要求保密的。 Write corrected verdicts, masked, without what was told in confidence."""
    if file.exists():
        raise InvalidInput(detail=f"{file} 已存在")
    use_node(node_name)
    from django.db import transaction

    from liandong.adapters.postgres.models import Look, User

    person = User.objects.filter(username=consent, is_active=True, role=Role.ADMINISTRATOR.value).first()
    if person is None:
        raise InvalidInput(detail=f"“{consent[:40]}”不是这个节点在用的管理员；需由管理员同意")
    with transaction.atomic():
        rows = list(decided_rows(_facts()))
        Look.objects.bulk_create([Look(person=person.username, stream=stream) for stream, _ in rows])
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for _, row in rows), encoding="utf-8")
    click.echo(f"已导出 {len(rows)} 件到 {file}。 {len(rows)} rows.")


def _facts() -> Iterator[Told]:
    from liandong.adapters.postgres.models import JournalEntry

    corrected = JournalEntry.objects.filter(kind="appeal", name="VerdictCorrected").values("stream")
    told = JournalEntry.objects.filter(kind="appeal", name__in=("AppealTaken", "VerdictCorrected"), stream__in=corrected)
    for stream, name, data in told.order_by("stream", "seq").values_list("stream", "name", "data").iterator():
        yield Told(str(stream), name, data)
