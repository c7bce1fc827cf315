"""Two people press the same key in the same moment: one of them does it, the other is told so, nothing is done twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.city import Api, City

pytestmark = pytest.mark.nodes

PEOPLE = 8


def _together(api: Api, path: str, body: dict[str, object]) -> list[httpx.Response]:
    """Return the answers to the same request of several people at once."""

    def press(_: int) -> httpx.Response:
        return httpx.post(f"{api.url}/api/v1{path}", json=body, headers={"Authorization": f"Bearer {api.token}"}, timeout=60, trust_env=False)

    with ThreadPoolExecutor(PEOPLE) as people:
        return list(people.map(press, range(PEOPLE)))


def test_handover_accepted_by_several_at_once_makes_one_order(city: City) -> None:
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    handover = police.take("楼下烧烤摊油烟太大", place="同时按键路1号", course="hand_over")["appeal"]["data"]["handover"]
    hotline.until("handovers", handover, "offered")
    answers = _together(hotline, f"/handovers/{handover}/acts/accept", {"data": {}})
    assert sorted({each.status_code for each in answers}) in ([200, 409], [200]), [each.text for each in answers]
    assert [each.status_code for each in answers].count(200) == 1
    assert {each.json()["code"] for each in answers if each.status_code == 409} <= {"stream.conflict", "command.not_in_state"}
    assert len([each for each in hotline.all("workorders") if each["place"] == "同时按键路1号"]) == 1
    assert [each["name"] for each in hotline.get(f"/handovers/{handover}/journal")].count("HandoverAccepted") == 1


def test_words_added_by_several_at_once_are_all_kept_or_refused(city: City) -> None:
    police = city.api("police", "call_taker")
    appeal = police.take("路灯坏了", place="同时按键路2号")["appeal"]["id"]
    answers = _together(police, f"/appeals/{appeal}/acts/supplement", {"data": {"words": "还有一盏也坏了"}})
    kept = [each.status_code for each in answers].count(200)
    assert {each.status_code for each in answers} <= {200, 409}
    assert kept >= 1
    assert len(police.one("appeals", appeal)["data"]["supplements"]) == kept
    assert police.one("appeals", appeal)["seq"] == 1 + kept


def test_key_of_a_source_told_by_several_at_once_is_taken_once(city: City) -> None:
    police = city.api("police", "call_taker")
    answers = _together(police, "/appeals", {"text": "门口路灯坏了", "channel": "phone", "place": "同时按键路3号", "key": "switch:77"})
    assert {each.status_code for each in answers} <= {200, 201, 409}, [each.text for each in answers]
    assert [each.status_code for each in answers].count(201) == 1
    assert len([each for each in police.all("appeals") if each["place"] == "同时按键路3号"]) == 1
