"""Story 14: the fourteenth abusive call of a number tonight is evidence for police; a true emergency of it still comes first."""

from __future__ import annotations

from typing import Any

import pytest

from tests.city import City

pytestmark = pytest.mark.nodes

ABUSE = "你们都是一群废物，去你妈的，第{n}次打来骂你们"


def pester(api: Any, phone: str, times: int) -> list[dict[str, Any]]:
    return [api.take(ABUSE.format(n=n), phone=phone, recording=f"REC-{phone}-{n:02d}")["appeal"] for n in range(1, times + 1)]


def test_fourteenth_abusive_call_is_established_with_evidence_and_referred_by_one_key(city: City) -> None:
    hotline, police = city.api("hotline", "agent"), city.api("police", "call_taker")
    calls = pester(hotline, "13933330014", 14)
    assert calls[0]["data"]["marks"] == ["疑似骚扰"]
    assert "abuse" not in calls[8]["data"]
    last = hotline.one("appeals", calls[-1]["id"])
    assert "恶意骚扰" in last["data"]["marks"]
    abuse = last["data"]["abuse"]
    assert abuse["count"] == 14
    assert [each["recording"] for each in abuse["evidence"]] == [f"REC-13933330014-{n:02d}" for n in range(1, 15)]
    assert all(each["at"] and each["number"].startswith("诉") for each in abuse["evidence"])

    referred = hotline.act("appeals", last["id"], "refer_abuse")
    handover = police.until("handovers", referred["data"]["referred"], "offered")
    assert handover["data"]["cause"] == "harassment"
    assert "14 次" in handover["data"]["reason"]
    assert len(handover["data"]["record"]["abuse"]["evidence"]) == 14
    assert hotline.act("appeals", last["id"], "refer_abuse", status=409)["code"] == "appeal.referred_before"


def test_a_true_emergency_of_the_same_number_is_still_taken_first(city: City) -> None:
    police = city.api("police", "call_taker")
    pester(police, "13933330015", 11)
    taken = police.take("救命，有人拿刀砍人，在采莲路15号，流了好多血", phone="13933330015", place="采莲路15号", course="auto")
    appeal = taken["appeal"]
    assert taken["verdict"]["urgent"] is True
    assert not appeal["data"].get("marks")
    assert appeal["phase"] in ("kept", "shared")
    alarm = police.one("alarms", appeal["data"]["order"])
    assert alarm["urgent"] is True
    assert alarm["phase"] == "ordered", "somebody is on the way already"
    # Even danger said with abuse is danger first, and is not marked by itself.
    rude = police.take("傻逼快点来，着火了，楼上有人困住了，采莲路16号", phone="13933330015", place="采莲路16号", course="auto")["appeal"]
    assert rude["urgent"]
    assert not rude["data"].get("marks")


def test_police_refer_their_own_pest_as_an_alarm_and_a_mark_can_be_taken_off(city: City) -> None:
    police = city.api("police", "call_taker")
    calls = pester(police, "13933330016", 10)
    last = police.one("appeals", calls[-1]["id"])
    assert police.act("appeals", calls[0]["id"], "refer_abuse", status=409)["code"] == "appeal.not_established"
    referred = police.act("appeals", last["id"], "refer_abuse")
    alarm = police.one("alarms", referred["data"]["referred"])
    assert "10 次" in alarm["data"]["summary"]
    cleared = police.act("appeals", calls[1]["id"], "unmark", reason="听错了，不是骂人")
    assert not cleared["data"].get("marks")
