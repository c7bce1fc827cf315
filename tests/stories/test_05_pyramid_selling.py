"""Story 5, 传销: refused, objected to, timed out; the third such case convenes by itself, its ruling routes the fourth, and the lead moves with the fact."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.city import Api, City, eventually, running_city, unit_named

pytestmark = pytest.mark.nodes

MARKET = unit_named("市场监督管理局")
FRAUD = unit_named("经侦大队")
NEAR = timedelta(seconds=2)
NO = (403, 409, 422)
TOLD = (
    ("出租屋里聚集很多人天天听课，拉人头发展下线，怀疑是传销", "采莲路51号"),
    ("亲戚被朋友叫去，说交入会费就能发财，像是传销", "嘉元路52号"),
    ("楼上住进一屋子外地人，早晚喊口号拉人头，可能在搞传销", "阳澄湖中路53号"),
)
RULING: dict[str, Any] = {
    "item": "P1.01.03",
    "side": "hotline",
    "lead": MARKET,
    "until_fact": "查明涉嫌组织、领导传销犯罪",
    "then_side": "police",
    "then_lead": FRAUD,
    "cues": ["传销", "拉人头"],
    "clause": "xc-a2-P1",
    "words": "未查明是否构成犯罪前由市场监管牵头，查明涉嫌犯罪的移送公安经侦",
}


@pytest.fixture(scope="module")
def quarrel() -> Iterator[City]:
    """A city whose clock these tests move."""
    with running_city() as city:
        yield city


def move(city: City, at: datetime) -> None:
    """Move both nodes to a time, unless they are later already."""
    for node in ("police", "hotline"):
        keeper = city.api(node, "administrator")
        if datetime.fromisoformat(keeper.get("/demonstration/clock")["now"]) < at:
            keeper.post("/demonstration/clock", {"to": at.isoformat()})


def due_of(api: Api, kind: str, record: str, step: str) -> datetime:
    """Return when the newest clock of a step of a record is due."""
    clocks = [each for each in api.one(kind, record)["clocks"] if each["step"] == step]
    return datetime.fromisoformat(max(clocks, key=lambda each: each["round"])["due_at"])


def disputed(city: City, text: str, place: str) -> tuple[str, str]:
    """Let market supervision refuse and police object; return the appeal and the handover."""
    agent, police = city.api("hotline", "agent"), city.api("police", "call_taker")
    appeal = agent.take(text, place=place, course="keep")["appeal"]["id"]
    order = agent.one("appeals", appeal)["data"]["order"]
    agent.act("workorders", order, "dispatch", unit=MARKET)
    city.api("hotline", "unit_staff", MARKET).act("workorders", order, "refuse", reason="说不清是不是犯罪", clause="xc-a2-P1")
    agent.act("workorders", order, "hand_over", reason="疑似传销，请公安核查")
    handover = agent.one("appeals", appeal)["data"]["handover"]
    police.until("handovers", handover, "offered")
    police.act("handovers", handover, "object", code="hotline_matter", clause="xc-a2-H1", reason="没有证据证明是犯罪")
    agent.until("handovers", handover, "objected")
    return appeal, handover


def settled(city: City, stream: str) -> None:
    """Wait until both nodes hold the same of a consultation: who acts while the other's word arrives is told to look again."""
    first, second = (city.api(node, "reviewer") for node in ("hotline", "police"))
    eventually(lambda: first.one("consultations", stream)["data"] == second.one("consultations", stream)["data"], what="both nodes agree")


def found(city: City, node: str, **wanted: Any) -> list[Any]:
    """Return the consultations of a node whose data holds these values."""
    rows = [city.api(node, "reviewer").one("consultations", each["id"]) for each in city.api(node, "reviewer").all("consultations")]
    return [each for each in rows if all(each["data"].get(name) == value for name, value in wanted.items())]


