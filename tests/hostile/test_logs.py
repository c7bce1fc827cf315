"""No citizen's name, number, address or word is in any log of a node, whatever went right or wrong with it."""

from __future__ import annotations

import json
import secrets

import pytest

from tests.city import Api, City, eventually
from tests.hostile.odd import ODD

pytestmark = pytest.mark.nodes


def done(api: Api, kind: str, record: str, command: str, **data: str) -> None:
    """Give a command; a message that arrives at the same moment makes it again."""

    def press() -> bool:
        answer = api.client.post(f"/{kind}/{record}/acts/{command}", json={"data": data})
        assert answer.status_code in (200, 409), answer.text
        return answer.status_code == 200

    eventually(press, what=command)


def test_no_log_holds_a_word_of_a_citizen(city: City) -> None:
    mark = secrets.token_hex(4)
    marks = {
        "text": f"油烟呛人{mark}一", "citizen": f"王{mark}二", "phone": f"1390{mark}三", "place": f"采莲路{mark}四号", "demand": f"赔{mark}五",
        "happened": f"昨{mark}六",
    }  # fmt: skip
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    taken = police.take(**marks, course="hand_over")
    handover = taken["appeal"]["data"]["handover"]
    hotline.until("handovers", handover, "offered")
    done(police, "handovers", handover, "supplement", words=f"补{mark}七")
    done(hotline, "handovers", handover, "ask", question=f"问{mark}八")
    done(hotline, "handovers", handover, "accept")
    order = next(each["id"] for each in hotline.all("workorders") if each["place"] == marks["place"])
    done(hotline, "workorders", order, "answer", answer=f"答{mark}九")
    done(hotline, "workorders", order, "close")
    police.until("handovers", handover, "confirmed")
    # And everything that goes wrong: refused, malformed, too long, in the wrong place, in the address.
    for value in ODD.values():
        words = f"{mark}十{value}"
        for body in ({"text": words, "phone": words * 9}, {"text": marks["text"], "side": words}, {"text": [words]}, {words[:20]: words}):
            police.client.post("/appeals", content=json.dumps(body).encode("utf-8", "surrogatepass"), headers={"Content-Type": "application/json"})
        police.client.post(f"/handovers/{handover}/acts/supplement", content=json.dumps({"data": {"words": words}}).encode("utf-8", "surrogatepass"))
    police.client.get(f"/appeals/{marks['phone']}")
    police.client.get("/appeals", params={"unit": marks["phone"]})
    hotline.client.post(f"/workorders/{order}/acts/dispatch", json={"data": {"unit": marks["citizen"]}})
    logs = sorted((city.supervisor.home / "nodes").glob("*/*.log"))
    assert {each.name for each in logs} >= {"web.log", "worker.log"}
    for log in logs:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        assert [line for line in lines if mark in line] == [], log
        assert [line for line in lines if "Traceback" in line] == [], log
