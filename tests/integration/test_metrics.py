"""``/metrics`` tells machines how the node does, and tells strangers nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.integration.conftest import Node

pytestmark = pytest.mark.database


def asked(**headers: Any) -> Any:
    from django.test import RequestFactory

    from liandong.web.metrics import metrics

    return metrics(RequestFactory().get("/metrics", **{"REMOTE_ADDR": "127.0.0.1", **headers}))


def test_figures_of_the_node_are_told_without_a_word_about_a_record(node: Node) -> None:
    handover = node.offered()
    text = asked().content.decode()
    for name in ("liandong_peer_waiting", "liandong_peer_oldest_seconds", "liandong_peer_key_seconds"):
        assert f'{name}{{peer="hotline"}}' in text
    for name in ("liandong_journal_entries", "liandong_timers_due", "liandong_quarantined", "liandong_return_rate_rising", "liandong_root_age_seconds"):
        assert f"\n{name} " in text
    assert handover not in text
    assert "油烟" not in text


@pytest.mark.parametrize(
    "headers",
    [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}, {"HTTP_AUTHORIZATION": "Bearer ld_wrong"}, {"REMOTE_ADDR": ""}],
)
def test_strangers_are_told_nothing(node: Node, headers: dict[str, str]) -> None:
    answer = asked(**headers)
    assert answer.status_code == 403
    assert b"liandong_peer" not in answer.content


def test_a_return_is_counted_in_the_week_it_happened(node: Node) -> None:
    from liandong.web.reading.return_rate import return_rate

    now = node.world.clock.now()
    before = return_rate(now)
    handover = node.offered()
    assert return_rate(now).offered == before.offered + 1
    assert return_rate(now).returned == before.returned
    node.raw("UPDATE stream SET phase = 'returned', data = jsonb_set(data, '{times,HandoverReturned}', to_jsonb(now()::text)) WHERE id = %s", handover)
    try:
        assert return_rate(now).returned == before.returned + 1
        assert return_rate(now + timedelta(days=8)).returned_before == before.returned_before + before.returned + 1
    finally:
        node.raw("UPDATE stream SET phase = 'offered', data = data #- '{times,HandoverReturned}' WHERE id = %s", handover)
