"""Story 4: a blocked car is reported to 110 or on the page behind a door plate; the owner moves it and no number is told."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import liandong.packs
from tests.city import City, eventually, running_city

pytestmark = pytest.mark.nodes

CALLER = "13922220001"
BLOCKED = "苏E3K5{n}7的车挡住我家车库门口了，车主不在，我出不去，麻烦联系挪车"


def code_of(city: City, service: str) -> str:
    """Return the code of the link that the demonstration did not send."""
    with city.database("hotline") as database:
        row = database.execute("SELECT code FROM simulated_notice WHERE service = %s ORDER BY id DESC LIMIT 1", [service]).fetchone()
    assert row is not None
    return str(row[0])


def press(page: httpx.Client, address: str, **given: str) -> httpx.Response:
    """Send a form of a public page as a browser does."""
    shown = page.get(address)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown.text)
    assert token is not None, shown.text[:300]
    return page.post(address, data={"csrfmiddlewaretoken": token[1], **given}, headers={"Referer": str(shown.url)}, follow_redirects=True)


@pytest.fixture
def citizen(city: City) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=city.url("hotline"), trust_env=False, timeout=30) as page:
        yield page


def test_a_car_reported_to_110_is_moved_by_the_hotline_and_both_numbers_stay_unknown(city: City, citizen: httpx.Client) -> None:
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    taken = police.take(BLOCKED.format(n=1), place="采莲路301号", phone=CALLER, course="auto")["appeal"]
    assert taken["phase"] == "handed"
    handover = police.one("handovers", taken["data"]["handover"])
    assert handover["data"]["cause"] == "quick_service"
    police.until("handovers", handover["id"], "accepted")
    service = next(each for each in hotline.all("quickservices") if each["place"] == "采莲路301号")
    service = hotline.until("quickservices", service["id"], "notified")
    assert service["data"]["plate"] == "苏E3K517"
    assert service["data"]["simulated"] is True

    address = f"/move-car/o/{code_of(city, service['id'])}/"
    page = citizen.get(address)
    assert "苏E3K517" in page.text
    assert CALLER not in page.text
    assert press(citizen, address, command="come", minutes="5").status_code == 200
    coming = hotline.one("quickservices", service["id"])
    assert (coming["phase"], coming["data"]["minutes"]) == ("moving", 5)
    press(citizen, address, command="move")
    ended = police.until("appeals", taken["id"], "closed")
    assert ended["data"]["result"] == "车已挪开"
    told = [entry["data"].get("step") for entry in police.get(f"/handovers/{handover['id']}/journal") if entry["name"] == "ProgressTold"]
    assert [step for step in ("OwnerNotified", "OwnerComing") if step not in told] == []
    hotline.act("quickservices", service["id"], "thank")

    # A hash may hold eleven digits that look like a telephone number.
    journal = str([{**entry, "hash": ""} for entry in hotline.get(f"/quickservices/{service['id']}/journal")])
    assert CALLER not in journal
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", journal)
    assert code_of(city, service["id"]) not in journal


def test_the_page_behind_a_door_plate_needs_no_account_and_a_wrong_plate_is_asked_for_again(city: City, citizen: httpx.Client) -> None:
    hotline = city.api("hotline", "agent")
    page = citizen.get("/move-car/", params={"place": "春申路88号北门", "doorplate": "320507001"})
    assert 'value="春申路88号北门"' in page.text
    assert press(citizen, "/move-car/", plate="苏E", place="春申路88号北门").status_code == 422
    followed = press(citizen, "/move-car/", plate="苏e·8820 0", place="春申路88号北门", doorplate="320507001")
    assert followed.status_code == 200
    address = followed.url.path
    assert "再看一眼车牌" in followed.text
    again = press(citizen, address, command="correct_plate", plate="苏E88209")
    assert "已通知车主" in again.text
    service = next(each for each in hotline.all("quickservices") if each["place"] == "春申路88号北门")
    appeal = hotline.one("appeals", service["appeal"])
    assert appeal["data"]["channel"] == "doorplate"
    done = press(citizen, address, command="move")
    assert "已致谢" in done.text
    assert hotline.one("appeals", appeal["id"])["phase"] == "closed"
    # Said once is done: the owner's link does nothing more, and says so.
    assert press(citizen, address, command="cancel").status_code == 409


def test_an_unknown_link_and_an_owners_link_on_the_callers_page_open_nothing(city: City, citizen: httpx.Client) -> None:
    assert citizen.get("/move-car/f/nothing-like-it/").status_code == 404
    assert citizen.get("/move-car/o/" + "x" * 200 + "/").status_code == 404
    hotline = city.api("hotline", "agent")
    taken = hotline.take(BLOCKED.format(n=2), place="采莲路302号", course="auto")["appeal"]
    code = code_of(city, taken["data"]["order"])
    assert citizen.get(f"/move-car/f/{code}/").status_code == 404
    assert citizen.get(f"/move-car/o/{code}/").status_code == 200


def test_danger_and_accidents_are_no_quick_service(city: City) -> None:
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    crash = police.take("苏E3K537的车撞了我的车还挡住路口，司机要跑，有人受伤", place="采莲路303号", course="auto")["appeal"]
    assert crash["phase"] == "kept"
    before = len(hotline.all("quickservices"))
    fire = hotline.take("着火了，苏E3K547挡住消防通道，里面有人困住", place="采莲路304号")["appeal"]
    assert fire["urgent"]
    assert hotline.post(f"/appeals/{fire['id']}/place", {"course": "quick"}, status=409)["code"] == "service.danger"
    assert len(hotline.all("quickservices")) == before


def test_who_does_not_answer_in_time_is_left_to_traffic_police(tmp_path: Path) -> None:
    pack = tmp_path / "xiangcheng"
    shutil.copytree(next(iter(liandong.packs.__path__)) + "/xiangcheng", pack, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    clocks = (pack / "clocks.toml").read_text("utf-8")
    head, _, tail = clocks.partition('code = "service.move_car"')
    tail = re.sub(r'limit = "[^"]+"', 'limit = "3 seconds"', tail, count=1)
    tail = re.sub(r'warn_before = "[^"]+"\n', "", tail, count=1)
    (pack / "clocks.toml").write_text(head + 'code = "service.move_car"' + tail, "utf-8")
    with running_city(pack=str(pack)) as city:
        police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
        taken = police.take(BLOCKED.format(n=5), place="采莲路305号", phone=CALLER, course="auto")["appeal"]
        service = eventually(lambda: next((each for each in hotline.all("quickservices")), None), what="the quick service at the hotline")
        hotline.until("quickservices", service["id"], "handed_over")
        alarm = eventually(lambda: next((each for each in police.all("alarms") if each["place"] == "采莲路305号"), None), what="the alarm of traffic police")
        police.act("alarms", alarm["id"], "order", unit="xc-jj")
        officer = city.api("police", "officer", "xc-jj")
        for command, data in (("sign", {}), ("depart", {}), ("arrive", {}), ("handle", {"situation": "已拖移"}), ("report", {"result": "违停车辆已拖移"})):
            officer.act("alarms", alarm["id"], command, **data)
        police.act("alarms", alarm["id"], "close")
        assert hotline.until("quickservices", service["id"], "moved")["data"]["result"] == "违停车辆已拖移"
        # The caller told it once: the first record at 110 ends with the same result.
        assert police.until("appeals", taken["id"], "closed")["data"]["result"] == "违停车辆已拖移"