def test_the_third_dispute_convenes_and_its_ruling_routes_the_fourth(quarrel: City) -> None:
    agent, head = quarrel.api("hotline", "agent"), quarrel.api("hotline", "reviewer")
    bureau, caller = quarrel.api("police", "reviewer"), quarrel.api("police", "call_taker")
    market = quarrel.api("hotline", "unit_staff", MARKET)

    first, handover = disputed(quarrel, *TOLD[0])
    agent.act("handovers", handover, "contest", words="现场多次聚集，需要公安出面")
    caller.until("handovers", handover, "negotiating")
    move(quarrel, due_of(agent, "handovers", handover, "negotiate") + NEAR)
    agent.until("handovers", handover, "kept_by_first")
    assert agent.one("appeals", first)["phase"] == "kept", "nobody agrees in time: the first receiver keeps it"

    second, _ = disputed(quarrel, *TOLD[1])
    assert found(quarrel, "hotline", occasion="by_rule") == []
    third, _ = disputed(quarrel, *TOLD[2])
    [convened] = found(quarrel, "hotline", occasion="by_rule")
    stream = convened["id"]
    assert convened["data"]["matter"] == "P1.01.03"
    assert [each["appeal"] for each in convened["data"]["cases"]] == [first, second, third]
    assert all(agent.one("handovers", each["stream"]) for each in convened["data"]["cases"]), "each case opens"
    assert {"desk:police", "desk:hotline", MARKET} <= set(convened["data"]["lines"])
    assert bureau.until("consultations", stream, "convened")["data"]["cases"] == convened["data"]["cases"], "both nodes hold it"

    # A fourth dispute while it is open joins it; nothing is convened twice.
    another, _ = disputed(quarrel, "隔壁小区有人搞传销，天天洗脑上课", "采莲路55号")
    [again] = found(quarrel, "hotline", occasion="by_rule")
    assert [each["appeal"] for each in again["data"]["cases"]] == [first, second, third, another]

    settled(quarrel, stream)
    market.act("consultations", stream, "attend", person="薛科长")
    settled(quarrel, stream)
    bureau.act("consultations", stream, "attend", person="法制科")
    assert market.act("consultations", stream, "attend", status=NO)["code"] == "consultation.answered"
    assert bureau.act("consultations", stream, "open_meeting", status=NO)["code"] == "command.other_end"
    settled(quarrel, stream)
    head.act("consultations", stream, "open_meeting")
    bureau.until("consultations", stream, "meeting")
    market.act("consultations", stream, "speak", words="我局可先期调查，固定证据")
    settled(quarrel, stream)
    bureau.act("consultations", stream, "speak", words="查明涉嫌犯罪即由经侦立案")
    settled(quarrel, stream)
    both = head.one("consultations", stream)
    assert [(each["by"], each["party"]) for each in both["data"]["minutes"]] == [(MARKET, "S"), ("desk:police", "R")]

    for wrong, code in (
        ({"effective_from": "2030-02-01", "effective_to": "2030-01-01"}, "consultation.dates"),
        ({"effective_from": "2020-01-01"}, "consultation.dates"),
        ({"cues": ["re:.*"]}, "consultation.cues"),
        ({"item": "Z9"}, "consultation.unknown_code"),
        ({"lead": "nobody"}, "consultation.unknown_code"),
        ({"then_side": ""}, "consultation.half_moved"),
    ):
        assert head.act("consultations", stream, "propose", status=NO, **{**RULING, **wrong})["code"] == code
    head.act("consultations", stream, "propose", **RULING)
    assert head.act("consultations", stream, "rule", status=NO, way="vote")["code"] == "consultation.not_carried"
    assert head.act("consultations", stream, "rule", status=NO, way="decision")["code"] == "consultation.leader_decides"
    bureau.until("consultations", stream, "voting")
    for voter in (market, head):
        voter.act("consultations", stream, "vote", vote="yes")
    assert head.act("consultations", stream, "vote", status=NO, vote="no")["code"] == "consultation.voted"
    settled(quarrel, stream)
    ruled = head.act("consultations", stream, "rule", way="vote")
    code = ruled["data"]["ruling"]["code"]
    assert head.get("/rulings") == [], "it does not bind before the other side has confirmed"
    bureau.until("consultations", stream, "ruled")
    bureau.act("consultations", stream, "confirm_ruling")
    head.until("consultations", stream, "in_force")
    for each in (head, bureau):
        assert [(one["code"], one["in_force"]) for one in each.get("/rulings")] == [(code, True)]

    # The fourth case, at the other line: judged by the ruling, sent to its lead, citing it.
    taken = caller.take("我们这栋楼有人搞传销，天天拉人头", place="采莲路56号", course="auto")
    assert taken["verdict"]["side"] == "hotline"
    assert code in taken["verdict"]["reasons"][0]["clause"]
    handover = caller.one("appeals", taken["appeal"]["id"])["data"]["handover"]
    assert caller.one("handovers", handover)["data"]["cause"] == "ruling"
    agent.until("handovers", handover, "offered")
    refused = agent.act("handovers", handover, "object", status=NO, code="police_matter", clause="xc-a2-P1", reason="像是犯罪")
    assert (refused["code"], code in refused["detail"]) == ("handover.ruled", True)
    agent.act("handovers", handover, "accept")
    own = next(each for each in (agent.one("workorders", row["id"]) for row in agent.all("workorders", unit=MARKET)) if each["data"].get("handover") == handover)
    assert (own["phase"], own["data"]["unit"]) == ("dispatched", MARKET)
    assert market.act("workorders", own["id"], "refuse", status=NO, reason="说不清", clause="xc-a2-P1")["code"] == "workorder.ruled"

    # The fact is found: the lead moves, and the move is written down.
    market.act("workorders", own["id"], "start")
    market.act("workorders", own["id"], "find_fact", found="账册显示三层以上、超过三十人")
    assert market.one("workorders", own["id"])["phase"] == "handed_over"
    mine = agent.one("workorders", own["id"])["data"]["appeal"]
    crossing = agent.one("appeals", mine)["data"]["handover"]
    there = caller.until("handovers", crossing, "offered")
    assert there["data"]["ruling"]["lead"] == FRAUD
    assert "查明" in there["data"]["reason"]
    caller.act("handovers", crossing, "accept")
    alarm = next(each for each in (caller.one("alarms", row["id"]) for row in caller.all("alarms", unit=FRAUD)) if each["data"].get("handover") == crossing)
    assert (alarm["phase"], alarm["data"]["unit"]) == ("ordered", FRAUD)
    assert market.act("workorders", own["id"], "find_fact", status=NO, found="再来一次")["code"] == "command.not_in_state"

    # What contradicts it is refused with its clause; revoked, it binds nobody.
    other = head.post("/consultations", {"summary": "传销归属再议", "matter": "P1.01.03"})["id"]
    head.act("consultations", other, "open_meeting")
    against = head.act("consultations", other, "propose", status=NO, **{**RULING, "side": "police"})
    assert (against["code"], code in against["detail"], against["clause"]) == ("consultation.contradicts", True, "xc-a2-P1")
    head.act("consultations", stream, "revoke", reason="改由联合专班办理")
    assert caller.post("/triage", {"text": "有人搞传销拉人头"})["side"] in ("hotline", "police")
    bureau.until("consultations", stream, "revoked")
    for each in (agent, caller):
        assert code not in str(each.post("/triage", {"text": "有人搞传销拉人头"})["reasons"])
    head.act("consultations", other, "propose", **{**RULING, "side": "police"})


