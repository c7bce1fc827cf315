"""Story 11, the whistle: the third noisy night blows it; environment, street and police report in, plan, close; the callers are told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.city import City, eventually, running_city, unit_named

pytestmark = pytest.mark.nodes

NO = (403, 404, 409, 422)
ENVIRONMENT = unit_named("生态环境局")
NIGHTS = (
    ("嘉元路71号的塑料厂半夜机器噪声特别大，吵得睡不着", "嘉元路71号", "13911170001"),
    ("嘉元路那个塑料厂昨夜机器又响到三点，噪声扰民", "嘉元路71号附近", "13911170002"),
    ("隔壁塑料厂晚上机器噪声很大，老人心脏受不了", "嘉元路73号", "13911170003"),
)


@pytest.fixture(scope="module")
def noisy() -> Iterator[City]:
    """A city whose clock these tests move."""
    with running_city() as city:
        yield city


def whistles(city: City, node: str = "hotline") -> list[Any]:
    """Return the whistles of a node."""
    desk = city.api(node, "supervisor")
    return [desk.one("whistles", each["id"]) for each in desk.all("whistles")]


def settled(city: City, stream: str) -> None:
    """Wait until both nodes hold the same of a whistle."""
    first, second = (city.api(node, "supervisor") for node in ("hotline", "police"))

    def same() -> bool:
        there = second.client.get(f"/whistles/{stream}")
        return there.status_code == 200 and bool(first.one("whistles", stream)["data"] == there.json()["data"])

    eventually(same, what="both nodes agree")


def test_the_third_night_whistles_and_is_carried_to_its_end(noisy: City) -> None:
    agent, head = noisy.api("hotline", "agent"), noisy.api("hotline", "dispatcher")
    there = noisy.api("police", "dispatcher")
    nights = []
    others = {each["id"] for each in whistles(noisy)}

    def new() -> list[Any]:
        return [each for each in whistles(noisy) if each["id"] not in others]

    for text, place, phone in NIGHTS:
        assert new() == [], "not before the third"
        nights.append(agent.take(text, place=place, phone=phone, course="keep")["appeal"]["id"])
    [blown] = new()
    stream = blown["id"]
    assert (blown["phase"], blown["data"]["trigger"]) == ("blown", "frequent")
    assert [each["appeal"] for each in blown["data"]["cases"]] == nights
    called = list(blown["data"]["lines"])
    assert ENVIRONMENT in called
    assert "desk:police" in called
    assert "13911170" not in str(blown["data"]), "no caller's number is shown to the units"

    settled(noisy, stream)
    environment = noisy.api("hotline", "unit_staff", ENVIRONMENT)
    environment.act("whistles", stream, "report_in", person="林科长", note="今晚到现场测噪")
    assert environment.act("whistles", stream, "report_in", status=NO)["code"] == "whistle.reported_in"
    settled(noisy, stream)
    there.act("whistles", stream, "report_in", note="派出所参加")
    settled(noisy, stream)
    stranger = noisy.api("hotline", "unit_staff", unit_named("燃气"))
    assert stranger.act("whistles", stream, "report_in", status=NO)["code"] == "stream.not_found"

    # Who keeps silent is chased by name when the clock has passed.
    due = max(each["due_at"] for each in head.one("whistles", stream)["clocks"] if each["step"] == "report_in")
    for node in ("police", "hotline"):
        noisy.api(node, "administrator").post("/demonstration/clock", {"to": (datetime.fromisoformat(due) + timedelta(seconds=2)).isoformat()})
    silent = [code for code, line in head.one("whistles", stream)["data"]["lines"].items() if not line.get("reported_at")]
    eventually(lambda: all(head.one("whistles", stream)["data"]["lines"][each].get("chased_at") for each in silent), what="the silent are chased")
    settled(noisy, stream)

    # A fourth caller while it stands joins it.
    fourth = agent.take("塑料厂夜里又在开机器，噪声", place="嘉元路75号", phone="13911170004", course="keep")["appeal"]["id"]
    settled(noisy, stream)
    assert [each["appeal"] for each in head.one("whistles", stream)["data"]["cases"]] == [*nights, fourth]
    assert len(new()) == 1

    refused = head.act("whistles", stream, "agree_plan", status=NO, plan="联合检查", tasks=["没人｜测噪｜明天"])
    assert refused["code"] == "whistle.task_unsound"
    assert head.act("whistles", stream, "close", status=NO, result="好了", attachments=["照片"])["code"] == "command.not_in_state"
    head.act("whistles", stream, "agree_plan", plan="夜间联合检查，限期装隔声", tasks=[f"{ENVIRONMENT}｜测噪并下整改书｜三天内", "desk:police｜夜间巡查｜七天内"])
    settled(noisy, stream)
    first, second = (each["task"] for each in head.one("whistles", stream)["data"]["tasks"])
    assert head.act("whistles", stream, "close", status=NO, result="好了", attachments=["照片"])["code"] == "whistle.tasks_open"
    assert environment.act("whistles", stream, "finish_task", status=NO, task=second, done="替别人做了", attachments=["a"])["code"] == "whistle.not_your_task"
    assert environment.act("whistles", stream, "finish_task", status=NO, task=first, done="测过了")["code"] == "input.required"
    environment.act("whistles", stream, "finish_task", task=first, done="昼55夜48分贝，已整改", attachments=["监测报告.pdf"])
    settled(noisy, stream)
    there.act("whistles", stream, "finish_task", task=second, done="连续七夜无扰民", attachments=["巡查记录.jpg"])
    settled(noisy, stream)
    head.act("whistles", stream, "close", result="厂方已装隔声罩，夜间停产", attachments=["复查照片.jpg"])
    there.until("whistles", stream, "closed")
    for each in (*nights, fourth):
        assert "夜间停产" in agent.one("appeals", each)["data"]["supplements"][-1], "every caller's appeal has the result"


def test_linked_repeats_of_other_callers_whistle_too(noisy: City) -> None:
    agent = noisy.api("hotline", "agent")
    before = len(whistles(noisy))
    first = agent.take("永方路80号楼下烧烤摊油烟大", place="永方路80号", phone="13911180001", course="keep")["appeal"]
    for count, phone in enumerate(("13911180002", "13911180003")):
        again = agent.take("就是那个烧烤摊，还在冒油烟", phone=phone)["appeal"]
        agent.act("appeals", again["id"], "link", linked=first["number"])
        assert len(whistles(noisy)) == before + count
    assert whistles(noisy)[0]["data"]["trigger"] == "repeated"


def test_one_caller_three_times_is_no_pattern_and_a_whistle_by_hand_needs_somebody(noisy: City) -> None:
    agent, head = noisy.api("hotline", "agent"), noisy.api("hotline", "dispatcher")
    before = len(whistles(noisy))
    for _ in range(3):
        agent.take("井盖松动，车压过去很响", place="织里路5号", phone="13911190001", course="keep")
    assert len(whistles(noisy)) == before
    assert head.post("/whistles", {"summary": "没有单位"}, status=NO)["code"] == "whistle.nobody"
    by_hand = head.post("/whistles", {"summary": "学校周边车辆乱停", "units": [ENVIRONMENT]})
    assert by_hand["data"]["trigger"] == "by_hand"
    assert head.act("whistles", by_hand["id"], "call_off", reason="已由专班办理")["phase"] == "called_off"
    assert head.act("whistles", by_hand["id"], "report_in", status=NO)["code"] in ("command.not_in_state", "command.not_allowed")
