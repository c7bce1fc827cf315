"""Story 13, 逾期: warned before, reminded, supervised, interview, circular, referral; and an extension asked in time stops it.

Real time cannot be waited for: the nodes are a demonstration, whose clock may be moved ahead.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liandong.adapters.packs import load_pack
from tests.city import Api, City, eventually, running_city

pytestmark = pytest.mark.nodes

PACK = load_pack("xiangcheng")
UNIT = next(each.code for each in PACK.units if "城市管理局" in each.name)
OTHER = next(each.code for each in PACK.units if "生态环境局" in each.name)
NEAR = timedelta(seconds=2)


@pytest.fixture(scope="module")
def late_city() -> Iterator[City]:
    """A city whose clock these tests move."""
    with running_city() as city:
        yield city


def clock_of(api: Api, record: str, step: str, kind: str = "workorders") -> dict[str, Any]:
    """Return the newest clock of a step of a record."""
    return max((each for each in api.one(kind, record)["clocks"] if each["step"] == step), key=lambda each: each["round"])


def due_of(api: Api, record: str, step: str, kind: str = "workorders") -> datetime:
    """Return when a clock of a record is due."""
    return datetime.fromisoformat(clock_of(api, record, step, kind)["due_at"])


def move(city: City, at: datetime) -> None:
    """Move both nodes to a time, unless they are later already."""
    for node in ("police", "hotline"):
        keeper = city.api(node, "administrator")
        if datetime.fromisoformat(keeper.get("/demonstration/clock")["now"]) < at:
            keeper.post("/demonstration/clock", {"to": at.isoformat()})


def order_of_unit(city: City, text: str, place: str) -> str:
    """Return an order of the hotline that a unit has and has not signed."""
    agent = city.api("hotline", "agent")
    taken = agent.take(text, place=place, course="keep")
    order: str = agent.one("appeals", taken["appeal"]["id"])["data"]["order"]
    agent.act("workorders", order, "dispatch", unit=UNIT)
    return order


def order_in_hand(city: City, text: str, place: str, note: str) -> str:
    """Return an order that a unit has signed, begun and told of."""
    order, unit = order_of_unit(city, text, place), city.api("hotline", "unit_staff", UNIT)
    unit.act("workorders", order, "sign")
    unit.act("workorders", order, "start")
    unit.act("workorders", order, "progress", note=note)
    return order


def supervision(city: City, order: str, phase: str) -> dict[str, Any]:
    """Wait until a record's supervision stands in a phase; return it."""
    desk = city.api("hotline", "supervisor")

    def look() -> dict[str, Any] | None:
        for each in desk.all("supervisions", phase=phase):
            found: dict[str, Any] = desk.one("supervisions", each["id"])
            if found["data"]["order"] == order:
                return found
        return None

    return eventually(look, what=f"supervision of {order} in {phase}")


def test_a_unit_that_lets_every_deadline_pass_climbs_the_whole_ladder(late_city: City) -> None:
    agent, unit = late_city.api("hotline", "agent"), late_city.api("hotline", "unit_staff", UNIT)
    order = order_of_unit(late_city, "小区门口夜市占道经营，垃圾成堆", "采莲路13号")
    shown = {each["step"] for each in agent.one("workorders", order)["clocks"] if each["open"]}
    assert {"sign", "refuse", "handle", "feedback"} <= shown, "several clocks run beside each other"

    sign = due_of(agent, order, "sign")
    move(late_city, sign - timedelta(minutes=50))
    warned = supervision(late_city, order, "warned")
    assert warned["data"]["clock"] == "workorder.sign"
    move(late_city, sign + NEAR)
    supervision(late_city, order, "reminded")
    unit.act("workorders", order, "sign")
    lifted = supervision(late_city, order, "lifted")
    assert clock_of(agent, order, "sign")["state"] == "missed", "signed, but late, and that stays written"

    unit.act("workorders", order, "start")
    unit.act("workorders", order, "progress", note="已到现场查看，正在排班")
    handle = due_of(agent, order, "handle")
    move(late_city, handle - timedelta(hours=20))
    assert supervision(late_city, order, "warned")["id"] == lifted["id"], "one record is followed up in one place"
    move(late_city, handle + NEAR)
    reminded = supervision(late_city, order, "reminded")
    for step, phase in (("supervise", "supervised"), ("interview", "interview"), ("circulate", "circular"), ("refer", "referred")):
        move(late_city, due_of(late_city.api("hotline", "supervisor"), reminded["id"], step, "supervisions") + NEAR)
        if phase == "supervised":
            supervision(late_city, order, phase)
            unit.act("supervisions", reminded["id"], "answer", answer="人手不足，已增派两组，三天内办结", until="三天内")
        else:
            supervision(late_city, order, phase)
    unit.act("workorders", order, "report", result="夜市已清退，垃圾已清运")
    journal = [entry["name"] for entry in late_city.api("hotline", "supervisor").get(f"/supervisions/{reminded['id']}/journal")]
    assert journal == [
        "DeadlineWarned", "UnitReminded", "SupervisionLifted", "DeadlineWarned", "UnitReminded", "UnitSupervised", "SupervisionAnswered",
        "InterviewCalled", "CircularIssued", "AccountabilityReferred", "OverdueWorkDone",
    ]  # fmt: skip
    assert late_city.api("hotline", "supervisor").one("supervisions", reminded["id"])["phase"] == "referred", "the file stays"


