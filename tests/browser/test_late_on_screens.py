"""What takes days, on the screens of a city whose clock is moved ahead: lateness climbs the ladder; a quarrel times out, is consulted about and ruled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser.conftest import People
from tests.browser.people import Person
from tests.city import Api, City, eventually, running_city, unit_named

pytestmark = [pytest.mark.browser, pytest.mark.nodes]

STREETS, MARKET, FRAUD = unit_named("城市管理局"), unit_named("市场监督管理局"), unit_named("经侦大队")
NEAR = timedelta(seconds=2)
#: (what was said, where); the third of them convenes.
TOLD = (
    ("出租屋里聚集很多人天天听课，拉人头发展下线，怀疑是传销", "采莲路51号"),
    ("亲戚被朋友叫去，说交入会费就能发财，像是传销", "嘉元路52号"),
    ("楼上住进一屋子外地人，早晚喊口号拉人头，可能在搞传销", "阳澄湖中路53号"),
)


@pytest.fixture(scope="module")
def city(playwright: Playwright) -> Iterator[City]:
    """A city of their own for these plays: they move its clock."""
    with running_city() as found:
        yield found


def due_of(api: Api, kind: str, record: str, step: str) -> datetime:
    """Return when the newest clock of a step of a record is due."""
    clocks = [each for each in api.one(kind, record)["clocks"] if each["step"] == step]
    return datetime.fromisoformat(max(clocks, key=lambda each: each["round"])["due_at"])


def move(city: City, at: datetime) -> None:
    """Move both nodes to a time, unless they are later already."""
    for node in ("police", "hotline"):
        keeper = city.api(node, "administrator")
        if datetime.fromisoformat(keeper.get("/demonstration/clock")["now"]) < at:
            keeper.post("/demonstration/clock", {"to": at.isoformat()})


def with_the_streets(city: City, text: str, place: str) -> str:
    """Return an order that the city administration has and has not signed."""
    agent = city.api("hotline", "agent")
    taken = agent.take(text, place=place, course="keep")
    order: str = agent.one("appeals", taken["appeal"]["id"])["data"]["order"]
    agent.act("workorders", order, "dispatch", unit=STREETS)
    return order


def test_a_unit_that_lets_every_deadline_pass_climbs_the_ladder_before_everybody_s_eyes(people: People, city: City) -> None:
    """Story 13."""
    order = with_the_streets(city, "小区门口夜市占道经营，垃圾成堆", "采莲路713号")
    api = city.api("hotline", "supervisor")
    supervisor, unit = people("hotline", "supervisor"), people("hotline", "unit_staff", username="xc-cg1", phone=True)
    supervisor.open("/supervision/?tab=warned")
    unit.open(f"/unit/{order}/")
    sign = due_of(api, "workorders", order, "sign")
    move(city, sign - timedelta(minutes=50))
    supervisor.sees("#supervision-board .order-card", "夜市")
    unit.sees(".ladder .step-DeadlineWarned")
    move(city, sign + NEAR)
    unit.sees(".ladder .step-UnitReminded")
    unit.does("sign", "OrderSigned")
    unit.does("start", "WorkStarted")
    unit.does("progress", "ProgressReported", note="已到现场查看，正在排班")

    move(city, due_of(api, "workorders", order, "handle") + NEAR)
    expect(unit.at(".ladder .step-UnitReminded")).to_have_count(2)
    followed = eventually(lambda: next((each["id"] for each in api.all("supervisions") if api.one("supervisions", each["id"])["data"]["order"] == order), None), what="it is followed up")
    for step, fact, tab in (("supervise", "UnitSupervised", "supervised"), ("interview", "InterviewCalled", "interview"), ("circulate", "CircularIssued", "circular"), ("refer", "AccountabilityReferred", "referred")):
        move(city, due_of(api, "supervisions", followed, step) + NEAR)
        unit.sees(f".ladder .step-{fact}")
        supervisor.at(f"a.figure-{tab}").click()
        supervisor.sees("#supervision-board .order-card", "夜市")
        if step == "supervise":
            unit.act("answer", answer="人手不足，已增派两组，三天内办结", until="三天内")
            supervisor.sees("#supervision-board .ladder", "已增派两组")
            supervisor.looked("late-supervisor")
        elif step == "circulate":
            supervisor.sees(f'a[href="/supervision/circular/{followed}/"]').click()
            supervisor.sees(".circular", "城市管理局")
            supervisor.open("/supervision/")
    supervisor.at(f'a[href="/supervision/file/{followed}/"]').click()
    supervisor.sees(".printed", "已增派两组")
    assert unit.never_reloaded()
    unit.looked("late-unit")
    supervisor.looked("late-file")


def test_an_extension_asked_in_time_and_granted_stops_the_ladder(people: People, city: City) -> None:
    """Story 13, the other end."""
    order = with_the_streets(city, "绿化带里堆满建筑垃圾没人清", "采莲路714号")
    api = city.api("hotline", "supervisor")
    unit, agent = people("hotline", "unit_staff", username="xc-cg1", phone=True), people("hotline", "agent")
    unit.open(f"/unit/{order}/")
    unit.does("sign", "OrderSigned")
    unit.does("start", "WorkStarted")
    unit.does("progress", "ProgressReported", note="已到现场查看，正在联系吊车")
    before = due_of(api, "workorders", order, "handle")
    move(city, before - timedelta(hours=10))
    unit.sees(".ladder .step-DeadlineWarned")
    agent.open(f"/records/{order}/")
    unit.does("ask_extension", "ExtensionAsked", days="3", reason="等待吊装设备")
    agent.sees(".order-card .extension", "等待吊装设备")
    agent.looked("late-extension")
    agent.does("grant_extension", "ExtensionGranted")
    assert agent.never_reloaded()
    unit.sees(".timeline-both", "同意延期")
    unit.sees(".ladder .step-SupervisionLifted")
    move(city, before + NEAR)
    assert due_of(api, "workorders", order, "handle") >= before + timedelta(days=3)
    expect(unit.at(".ladder .step-UnitReminded")).to_have_count(0)


def disputed(city: City, text: str, place: str) -> None:
    """Let market supervision refuse a matter and police object to it."""
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


def quarrel(people: People, city: City) -> tuple[Person, Person, Person]:
    """Play the first case to the end of the negotiation; return the agent, the call-taker and the unit at its phone."""
    market = people("hotline", "unit_staff", username="xc-sj1", phone=True)
    market.open("/unit/")
    agent, caller = people("hotline", "agent"), people("police", "call_taker")
    taken = city.api("hotline", "agent").take(TOLD[0][0], place=TOLD[0][1], course="keep")["appeal"]
    agent.open(f"/records/{taken['id']}/")
    agent.does("dispatch", "OrderDispatched", unit=MARKET)
    market.sees(".task-list a", "采莲路51号").click()
    market.act("refuse", reason="说不清是不是犯罪", clause="xc-a2-P1")
    agent.sees(".order-card .question", "说不清是不是犯罪")
    agent.act("hand_over", reason="疑似传销，请公安核查")
    caller.open("/orders/?tab=incoming")
    caller.sees(".order-list a", "采莲路51号").click()
    caller.sees("#order .said", "拉人头")
    caller.act("object", code="hotline_matter", clause="xc-a2-H1", reason="没有证据证明是犯罪")
    agent.sees('.said-line[data-fact="HandoverObjected"]', "没有证据证明是犯罪")
    agent.act("contest", words="现场多次聚集，需要公安出面")
    caller.sees("#order .said-line.party-S", "需要公安出面")
    for each in (agent, caller):
        each.sees(".negotiation-head", "到时没有一致意见，由首接方办理")
    api = city.api("hotline", "agent")
    handover = api.one("appeals", taken["id"])["data"]["handover"]
    move(city, due_of(api, "handovers", handover, "negotiate") + NEAR)
    for each in (agent, caller):
        each.sees(".negotiation-head", "协商逾期，由首接方办理")
    agent.looked("quarrel-lapsed")
    assert agent.never_reloaded() and caller.never_reloaded()
    return agent, caller, market


def convened(city: City) -> str:
    """Return the consultation that was convened by itself."""
    api = city.api("hotline", "reviewer")
    return str(eventually(lambda: next((each["id"] for each in api.all("consultations") if api.one("consultations", each["id"])["data"].get("occasion") == "by_rule"), None), what="convened by itself"))


def settled(city: City, stream: str) -> None:
    """Wait until both nodes hold the same of a consultation: who acts while the other's word arrives is told to look again."""
    here, there = city.api("hotline", "reviewer"), city.api("police", "reviewer")

    def same() -> Any:
        answer = there.client.get(f"/consultations/{stream}")
        return answer.status_code == 200 and answer.json()["data"] == here.one("consultations", stream)["data"]

    eventually(same, what="both nodes agree")


