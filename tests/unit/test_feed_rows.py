"""Files that are fed: what is read out of a row, and what is said of a file that cannot be read."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from liandong.adapters.feed.presets import PRESETS, guess_preset, mapping_of
from liandong.adapters.feed.rows import appeal_of, columns_of, digest_of, read_rows
from liandong.domain.errors import InvalidInput

GOOD = "text,id,place\n路灯坏了,7,安元路\n"


def fed(file: Path) -> list[dict[str, object]]:
    mapping = mapping_of(columns_of(file), guess_preset(file.name))
    return [appeal_of(row, number, mapping, digest_of(file)) for number, row in enumerate(read_rows(file), 1)]


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_row_becomes_words_place_and_a_key_of_its_own(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(gzip.compress(GOOD.encode()) if name.endswith(".gz") else GOOD.encode())
    row = fed(file)[0]
    assert (row["text"], row["place"], row["channel"]) == ("路灯坏了", "安元路", "feed")
    assert row["key"] == f"feed:{digest_of(file)}:7:1"


def test_same_file_has_the_same_keys_and_a_changed_one_has_others(tmp_path: Path) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text(GOOD, encoding="utf-8")
    other.write_text(GOOD + "井盖没了,8,采莲路\n", encoding="utf-8")
    assert fed(one) == fed(one)
    assert fed(one)[0]["key"] != fed(other)[0]["key"]


def test_broken_bytes_and_nul_cost_a_character_and_not_the_row(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"text,id\n" + "路灯".encode() + b"\xff\x00" + "坏了,1\n".encode())
    assert fed(file)[0]["text"] == "路灯\ufffd坏了"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "没有数据行"),
        ("head.csv", b"text,id\n", "没有数据行"),
        ("bad.jsonl", '{"text": "路灯坏了"}\n{"text": \n'.encode(), "第 2 行读不出：不是一行一个 JSON 对象"),
        ("list.json", b'[{"text": "x"}]', "第 1 行读不出：不是一行一个 JSON 对象"),
        ("deep.jsonl", b"[" * 100_000, "第 1 行读不出：不是一行一个 JSON 对象"),
        ("plain.csv.gz", GOOD.encode(), "不是 gzip"),
        ("cut.csv.gz", gzip.compress(GOOD.encode() * 500)[:50], "压缩包不完整"),
        ("other.csv", b"foo,bar\n1,2\n", "找不到诉求内容列；请用 --map text=列名。有：foo、bar"),
    ],
)
def test_file_that_cannot_be_fed_is_refused_in_words(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(InvalidInput) as refused:
        fed(file)
    assert said in refused.value.sentence("zh")
    assert "Error" not in refused.value.sentence("zh")


def test_column_that_is_not_there_is_refused_and_the_others_are_named() -> None:
    with pytest.raises(InvalidInput) as refused:
        mapping_of(["text", "id"], given={"place": "地址"})
    assert "没有“地址”这一列；有：text、id" in refused.value.sentence("zh")


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_preset_is_guessed_from_the_name_of_its_file(preset: str) -> None:
    assert guess_preset(f"{preset}.csv.gz") == preset
