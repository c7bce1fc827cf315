"""Story 10, 县—市—市—县: a county's matter rises to the city's police, crosses to the city's hotline, goes down to the county's where it lies there, and comes back the same way."""

from __future__ import annotations

import httpx
import pytest

from liandong.adapters.packs import load_pack
from tests.city import City, eventually, unit_named

pytestmark = pytest.mark.nodes

LAMP = "我们村口的路灯坏了半个多月，晚上一片黑，电话13900000010"
PLACE = "北桥街道灵峰村村口"
RESULT = "路灯已换新，当晚亮灯。"
#: The nodes that a matter between a county's police and the city's hotline passes.
THREE = ("police-county", "police", "hotline")
ACROSS = ["HandoverOffered", "HandoverAccepted", "QuestionAsked", "QuestionAnswered", "HandoverReported", "HandoverConfirmed"]


def test_county_matter_rises_crosses_and_comes_back_down_the_same_way(county_city: City) -> None:
    county, hotline = county_city.api("police-county", "call_taker"), county_city.api("hotline", "agent")
    police = county_city.api("police", "call_taker")
    taken = county.take(LAMP, place=PLACE, course="auto")
    assert taken["verdict"]["side"] == "hotline"
    appeal, handover = taken["appeal"]["id"], taken["appeal"]["data"]["handover"]

    assert hotline.until("handovers", handover, "offered")["data"]["origin"] == "police-county"
    assert police.until("handovers", handover, "offered")["allowed"] == [], "the city's police pass it on and decide nothing about it"
    police.act("handovers", handover, "accept", status=403)
    hotline.act("handovers", handover, "accept")
    county.until("handovers", handover, "accepted")
    _asked_and_answered(county_city, handover)
    _repaired(county_city)

    ended = county.until("appeals", appeal, "closed")
    assert ended["data"]["result"] == RESULT
    journals = {
        node: eventually(lambda node=node: _whole(county_city, node, handover), what=f"all of it at {node}") for node in THREE
    }
    assert journals["police-county"] == journals["police"] == journals["hotline"], "three nodes, one story, in one order"
    assert [name for name in ACROSS if name not in journals["hotline"]] == []
    assert [each for each in police.all("appeals") if each["place"] == PLACE] == [], "the city's police made nothing of it"


def test_no_county_speaks_to_the_other_side_of_the_city(county_city: City) -> None:
    county, hotline = county_city.api("police-county", "call_taker"), county_city.api("hotline", "agent")
    handover = county.take("楼道里的垃圾一个星期没人收", place="望亭镇鹤溪路", course="hand_over")["appeal"]["data"]["handover"]
    hotline.until("handovers", handover, "offered")
    below = county_city.api("hotline-county", "agent")
    assert below.until("handovers", handover, "offered")["data"]["destination_node"] == "hotline-county"
    assert _spoken_with(county_city, "police-county") == {"police"}
    assert _spoken_with(county_city, "hotline-county") == {"hotline"}
    assert _spoken_with(county_city, "hotline") == {"police", "hotline-county"}
    assert _spoken_with(county_city, "police") == {"hotline", "police-county"}


def test_envelope_that_a_county_sends_to_the_hotline_itself_is_refused(county_city: City) -> None:
    county, hotline = county_city.api("police-county", "call_taker"), county_city.api("hotline", "agent")
    handover = county.take("小区健身器材坏了没人修", place="黄桥街道旺方路", course="hand_over")["appeal"]["data"]["handover"]
    offered = hotline.until("handovers", handover, "offered")
    forged = _batch_of_county(county_city, handover)
    answer = httpx.post(county_city.url("hotline") + "/exchange/v1/batches", content=forged, trust_env=False)
    assert answer.status_code in (200, 422), answer.text
    assert b"exchange.key_unknown" in answer.content or b'"rejected"' in answer.content, answer.text
    assert hotline.one("handovers", handover)["seq"] == offered["seq"]


def test_what_the_county_adds_later_reaches_the_hotline_through_the_city(county_city: City) -> None:
    county, hotline = county_city.api("police-county", "call_taker"), county_city.api("hotline", "agent")
    handover = county.take("健康步道的栏杆松了", place="阳澄湖镇湖滨路", course="hand_over")["appeal"]["data"]["handover"]
    hotline.until("handovers", handover, "offered")
    for words in ("栏杆在三号码头旁", "松动的有两米长", "附近孩子多"):
        county.act("handovers", handover, "supplement", words=words)
    eventually(lambda: _added(county_city, handover) == ["栏杆在三号码头旁", "松动的有两米长", "附近孩子多"], what="three additions in order")


