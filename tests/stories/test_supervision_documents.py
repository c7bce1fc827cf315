"""The ladder begins on the record's own page; a circular and a referral are documents that print."""

from __future__ import annotations

import pytest

from tests.city import City, unit_named

pytestmark = pytest.mark.nodes


def test_supervision_begins_on_the_record_page_and_its_documents_print(city: City) -> None:
    hotline, unit = city.api("hotline", "agent"), unit_named("城管")
    taken = hotline.take("楼下烧烤摊油烟太大", place="采莲路301号", course="keep")["appeal"]
    order = taken["data"]["order"]
    hotline.act("workorders", order, "dispatch", unit=unit)
    screen = city.screen("hotline", "supervisor")
    assert f"/supervision/start/{order}/" in screen.page(f"/records/{taken['id']}/")
    assert "data-supervise" not in city.screen("hotline", "agent").page(f"/records/{taken['id']}/")
    assert "督办形式" in screen.page(f"/supervision/start/{order}/")

    refused = screen.send(f"/supervision/start/{order}/", {"step": "circulate", "reason": "多次催办无果"}, status=422)
    assert "多次催办无果" in refused.text, "what was typed stays"
    assert screen.send(f"/supervision/start/{order}/", {"step": "nonsense\x00"}, status=422)
    screen.send(f"/supervision/start/{order}/", {"step": "supervise", "form": "instructed", "reason": "领导批示"})
    supervision = next(each for each in hotline.all("supervisions") if each["data"] is None and each["unit"] == unit and each["phase"] == "supervised")["id"]
    assert hotline.one("supervisions", supervision)["data"]["steps"][-1]["form"] == "instructed"
    assert "data-supervise" not in screen.page(f"/records/{taken['id']}/"), "its own card goes on"
    assert screen.client.get(f"/supervision/circular/{supervision}/").status_code == 404, "no circular was issued"

    _documents(city, supervision, order)


def _documents(city: City, supervision: str, order: str) -> None:
    head = city.api("hotline", "supervisor")
    head.act("supervisions", supervision, "circulate", words="采莲路油烟一件逾期不办，予以通报")
    screen = city.screen("hotline", "leader")
    printed = screen.page(f"/supervision/circular/{supervision}/")
    assert "采莲路油烟一件逾期不办，予以通报" in printed
    assert "批示督办" in printed
    head.act("supervisions", supervision, "refer", reason="通报后仍不办理")
    file = screen.page(f"/supervision/file/{supervision}/")
    assert "问责卷宗" in file
    assert "通报后仍不办理" in file
    assert order in file
    for odd in ("00000000-0000-0000-0000-000000000000", order):
        assert screen.client.get(f"/supervision/circular/{odd}/").status_code == 404
