"""``liandong train``, ``classify`` and ``evaluate``: a classifier for any labelled file, any set of labels."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any, TypeVar

import click
import numpy as np

from liandong.domain.errors import InvalidInput

__all__ = ["classify", "evaluate", "train"]

_F = TypeVar("_F", bound=Callable[..., Any])
_BATCH = 1_000


def _data(command: _F) -> _F:
    data = click.option("--data", "data", required=True, type=click.Path(path_type=Path), help=".csv .tsv .jsonl，可加 .gz。 Also .gz.")
    text = click.option("--text", "text_column", required=True, help="文本所在的列。 Column of the text.")
    return data(text(command))


@click.command()
@_data
@click.option("--label", "label_column", required=True, help="标签所在的列。 Column of the label.")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="模型目录。 Where the model goes.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**31 - 1), help="同样的数据和种子得到同样的模型。")
@click.option("--quiet", is_flag=True, help="不报进度。 Say nothing on the way.")
def train(data: Path, text_column: str, label_column: str, out: Path, seed: int, quiet: bool) -> None:
    """用任何带标签的文件训练分类模型。 Train a calibrated classifier from any labelled file."""
    from liandong.adapters.classifier.model import check_target
    from liandong.adapters.classifier.rows import read_labelled
    from liandong.adapters.classifier.training import train as train_model

    check_target(out)
    texts, labels = read_labelled(data, text_column, label_column)
    progress: Callable[[str], None] = (lambda _: None) if quiet else (lambda line: click.echo(line, err=True))
    model = train_model(texts, labels, seed=seed, source=data.name, column=label_column, progress=progress)
    model.save(out)
    click.echo(json.dumps({"out": str(out), "labels": list(model.labels), **model.about}, ensure_ascii=False))


@click.command()
@click.option("--model", "directory", required=True, type=click.Path(path_type=Path), help="模型目录。 The model.")
@_data
@click.option("--top", default=3, show_default=True, type=click.IntRange(1, 1000), help="列出几个最可能的标签。 How many labels.")
@click.option("--out", default=None, type=click.Path(path_type=Path, dir_okay=False), help="写到文件而不是标准输出。 Write to a file.")
def classify(directory: Path, data: Path, text_column: str, top: int, out: Path | None) -> None:
    """给每一行判断标签，一行一个 JSON；row 从 0 数起，与输入逐行对应。 Label every row, one JSON object a line; row counts from 0."""
    from liandong.adapters.classifier.model import TextClassifier
    from liandong.adapters.classifier.rows import read_column

    model = TextClassifier.load(directory)
    texts = read_column(data, text_column)

    def lines() -> Iterable[str]:
        for start in range(0, len(texts), _BATCH):
            for row, odds in enumerate(model.probabilities(texts[start : start + _BATCH]), start):
                best = model.rank(odds, top)
                answer = {"row": row, "label": best[0][0], "p": round(best[0][1], 6), "top": [[label, round(p, 6)] for label, p in best]}
                yield json.dumps(answer, ensure_ascii=False)

    if out is None:
        _write(lines(), sys.stdout)
    else:
        with _open(out) as sink:
            _write(lines(), sink)


@click.command()
@_data
@click.option("--label", "label_column", default=None, help="标签所在的列。 Column of the label.")
@click.option("--model", "directory", default=None, type=click.Path(path_type=Path), help="要量的模型；不给就交叉验证。 The model; without it, cross-validation.")
@click.option("--folds", default=5, show_default=True, type=click.IntRange(2), help="交叉验证的份数。 Folds of the cross-validation.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**31 - 1), help="交叉验证怎样分份。 How rows fall into folds.")
@click.option("--verdicts", is_flag=True, help="量整个研判（side、item、kind、urgent 四列）。 Measure the whole triage on side, item, kind, urgent.")
@click.option("--pack", "pack_name", default="xiangcheng", show_default=True, help="--verdicts 用的城市包。")
@click.option("--json", "as_json", is_flag=True, help="结果为一个 JSON 对象。 One JSON object.")
@click.option("--page", default=None, type=click.Path(path_type=Path, dir_okay=False), help="另写一页网页。 Also write a page.")
def evaluate(
    data: Path,
    text_column: str,
    label_column: str | None,
    directory: Path | None,
    folds: int,
    seed: int,
    verdicts: bool,
    pack_name: str,
    as_json: bool,
    page: Path | None,
) -> None:
    """量一个模型：准确率、宏平均 F1、每类、混淆、校准误差。 Measure: accuracy, macro-F1, per class, confusion, calibration error."""
    from liandong.adapters.classifier.page import as_html, as_text

    if verdicts:
        from liandong.node.commands.verdict_figures import verdict_figures

        parts = verdict_figures(data, text_column, pack_name)
    elif label_column is None:
        raise InvalidInput(detail="缺 --label（或用 --verdicts 量整个研判）")
    else:
        figures = _figures(data, text_column, label_column, directory, folds, seed)
        parts = {f"{data.name} · {label_column} · {directory or f'{folds} 折交叉验证'}": figures}
    if page is not None:
        with _open(page) as sink:
            sink.write("".join(as_html(title, each) for title, each in parts.items()))
    if as_json:
        click.echo(json.dumps(parts if verdicts else next(iter(parts.values())), ensure_ascii=False))
    else:
        click.echo("\n\n".join(as_text(title, each) for title, each in parts.items()))


def _figures(data: Path, text_column: str, label_column: str, directory: Path | None, folds: int, seed: int) -> dict[str, Any]:
    from liandong.adapters.classifier.evaluation import report
    from liandong.adapters.classifier.model import TextClassifier
    from liandong.adapters.classifier.rows import read_labelled

    if directory is not None:
        model = TextClassifier.load(directory)
        texts, labels = read_labelled(data, text_column, label_column)
        return report(model.probabilities(texts), labels, model.labels)
    texts, labels = read_labelled(data, text_column, label_column)
    odds, names = _crossed(texts, labels, folds, seed, data.name, label_column)
    return report(odds, labels, names)


def _crossed(texts: list[str], labels: list[str], folds: int, seed: int, source: str, column: str) -> tuple[np.ndarray, list[str]]:
    """Return the probabilities of every row, each by a model that had not seen it."""
    from liandong.adapters.classifier.errors import ModelError
    from liandong.adapters.classifier.training import fold_of
    from liandong.adapters.classifier.training import train as train_model

    if folds > len(texts):
        raise ModelError("model.folds", rows=len(texts), folds=folds)
    names = sorted(set(labels))
    place = {name: number for number, name in enumerate(names)}
    fold = fold_of(np.array([place[label] for label in labels]), folds, seed)
    odds = np.zeros((len(texts), len(names)))
    for number in range(folds):
        click.echo(f"fold {number + 1}/{folds}", err=True)
        inside, outside = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        model = train_model([texts[at] for at in inside], [labels[at] for at in inside], seed=seed, source=source, column=column)
        odds[np.ix_(outside, [place[label] for label in model.labels])] = model.probabilities([texts[at] for at in outside])
    return odds, names


def _open(path: Path) -> IO[str]:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise InvalidInput(detail=f"写不了 {path}：{error.strerror}") from error


def _write(lines: Iterable[str], sink: IO[str]) -> None:
    for line in lines:
        sink.write(line + "\n")
    sink.flush()
