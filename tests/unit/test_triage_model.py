"""The model that triage asks: calibrated, explained in the caller's own words, stored without pickle, made from the corpus as it stands."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.adapters.classifier import triage_training
from liandong.adapters.classifier.corpus import Labelled, corpus_digest
from liandong.adapters.classifier.errors import ModelError
from liandong.adapters.classifier.grams import grams_of, run_of
from liandong.adapters.classifier.shipped import SHIPPED, default_scorer
from liandong.adapters.classifier.training import fold_of_authors
from liandong.adapters.classifier.triage_model import TriageModel, one_a_slot
from liandong.adapters.classifier.triage_training import train_triage
from liandong.adapters.packs.loader import load_pack
from liandong.domain.triage import Source, Triage

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
SCORER = default_scorer()
TRIAGE = Triage(load_pack("xiangcheng").catalogue, SCORER)


def small_rows() -> list[Labelled]:
    lamp = {"side": "hotline", "item": "H1", "kind": "投诉举报", "urgent": "false"}
    fire = {"side": "police", "item": "P4", "kind": "报警", "urgent": "true"}
    rows = [Labelled(f"{place}的路灯坏了", {"list:H1": 1.0}, lamp) for place in "东南西北前后左右"]
    return rows + [Labelled(f"{place}边的房子着火", {"danger": 1.0}, fire) for place in "东南西北前后左右"]


def test_runs_hold_every_stretch_of_up_to_three_characters_and_none_across_texts() -> None:
    grams = grams_of(["ＡB1", "", "火"])
    runs = [(run_of(int(key)), int(text)) for key, text in zip(grams.keys, grams.texts, strict=True)]
    first = {run for run, text in runs if text == 0}
    assert first == {"a", "b", "0", "^a", "ab", "b0", "0^", "^ab", "ab0", "b0^"}
    assert {run for run, text in runs if text == 2} == {"火", "^火", "火^", "^火^"}
    assert not [run for run, text in runs if text == 1 and run.strip("^")]


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        train_triage(small_rows()).save(tmp_path / name)
    assert (tmp_path / "a" / "model.json").read_bytes() == (tmp_path / "b" / "model.json").read_bytes()
    with np.load(tmp_path / "a" / "model.npz") as one, np.load(tmp_path / "b" / "model.npz") as other:
        assert all(np.array_equal(one[name], other[name]) for name in one.files)


def test_a_trained_model_tells_its_classes_apart_and_shows_the_words(tmp_path: Path) -> None:
    train_triage(small_rows()).save(tmp_path)
    model = TriageModel.load(tmp_path)
    text = "村口的路灯坏了"
    scores = model.score(text, {"list:H1": 1.0, "never heard of": 9.0})
    assert max(scores.item, key=lambda label: scores.item[label]) == "H1" and scores.urgent < 0.5
    assert scores.words and text[slice(*scores.words[0])] in text and "灯" in "".join(text[a:b] for a, b in scores.words)
    assert model.score("桥边的房子着火", {"danger": 1.0}).urgent > 0.5


def crossed_rows(count: int) -> list[Labelled]:
    """Rows whose side neither of their two words says alone, only both together."""
    sides = {("狗", "夜里"): "police", ("猫", "白天"): "police", ("狗", "白天"): "hotline", ("猫", "夜里"): "hotline"}
    rows = []
    for number in range(count):
        (animal, hour), side = list(sides.items())[number % 4]
        labels = {"side": side, "item": "P1" if side == "police" else "H3", "kind": ("求助", "咨询")[number % 3 == 0], "urgent": str(number % 8 < 4).lower()}
        rows.append(Labelled(f"{animal}，{'东南西北中'[number % 5]}{'甲乙丙丁戊己庚'[number % 7]}{hour}", {}, labels))
    return rows


def test_the_network_hears_what_two_words_say_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triage_training, "_LEAST_FOR_NET", 100)
    rows = crossed_rows(400)
    train_triage(rows).save(tmp_path)
    model = TriageModel.load(tmp_path)
    assert model.net is not None and set(model.trust) == {"net", "side", "item", "urgent"} and model.trust["net"] > 0

    def right(asked: TriageModel) -> float:
        heard = [max(scores.side, key=lambda side: scores.side[side]) for scores in asked.score_many([row.text for row in rows], [row.signs for row in rows])]
        return sum(side == row.labels["side"] for side, row in zip(heard, rows, strict=True)) / len(rows)

    assert right(model) > 0.95 > 0.8 > right(replace(model, net=None))


def test_labels_told_together_do_not_contradict_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triage_training, "_LEAST_FOR_NET", 100)
    rows = crossed_rows(400)
    train_triage(rows).save(tmp_path)
    for scores in TriageModel.load(tmp_path).score_many([row.text for row in rows], [row.signs for row in rows]):
        assert scores.side.get("police", 0.0) == pytest.approx(scores.item.get("P1", 0.0), abs=1e-3)
        assert sum(scores.side.values()) == pytest.approx(1.0, abs=0.01)


def test_all_rows_of_an_author_are_in_one_fold_and_the_folds_alike_in_size() -> None:
    authors = [author for author, count in (("a", 40), ("b", 30), ("c", 20), ("d", 20), ("e", 10)) for _ in range(count)] + [""] * 60
    labels = np.arange(len(authors)) % 3
    folds = fold_of_authors(labels, authors, 3, seed=0)
    assert all(len({int(fold) for fold, each in zip(folds, authors, strict=True) if each == author}) == 1 for author in "abcde")
    assert np.bincount(folds[:120], minlength=3).tolist() == [40, 40, 40] and np.bincount(folds[120:]).tolist() == [20, 20, 20]


def test_what_authors_it_has_not_read_would_label_otherwise_is_learnt_less_firmly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triage_training, "_LEAST_FOR_NET", 100)
    agreed = [replace(row, author=f"g-{number % 6}") for number, row in enumerate(crossed_rows(600))]
    other = [replace(row, author="g-6", labels={**row.labels, "side": "police", "item": "P1"}) for row in crossed_rows(100)]
    train_triage([*agreed, *other]).save(tmp_path)
    model = TriageModel.load(tmp_path)
    odd = [row for row, said in zip(other, crossed_rows(100), strict=True) if said.labels["side"] == "hotline"]
    heard = [max(scores.side, key=lambda side: scores.side[side]) for scores in model.score_many([row.text for row in odd], [row.signs for row in odd])]
    assert heard.count("hotline") > 0.9 * len(odd), "six authors against one"


def test_a_model_without_a_network_is_read_as_before(tmp_path: Path) -> None:
    train_triage(small_rows()).save(tmp_path)
    stored = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    assert "net" not in stored
    (tmp_path / "model.json").write_text(json.dumps({**stored, "format": 2}), encoding="utf-8")
    assert TriageModel.load(tmp_path).score("桥边的房子着火", {"danger": 1.0}).urgent > 0.5


@pytest.mark.parametrize(("part", "value"), [("net_columns", np.array([0, 9_999_999], np.int32)), ("net_level", np.zeros(3, np.float32)), ("net_bend", None)])
def test_a_network_that_does_not_fit_its_model_is_refused(tmp_path: Path, part: str, value: np.ndarray | None) -> None:
    shutil.copy(SHIPPED / "model.json", tmp_path)
    with np.load(SHIPPED / "model.npz", allow_pickle=False) as arrays:
        parts = {name: arrays[name] for name in arrays.files}
    if value is None:
        del parts[part]
    elif part == "net_columns":
        parts["net_columns"] = np.concatenate([parts["net_columns"][:-2], value])
    else:
        parts[part] = value
    with (tmp_path / "model.npz").open("wb") as sink:
        np.savez(sink, allow_pickle=False, **parts)
    with pytest.raises(ModelError) as caught:
        TriageModel.load(tmp_path)
    assert caught.value.code == "model.broken"


def test_what_was_never_taught_to_tell_a_matter_always_hears_one(tmp_path: Path) -> None:
    train_triage(small_rows()).save(tmp_path)
    assert TriageModel.load(tmp_path).score("那个", {}).matter == 1.0
    with_matter = [Labelled(row.text, row.signs, {**row.labels, "matter": "true"}) for row in small_rows()]
    without = [Labelled(f"{who}说的那个", {}, {"matter": "false"}) for who in "你我他她谁咱您俺"]
    train_triage([*with_matter, *without]).save(tmp_path)
    model = TriageModel.load(tmp_path)
    assert model.score("谁说的那个", {}).matter < 0.5 < model.score("东边的房子着火", {"danger": 1.0}).matter


def test_too_few_rows_or_one_label_are_refused() -> None:
    with pytest.raises(ModelError) as few:
        train_triage(small_rows()[:4])
    with pytest.raises(ModelError) as one:
        train_triage(small_rows()[:8] * 2)
    assert (few.value.code, one.value.code) == ("model.too_few", "model.one_class")


@pytest.mark.parametrize(("name", "content", "code"), [("model.json", b"{", "model.broken"), ("model.npz", b"PK", "model.broken"), ("model.npz", None, "model.not_found")])
def test_a_damaged_model_is_refused_in_words(tmp_path: Path, name: str, content: bytes | None, code: str) -> None:
    for each in SHIPPED.glob("model.*"):
        shutil.copy(each, tmp_path)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError) as caught:
        TriageModel.load(tmp_path)
    assert caught.value.code == code


def test_the_shipped_model_was_made_from_the_corpus_as_it_stands() -> None:
    about = json.loads((SHIPPED / "model.json").read_text(encoding="utf-8"))["about"]
    assert about["corpus_sha256"] == corpus_digest(CORPUS), "the corpus changed: run `make model` and commit the model"


def test_the_shipped_model_is_small_and_calibrated() -> None:
    assert sum(each.stat().st_size for each in SHIPPED.glob("model.*")) < 21_000_000
    unseen = json.loads((SHIPPED / "model.json").read_text(encoding="utf-8"))["about"]["unseen"]
    assert unseen["side"]["calibration_error"] <= 0.03 and unseen["side"]["accuracy"] >= 0.78 and unseen["urgent"]["accuracy"] >= 0.92


def test_bulk_gives_what_one_by_one_gives() -> None:
    texts = ["楼下烧烤摊油烟太大", "", "我妈在家摔倒了叫不醒", "想上诉", "x" * 5_000, "垃圾没人收" * 900]
    readings = [TRIAGE.read(text) for text in texts]
    many = SCORER.score_many([each.words.plain for each in readings], [each.signs() for each in readings])
    for reading, scores in zip(readings, many, strict=True):
        alone = SCORER.score(reading.words.plain, reading.signs())
        assert alone.words == scores.words and alone.urgent == pytest.approx(scores.urgent, abs=1e-5)
        assert alone.side == pytest.approx(scores.side, abs=1e-5) and alone.item == pytest.approx(scores.item, abs=1e-5)


@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_text_gets_probabilities_and_words_inside_it(texts: list[str]) -> None:
    for text, scores in zip(texts, SCORER.score_many(texts, [{}] * len(texts)), strict=True):
        assert sum(scores.side.values()) == pytest.approx(1, abs=0.01) and 0 <= scores.urgent <= 1
        assert all(0 <= start < end <= len(text) for start, end in scores.words)


def test_the_verdict_names_the_words_that_decided_the_classifier() -> None:
    text = "隔壁天天半夜装修 电钻 响个不停"
    verdict = TRIAGE.verdict(text)
    shown = [reason for reason in verdict.reasons if reason.source is Source.CLASSIFIER]
    assert shown and all(text[reason.start : reason.end] == reason.words and reason.words for reason in shown)
    assert any(reason["words"] for reason in verdict.as_json()["reasons"])


@pytest.mark.parametrize("words", ["着火", "被偷", "油烟", "没气了"])
def test_a_megabyte_without_a_single_mark_is_judged_in_time(words: str) -> None:
    started = time.process_time()
    TRIAGE.verdict(words * (1_000_000 // len(words)))
    assert time.process_time() - started < 5.0


def test_of_runs_that_share_a_slot_the_one_that_most_texts_hold_is_learnt() -> None:
    keys = np.arange(1, 1 << 20, dtype=np.uint64)
    seen = np.full(len(keys), 2)
    seen[::1000] = 50
    kept = one_a_slot(keys, seen)
    assert (np.diff(kept) > 0).all() and len(kept) < len(keys)
    assert len(one_a_slot(keys[kept], seen[kept])) == len(kept), "each of them has its slot to itself"
    frequent = np.flatnonzero(seen == 50)
    alone = frequent[one_a_slot(keys[frequent], seen[frequent])]
    assert np.isin(alone, kept).all()
