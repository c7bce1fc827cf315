"""The errors are published: a corrected call stands in its cell, the cell opens it; agents have no such page, strange filters none either."""

from __future__ import annotations

import pytest

from tests.browser.conftest import People
from tests.city import City

pytestmark = [pytest.mark.browser, pytest.mark.nodes]


def test_a_corrected_call_stands_in_its_cell_and_the_cell_opens_it(people: People, city: City) -> None:
    api = city.api("hotline", "agent")
    taken = api.take("楼下烧烤摊油烟太大，天天往窗户里灌", course="keep")["appeal"]
    api.act("appeals", taken["id"], "correct", side="police", item="P1", reason="更正")
    supervisor = people("hotline", "supervisor")
    supervisor.open("/triage-errors/?days=7")
    supervisor.sees("[data-cell=police-hotline]").click()
    supervisor.sees(".errors-cases", taken["number"])
    supervisor.open("/triage-errors/?days=-1&class=%00'x")
    supervisor.sees(".reliability circle")
    leader = people("hotline", "leader", english=True, phone=True)
    leader.open("/triage-errors/")
    leader.sees("h1", "errors")
    assert leader.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    agent = people("hotline", "agent")
    answer = agent.page.request.get(agent.base + "/triage-errors/")
    assert answer.status == 403
