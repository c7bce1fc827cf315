"""``liandong train``, ``classify``, ``evaluate``: any labelled file in, JSON lines and figures out, bad input refused in words."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from liandong.adapters.classifier.errors import ModelError
from liandong.adapters.classifier.evaluation import report
from liandong.adapters.classifier.model import TextClassifier
from liandong.adapters.classifier.page import as_html
from liandong.cli import cli
from liandong.domain.errors import LiandongError

TEXTS = {
    "甲": ["路灯不亮了", "路灯坏了好几天", "门口的路灯不亮", "这条路没有路灯", "路灯一直闪", "路灯杆歪了", "整条街路灯都不亮", "路灯白天亮晚上灭"],
    "乙": ["自来水浑浊", "自来水有黄色", "家里自来水停了", "自来水压力小", "自来水管漏水", "自来水有味道", "自来水表坏了", "自来水又停了"],
}


def rows() -> list[tuple[str, str]]:
    return [(text, label) for label, texts in TEXTS.items() for text in texts]


def written(path: Path, *, delimiter: str = ",") -> Path:
    sink = io.StringIO(newline="")
    if ".jsonl" in path.name:
        sink.writelines(json.dumps({"内容": text, "类": label}, ensure_ascii=False) + "\n" for text, label in rows())
    else:
        table = csv.writer(sink, delimiter=delimiter)
        table.writerow(["内容", "类"])
        table.writerows(rows())
    raw = sink.getvalue().encode("utf-8-sig" if path.suffix == ".gz" else "utf-8")
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


def run(*arguments: object) -> str:
    result = CliRunner().invoke(cli, [str(each) for each in arguments], catch_exceptions=False, standalone_mode=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("trained")
    run("train", "--data", written(place / "a.csv"), "--text", "内容", "--label", "类", "--out", place / "model", "--quiet")
    return place / "model"


@pytest.mark.parametrize("name", ["a.tsv", "a.jsonl", "a.jsonl.gz", "a.csv.gz"])
def test_every_kind_of_file_can_be_labelled_line_by_line(tmp_path: Path, model: Path, name: str) -> None:
    data = written(tmp_path / name, delimiter="\t" if ".tsv" in name else ",")
    lines = [json.loads(line) for line in run("classify", "--model", model, "--data", data, "--text", "内容", "--top", 2).splitlines()]
    assert [line["row"] for line in lines] == list(range(16))
    assert [line["label"] for line in lines] == [label for _, label in rows()]
    for line in lines:
        assert set(line) == {"row", "label", "p", "top"} and len(line["top"]) == 2
        assert line["top"][0] == [line["label"], line["p"]] and line["top"][0][1] >= line["top"][1][1]


def test_a_row_without_words_keeps_its_place(tmp_path: Path, model: Path) -> None:
    data = tmp_path / "gaps.csv"
    data.write_text("内容\n路灯坏了\n\n\"\"\n自来水停了\n", encoding="utf-8")
    lines = [json.loads(line) for line in run("classify", "--model", model, "--data", data, "--text", "内容").splitlines()]
    assert [line["row"] for line in lines] == [0, 1, 2] and lines[-1]["label"] == "乙"


def test_answers_can_go_to_a_file(tmp_path: Path, model: Path) -> None:
    run("classify", "--model", model, "--data", written(tmp_path / "a.csv"), "--text", "内容", "--out", tmp_path / "out.jsonl")
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 16


def test_the_same_rows_and_seed_give_the_same_model(tmp_path: Path, model: Path) -> None:
    run("train", "--data", written(tmp_path / "a.csv"), "--text", "内容", "--label", "类", "--out", tmp_path / "again", "--quiet")
    assert (tmp_path / "again" / "model.json").read_bytes() == (model / "model.json").read_bytes()


def test_a_model_can_be_measured_as_json_and_as_a_page(tmp_path: Path, model: Path) -> None:
    data = written(tmp_path / "a.csv")
    made = json.loads(run("evaluate", "--model", model, "--data", data, "--text", "内容", "--label", "类", "--json", "--page", tmp_path / "p.html"))
    assert made["rows"] == 16 and made["accuracy"] == 1.0 and made["macro_f1"] == 1.0 and 0 <= made["calibration_error"] <= 1
    assert {line["label"] for line in made["classes"]} == {"甲", "乙"} and made["confusion"][0]["rows"] == 8
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert "准确率" in page and "校准" in page and "http" not in page


def test_without_a_model_every_row_is_judged_by_one_that_had_not_seen_it(tmp_path: Path) -> None:
    made = json.loads(run("evaluate", "--data", written(tmp_path / "a.csv"), "--text", "内容", "--label", "类", "--folds", 4, "--json"))
    assert made["rows"] == 16 and made["accuracy"] >= 0.8


def test_a_label_the_model_never_saw_counts_as_wrong_and_is_named(tmp_path: Path, model: Path) -> None:
    data = tmp_path / "new.csv"
    data.write_text("内容,类\n路灯坏了,甲\n电梯坏了,丙\n", encoding="utf-8")
    made = json.loads(run("evaluate", "--model", model, "--data", data, "--text", "内容", "--label", "类", "--json"))
    assert made["accuracy"] <= 0.5 and made["unknown_labels"] == ["丙"]
    assert "丙" in run("evaluate", "--model", model, "--data", data, "--text", "内容", "--label", "类")


def test_the_page_shows_hostile_labels_as_text() -> None:
    import numpy as np

    figures: dict[str, Any] = report(np.array([[0.9, 0.1], [0.2, 0.8]]), ["<script>", "乙"], ["<script>", "乙"])
    assert "<script>" not in as_html("<b>题</b>", figures)


def test_the_whole_triage_is_measured_on_labelled_verdicts(tmp_path: Path) -> None:
    data = tmp_path / "v.jsonl"
    labelled = [
        {"text": "楼下烧烤摊油烟太大", "side": ["hotline"], "item": ["H2", "H5"], "kind": ["投诉举报"], "urgent": [False], "hard": False},
        {"text": "前面路口两辆车撞了有人受伤流血", "side": ["police"], "item": ["P3"], "kind": ["报警", "求助"], "urgent": [True], "hard": False},
        {"text": "看不明白的一句", "side": ["joint"], "item": ["P1"], "kind": ["咨询"], "urgent": [False], "hard": True},
    ]
    data.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in labelled), encoding="utf-8")
    made = json.loads(run("evaluate", "--verdicts", "--data", data, "--text", "text", "--json"))
    assert {name.split(" · ")[1]: figures["rows"] for name, figures in made.items()} == {"side": 2, "item": 2, "kind": 2, "urgent": 2}
    assert made["v.jsonl · urgent"]["accuracy"] == 1.0 and made["v.jsonl · item"]["accuracy"] == 1.0


BAD_FILES = {
    "empty.csv": ("", "model.file_empty"),
    "header.csv": ("内容,类\n", "model.file_empty"),
    "other.csv": ("甲,乙\n1,2\n", "model.column_missing"),
    "blank.csv": ("内容,类\n ,甲\n路灯,\n", "model.file_empty"),
    "one.csv": ("内容,类\n" + "路灯坏了,甲\n" * 20, "model.one_class"),
    "few.csv": ("内容,类\n路灯坏了,甲\n停水了,乙\n", "model.too_few"),
    "broken.jsonl": ('{"内容": "路灯", "类": "甲"}\n{"内容": \n', "model.file_broken"),
    "list.jsonl": ("[1, 2]\n", "model.file_broken"),
    "quote.csv": ('内容,类\n"路灯"x,甲\n', "model.file_broken"),
    "kind.xlsx": ("PK", "model.file_type"),
    "bad.csv.gz": ("not gzip", "model.file_broken"),
}


@pytest.mark.parametrize("name", list(BAD_FILES))
def test_bad_training_data_is_refused_in_words(tmp_path: Path, name: str) -> None:
    content, code = BAD_FILES[name]
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(LiandongError) as caught:
        run("train", "--data", tmp_path / name, "--text", "内容", "--label", "类", "--out", tmp_path / "m", "--quiet")
    assert caught.value.code == code and caught.value.sentence("zh") and not (tmp_path / "m").exists()


def test_bytes_that_are_not_utf8_are_refused_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "gbk.csv").write_bytes("内容,类\n路灯,甲\n".encode("gbk"))
    with pytest.raises(ModelError) as caught:
        run("train", "--data", tmp_path / "gbk.csv", "--text", "内容", "--label", "类", "--out", tmp_path / "m")
    assert caught.value.code == "model.file_broken" and "UTF-8" in caught.value.sentence("zh")


def test_a_directory_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "letter.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        run("train", "--data", written(tmp_path / "a.csv"), "--text", "内容", "--label", "类", "--out", tmp_path / "m")
    assert caught.value.code == "model.out_not_empty" and [each.name for each in (tmp_path / "m").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("damage", ["missing", "json", "npz", "version"])
def test_a_missing_or_damaged_model_is_refused_in_words(tmp_path: Path, model: Path, damage: str) -> None:
    copy = tmp_path / "m"
    copy.mkdir()
    about = json.loads((model / "model.json").read_text(encoding="utf-8"))
    if damage != "missing":
        text = "{" if damage == "json" else json.dumps({**about, "format": 99} if damage == "version" else about)
        (copy / "model.json").write_text(text, encoding="utf-8")
        (copy / "model.npz").write_bytes(b"PK" if damage == "npz" else (model / "model.npz").read_bytes())
    with pytest.raises(ModelError) as caught:
        run("classify", "--model", copy, "--data", written(tmp_path / "a.csv"), "--text", "内容")
    assert caught.value.code == {"missing": "model.not_found", "version": "model.version_unknown"}.get(damage, "model.broken")


def test_a_stored_model_holds_no_pickle(model: Path) -> None:
    import numpy as np

    with np.load(model / "model.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)
    assert TextClassifier.load(model).labels == ("乙", "甲")


def test_more_folds_than_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        run("evaluate", "--data", written(tmp_path / "a.csv"), "--text", "内容", "--label", "类", "--folds", 100)
    assert caught.value.code == "model.folds"


def test_a_label_column_or_verdicts_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(LiandongError, match="--label"):
        run("evaluate", "--data", written(tmp_path / "a.csv"), "--text", "内容")
