"""A whistle that stands is found again, whatever words it was blown with: what follows from a link never refuses the link."""

from __future__ import annotations

from dataclasses import replace

from liandong.adapters.memory import WordTriage
from liandong.adapters.packs import load_pack
from liandong.adapters.packs.team import PackDirectory
from liandong.domain.journal.facts import StreamKind
from tests.memory_city import memory_city

PLACE = "春申路66号"
LAMP = "路灯坏了三天，灯杆漏电没人来修"
NOISE = "塑料厂机器半夜轰鸣，吵得全家睡不着"
BOTH = f"{NOISE}；{LAMP}"


def test_a_link_joins_the_whistle_that_its_newest_call_blew_with_other_words() -> None:
    hotline = memory_city().hotline
    triage = WordTriage({"路灯": ("hotline", "H3.01", False), "轰鸣": ("hotline", "H2.01", False)})
    hotline.world = replace(hotline.world, directory=PackDirectory(load_pack("xiangcheng")), triage=triage)
    texts = (LAMP, NOISE, f"{NOISE}，天天如此", BOTH)
    taken = [hotline.take(text, place=PLACE, phone=f"1391111000{number}") for number, text in enumerate(texts)]
    before = hotline.only(StreamKind.WHISTLE)
    hotline.act(taken[1], "supplement", words="还在响")
    hotline.act(taken[3], "link", linked=taken[1].id)
    assert hotline.now(taken[1]).data["repeats"] == [taken[3].id]
    after = hotline.only(StreamKind.WHISTLE)
    assert after.id == before.id
    assert {each["appeal"] for each in after.data["cases"]} >= {each.id for each in taken[1:]}
