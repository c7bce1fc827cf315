"""Story 11, the linking half: the same noise for the third time is linked while the caller speaks, and known both ways."""

from __future__ import annotations

import pytest

from tests.city import City

pytestmark = pytest.mark.nodes

FIRST = "春申路66号的塑料厂半夜机器声音特别大，吵得全家睡不着，已经好几天了"
SECOND = "还是春申路那个塑料厂，昨天夜里机器又响到三点，吵得睡不着"
OTHER = "我住春申路68号，隔壁塑料厂晚上机器噪声很大，老人心脏受不了"


def test_the_third_night_is_linked_while_the_caller_speaks(city: City) -> None:
    hotline = city.api("hotline", "agent")
    first = hotline.take(FIRST, place="春申路66号", phone="13911110001", course="keep")["appeal"]
    again = hotline.take(SECOND, place="相城区春申路六十六号附近", phone="139 1111 0001")
    found = {each["number"]: each for each in again["earlier"]}
    assert found[first["number"]]["because"][:2] == ["phone", "place"]
    linked = hotline.act("appeals", again["appeal"]["id"], "link", linked=first["number"])
    assert linked["data"]["links"] == [first["id"]]

    # Another caller, another number: the same item on the same road. What is found is the first, with its count.
    other = hotline.take(OTHER, place="春申路68号", phone="13911110002")
    candidate = next(each for each in other["earlier"] if each["number"] == first["number"])
    assert candidate["repeats"] == 1
    assert {"event", "words"} & set(candidate["because"])
    # Linked to the repeat, it counts at the first.
    hotline.act("appeals", other["appeal"]["id"], "link", linked=again["appeal"]["number"])
    known = hotline.one("appeals", first["id"])["data"]
    assert known["repeat_count"] == 2
    assert known["repeats"] == [again["appeal"]["id"], other["appeal"]["id"]]

    hotline.act("appeals", other["appeal"]["id"], "unlink", linked=first["number"])
    assert hotline.one("appeals", first["id"])["data"]["repeat_count"] == 1


def test_a_repeat_joins_the_open_case_instead_of_a_second_order(city: City) -> None:
    hotline = city.api("hotline", "agent")
    first = hotline.take("永方路21号的路灯坏了，晚上看不见路", place="永方路21号", phone="13911110003", course="keep")["appeal"]
    before = len(hotline.all("workorders"))
    again = hotline.take("永方路21号路灯还没修，晚上还是一片黑，请催一催", place="永方路21号", phone="13911110004")["appeal"]
    joined = hotline.post(f"/appeals/{again['id']}/place", {"course": "join", "linked": first["number"]})
    assert joined["phase"] == "joined"
    assert len(hotline.all("workorders")) == before
    assert any("一片黑" in words for words in hotline.one("appeals", first["id"])["data"]["supplements"])
    order = first["data"]["order"]
    hotline.act("workorders", order, "answer", answer="路灯所今晚修复")
    hotline.act("workorders", order, "close")
    assert hotline.one("appeals", again["id"])["phase"] == "closed"
    assert hotline.one("appeals", again["id"])["data"]["result"] == "路灯所今晚修复"


def test_an_appeal_is_not_linked_to_itself_nor_to_nothing(city: City) -> None:
    hotline = city.api("hotline", "agent")
    taken = hotline.take("宿舍楼道灯不亮", place="永方路300号")["appeal"]
    seq = taken["seq"]
    assert hotline.act("appeals", taken["id"], "link", status=422, linked=taken["number"])["code"] == "appeal.own_link"
    for wrong in ("诉209901010001", "不是编号", "00000000-0000-7000-8000-000000000000"):
        assert hotline.act("appeals", taken["id"], "link", status=422, linked=wrong)["code"] == "appeal.no_such_link"
    assert hotline.one("appeals", taken["id"])["seq"] == seq


def test_new_danger_is_not_joined_to_a_quiet_case(city: City) -> None:
    police = city.api("police", "call_taker")
    quiet = police.take("华元路9号楼上邻居总是拖椅子", place="华元路9号", phone="13911110005", course="keep")["appeal"]
    danger = police.take("华元路9号楼上着火了，有人困在里面，快来", place="华元路9号", phone="13911110005")["appeal"]
    assert danger["urgent"]
    refused = police.post(f"/appeals/{danger['id']}/place", {"course": "join", "linked": quiet["id"]}, status=409)
    assert refused["code"] == "appeal.danger_not_joined"
    assert police.post(f"/appeals/{danger['id']}/place", {"course": "auto"})["phase"] in ("kept", "shared")
