"""``liandong corpus``: what people corrected on the screens as labelled rows, and a city's own model made of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from liandong.application.export_decisions import Told, decided_rows
from liandong.domain.errors import InvalidInput
from liandong.domain.journal.facts import Role
from liandong.node.commands.choosing import node_option, use_node

__all__ = ["corpus"]

#: The project's corpus in a tree of the sources; a wheel comes without.
CORPUS = Path(__file__).resolve().parents[4] / "corpus"


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
    from liandong.application.current import current_world

    person = User.objects.filter(username=consent, is_active=True, role=Role.ADMINISTRATOR.value).first()
    if person is None:
        raise InvalidInput(detail=f"“{consent[:40]}”不是这个节点在用的管理员；需由管理员同意")
    with transaction.atomic():
        rows = list(decided_rows(_facts(), current_world().context.get("common") or {}))
        Look.objects.bulk_create([Look(person=person.username, stream=stream) for stream, _ in rows])
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for _, row in rows), encoding="utf-8")
    click.echo(f"已导出 {len(rows)} 件到 {file}。 {len(rows)} rows.")


@corpus.command("train")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="模型目录；写入设置 triage_model。 Where the model goes.")
@click.option("--corpus", "folder", default=None, type=click.Path(path_type=Path, file_okay=False), help="项目语料 corpus/ 的位置；在源码目录里不用给。 The project's corpus; found by itself in a tree of the sources.")
@click.option("--beside", default=None, type=click.Path(path_type=Path, file_okay=False), help="拿来比的模型；不给就比自带的。 The model to compare with; the shipped one by default.")
@click.option("--quiet", is_flag=True, help="不报进度。 Say nothing on the way.")
def train(files: tuple[Path, ...], out: Path, folder: Path | None, beside: Path | None, quiet: bool) -> None:
    """用语料和本市人工更正训练研判模型；比在用的差就不写。 Train a triage model of corpus and corrections; written only where it is not worse."""
    from liandong.adapters.classifier.city_training import read_decisions, train_city
    from liandong.adapters.classifier.errors import ModelError
    from liandong.adapters.classifier.model import check_target
    from liandong.adapters.classifier.shipped import default_scorer
    from liandong.adapters.classifier.triage_model import TriageModel
    from liandong.node.bootstrap import load_city_pack

    check_target(out)
    place = folder or CORPUS
    if not (place / "held").is_dir():
        raise ModelError("model.corpus_missing", dir=str(place))
    # The list whose codes are those of the common register: the model speaks them, whatever codes a city has.
    catalogue = load_city_pack("xiangcheng").catalogue
    decisions = read_decisions(files, catalogue)
    progress: Callable[[str], None] = (lambda _: None) if quiet else (lambda line: click.echo(line, err=True))
    made = train_city(place, decisions, catalogue, TriageModel.load(beside) if beside else default_scorer(), progress)
    made.model.save(out)
    figures = {name: {"before": before.told(), "after": after.told()} for name, (before, after) in (("probes", made.probes), ("aside", made.aside))}
    click.echo(json.dumps({"out": str(out), "decisions": len(decisions), **figures}, ensure_ascii=False))


def _facts() -> Iterator[Told]:
    from liandong.adapters.postgres.models import JournalEntry

    corrected = JournalEntry.objects.filter(kind="appeal", name="VerdictCorrected").values("stream")
    told = JournalEntry.objects.filter(kind="appeal", name__in=("AppealTaken", "VerdictCorrected"), stream__in=corrected)
    for stream, name, data in told.order_by("stream", "seq").values_list("stream", "name", "data").iterator():
        yield Told(str(stream), name, data)
