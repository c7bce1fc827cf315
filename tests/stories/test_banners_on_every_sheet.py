"""What a record says about where it should go stands on every sheet: the desk's, the unit's, the whole record; one press does it."""

from __future__ import annotations

import pytest

from tests.city import City, eventually

pytestmark = pytest.mark.nodes


def test_after_a_correction_whoever_may_redirect_has_the_key_and_the_others_read_who_can(city: City) -> None:
    agent = city.api("hotline", "agent")
    taken = agent.take("楼下烧烤摊油烟太大，天天往窗户里灌", place="元和街道采莲路61号", course="keep")["appeal"]
    order = taken["data"]["order"]
    agent.act("workorders", order, "dispatch", unit="xc-cg-yuanhe")
    desk, unit = city.screen("hotline", "agent"), city.screen("hotline", "unit_staff")
    with city.database("hotline") as database:
        database.execute("UPDATE person SET unit = 'xc-cg-yuanhe' WHERE username = %s", [unit.username])
    assert "改派建议" not in desk.page(f"/records/{taken['id']}/")
    agent.act("appeals", taken["id"], "correct", side="hotline", item="H1", reason="是路灯的事")
    for page in (desk.page(f"/records/{taken['id']}/"), desk.page(f"/orders/{order}/"), unit.page(f"/unit/{order}/")):
        assert "改派建议" in page
    assert "已显示在他们的单子上" not in desk.page(f"/records/{taken['id']}/")
    leader = city.screen("hotline", "leader")
    assert "须由指挥员或承办单位改派" in leader.page(f"/records/{taken['id']}/")
    assert leader.send(f"/records/{taken['id']}/onward/", {"what": "reroute"}, status=422)
    before = agent.one("workorders", order)["unit"]
    done = desk
    done.send(f"/records/{taken['id']}/onward/", {"what": "reroute"})
    after = agent.one("workorders", order)
    assert after["unit"] != before and "改派建议" not in desk.page(f"/records/{taken['id']}/")
    assert done.send(f"/records/{taken['id']}/onward/", {"what": "reroute"}, status=422), "once is enough"


def test_a_matter_of_another_county_is_passed_on_from_any_sheet_until_somebody_is_on_the_way(county_city: City) -> None:
    api = county_city.api("police", "call_taker")
    _, where = county_city.division("police-county")
    taken = api.take("停在门口的自行车昨天被偷了，来登记一下", place=f"{where}春申路641号", course="keep")["appeal"]
    caller, supervisor = county_city.screen("police", "call_taker"), county_city.screen("police", "supervisor")
    page = caller.page(f"/records/{taken['id']}/")
    assert 'data-belongs="police-county"' in page and "转属地平台" in page
    assert 'data-belongs="police-county"' in caller.page(f"/orders/{taken['id']}/")
    assert "须由接警席或指挥员转过去" in supervisor.page(f"/records/{taken['id']}/")
    assert supervisor.send(f"/records/{taken['id']}/onward/", {"what": "transfer"}, status=422)
    caller.send(f"/records/{taken['id']}/onward/", {"what": "transfer"})
    handed = api.one("appeals", taken["id"])
    assert handed["phase"] == "handed"
    eventually(lambda: any(each["id"] == handed["data"]["handover"] for each in county_city.api("police-county", "call_taker").all("handovers")), what="the county has it")
    assert "data-belongs" not in caller.page(f"/records/{taken['id']}/")
    urgent = api.take("有人拿刀砍人，快来", place=f"{where}春申路643号", course="keep")["appeal"]
    if api.one("alarms", urgent["data"]["order"])["unit"]:
        assert "data-belongs" not in caller.page(f"/records/{urgent['id']}/"), "whoever is on the way is not called back by a key"
