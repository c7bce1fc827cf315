"""Story 15: a call lands in the wrong county; its place finds the right platform, one key passes it, the caller tells it once."""

from __future__ import annotations

import pytest

from liandong.adapters.packs import load_pack
from tests.city import City

pytestmark = pytest.mark.nodes

BURGLED = "我家被偷了，门锁撬坏了，刚回来发现的"


def test_a_call_of_a_county_that_reached_the_city_is_passed_down_with_one_key(county_city: City) -> None:
    city, county = county_city.api("police", "call_taker"), county_city.api("police-county", "call_taker")
    where = county_city.division("police-county")
    taken = city.take(BURGLED, place=f"{where[1]}春申路9号", phone="13955550015")
    assert taken["belongs"]["node"] == "police-county"
    assert taken["belongs"]["division"] == where[1]
    appeal = city.post(f"/appeals/{taken['appeal']['id']}/place", {"course": "transfer"})
    assert appeal["phase"] == "handed"

    offered = county.until("handovers", appeal["data"]["handover"], "offered")
    assert (offered["data"]["cause"], offered["data"]["destination_node"]) == ("territory", "police-county")
    # Told once: words, place and number are there.
    assert {name: offered["data"]["record"][name] for name in ("text", "phone")} == {"text": BURGLED, "phone": "13955550015"}
    county.act("handovers", offered["id"], "accept")
    alarm = next(each for each in county.all("alarms") if each["place"].endswith("春申路9号"))
    unit = next(each.code for each in load_pack("xiangcheng").units if each.kind == "station" and each.division == where[0])
    station = county_city.api("police-county", "officer", unit)
    county.act("alarms", alarm["id"], "order", unit=unit)
    for command, data in (("sign", {}), ("depart", {}), ("arrive", {}), ("handle", {"situation": "已勘查现场"}), ("report", {"result": "已立案侦查"})):
        station.act("alarms", alarm["id"], command, **data)
    fresh = county.one("alarms", alarm["id"])
    if fresh["phase"] == "feedback_review":
        county_city.api("police-county", "reviewer").act("alarms", alarm["id"], "approve_report")
    county.act("alarms", alarm["id"], "close")
    assert city.until("appeals", appeal["id"], "closed")["data"]["result"] == "已立案侦查"


def test_a_call_of_the_city_that_reached_a_county_goes_up_and_danger_is_accepted_by_being_received(county_city: City) -> None:
    city, county = county_city.api("police", "call_taker"), county_city.api("police-county", "call_taker")
    taken = county.take("有人拿刀砍人，流了好多血，快来", place="元和街道采莲路20号", phone="13955550016")
    assert taken["belongs"]["node"] == "police"
    appeal = county.post(f"/appeals/{taken['appeal']['id']}/place", {"course": "transfer"})
    handover = county.until("handovers", appeal["data"]["handover"], "accepted")
    assert handover["data"]["danger"] is True
    alarm = next(each for each in city.all("alarms") if each["place"] == "元和街道采莲路20号")
    assert alarm["urgent"]


def test_what_belongs_here_or_nowhere_is_not_passed_on(county_city: City) -> None:
    city, county = county_city.api("police", "call_taker"), county_city.api("police-county", "call_taker")
    where = county_city.division("police-county")[1]
    assert county.take(BURGLED, place=f"{where}春申路10号")["belongs"] is None
    lost = city.take(BURGLED, place="某处")
    assert lost["belongs"] is None
    refused = city.post(f"/appeals/{lost['appeal']['id']}/place", {"course": "transfer"}, status=422)
    assert refused["code"] == "handover.belongs_here"
    assert city.one("appeals", lost["appeal"]["id"])["phase"] == "taken"


def test_the_other_side_never_hears_of_a_transfer_within_the_side(county_city: City) -> None:
    city, hotline = county_city.api("police", "call_taker"), county_city.api("hotline", "agent")
    taken = city.take(BURGLED, place=f"{county_city.division('police-county')[1]}春申路11号")
    appeal = city.post(f"/appeals/{taken['appeal']['id']}/place", {"course": "transfer"})
    county_city.api("police-county", "call_taker").until("handovers", appeal["data"]["handover"], "offered")
    assert appeal["data"]["handover"] not in [each["id"] for each in hotline.all("handovers")]


def test_a_place_that_was_only_said_counts_as_one_that_was_typed(county_city: City) -> None:
    city = county_city.api("police", "call_taker")
    taken = city.take(f"我家在{county_city.division('police-county')[1]}春申路12号，被偷了，门锁撬坏了")
    assert taken["belongs"]["node"] == "police-county"
    assert city.post(f"/appeals/{taken['appeal']['id']}/place", {"course": "transfer"})["phase"] == "handed"
