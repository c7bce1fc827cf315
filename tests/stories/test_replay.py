"""A supervisor doubts that all has arrived and sends a day again: the other side knows every message, and nothing happens twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.city import City, eventually

pytestmark = pytest.mark.nodes


def test_a_day_sent_again_changes_nothing_over_there(city: City) -> None:
    police, hotline, keeper = city.api("police", "call_taker"), city.api("hotline", "agent"), city.api("police", "supervisor")
    handovers = []
    for number in range(5):
        appeal = police.take("路灯不亮", place=f"重发路{number}号", course="hand_over")["appeal"]
        handovers.append(appeal["data"]["handover"])
    for handover in handovers:
        hotline.until("handovers", handover, "offered")
    hotline.act("handovers", handovers[0], "accept")
    police.until("handovers", handovers[0], "accepted")
    eventually(lambda: police.get("/exchange")["outbox"] == 0)
    before = [hotline.get(f"/handovers/{each}/journal") for each in handovers]
    with city.database("hotline") as database:
        kept = database.execute("SELECT count(*) FROM inbox").fetchone()

    assert keeper.post("/exchange/peers/hotline/replay", {"since": "2020-01-01T00:00:00Z"})["messages"] >= 5
    eventually(lambda: police.get("/exchange")["outbox"] == 0, what="all of it is answered once more")

    assert [hotline.get(f"/handovers/{each}/journal") for each in handovers] == before
    with city.database("hotline") as database:
        assert database.execute("SELECT count(*) FROM inbox").fetchone() == kept
    with city.database("police") as database:
        said = database.execute("SELECT receipt->>'status', receipt->'before'->0->>'status' FROM outbox WHERE stream = %s AND seq = 1", [handovers[1]]).fetchall()
    assert said == [("duplicate", "accepted")], "the first proof is kept beside the newest"
    def line() -> Any:
        return next(each for each in police.get("/exchange")["peers"] if each["peer"] == "hotline")

    # Figures are written every five seconds.
    eventually(lambda: line()["sent"] >= 10 and line()["sent_lately"] >= 10, seconds=20)
    assert line()["up"]
    assert abs(line()["clock_ahead_seconds"] or 0) < 5
    assert {each["node"] for each in police.get("/exchange")["keys"]} == {"police", "hotline"}
    assert city.verified("hotline")["breaks"] == []
