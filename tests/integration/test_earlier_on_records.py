"""What may be the same matter is shown to whoever opens a matter that nobody heard being told, and one press links it."""

from __future__ import annotations

import pytest

from tests.integration.conftest import Node
from tests.integration.test_joint_screens import client_of

pytestmark = [pytest.mark.database, pytest.mark.filterwarnings("ignore:Returning tuple:DeprecationWarning")]

WORDS = "柳浪巷12号楼下的烧烤摊油烟往卧室里灌，天天到半夜"


def test_a_matter_that_came_by_the_web_is_held_against_earlier_ones_and_linked_by_one_press(node: Node) -> None:
    first = node.take(WORDS, place="柳浪巷12号", phone="05120000001")
    again = node.take("柳浪巷12号那家烧烤还是天天冒烟，卧室窗户不敢开", channel="web", place="柳浪巷12号", phone="05120000001")
    called = node.take("柳浪巷12号烧烤油烟，又打来问问", channel="phone", place="柳浪巷12号", phone="05120000001")
    desk = client_of("call_taker")
    page = desk.get(f"/records/{again.id}/").content.decode()
    assert f'data-link="{first.data["number"]}"' in page
    assert "data-link=" not in desk.get(f"/records/{called.id}/").content.decode(), "its caller was heard, and asked"
    assert "data-link=" not in client_of("leader").get(f"/records/{again.id}/").content.decode(), "who may not link is not asked to"

    refused = desk.post(f"/records/{again.id}/act/link/", {"linked": "诉不存在"}).content.decode()
    assert 'role="alert"' in refused
    pressed = desk.post(f"/records/{again.id}/act/link/", {"linked": str(first.id), "seen": str(again.seq)})
    assert pressed.status_code == 200
    linked = node.models.Stream.objects.get(id=again.id)
    assert linked.data["links"] == [str(first.id)]
    page = desk.get(f"/records/{again.id}/").content.decode()
    assert "data-link=" not in page
    assert f'/records/{first.id}/' in page
