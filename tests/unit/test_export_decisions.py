"""What people corrected becomes training data: masked, as last decided, and never what was told in confidence."""

from __future__ import annotations

from typing import Any

from liandong.application.export_decisions import Told, decided_rows

VERDICT = {"side": "police", "item": "P1", "item2": "", "kind": "报警", "urgent": False}


def taken(stream: str = "a", **more: Any) -> Told:
    return Told(stream, "AppealTaken", {"text": "我叫王小明，电话13900000000，楼上漏水", "citizen": "王小明", "verdict": VERDICT, **more})


def corrected(stream: str = "a", **data: Any) -> Told:
    return Told(stream, "VerdictCorrected", data)


def test_the_last_correction_stands_and_the_rest_is_as_first_judged() -> None:
    facts = [taken(), corrected(side="hotline", item="H1"), corrected(side="hotline", item="H7.01", kind="求助")]
    [(stream, row)] = decided_rows(facts)
    assert stream == "a" and (row["side"], row["item"], row["kind"], row["urgent"]) == ("hotline", "H7", "求助", False)
    assert set(row) == {"text", "side", "item", "item2", "kind", "urgent", "tags"}


def test_a_caller_s_name_and_number_are_hidden() -> None:
    [(_, row)] = decided_rows([taken(), corrected(side="hotline", item="H7")])
    assert "王小明" not in row["text"] and "13900000000" not in row["text"] and "楼上漏水" in row["text"]


def test_what_was_told_in_confidence_or_stays_unclear_is_left_out() -> None:
    facts = [taken("a", confidential=True), corrected("a", side="hotline", item="H7"), taken("b"), corrected("b", side="unclear"), taken("c")]
    assert list(decided_rows(facts)) == []


def test_a_new_side_without_its_item_teaches_nothing_but_neither_does() -> None:
    facts = [taken("a"), corrected("a", side="hotline"), taken("b"), corrected("b", side="neither"), taken("c"), corrected("c", side="police")]
    assert [(stream, row["side"], row["item"]) for stream, row in decided_rows(facts)] == [("b", "neither", ""), ("c", "police", "P1")]


def test_a_correction_whose_beginning_is_missing_is_passed_over() -> None:
    rows = decided_rows([corrected("x", side="neither"), taken("y"), corrected("y", side="neither")])
    assert [stream for stream, _ in rows] == ["y"]


COMMON = {"T1": "H6", "T1.07": "H2.07", "T1.24": "H6.01", "Q2": "P5", "Q2.01": "P5.04", "Q2.03": "P5.01"}


def test_a_city_with_codes_of_its_own_exports_those_of_the_common_register() -> None:
    """What the model is trained on speaks one register; a class that holds several is told by the line its words named."""
    named = {**VERDICT, "reasons": [{"words": "油烟", "item": "T1.07", "clause": ""}]}
    facts = [
        taken("a"), corrected("a", side="hotline", item="T1.07"),
        taken("b", verdict=named), corrected("b", side="hotline", item="T1"),
        taken("c"), corrected("c", side="hotline", item="T1"),
        taken("d"), corrected("d", side="police", item="Q2"),
    ]  # fmt: skip
    assert [(stream, row["item"]) for stream, row in decided_rows(facts, COMMON)] == [("a", "H2"), ("b", "H2"), ("d", "P5")]


def test_danger_that_was_not_left_to_police_teaches_nothing() -> None:
    facts = [taken("a", verdict={**VERDICT, "urgent": True}), corrected("a", side="hotline", item="H1"), taken("b", verdict={**VERDICT, "urgent": True}), corrected("b", side="hotline", item="H1", urgent=False)]
    assert [stream for stream, _ in decided_rows(facts)] == ["b"]
