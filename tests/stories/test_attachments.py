"""A photo taken by a unit reaches the desk that first took the call, over every transport, whatever is killed on the way."""

from __future__ import annotations

import hashlib
import os
from typing import Any

import pytest

from tests.city import Api, City, eventually, running_city

pytestmark = [pytest.mark.nodes, pytest.mark.slow]

PIECE = 1_048_576


def send_up(api: Api, content: bytes, name: str = "现场.jpg") -> dict[str, Any]:
    """Send a file up in pieces; return its attachment."""
    upload = api.post("/files", {"name": name, "size": len(content), "media_type": "image/jpeg"})["upload"]
    state: dict[str, Any] = {"offset": 0, "attachment": None}
    while state["attachment"] is None:
        offset = state["offset"]
        answer = api.client.put(f"/files/uploads/{upload}", content=content[offset : offset + PIECE], headers={"Upload-Offset": str(offset)})
        assert answer.status_code == 200, answer.text
        state = answer.json()
    attachment: dict[str, Any] = state["attachment"]
    return attachment


def accepted(city: City) -> str:
    """Return a handover that the hotline has accepted."""
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    taken = police.take("我住采莲路31号，楼下烧烤摊油烟呛人", place="采莲路31号", phone="13900000031")
    handover: str = police.post(f"/appeals/{taken['appeal']['id']}/place", {"course": "hand_over"})["data"]["handover"]
    hotline.until("handovers", handover, "offered")
    hotline.act("handovers", handover, "accept")
    police.until("handovers", handover, "accepted")
    return handover


def fetched(api: Api, handover: str, attachment: dict[str, Any], seconds: float = 60.0) -> bytes:
    """Wait until the other side's file is here; return it."""

    def look() -> bytes | None:
        answer = api.client.get(f"/handovers/{handover}/files/{attachment['digest']}")
        return answer.content if answer.status_code == 200 else None

    return eventually(look, seconds, "the file came over")


def crosses(city: City, size: int) -> None:
    handover, content = accepted(city), os.urandom(size)
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    attachment = send_up(police, content)
    assert attachment["digest"] == "sha256:" + hashlib.sha256(content).hexdigest()
    police.act("handovers", handover, "supplement", words="现场照片", attachments=[attachment])
    assert fetched(hotline, handover, attachment) == content


@pytest.mark.parametrize("transport", ["http", "middledb", "ferry", "nats"])
def test_a_file_crosses(transport: str) -> None:
    with running_city(transport=transport) as city:
        crosses(city, 3_500_000)


def test_a_file_goes_on_after_the_worker_and_the_web_are_killed(own_city: City) -> None:
    handover, content = accepted(own_city), os.urandom(40_000_000)
    police, hotline = own_city.api("police", "call_taker"), own_city.api("hotline", "agent")
    attachment = send_up(police, content)
    police.act("handovers", handover, "supplement", words="录像", attachments=[attachment])
    coming = own_city.supervisor.home / "nodes" / "hotline" / "files" / "coming" / attachment["digest"].removeprefix("sha256:")
    eventually(coming.exists, what="the first piece")
    for node, part in (("hotline", "worker"), ("police", "web")):
        own_city.supervisor.kill(node, part)
    assert fetched(hotline, handover, attachment, 120) == content


def test_a_file_is_shown_only_with_the_record_that_names_it_and_never_as_a_page(city: City) -> None:
    handover, other = accepted(city), accepted(city)
    police = city.api("police", "call_taker")
    page = b"<html><script>alert(1)</script>"
    attachment = send_up(police, page, "look.jpg")
    police.act("handovers", handover, "supplement", words="见附件", attachments=[attachment])
    answer = police.client.get(f"/handovers/{handover}/files/{attachment['digest']}", headers={"Range": "bytes=1-4"})
    assert (answer.status_code, answer.content, answer.headers["content-range"]) == (206, b"html", f"bytes 1-4/{len(page)}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert police.client.get(f"/handovers/{other}/files/{attachment['digest']}").status_code == 404
    for digest in ("sha256:" + "0" * 64, "../../etc/passwd", "sha256:zz"):
        assert police.client.get(f"/handovers/{handover}/files/{digest}").status_code == 404


def test_an_act_cannot_name_a_file_that_is_not_here(city: City) -> None:
    handover = accepted(city)
    police = city.api("police", "call_taker")
    good = send_up(police, b"photo")
    for bad in ({**good, "digest": "sha256:" + "1" * 64}, {**good, "size": 4}, {**good, "more": 1}, {"name": "x"}):
        before = police.one("handovers", handover)
        answer = police.client.post(f"/handovers/{handover}/acts/supplement", json={"data": {"words": "x", "attachments": [bad]}})
        assert answer.status_code in (404, 422), answer.text
        assert police.one("handovers", handover) == before