def _asked_and_answered(city: City, handover: str) -> None:
    city.api("hotline", "agent").act("handovers", handover, "ask", question="路灯杆编号是多少？")
    county = city.api("police-county", "call_taker")
    eventually(lambda: county.one("handovers", handover)["data"].get("questions"), what="the question is read in the county")
    county.act("handovers", handover, "answer", answer="杆号 LF-017")
    hotline = city.api("hotline", "agent")
    eventually(lambda: hotline.one("handovers", handover)["data"]["questions"][0]["answer"] == "杆号 LF-017", what="the answer is read")


def _repaired(city: City) -> None:
    hotline = city.api("hotline", "agent")
    order = next(each for each in hotline.all("workorders") if each["place"] == PLACE)["id"]
    keeper = unit_named("路灯管理所")
    hotline.act("workorders", order, "dispatch", unit=keeper)
    unit = city.api("hotline", "unit_staff", keeper)
    unit.act("workorders", order, "start")
    unit.act("workorders", order, "report", result="已更换灯头")
    hotline.act("workorders", order, "reply_citizen", reply=RESULT)
    hotline.act("workorders", order, "close")


def _whole(city: City, node: str, handover: str) -> list[str] | None:
    """Return the names of a handover's facts on a node, once the last of them is there."""
    names = [each["name"] for each in city.api(node, "call_taker").get(f"/handovers/{handover}/journal")]
    return names if "HandoverConfirmed" in names else None


def _added(city: City, handover: str) -> list[str]:
    journal = city.api("hotline", "agent").get(f"/handovers/{handover}/journal")
    return [each["data"]["words"] for each in journal if each["name"] == "HandoverSupplemented"]


def _spoken_with(city: City, node: str) -> set[str]:
    """Return every peer a node ever wrote to or heard from."""
    with city.database(node) as connection:
        return {row[0] for row in connection.execute("SELECT peer FROM outbox UNION SELECT peer FROM inbox").fetchall()}


def _batch_of_county(city: City, handover: str) -> bytes:
    """Return a batch that the county signs with its own key and addresses to the hotline."""
    from liandong.adapters.crypto.session import Session
    from liandong.domain.exchange.envelope import DEFAULT_LIMITS, Envelope
    from liandong.domain.exchange.wire import join_batch
    from liandong.node.keys import node_keyring

    settings = next(each for each, _ in city.supervisor.nodes if each.name == "police-county")
    envelope = Envelope(
        id="01939999-0000-7000-8000-000000000001",
        sender="police-county",
        recipient="hotline",
        stream=handover,
        seq=1,
        type="handover.fact",
        at="2026-11-22T00:00:00.000Z",
        body={"name": "HandoverWithdrawn"},
    )
    with city.database("police-county") as connection:
        assert connection.execute("SELECT count(*) FROM outbox WHERE peer = 'hotline'").fetchone() == (0,)
    sealed = Session(node_keyring(settings), seal=False).protect(envelope)
    return join_batch([sealed], DEFAULT_LIMITS)[0]


def test_a_matter_that_begins_at_the_city_hotline_goes_down_to_the_county_and_comes_back(county_city: City) -> None:
    hotline, police, county = (county_city.api(*each) for each in (("hotline", "agent"), ("police", "call_taker"), ("police-county", "call_taker")))
    where = county_city.division("police-county")[1]
    taken = hotline.take("邻居把我家的电瓶车偷走了，监控里拍到了", place=f"{where}春申路31号", phone="13900000031", course="hand_over")
    handover = taken["appeal"]["data"]["handover"]
    offered = county.until("handovers", handover, "offered")
    assert offered["data"]["destination_node"] == "police-county"
    assert offered["data"]["record"]["phone"] == "13900000031", "told once"
    assert police.until("handovers", handover, "offered")["allowed"] == []
    county.act("handovers", handover, "ask", question="电瓶车什么颜色？")
    eventually(lambda: hotline.one("handovers", handover)["data"].get("questions"), what="the question is read at the hotline")
    hotline.act("handovers", handover, "answer", answer="白色")
    # An answer and an acceptance that meet on the wire stand in either order; one story in one order is told when they do not.
    eventually(lambda: county.one("handovers", handover)["data"]["questions"][0]["answer"] == "白色", what="the answer is read in the county")
    county.act("handovers", handover, "accept")
    alarm = next(each for each in county.all("alarms") if each["place"].endswith("春申路31号"))
    _handled(county_city, alarm["id"])
    assert hotline.until("appeals", taken["appeal"]["id"], "closed")["data"]["result"] == "已找回车辆"
    journals = [eventually(lambda node=node: _whole(county_city, node, handover), what=f"all of it at {node}") for node in THREE]
    assert journals[0] == journals[1] == journals[2]
    assert [each for each in police.all("alarms") if each["place"].endswith("春申路31号")] == []
    page = county_city.screen("hotline", "agent").page(f"/records/{handover}/")
    assert "转属地办理" in page


