"""A handover taken out by API and on the record's page as EIDO and UCRI2: with rights, without, before its time."""

from __future__ import annotations

import pytest

from tests.city import City, unit_named

pytestmark = pytest.mark.nodes

SAID = "采莲路88号楼下烧烤摊油烟整夜往窗里灌，请来管一管"


def test_both_ends_give_the_same_handover_in_other_words(city: City) -> None:
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    taken = police.take(SAID, phone="13900000077", citizen="季女士", channel="phone")["appeal"]["id"]
    handover = police.post(f"/appeals/{taken}/place", {"course": "hand_over"})["data"]["handover"]
    hotline.until("handovers", handover, "offered")

    incident = police.get(f"/handovers/{handover}/ucri2/incident")
    assert incident["sharedIncidentId"] == handover
    assert incident["informers"] == [{"name": "季女士", "phone": "13900000077"}]
    assert hotline.get(f"/handovers/{handover}/eido")["incidentComponent"]["incidentStatusInternalText"][0] == "offered"
    early = hotline.client.get(f"/handovers/{handover}/ucri2/acknowledgement")
    assert (early.status_code, early.json()["code"]) == (409, "handover.not_so_far")
    assert hotline.client.get(f"/handovers/{handover}/ucri2/verdict").status_code == 422

    hotline.act("handovers", handover, "accept")
    order = next(each for each in hotline.all("workorders") if each["appeal"] and each["summary"] == SAID)["id"]
    unit_code = unit_named("城管")
    hotline.act("workorders", order, "dispatch", unit=unit_code)
    unit = city.api("hotline", "unit_staff", unit_code)
    for command, given in (("sign", {}), ("start", {}), ("report", {"result": "摊主已收摊，油烟净化器限期装好"})):
        unit.act("workorders", order, command, **given)
    hotline.act("workorders", order, "reply_citizen", reply="城管已到现场，摊主已收摊，油烟净化器限期装好，请您放心。")
    hotline.act("workorders", order, "close")
    police.until("appeals", taken, "closed")

    for side in (police, hotline):
        assert side.get(f"/handovers/{handover}/ucri2/acknowledgement")["status"] == "accepted"
        assert side.get(f"/handovers/{handover}/ucri2/completion")["status"] == "completed_sucessfully"
    leader = city.api("police", "leader")
    without = str(leader.get(f"/handovers/{handover}/eido")) + str(leader.get(f"/handovers/{handover}/ucri2/incident"))
    assert "13900000077" not in without
    assert "季女士" not in without
    page = city.screen("police", "call_taker").page(f"/records/{handover}/eido.json")
    assert handover.replace("-", "") in page
    looked = [each["name"] for each in police.get(f"/handovers/{handover}/journal")]
    assert "HandoverReported" in looked
