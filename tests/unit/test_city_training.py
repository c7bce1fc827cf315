"""A city's own model: made of the corpus and its people's decisions, written only where it is not worse than the one in use."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from liandong.adapters.classifier.city_training import Figures, measure, read_decisions, train_city, worse
from liandong.adapters.classifier.corpus import labelled_rows, read_corpus
from liandong.adapters.classifier.errors import ModelError
from liandong.adapters.classifier.triage_model import TriageModel
from liandong.adapters.classifier.triage_training import train_triage
from liandong.adapters.packs import load_pack
from liandong.cli import cli
from liandong.domain.errors import LiandongError
from liandong.domain.triage import Triage

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
CATALOGUE = load_pack("xiangcheng").catalogue
#: A matter that only this city has, in words the corpus has not: people here have always sent it to the market side.
PLACES = ("元和", "黄桥", "太平", "渭塘", "北桥", "阳澄湖", "望亭", "黄埭")
OWN = [f"{place}蟹王大舞台的券{what}" for place in PLACES for what in ("用不出去", "到店不认", "说作废了", "换不了蟹", "要加价才给", "打电话没人理")]


def row(text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "side": "hotline", "item": "H6", "item2": "", "kind": "投诉举报", "urgent": False, "tags": ["corrected"], **more}


def written(file: Path, rows: list[Any]) -> Path:
    file.write_text("".join((each if isinstance(each, str) else json.dumps(each, ensure_ascii=False)) + "\n" for each in rows), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def whole_probes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of every twenty-eighth row, so that training takes a second; the project's own probes."""
    place = tmp_path_factory.mktemp("corpus")
    for name in ("parts", "dev"):
        (place / name).mkdir()
        (place / name / "a.jsonl").write_text("\n".join(_lines(name)[::28]) + "\n", encoding="utf-8")
    shutil.copytree(CORPUS / "held", place / "held")
    shutil.copy(CORPUS / "VERSION", place)
    return place