def test_an_extension_asked_in_time_and_granted_stops_the_ladder(late_city: City) -> None:
    agent, unit = late_city.api("hotline", "agent"), late_city.api("hotline", "unit_staff", UNIT)
    order = order_in_hand(late_city, "绿化带里堆满建筑垃圾没人清", "采莲路14号", "已到现场查看，正在联系吊车")
    before = due_of(agent, order, "handle")
    move(late_city, before - timedelta(hours=10))
    supervision(late_city, order, "warned")
    unit.act("workorders", order, "ask_extension", days=3, reason="等待吊装设备")
    agent.act("workorders", order, "grant_extension")
    supervision(late_city, order, "lifted")
    assert due_of(agent, order, "handle") >= before + timedelta(days=3)
    move(late_city, before + NEAR)
    assert clock_of(agent, order, "handle")["state"] in ("running", "warning")
    late = due_of(agent, order, "handle")
    move(late_city, late + NEAR)
    supervision(late_city, order, "reminded")
    refused = unit.act("workorders", order, "ask_extension", status=422, days=2, reason="还没好")
    assert refused["code"] == "workorder.extension_too_late"


def test_a_late_report_that_is_turned_back_is_reminded_anew(late_city: City) -> None:
    agent, unit = late_city.api("hotline", "agent"), late_city.api("hotline", "unit_staff", UNIT)
    order = order_in_hand(late_city, "路灯杆歪了快倒，没人扶正", "采莲路19号", "已到现场查看")
    move(late_city, due_of(agent, order, "handle") + NEAR)
    first = supervision(late_city, order, "reminded")
    unit.act("workorders", order, "report", result="已安排")
    supervision(late_city, order, "lifted")
    agent.act("workorders", order, "turn_back_report", reason="没有写怎么处理的")
    assert supervision(late_city, order, "reminded")["id"] == first["id"], "nothing was done, and it is late: it is followed up as before"


def test_the_limit_for_refusing_binds(late_city: City) -> None:
    unit = late_city.api("hotline", "unit_staff", UNIT)
    order = order_of_unit(late_city, "沿街商铺音响太吵", "采莲路15号")
    move(late_city, due_of(unit, order, "refuse") + NEAR)
    refused = unit.act("workorders", order, "refuse", status=422, reason="不归我们管", clause="xc-a2-H2")
    assert refused["code"] == "workorder.refusal_too_late"
    assert unit.one("workorders", order)["phase"] == "dispatched"


def test_two_refusals_are_shown_as_passing_with_who_said_what(late_city: City) -> None:
    agent = late_city.api("hotline", "agent")
    order = order_of_unit(late_city, "河边厂房夜里偷排，味道很重", "采莲路16号")
    handle = due_of(agent, order, "handle")
    late_city.api("hotline", "unit_staff", UNIT).act("workorders", order, "refuse", reason="属于环保职责", clause="xc-a2-H5")
    agent.act("workorders", order, "dispatch", unit=OTHER)
    assert due_of(agent, order, "handle") == handle, "the second unit keeps the first deadline"
    late_city.api("hotline", "unit_staff", OTHER).act("workorders", order, "refuse", reason="属于城管职责", clause="xc-a2-H2")
    found = supervision(late_city, order, "supervised")
    assert found["data"]["cause"] == "buck_passing"
    assert [(each["unit"], each["said"], each["clause"]) for each in found["data"]["chain"]] == [
        (UNIT, "属于环保职责", "xc-a2-H5"),
        (OTHER, "属于城管职责", "xc-a2-H2"),
    ]
    assert all(datetime.fromisoformat(each["at"]) for each in found["data"]["chain"])