def test_the_third_dispute_convenes_and_its_ruling_routes_the_fourth(people: People, city: City) -> None:
    """Story 5."""
    agent, caller, market = quarrel(people, city)
    head, bureau = people("hotline", "reviewer"), people("police", "reviewer")
    head.open("/consultations/")
    bureau.open("/review/")
    for text, place in TOLD[1:]:
        disputed(city, text, place)
    stream = convened(city)
    room = f"/consultations/{stream}/"
    head.sees(f'.room-card[href="{room}"]', "已召集")
    assert head.never_reloaded(), "nobody convened it: it stands on the list by itself"
    bureau.sees(f'#asking-rooms a[href="{room}"]').click()
    market.sees(f'#asking-rooms a[href="{room}"]').click()
    head.at(f'.room-card[href="{room}"]').click()
    expect(head.at(".room-cases a")).to_have_count(3)
    for each, words in ((market, "薛科长"), (bureau, "法制科")):
        settled(city, stream)
        each.does("attend", "InvitationAccepted", person=words)
        head.sees(".room-lines li", words)
    settled(city, stream)
    market.looked("quarrel-invited")
    head.does("open_meeting", "MeetingOpened")
    for each, words in ((market, "我局可先期调查，固定证据"), (bureau, "查明涉嫌犯罪即由经侦立案")):
        settled(city, stream)
        each.does("speak", "WordsSpoken", words=words)
        head.sees(".minutes", words)
    settled(city, stream)
    words = "未查明是否构成犯罪前由市场监管牵头，查明涉嫌犯罪的移送公安经侦"
    head.does(
        "propose", "RulingProposed", item="P1.01.03", side="hotline", lead=MARKET, cues="传销\n拉人头", clause="xc-a2-P1", words=words,
        until_fact="查明涉嫌组织、领导传销犯罪", then_side="police", then_lead=FRAUD,
    )  # fmt: skip
    for each in (market, head):
        settled(city, stream)
        each.does("vote", "VoteCast", vote="yes")
    settled(city, stream)
    head.does("rule", "RulingMade", way="vote")
    bureau.sees(".ruling", "市场监管牵头")
    bureau.looked("quarrel-ruled")
    settled(city, stream)
    bureau.does("confirm_ruling", "RulingConfirmed")
    code = bureau.sees(".ruling .number").inner_text()
    head.sees(".record-head", "裁定生效")
    head.open("/consultations/")
    head.sees("table.rows tr", code)

    caller.open("/desk/new/")
    caller.type("我们这栋楼有人搞传销，天天拉人头，在采莲路56号")
    caller.sees("#verdict .side-is-hotline")
    caller.sees("#verdict .ruled", code)
    caller.looked("quarrel-fourth")
    caller.keys("Alt+f", "Control+Enter")
    caller.sees(".calling")
    caller.keys("5")
    caller.sees(".finished", "联动单已推送")
    agent.open("/orders/?tab=incoming")
    agent.sees(".order-list a", "采莲路56号").click()
    agent.sees("#order .ruled", code)
    agent.act("accept")
    market.open("/unit/")
    market.sees(".task-list a", "采莲路56号").click()
    market.does("start", "WorkStarted")
    market.act("find_fact", found="账册显示三层以上、超过三十人")
    api = city.api("hotline", "agent")
    own = api.until("workorders", market.page.url.strip("/").split("/")[-1], "handed_over")
    crossing = api.one("appeals", own["data"]["appeal"])["data"]["handover"]
    city.api("police", "call_taker").until("handovers", crossing, "offered")
    caller.open("/orders/?tab=incoming")
    caller.sees(".order-list a", "采莲路56号").click()
    caller.sees("#order", "查明涉嫌组织、领导传销犯罪")


