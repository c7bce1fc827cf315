"""Why handovers come back is counted by code and clause, and both sides' words about one stand side by side, with the limit that gives it to the first receiver."""

from __future__ import annotations

from typing import Any

import pytest

from tests.city import City, eventually, unit_named

pytestmark = pytest.mark.nodes


def objected(city: City, place: str, **ground: str) -> str:
    """Hand a matter over, let the hotline object; return the handover."""
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    handover = police.take("楼下烧烤摊油烟太大", place=place, course="hand_over")["appeal"]["data"]["handover"]
    hotline.until("handovers", handover, "offered")
    hotline.act("handovers", handover, "object", **{"code": "not_in_scope", "clause": "xc-a2-H2", "reason": "该处属于小区内部，不属于城管受理范围", **ground})
    police.until("handovers", handover, "objected")
    return handover


def test_reasons_are_counted_by_code_and_clause_and_each_figure_opens_its_orders(own_city: City) -> None:
    city = own_city
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    agreed, contested = objected(city, "采莲路101号"), objected(city, "采莲路102号")
    other = objected(city, "采莲路103号", code="wrong_place", clause="地域管辖", reason="事发地在邻区，由属地平台受理更合适")
    police.act("handovers", agreed, "agree_return")
    police.act("handovers", contested, "contest", words="事发在道路上，属市容管理，请按清单受理", clause="xc-a2-H2")
    hotline.until("handovers", contested, "negotiating")
    hotline.act("handovers", contested, "negotiate", words="如果在道路上，我们可以派城管先看现场")
    police.until("handovers", contested, "negotiating")
    eventually(lambda: len(police.get(f"/handovers/{contested}/negotiation")["lines"]) == 3, what="all words are here")

    reasons = {(each["code"], each["clause"], each["way"]): each for each in police.get("/return-figures", days=7)["reasons"]}
    first = reasons["not_in_scope", "xc-a2-H2", "theirs"]
    assert (first["objected"], first["outcomes"]["returned"], first["outcomes"]["open"]) == (2, [agreed], [contested])
    assert reasons["wrong_place", "地域管辖", "theirs"]["outcomes"]["open"] == [other]
    assert ("not_in_scope", "xc-a2-H2", "ours") in {(each["code"], each["clause"], each["way"]) for each in hotline.get("/return-figures")["reasons"]}
    assert city.api("police", "officer", unit_named("派出所")).client.get("/return-figures").status_code == 403
    assert police.client.get("/return-figures", params={"days": 0}).status_code == 422

    _room(city, contested)
    _page(city, agreed, contested)


def _room(city: City, contested: str) -> None:
    """Both nodes show the same words in the same columns."""
    rooms = [city.api(node, role).get(f"/handovers/{contested}/negotiation") for node, role in (("police", "call_taker"), ("hotline", "agent"))]
    told: list[list[tuple[Any, ...]]] = [[(each["fact"], each["party"], each["at"]) for each in room["lines"]] for room in rooms]
    assert told[0] == told[1]
    assert [party for _fact, party, _at in told[0]] == ["R", "S", "R"]
    assert all(room["open"] and room["first"] == "police" for room in rooms)
    assert rooms[0]["due_at"], "the limit after which the first receiver keeps it"
    page = city.screen("police", "call_taker").page(f"/records/{contested}/")
    assert "到时没有一致意见，由首接方办理" in page
    assert page.count('class="said-line party-R"') == 2
    assert page.count('class="said-line party-S"') == 1
    assert "如果在道路上，我们可以派城管先看现场" in page


def _page(city: City, agreed: str, contested: str) -> None:
    screen = city.screen("police", "supervisor")
    page = screen.page("/supervision/returns/?days=7&code=not_in_scope&clause=xc-a2-H2&way=theirs&outcome=returned")
    assert f"/records/{agreed}/" in page
    assert f"/records/{contested}/" not in page
    assert "不属于受理范围" in page
    for odd in ("?days=x", "?code=%00", "?refused='&unit=<b>", "?outcome=nonsense"):
        assert "<b>" not in screen.page("/supervision/returns/" + odd).split("opened")[-1][:40]


def test_what_lapses_says_when_and_to_whom(own_city: City) -> None:
    city = own_city
    handover = objected(city, "采莲路104号")
    for node in city.names:
        city.api(node, "administrator").post("/demonstration/clock", {"ahead_seconds": 20 * 86_400})
    police = city.api("police", "call_taker")
    police.until("handovers", handover, "kept_by_first")
    room = police.get(f"/handovers/{handover}/negotiation")
    assert room["lapsed_at"]
    assert not room["open"]
    page = city.screen("police", "call_taker").page(f"/records/{handover}/")
    assert "协商逾期，由首接方办理" in page