def _handled(city: City, alarm: str) -> None:
    """Let the county's station find the vehicle."""
    code = city.division("police-county")[0]
    unit = next(each.code for each in load_pack("xiangcheng").units if each.kind == "station" and each.division == code)
    county, station = city.api("police-county", "call_taker"), city.api("police-county", "officer", unit)
    county.act("alarms", alarm, "order", unit=unit)
    if county.one("alarms", alarm)["phase"] == "dispatch_review":
        city.api("police-county", "reviewer").act("alarms", alarm, "approve_order")
    for command, data in (("sign", {}), ("depart", {}), ("arrive", {}), ("handle", {"situation": "已找到"}), ("report", {"result": "已找回车辆"})):
        station.act("alarms", alarm, command, **data)
    if county.one("alarms", alarm)["phase"] == "feedback_review":
        city.api("police-county", "reviewer").act("alarms", alarm, "approve_report")
    county.act("alarms", alarm, "close")


def test_from_county_police_over_both_cities_to_the_county_hotline_and_back_the_same_way(county_city: City) -> None:
    county, below = county_city.api("police-county", "call_taker"), county_city.api("hotline-county", "agent")
    police, hotline = county_city.api("police", "call_taker"), county_city.api("hotline", "agent")
    where = county_city.division("hotline-county")[1]
    place = f"{where}春申路51号"
    taken = county.take("我们村口的路灯坏了半个多月，晚上一片黑", place=place, phone="13900000051", course="hand_over")
    handover = taken["appeal"]["data"]["handover"]
    offered = below.until("handovers", handover, "offered")
    assert (offered["data"]["origin"], offered["data"]["destination_node"]) == ("police-county", "hotline-county")
    assert offered["data"]["record"]["phone"] == "13900000051", "told once"
    for relay in (police, hotline):
        eventually(lambda relay=relay: relay.one("handovers", handover)["data"].get("destination_node") == "hotline-county", what="who has it is known on the way")
        assert relay.one("handovers", handover)["allowed"] == [], "the cities pass it on and decide nothing about it"
    below.act("handovers", handover, "ask", question="路灯杆编号是多少？")
    eventually(lambda: county.one("handovers", handover)["data"].get("questions"), what="the question is read in the county of the police")
    county.act("handovers", handover, "answer", answer="杆号 LF-018")
    eventually(lambda: below.one("handovers", handover)["data"]["questions"][0]["answer"] == "杆号 LF-018", what="the answer is read in the county of the hotline")
    below.act("handovers", handover, "accept")
    order = next(each for each in below.all("workorders") if each["place"] == place)["id"]
    keeper = unit_named("路灯管理所")
    below.act("workorders", order, "dispatch", unit=keeper)
    unit = county_city.api("hotline-county", "unit_staff", keeper)
    unit.act("workorders", order, "start")
    unit.act("workorders", order, "report", result="已更换灯头")
    below.act("workorders", order, "reply_citizen", reply=RESULT)
    below.act("workorders", order, "close")

    assert county.until("appeals", taken["appeal"]["id"], "closed")["data"]["result"] == RESULT
    journals = [eventually(lambda node=node: _whole(county_city, node, handover), what=f"all of it at {node}") for node in county_city.names]
    assert journals[0] == journals[1] == journals[2] == journals[3], "four nodes, one story, in one order"
    assert [each for relay, kind in ((police, "alarms"), (hotline, "workorders")) for each in relay.all(kind) if each["place"] == place] == []
    assert _spoken_with(county_city, "hotline-county") == {"hotline"}, "nobody speaks to the other side's city past their own"
    assert _spoken_with(county_city, "police-county") == {"police"}
