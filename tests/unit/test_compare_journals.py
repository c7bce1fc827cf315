"""Where two copies of a shared stream part."""

from __future__ import annotations

import json

import pytest

from liandong.adapters.postgres.shared_journal import FORMAT, read_export
from liandong.application.compare_journals import Difference, Told, first_difference

OFFER: Told = ("HandoverOffered", "S", "1")
ASK: Told = ("QuestionAsked", "R", "2")
ACCEPT: Told = ("HandoverAccepted", "R", "3")
CHASE: Told = ("HandoverChased", "S", "4")


@pytest.mark.parametrize(
    ("here", "there", "found"),
    [
        ([OFFER, ASK], [OFFER, ASK], None),
        ([OFFER, CHASE, ASK], [OFFER, ASK, CHASE], None),
        ([OFFER, ACCEPT], [OFFER], Difference("R", 1, "HandoverAccepted", "", "shorter_there")),
        ([OFFER], [OFFER, ACCEPT], Difference("R", 1, "", "HandoverAccepted", "shorter_here")),
        ([OFFER, ("HandoverAccepted", "R", "9")], [OFFER, ACCEPT], Difference("R", 1, "HandoverAccepted", "HandoverAccepted", "differs")),
        ([OFFER, ACCEPT, ASK], [OFFER, ASK, ACCEPT], Difference("R", 1, "HandoverAccepted", "QuestionAsked", "differs")),
        ([OFFER, OFFER], [OFFER], Difference("S", 2, "HandoverOffered", "", "shorter_there")),
        ([], [], None),
    ],
)
def test_the_first_difference_is_named(here: list[Told], there: list[Told], found: Difference | None) -> None:
    assert first_difference(here, there) == found


def test_what_differs_counts_before_what_is_only_shorter() -> None:
    found = first_difference([ASK, CHASE], [ACCEPT])
    assert found is not None
    assert (found.party, found.reason) == ("R", "differs")


HEAD = json.dumps({"format": FORMAT, "node": "police", "peer": "hotline", "at": "2026-11-24T00:00:00.000000Z"})
STREAM = json.dumps({"stream": "a", "kind": "handover", "number": "联1", "under_way": False, "told": [list(OFFER)]})


def test_an_export_is_read_whole_or_not_at_all() -> None:
    head, streams = read_export(iter([HEAD, STREAM, '{"end": 1}']))
    assert (head["node"], streams["a"].told) == ("police", (OFFER,))
    for lines in ([], ["{}"], [HEAD], [HEAD, STREAM], [HEAD, STREAM, '{"end": 2}'], [HEAD, STREAM, '{"end": 1}', STREAM], [HEAD, "[]", '{"end": 0}'], ["not json"]):
        with pytest.raises((ValueError, TypeError)):
            read_export(iter(lines))
