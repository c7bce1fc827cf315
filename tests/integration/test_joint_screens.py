"""Screens and API of lead and assistants, patrols and duty, on one real node and its database."""

from __future__ import annotations

from typing import Any

import pytest

from liandong.application.place_appeal import place_appeal
from liandong.domain.journal.facts import Role, StreamKind
from tests.integration.conftest import Node

pytestmark = [pytest.mark.database, pytest.mark.filterwarnings("ignore:Returning tuple:DeprecationWarning")]

SCENE = (120.7405, 31.2405)
STATION, OTHER = "xc-pcs-yuanhe", "xc-pcs-weitang"


def client_of(role: str, unit: str = "") -> Any:
    """Return a browser in which somebody of a unit has signed in."""
    from django.test import Client

    from liandong.adapters.postgres.models import User

    person, _ = User.objects.get_or_create(username=f"joint-{role}-{unit}", defaults={"role": role, "unit": unit})
    client = Client(headers={"Host": "127.0.0.1"})
    client.force_login(person)
    return client


def alarm_at(node: Node, **data: Any) -> str:
    """Return an alarm of danger, which the nearest unit of the list was ordered to by itself."""
    appeal = place_appeal(node.world, node.person(), node.take("有人打架，打得很凶", **data).id, "keep")
    order = str(appeal.data["order"])
    if node.models.Stream.objects.get(id=order).phase == "taken":
        node.act(StreamKind.ALARM, order, "order", Role.DISPATCHER, unit="xc-pb")
    return order


def test_a_phone_says_where_it_is_and_the_dispatcher_sends_it_by_one_key(node: Node) -> None:
    officer = client_of("officer", OTHER)
    page = officer.get("/unit/")
    assert page.status_code == 200
    assert 'data-stand="available"' in page.content.decode()
    for bad in ({}, {"status": "available"}, {"status": "asleep", "longitude": "1", "latitude": "1"}, {"status": "off", "longitude": "nan", "latitude": "1"}, {"status": "busy", "longitude": "1", "latitude": "1", "accuracy_m": "-5"}):
        refused = officer.post("/unit/standing/", bad)
        assert refused.status_code == 200
        assert 'role="alert"' in refused.content.decode(), bad
    said = officer.post("/unit/standing/", {"status": "available", "longitude": str(SCENE[0]), "latitude": str(SCENE[1]), "accuracy_m": "12"})
    assert 'data-standing="available"' in said.content.decode()

    alarm = alarm_at(node, longitude=str(SCENE[0] + 0.001), latitude=str(SCENE[1]), place="珍珠湖路")
    dispatcher = client_of("dispatcher")
    record = dispatcher.get(f"/records/{alarm}/", follow=True).content.decode()
    assert f'data-patrol="joint-officer-{OTHER}"' in record
    sent = dispatcher.post(f"/records/{alarm}/act/redirect/", {"unit": OTHER, "officers": "某人", "reason": "就近改派"})
    assert sent.status_code == 200, sent.content.decode()[:400]
    assert node.models.Stream.objects.get(id=alarm).unit == OTHER
    listed = dispatcher.get("/orders/available/?q=渭塘").content.decode()
    assert f'data-unit="{OTHER}"' in listed
    assert "1 人在外可派" in listed
    assert officer.get("/orders/available/").status_code == 403


def test_positions_by_api_are_for_units_and_their_list_for_who_sends(node: Node) -> None:
    from django.test import Client

    from liandong.node.prepare import make_token

    def api(role: str, unit: str = "") -> Any:
        return Client(headers={"Host": "127.0.0.1", "Authorization": f"Bearer {make_token(f'joint {role} {unit}', role, unit)}"})

    officer, desk, analyst = api("officer", STATION), api("dispatcher"), api("analyst")
    place = {"longitude": SCENE[0], "latitude": SCENE[1] + 0.05, "status": "available"}
    said = officer.post("/api/v1/positions", place, content_type="application/json")
    assert (said.status_code, said.json()["unit"]) == (200, STATION), said.content
    for bad in ({}, {**place, "longitude": 181}, {**place, "latitude": "31"}, {**place, "status": "asleep"}, {**place, "person": "other"}):
        assert officer.post("/api/v1/positions", bad, content_type="application/json").status_code == 422, bad
    assert desk.post("/api/v1/positions", place, content_type="application/json").status_code == 403
    assert api("officer").post("/api/v1/positions", place, content_type="application/json").json()["code"] == "order.no_unit"
    alarm = alarm_at(node, longitude=str(SCENE[0]), latitude=str(SCENE[1] + 0.05))
    near = desk.get(f"/api/v1/alarms/{alarm}/patrols").json()
    assert near["patrols"][0]["unit"] == STATION
    assert near["patrols"][0]["distance_m"] == 0
    assert near["place_is_middle_of_division"] is False
    assert analyst.get(f"/api/v1/alarms/{alarm}/patrols").status_code == 403
    units = {each["code"]: each for each in desk.get("/api/v1/units/available").json()["units"]}
    assert units[STATION]["out_there"] >= 1
    assert units[STATION]["on_duty"]
    assert units[STATION]["substitute"]
    assert officer.get("/api/v1/units/available").status_code == 403


def test_lead_and_assistant_have_pages_of_their_own_and_a_stranger_none(node: Node) -> None:
    alarm = alarm_at(node, place="采莲路8号")
    dispatcher = client_of("dispatcher")
    form = dispatcher.get(f"/records/{alarm}/act/redirect/").content.decode()
    assert 'name="assistants"' in form
    sent = dispatcher.post(f"/records/{alarm}/act/redirect/", {"unit": STATION, "assistants": [OTHER, "xc-jj"], "reason": "两家一起去"})
    assert sent.status_code == 200, sent.content.decode()[:400]
    assert set(node.models.Stream.objects.get(id=alarm).data["parts"]) == {OTHER, "xc-jj"}
    helper, stranger = client_of("officer", OTHER), client_of("officer", "xc-pcs-huangdai")
    assert "我方协办" in helper.get(f"/unit/{alarm}/").content.decode()
    assert "bg-purple-lt" in helper.get("/unit/").content.decode()
    assert helper.post(f"/records/{alarm}/act/sign_part/").status_code == 200
    assert helper.get(f"/records/{alarm}/act/report_part/").status_code == 200
    assert stranger.get(f"/unit/{alarm}/").status_code == 404
    assert stranger.post(f"/records/{alarm}/act/sign_part/").status_code == 404
    record = dispatcher.get(f"/records/{alarm}/", follow=True).content.decode()
    assert f'data-part="{OTHER}"' in record
    assert "协办中" in record
    for command in ("call_assistants", "release_assistant"):
        assert dispatcher.get(f"/records/{alarm}/act/{command}/").status_code == 200


def test_one_key_and_related_matters_stand_on_the_record(node: Node) -> None:
    kept = place_appeal(node.world, node.person(), node.take("两家人吵起来了，楼下还有人打牌扰民", place="元和街道采莲路9号").id, "keep")
    caller = client_of("call_taker")
    assert caller.get(f"/records/{kept.id}/act/split/").status_code == 200
    done = caller.post(f"/records/{kept.id}/act/split/", {"words": "楼下有人打牌扰民"})
    assert done.status_code == 200, done.content.decode()[:400]
    record = caller.get(f"/records/{kept.id}/", follow=True).content.decode()
    assert "拆出" in record
    assert "data-related=" in record
    lost = caller.post(f"/records/{kept.id}/act/split/", {"words": ""})
    assert lost.status_code == 422
    assert node.models.Stream.objects.get(id=kept.data["order"]).kind == StreamKind.ALARM
