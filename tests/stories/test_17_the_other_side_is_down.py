"""Story 17, 对方停机: the hotline stops in the middle, work goes on, and what waited arrives once and in order when it is back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.city import Api, City, eventually, unit_named

pytestmark = pytest.mark.nodes

STREETS = ("安元路", "采莲路", "文陵路", "华元路", "人民路", "嘉元路", "蠡塘河路", "阳澄湖东路")
WORDS = ("油烟是从一楼后厨出来的", "每天下午四点开始", "楼上有老人哮喘", "物业说管不了", "昨天又是半夜才停")


def test_nothing_is_lost_or_doubled_and_order_is_kept_while_the_hotline_is_away(own_city: City) -> None:
    police, hotline = own_city.api("police", "call_taker"), own_city.api("hotline", "agent")
    under_way = _handed(police, "楼下烧烤摊油烟往窗户里灌", "采莲路88号")
    hotline.until("handovers", under_way, "offered")
    hotline.act("handovers", under_way, "accept")
    police.until("handovers", under_way, "accepted")
    withdrawn = _handed(police, "路灯不亮", "春申路3号")
    hotline.until("handovers", withdrawn, "offered")

    own_city.supervisor.pause("hotline")
    for words in WORDS:
        police.act("handovers", under_way, "supplement", words=words)
    police.act("handovers", withdrawn, "withdraw", reason="诉求人来电说已经亮了")
    told = [_handed(police, f"垃圾堆了三天没人收，就在{street}菜场门口", f"{street}菜场") for street in STREETS]
    _says_what_waits(own_city, police, messages=len(WORDS) + 1 + len(STREETS), numbers=[police.one("handovers", each)["number"] for each in told])
    own_city.supervisor.resume("hotline")

    for each in told:
        hotline.until("handovers", each, "offered")
    hotline.until("handovers", withdrawn, "withdrawn")
    eventually(lambda: _waits(police) == 0, what="nothing waits any more")
    assert _supplements(hotline, under_way) == list(WORDS)
    for each in (under_way, withdrawn, *told):
        assert _shared(police, each) == _shared(hotline, each)
    assert sorted(each["id"] for each in hotline.all("handovers")) == sorted([under_way, withdrawn, *told]), "each one once"
    eventually(lambda: _peer(police)["up"], what="the screens say that the hotline is back")
    _goes_on(own_city, hotline, under_way)
    assert police.until("handovers", under_way, "confirmed")["data"]["result"] == "摊主已搬离。"
    assert [own_city.verified(node)["breaks"] for node in own_city.names] == [[], []]


def test_what_the_hotline_did_reaches_110_after_110_was_away(own_city: City) -> None:
    police, hotline = own_city.api("police", "call_taker"), own_city.api("hotline", "agent")
    handover = _handed(police, "楼上漏水到我家，物业不管", "华元路12号")
    hotline.until("handovers", handover, "offered")
    own_city.supervisor.pause("police")
    hotline.act("handovers", handover, "accept")
    _goes_on(own_city, hotline, handover)
    assert _waits(hotline) > 0
    assert eventually(lambda: _peer(hotline)["up"] is False, what="the hotline's screens say that 110 is away")
    own_city.supervisor.resume("police")
    assert police.until("handovers", handover, "confirmed")["data"]["result"] == "摊主已搬离。"
    assert police.until("appeals", police.one("handovers", handover)["appeal"], "closed")["data"]["result"] == "摊主已搬离。"
    eventually(lambda: _shared(police, handover) == _shared(hotline, handover), what="both journals say the same")


def test_danger_told_while_police_are_away_is_theirs_the_moment_they_are_back(own_city: City) -> None:
    police, hotline = own_city.api("police", "call_taker"), own_city.api("hotline", "agent")
    own_city.supervisor.pause("police")
    taken = hotline.take("有人拿刀在追人，就在阳澄湖东路路口", place="阳澄湖东路路口", course="auto")
    assert taken["verdict"]["urgent"] is True
    handover = taken["appeal"]["data"]["handover"]
    assert hotline.one("handovers", handover)["phase"] == "offered"
    own_city.supervisor.resume("police")
    police.until("handovers", handover, "accepted")
    hotline.until("handovers", handover, "accepted")
    alarms = [each for each in police.all("alarms") if each["place"] == "阳澄湖东路路口"]
    assert [each["urgent"] for each in alarms] == [True]


def _handed(police: Api, text: str, place: str) -> str:
    return str(police.take(text, place=place, course="hand_over")["appeal"]["data"]["handover"])


def _waits(side: Api) -> int:
    return int(side.get("/exchange")["outbox"])


def _peer(side: Api) -> dict[str, Any]:
    found: dict[str, Any] = side.get("/exchange")["peers"][0]
    return found


def _says_what_waits(city: City, police: Api, messages: int, numbers: list[str]) -> None:
    """The API, the banner above every desk and the exchange desk say that the peer is away, how much waits, and what."""
    assert eventually(lambda: _peer(police)["up"] is False, what="the hotline is seen to be away")
    waits = police.get("/exchange")
    assert (waits["outbox"], waits["parked"], waits["quarantined"]) == (messages, 0, 0)
    assert waits["oldest_seconds"] > 0
    assert waits["peers"][0]["reason"], "it says why"
    screen = city.screen("police", "call_taker")
    banner = screen.page("/live/banner/")
    assert 'data-peer="hotline"' in banner
    assert f'data-waiting="{messages}"' in banner
    desk = screen.page("/exchange/")
    assert [number for number in numbers if number not in desk] == [], "the page names what waits"


def _supplements(side: Api, handover: str) -> list[str]:
    journal = side.get(f"/handovers/{handover}/journal")
    return [each["data"]["words"] for each in journal if each["name"] == "HandoverSupplemented"]


def _shared(side: Api, handover: str) -> list[tuple[str, str]]:
    return [(each["name"], each["at"]) for each in side.get(f"/handovers/{handover}/journal")]


def _goes_on(city: City, hotline: Api, handover: str) -> None:
    """Play the hotline's loop of an accepted handover to its end."""
    number = hotline.one("handovers", handover)["data"]["order_number"]
    order = hotline.one("workorders", number)["id"]
    keeper = unit_named("城市管理局")
    hotline.act("workorders", order, "dispatch", unit=keeper)
    unit = city.api("hotline", "unit_staff", keeper)
    unit.act("workorders", order, "start")
    unit.act("workorders", order, "report", result="已劝离")
    hotline.act("workorders", order, "reply_citizen", reply="摊主已搬离。")
    hotline.act("workorders", order, "close")
