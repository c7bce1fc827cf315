"""A verdict is corrected on the sheet with one key, and routing runs again: before recording, and after it."""

from __future__ import annotations

import pytest

from tests.browser.conftest import People
from tests.city import City

pytestmark = [pytest.mark.browser, pytest.mark.nodes]
SMOKE = "楼下烧烤摊油烟太大，天天往窗户里灌"


def test_one_key_before_recording_changes_side_and_course(people: People, city: City) -> None:
    agent = people("hotline", "agent")
    agent.open("/desk/new/")
    agent.type(SMOKE)
    agent.sees("#verdict .side-is-hotline")
    agent.keys("Alt+g")
    agent.sees("#verdict .corrected", "110")
    agent.keys("Control+Enter")
    agent.sees(".calling")
    agent.keys("5")
    agent.sees(".finished", "已移交对方")
    record = agent.at("[data-record]").get_attribute("href") or ""
    data = city.api("hotline", "agent").get(f"/appeals/{record.strip('/').split('/')[-1]}")["data"]
    assert data["side"] == "police"
    handover = city.api("hotline", "agent").get(f"/handovers/{data['handover']}")["data"]
    assert "更正研判" in handover["reason"] and "改为110" in handover["reason"]


def test_a_corrected_item_proposes_another_unit_and_one_key_redirects(people: People, city: City) -> None:
    agent = people("hotline", "agent")
    api = city.api("hotline", "agent")
    agent.open("/desk/new/")
    agent.type(SMOKE)
    agent.sees("#verdict .side-is-hotline")
    agent.keys("Control+Enter")
    agent.sees(".correcting")
    appeal = api.get(f"/appeals/{(agent.at('[data-record]').get_attribute('href') or '').strip('/').split('/')[-1]}")
    agent.at("body").evaluate("() => document.activeElement.blur()")
    agent.keys("5")
    agent.sees(".reroute[data-reroute=dispatch]", "改派建议")
    agent.keys("0")
    agent.page.wait_for_selector(".reroute", state="detached")
    after = api.get(f"/workorders/{appeal['data']['order']}")
    assert after["unit"] and after["item"] != appeal["item"]
    with city.database("hotline") as database:
        row = database.execute("SELECT data->>'note' FROM journal WHERE stream = %s AND name = 'OrderDispatched'", [after["id"]]).fetchone()
    assert row is not None and "更正研判" in row[0]


def test_a_correction_to_the_other_side_after_recording_offers_the_handover(people: People, city: City) -> None:
    agent = people("hotline", "agent")
    agent.open("/desk/new/")
    agent.type(SMOKE)
    agent.sees("#verdict .side-is-hotline")
    agent.keys("Control+Enter")
    agent.sees(".correcting")
    agent.at("body").evaluate("() => document.activeElement.blur()")
    agent.keys("1")
    agent.sees(".reroute[data-reroute=hand_over]", "归属由12345改为110")
    agent.keys("0")
    agent.sees(".finished", "已移交对方")
    assert agent.never_reloaded()
