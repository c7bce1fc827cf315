"""History in the order of units: it moves what fits, brings in what it is sure of, says so, and changes nothing where it is silent."""

from __future__ import annotations

from liandong.domain.routing.history import with_history
from liandong.domain.routing.suggestions import Suggestion, WhyUnit
from liandong.domain.routing.units import Unit, UnitLevel


def unit(code: str, division: str = "") -> Unit:
    return Unit(code, code, UnitLevel.SECOND, "hotline", "department", division=division)


A, B, C = unit("a"), unit("b"), unit("c", "320507")
FITTING = tuple(Suggestion(each, "市容", (WhyUnit("business", "职能：市容"),), None, True) for each in (A, B))


def codes(found: tuple[Suggestion, ...]) -> list[str]:
    return [each.unit.code for each in found]


def test_without_history_the_order_stays() -> None:
    assert with_history(FITTING, {}, [A, B, C]) == FITTING


def test_a_weak_word_of_history_moves_nobody_and_a_strong_one_does_and_says_so() -> None:
    assert codes(with_history(FITTING, {"b": 0.1}, [A, B, C])) == ["a", "b"]
    found = with_history(FITTING, {"b": 0.9}, [A, B, C])
    assert codes(found) == ["b", "a"]
    assert [each.words for each in found[0].reasons] == ["职能：市容", "往期类似诉求由该单位办理（90%）"]
    assert [each.rule for each in found[1].reasons] == ["business"]


def test_a_unit_the_list_does_not_name_joins_where_history_is_sure_and_the_place_is_its_own() -> None:
    assert codes(with_history(FITTING, {"c": 0.19}, [A, B, C])) == ["a", "b"]
    assert codes(with_history(FITTING, {"c": 0.9}, [A, B, C], ["320507001", "320507"])) == ["c", "a", "b"]
    assert codes(with_history(FITTING, {"c": 0.9}, [A, B, C], ["320508"])) == ["a", "b"]


def test_a_unit_that_the_directory_does_not_know_is_not_offered() -> None:
    assert codes(with_history(FITTING, {"gone": 0.99}, [A, B, C])) == ["a", "b"]
