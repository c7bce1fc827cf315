"""Which platform a place belongs to."""

from __future__ import annotations

from liandong.application.ports import Desk, Peer
from liandong.application.route import party_here, towards_receiver
from liandong.domain.journal.facts import Party
from liandong.domain.routing.belonging import platform_of

CITY = Desk("police", "police", division="320507", peers=(Peer("hotline", "hotline", "counterpart"), Peer("county", "police", "lower", division="320507102")))
COUNTY = Desk("county", "police", division="320507102", peers=(Peer("police", "police", "upper", division="320507"),))
PASSED_DOWN = {"origin": "police", "destination": "police", "destination_node": "county"}


def test_the_smallest_division_served_wins() -> None:
    served = {"city": "320507", "county": "320507102"}
    assert platform_of(["320507102", "320507", "320500"], served) == "county"
    assert platform_of(["320507001", "320507", "320500"], served) == "city"


def test_a_place_nobody_serves_belongs_to_nobody() -> None:
    assert platform_of(["310000"], {"city": "320507", "other": ""}) is None
    assert platform_of([], {"city": "320507"}) is None


def test_only_the_named_node_receives_a_transfer_within_the_side() -> None:
    assert party_here(CITY, PASSED_DOWN) == Party.SENDER
    assert party_here(COUNTY, PASSED_DOWN) == Party.RECEIVER
    third = Desk("county-b", "police", peers=(Peer("police", "police", "upper"),))
    assert party_here(third, PASSED_DOWN) == Party.NONE


def test_a_transfer_goes_to_the_node_itself_or_up_and_never_across() -> None:
    down, up = towards_receiver(CITY, PASSED_DOWN), towards_receiver(COUNTY, {"origin": "county", "destination_node": "county-b"})
    assert down is not None
    assert down.name == "county"
    assert up is not None
    assert up.name == "police"
    across = towards_receiver(CITY, {"origin": "police", "destination": "hotline"})
    assert across is not None
    assert across.name == "hotline"