def test_a_car_whose_owner_keeps_silent_is_left_to_traffic_police(people: People, city: City) -> None:
    """Story 4, the end that nobody hopes for."""
    caller, dispatcher = people("police", "call_taker"), people("police", "dispatcher")
    officer = people("police", "officer", username="xc-jj1", phone=True)
    officer.open("/unit/")
    dispatcher.open("/orders/?tab=dispatch")
    caller.open("/desk/new/")
    caller.type("苏E3K557的车挡住我家车库门口了，车主不在，我出不去，麻烦联系挪车，在采莲路705号")
    caller.sees("#verdict .read", "苏E3K557")
    caller.keys("Alt+f", "Control+Enter")
    caller.sees(".finished", "联动单已推送")
    api = city.api("hotline", "agent")
    service = eventually(lambda: next((each["id"] for each in api.all("quickservices", phase="notified") if "采莲路705号" in str(each["place"])), None), what="the owner is notified")
    notified = datetime.fromisoformat(api.one("quickservices", service)["data"]["times"]["OwnerNotified"])
    move(city, notified + timedelta(minutes=15) + NEAR)
    with city.database("hotline") as database:
        # Whoever waits for the owner's answer looks in real minutes.
        database.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'end_waiting' AND args->>'service' = %s", [service])
    dispatcher.sees(".order-list a", "采莲路705号").click()
    dispatcher.sees("#order", "苏E3K557")
    dispatcher.act("order", unit="xc-jj")
    officer.sees(".task-list a", "采莲路705号").click()
    officer.does("sign", "OrderSigned")
    assert dispatcher.never_reloaded(), "it came to the desk by itself"