def test_the_first_receiver_chases_what_the_other_side_is_late_with(late_city: City) -> None:
    police = late_city.api("police", "call_taker")
    taken = police.take("楼上空调外机滴水到我家雨棚，吵得睡不着", place="采莲路17号", course="hand_over")
    handover = police.one("appeals", taken["appeal"]["id"])["data"]["handover"]
    late_city.api("hotline", "agent").until("handovers", handover, "offered")
    move(late_city, due_of(police, handover, "accept", "handovers") + NEAR)
    eventually(
        lambda: [each for each in late_city.api("hotline", "agent").get(f"/handovers/{handover}/journal") if each["name"] == "HandoverChased"],
        what="the chase is seen on the other side",
    )
    assert supervision(late_city, handover, "reminded")["data"]["order_kind"] == "handover"


def test_a_dispute_nobody_settles_goes_back_to_the_first_receiver_by_itself(late_city: City) -> None:
    police, hotline = late_city.api("police", "call_taker"), late_city.api("hotline", "agent")
    taken = police.take("邻居装修砸墙，灰尘都飘到我家", place="采莲路18号", course="hand_over")
    handover = police.one("appeals", taken["appeal"]["id"])["data"]["handover"]
    hotline.until("handovers", handover, "offered")
    hotline.act("handovers", handover, "object", code="police_matter", clause="xc-a2-P1", reason="属于治安纠纷")
    police.until("handovers", handover, "objected")
    move(late_city, due_of(police, handover, "negotiate", "handovers") + NEAR)
    police.until("handovers", handover, "kept_by_first")
    hotline.until("handovers", handover, "kept_by_first")
    order = eventually(lambda: police.one("appeals", taken["appeal"]["id"])["data"].get("order"), what="the first receiver has an order")
    offered = datetime.fromisoformat(police.one("handovers", handover)["data"]["times"]["HandoverOffered"])
    started = datetime.fromisoformat(clock_of(police, order, "order", "alarms")["started_at"])
    assert abs(started - offered) < timedelta(seconds=1), "its clock counts from when the citizen was first handed over"


def test_the_clock_of_a_demonstration_moves_ahead_only_and_by_an_administrator(late_city: City) -> None:
    keeper, agent = late_city.api("hotline", "administrator"), late_city.api("hotline", "agent")
    now = datetime.fromisoformat(keeper.get("/demonstration/clock")["now"])
    assert keeper.post("/demonstration/clock", {"to": (now - timedelta(hours=1)).isoformat()}, status=422)["code"] == "demonstration.backwards"
    assert agent.post("/demonstration/clock", {"ahead_seconds": 5}, status=403)["code"] == "access.forbidden"
    assert keeper.post("/demonstration/clock", {}, status=422)["code"] == "input.invalid"
    assert datetime.fromisoformat(keeper.get("/demonstration/clock")["now"]).astimezone(UTC) >= now


def test_a_late_assistant_climbs_by_its_own_name_and_the_lead_does_not(late_city: City) -> None:
    agent, lead, other = late_city.api("hotline", "agent"), late_city.api("hotline", "unit_staff", UNIT), late_city.api("hotline", "unit_staff", OTHER)
    order = order_of_unit(late_city, "夜市油烟呛人，摊位占道", "采莲路16号")
    agent.act("workorders", order, "call_assistants", assistants=[OTHER])
    lead.act("workorders", order, "sign")
    sign = due_of(agent, order, "part_sign")
    move(late_city, sign - timedelta(minutes=50))
    warned = supervision(late_city, order, "warned")
    assert (warned["unit"], warned["data"]["assistant"]) == (OTHER, OTHER)
    move(late_city, sign + NEAR)
    reminded = supervision(late_city, order, "reminded")
    assert (reminded["id"], reminded["unit"]) == (warned["id"], OTHER)
    move(late_city, due_of(late_city.api("hotline", "supervisor"), reminded["id"], "supervise", "supervisions") + NEAR)
    supervised = supervision(late_city, order, "supervised")
    assert supervised["data"]["steps"][-1]["unit"] == OTHER
    assert lead.act("supervisions", reminded["id"], "answer", status=404, answer="不是我")["code"] == "stream.not_found"
    other.act("supervisions", reminded["id"], "answer", answer="马上派人", until="今天")
    assert OTHER not in {each["assistant"] for each in lead.one("workorders", order)["clocks"] if each["step"] == "sign"}
    other.act("workorders", order, "sign_part")
    other.act("workorders", order, "report_part", result="油烟已检测，限期整改。")
    assert supervision(late_city, order, "lifted")["unit"] == OTHER
