"""The corpus: every row well formed, none twice, every item, kind and side there, and nothing that could be a real person's."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from liandong.adapters.classifier.corpus import SPLITS, Utterance, read_corpus, version_of

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
ITEMS = {f"{line}{number}" for line in "HP" for number in range(1, 9)}
KINDS = {"报警", "咨询", "求助", "投诉举报", "意见建议"}


@pytest.fixture(scope="module")
def rows() -> list[Utterance]:
    return [*read_corpus(CORPUS, "train"), *read_corpus(CORPUS, "held")]


def test_there_are_six_thousand_utterances_and_a_version(rows: list[Utterance]) -> None:
    assert len(rows) >= 6_000 and re.fullmatch(r"\d+\.\d+\.\d+", version_of(CORPUS))


def test_every_row_is_well_formed(rows: list[Utterance]) -> None:
    for row in rows:
        where = row.text[:40]
        assert row.side in {"police", "hotline", "joint", "neither"} and row.kind in KINDS and isinstance(row.urgent, bool), where
        assert (row.item == "") == (row.side == "neither") and (not row.item or row.item in ITEMS) and (not row.item2 or row.item2 in ITEMS), where
        assert row.text == row.text.strip() and "\n" not in row.text, where


def test_rows_without_a_matter_have_no_label_that_would_name_one() -> None:
    rows = read_corpus(CORPUS, "unclear")
    assert len(rows) >= 300 and all((row.side, row.item, row.item2, row.urgent) == ("unclear", "", "", False) for row in rows)


def test_side_and_item_agree_as_annex_2_says(rows: list[Utterance]) -> None:
    for row in rows:
        if row.side == "police":
            assert row.item.startswith("P"), row.text
        elif row.side == "hotline":
            assert row.item.startswith("H"), row.text
        elif row.side == "joint":
            assert "P" in (row.item[:1], row.item2[:1]), row.text


def test_danger_is_always_a_matter_for_police_at_once(rows: list[Utterance]) -> None:
    assert [row.text for row in rows if row.urgent and row.side not in ("police", "joint")] == []


def test_lengths_run_from_six_to_three_hundred_characters(rows: list[Utterance]) -> None:
    sizes = [len(row.text) for row in rows]
    assert min(sizes) >= 4 and max(sizes) <= 300
    assert sum(size >= 120 for size in sizes) >= 500 and sum(size <= 12 for size in sizes) >= 500


def test_every_item_is_there_in_plenty_and_every_kind_and_side(rows: list[Utterance]) -> None:
    items = Counter(row.item for row in rows)
    assert all(items[item] >= 120 for item in ITEMS) and items[""] >= 350
    kinds, sides = Counter(row.kind for row in rows), Counter(row.side for row in rows)
    assert all(kinds[kind] >= 250 for kind in KINDS) and all(sides[side] >= 250 for side in ("police", "hotline", "joint", "neither"))
    pairs = {(row.item, row.kind) for row in rows}
    assert all(len({kind for item, kind in pairs if item == each}) >= 3 for each in ITEMS)


def test_half_of_the_urgent_families_have_lookalikes(rows: list[Utterance]) -> None:
    negatives = Counter(tag for row in rows for tag in row.tags if tag.startswith("negative:") and not row.urgent)
    assert len(negatives) >= 15 and sum(negatives.values()) >= 400


def test_no_utterance_stands_twice_within_a_split_or_across_them() -> None:
    seen: dict[str, str] = {}
    for split in ("train", "held", "unclear"):
        for row in read_corpus(CORPUS, split):
            plain = re.sub(r"[^\w]", "", row.text)
            assert plain not in seen, f"{split}: {row.text} / {seen.get(plain)}"
            seen[plain] = row.text


def test_no_two_utterances_are_nearly_the_same(rows: list[Utterance]) -> None:
    """Rows share most of their runs of four characters only by copying; short rows may share a common phrase."""
    by_run: dict[str, list[int]] = defaultdict(list)
    runs = []
    for number, row in enumerate(rows):
        plain = re.sub(r"[^\w]", "", row.text)
        own = {plain[at : at + 4] for at in range(len(plain) - 3)}
        runs.append(own)
        if len(plain) >= 14:
            for run in own:
                by_run[run].append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for numbers in by_run.values():
        if 2 <= len(numbers) <= 40:
            shared.update((first, second) for at, first in enumerate(numbers) for second in numbers[at + 1 :])
    near = [(rows[a].text, rows[b].text) for (a, b), count in shared.items() if count >= 0.72 * len(runs[a] | runs[b])]
    assert near == []


def test_no_number_in_it_could_be_a_person_s(rows: list[Utterance]) -> None:
    phone, identity = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"), re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
    for row in rows:
        for number in phone.findall(row.text):
            assert len(set(number[-8:])) <= 5, row.text
        assert identity.search(row.text) is None, row.text


def test_the_parts_that_are_only_measured_are_not_trained_on() -> None:
    assert set(SPLITS["train"]).isdisjoint(SPLITS["held"])
    for folder in {folder for folders in SPLITS.values() for folder in folders}:
        for file in sorted((CORPUS / folder).glob("*.jsonl")):
            assert all(set(json.loads(line)) == {"text", "side", "item", "item2", "kind", "urgent", "tags"} for line in file.read_text(encoding="utf-8").splitlines()), file.name
