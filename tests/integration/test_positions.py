"""The last position of a person: an older one changes nothing, and after some hours nobody can ask for it, also when nobody reports any more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liandong.adapters.postgres.ids import uuid7
from liandong.domain.journal.facts import Actor, Role
from liandong.domain.routing import PatrolStatus
from tests.integration.conftest import Node

pytestmark = pytest.mark.database

HERE, THERE = (120.64, 31.37), (120.65, 31.38)


def test_a_position_is_overwritten_never_by_an_older_one_and_forgotten(node: Node) -> None:
    from liandong.adapters.postgres.patrols import FORGOTTEN, PostgresPatrols

    patrols, now = PostgresPatrols(), node.world.clock.now()
    officer = Actor(Role.OFFICER, person=f"officer {uuid7()}", unit="xc-pcs-yuanhe", node="police")
    patrols.report(officer, HERE, PatrolStatus.AVAILABLE, 10, now)
    patrols.report(officer, THERE, PatrolStatus.AVAILABLE, 10, now - timedelta(minutes=1))
    known = patrols.of(officer.person)
    assert known is not None and known.position == HERE

    patrols.forget(now + FORGOTTEN)
    assert patrols.of(officer.person) is not None, "not before its time"
    assert patrols.forget(now + FORGOTTEN + timedelta(seconds=1)) >= 1
    assert patrols.of(officer.person) is None
