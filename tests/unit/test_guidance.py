"""Every door of 国办发〔2020〕53号 is in both packs, and what a citizen keeps says where to go."""

from __future__ import annotations

import pytest

from liandong.adapters.packs.loader import load_pack
from liandong.application.guidance import DoorWords, door_named, guidance_given, guidance_text
from liandong.domain.journal.facts import StreamId, StreamKind, StreamState

DOORS = {"a": DoorWords("a", "诉讼", "请找法院。", "12368", "gb53-4", "国办发〔2020〕53号受理范围")}


@pytest.mark.parametrize("pack", ["xiangcheng", "jining"])
def test_every_door_of_the_national_list_is_in_the_pack(pack: str) -> None:
    doors = {each.code: each for each in load_pack(pack).catalogue.doors}
    listed = ("litigation", "arbitration", "discipline", "review", "disclosure", "petition", "secrets", "morals")
    assert [code for code in listed if code not in doors or doors[code].clause.code != "gb53-4" or not doors[code].words] == []
    assert all(word in doors["secrets"].name for word in ("国家秘密", "商业秘密", "隐私"))


def guided(side: str = "neither", door: str = "诉讼") -> StreamState:
    data = {"verdict": {"side": side, "door": door, "reasons": [{"item": "a"}]}, "number": "诉1"}
    return StreamState(StreamKind.APPEAL, StreamId("x"), "taken", 1, data)


def test_the_door_of_the_verdict_fills_in_words_telephone_and_clause() -> None:
    given = guidance_given(DOORS, guided(), {})
    assert given == {"guidance": "请找法院。", "door": "诉讼", "reason": "", "door_phone": "12368", "clause": "gb53-4"}
    assert guidance_given(DOORS, guided(door=""), {})["door"] == "诉讼"


def test_own_words_stand_and_no_door_is_made_up() -> None:
    assert guidance_given(DOORS, guided(), {"guidance": "我的话"})["guidance"] == "我的话"
    given = guidance_given(DOORS, guided(side="hotline", door=""), {"door": "别处"})
    assert given["door"] == "别处"
    assert "door_phone" not in given
    assert door_named(DOORS, "没有") is None


def test_a_message_keeps_telephone_and_number_when_it_is_too_long() -> None:
    text = guidance_text(DOORS, "hotline", {"guidance": "字" * 240, "door": "诉讼", "door_phone": "12368", "number": "诉202611220001"})
    assert len(text) <= 280
    assert "12368" in text
    assert "诉202611220001" in text
    assert "依据" not in text