def test_a_consultation_that_nobody_opens_lapses_and_climbs(quarrel: City) -> None:
    head = quarrel.api("hotline", "reviewer")
    stream = head.post("/consultations", {"summary": "夜间施工许可归属", "urgent": True, "units": [MARKET]})["id"]
    move(quarrel, due_of(head, "consultations", stream, "convene") + NEAR)
    head.until("consultations", stream, "lapsed")
    quarrel.api("police", "reviewer").until("consultations", stream, "lapsed")
    watching = quarrel.api("hotline", "supervisor")
    rows = eventually(lambda: [each for each in watching.all("supervisions", phase="reminded") if watching.one("supervisions", each["id"])["data"]["order"] == stream], what="it climbs")
    head.act("consultations", stream, "open_meeting")
    watching.until("supervisions", rows[0]["id"], "lifted")


def test_who_is_not_invited_neither_sees_nor_speaks(quarrel: City) -> None:
    head = quarrel.api("hotline", "reviewer")
    stranger = quarrel.api("hotline", "unit_staff", unit_named("生态环境局"))
    stream = head.post("/consultations", {"summary": "占道修车归属", "units": [MARKET]})["id"]
    head.act("consultations", stream, "open_meeting")
    before = head.one("consultations", stream)["seq"]
    assert stranger.act("consultations", stream, "speak", status=404, words="我也说两句")["code"] == "stream.not_found"
    assert stranger.post("/consultations", {"summary": "我来召集"}, status=NO)["code"] == "command.not_allowed"
    assert head.post("/consultations", {"summary": "没有这一件", "cases": ["联RX209901010001"]}, status=NO)["code"] == "appeal.no_such_link"
    assert head.act("consultations", stream, "vote", status=NO, vote="yes")["code"] == "command.not_in_state"
    assert head.act("consultations", stream, "rule", status=NO, way="vote")["code"] == "command.not_in_state"
    assert head.one("consultations", stream)["seq"] == before