def _lines(name: str) -> list[str]:
    return [line for file in sorted((CORPUS / name).glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def in_use(whole_probes: Path) -> TriageModel:
    return train_triage(labelled_rows(read_corpus(whole_probes, "train"), Triage(CATALOGUE)))


@pytest.fixture(scope="module")
def small(whole_probes: Path, in_use: TriageModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with probes about which nobody can be in doubt: a model of so small a part of the corpus is not sure of the project's own."""
    place = tmp_path_factory.mktemp("clear") / "corpus"
    shutil.copytree(whole_probes, place)
    shutil.rmtree(place / "held")
    (place / "held").mkdir()
    unseen = _lines("parts")[4::9][:900]
    verdicts = Triage(CATALOGUE, in_use).verdicts([json.loads(line)["text"] for line in unseen])
    rows = [(line, json.loads(line), said) for line, said in zip(unseen, verdicts, strict=True)]
    clear = [line for line, row, said in rows if (said.side.value, said.item, said.urgent) == (row["side"], row["item"], row["urgent"]) and said.confidence >= 0.95]
    (place / "held" / "a.jsonl").write_text("\n".join(clear[:60]) + "\n", encoding="utf-8")
    return place


def test_decisions_teach_what_the_model_in_use_did_not_know(small: Path, in_use: TriageModel, tmp_path: Path) -> None:
    decisions = read_decisions([written(tmp_path / "own.jsonl", [row(text) for text in OWN])], CATALOGUE)
    made = train_city(small, decisions, CATALOGUE, in_use)
    before, after = made.aside
    assert 0 < before.rows < len(OWN) and after.item > before.item, "what was set aside is judged better by a model that never saw it"
    assert worse(*made.probes) == []
    made.model.save(tmp_path / "model")
    loaded = TriageModel.load(tmp_path / "model")
    assert loaded.about["decisions"] == len(OWN) and loaded.about["probes"]["rows"] == len(read_corpus(small, "held"))
    assert measure(CATALOGUE, loaded, read_corpus(small, "held")) == made.probes[1], "what is stored is what was measured"


def test_a_model_that_would_miss_danger_is_refused(whole_probes: Path, in_use: TriageModel, tmp_path: Path) -> None:
    """Somebody's mistakes, or somebody's will: fires and falls called matters of the market, a hundred times."""
    bad = [row(f"{place}{what}") for place in ("三楼", "隔壁", "河边", "路口", "厂里", "工地", "小区", "学校", "桥上", "店里") for what in ("着火了冒浓烟", "有人要跳下去", "有人拿刀砍人", "煤气泄漏好大味", "孩子掉水里了", "老人晕倒没气了", "撞车了人在流血", "有人喊救命", "墙塌了压住人", "爆炸了")]
    decisions = read_decisions([written(tmp_path / "bad.jsonl", bad)], CATALOGUE)
    with pytest.raises(ModelError) as refused:
        train_city(whole_probes, decisions, CATALOGUE, in_use)
    assert refused.value.code == "model.worse" and "试题" in refused.value.sentence("zh")


def test_what_is_worse_is_named() -> None:
    good = Figures(10, 8, 7, 9, (1, 2), (3,), 1)
    assert worse(good, good) == []
    assert worse(good, Figures(10, 9, 8, 9, (1, 2, 3), (), 0)) == []
    assert worse(good, Figures(10, 8, 7, 9, (1, 3), (2,), 1)) == ["险情漏判 1 条 (danger missed)"], "another danger found does not pay for one that is missed"
    assert len(worse(good, Figures(10, 7, 6, 9, (1,), (2, 3), 2))) == 4
    many = Figures(100, 80, 70, 90, (), (), 0)
    assert worse(many, Figures(100, 78, 68, 90, (), (), 0)) == [] and worse(many, Figures(100, 77, 70, 90, (), (), 0)) == ["归属 (side) 80 → 77"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "JSON"),
        ("[1]", "text"),
        (row("油烟太大", side="court"), "side"),
        (row("油烟太大", item="T1"), "item"),
        (row("油烟太大", side="neither"), "item"),
        (row("油烟太大", urgent="yes"), "urgent"),
        (row("着火了", urgent=True), "urgent"),
        (row("油"), "text"),
        (row("油烟" * 2000), "text"),
        (row("油烟太大", extra=1), "text"),
        (row("油烟太大", kind="别的"), "kind"),
        ("[" * 100_000, "JSON"),
    ],
)
def test_a_row_that_is_none_is_named_by_file_and_line(tmp_path: Path, line: Any, why: str) -> None:
    file = written(tmp_path / "own.jsonl", [*(row(text) for text in OWN[:25]), line])
    with pytest.raises(ModelError) as refused:
        read_decisions([file], CATALOGUE)
    assert refused.value.code == "model.file_broken" and refused.value.data["line"] == 26 and why in str(refused.value.data["reason"])


def test_too_few_decisions_missing_files_and_a_missing_corpus_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    few = written(tmp_path / "few.jsonl", [row(text) for text in OWN[:5]])
    runner = CliRunner()
    for arguments, words in (
        ([str(few)], "只有 5 行"),
        ([str(tmp_path / "none.jsonl")], "找不到文件"),
        ([str(few), "--corpus", str(tmp_path)], "没有项目语料"),
    ):
        done = runner.invoke(cli, ["corpus", "train", *arguments, "--out", str(tmp_path / "model")])
        assert isinstance(done.exception, LiandongError) and words in done.exception.sentence("zh"), done.output
    assert not (tmp_path / "model").exists()


def test_the_same_text_counts_once_as_last_decided(tmp_path: Path) -> None:
    file = written(tmp_path / "own.jsonl", [*(row(text) for text in OWN[:25]), row(OWN[0], item="H8")])
    rows = read_decisions([file], CATALOGUE)
    assert len(rows) == 25 and next(each for each in rows if each.text == OWN[0]).item == "H8"
