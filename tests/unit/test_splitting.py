"""拆单、并单、相关件: two matters of one call close apart and show each other; two orders of one matter become one."""

from __future__ import annotations

from typing import Any

import pytest

from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import Role, StreamKind, StreamState
from tests.memory_city import MemoryCity, MemoryNode, memory_city


def refused(city: MemoryCity, node: MemoryNode, stream: StreamState, command: str, role: Role | None = None, **data: Any) -> str:
    """Return the code with which a command was refused; nothing has changed by it."""
    before = city.snapshot()
    with pytest.raises(LiandongError) as caught:
        node.act(stream, command, role, **data)
    assert city.snapshot() == before
    return caught.value.code


def other_of(node: MemoryNode, appeal: StreamState) -> StreamState:
    """Return the one appeal that is related to another."""
    (known,) = node.now(appeal).data["related_to"]
    return node.now(str(known["appeal"]))


def finish(node: MemoryNode, order: str, result: str) -> None:
    """Let a unit do an order and the desk close it."""
    node.act(order, "dispatch", Role.AGENT, unit="u1")
    node.act_for("u1", order, "sign")
    node.act_for("u1", order, "report", result=result)
    node.act(order, "reply_citizen", Role.AGENT, reply=result)
    node.act(order, "close", Role.AGENT)


def test_a_split_makes_a_second_appeal_with_the_callers_data_and_its_own_words() -> None:
    city = memory_city()
    node = city.hotline
    first = node.place(node.take("路灯坏了，还有人欠薪", phone="13800000001", place="采莲路8号", citizen="张某"), "keep")
    node.act(first, "split", words="路灯坏了三天", place="采莲路10号", reason="两件事")
    second = other_of(node, first)
    assert (second.data["text"], second.data["phone"], second.data["citizen"]) == ("路灯坏了三天", "13800000001", "张某"), "nobody is asked again"
    assert second.data["place"] == "采莲路10号"
    assert (second.phase, second.data["split_from"]["number"]) == ("kept", first.data["number"])
    assert second.data["order"] != first.data["order"]
    assert node.now(first).data["text"] == "路灯坏了，还有人欠薪", "what was said first stays as it was said"
    assert other_of(node, second).id == first.id, "both show each other"


def test_matters_that_were_split_close_apart_and_each_shows_the_others_result() -> None:
    node = memory_city().hotline
    first = node.place(node.take("路灯坏了，垃圾没人收"), "keep")
    node.act(first, "split", words="垃圾没人收")
    second = other_of(node, first)
    finish(node, str(second.data["order"]), "垃圾已清")
    assert node.now(second).phase == "closed"
    assert node.now(first).phase == "kept", "the first goes on"
    assert node.now(first).data["related_to"][0]["result"] == "垃圾已清"
    assert node.now(first).data.get("result") != "垃圾已清", "the end of another is not its own"
    finish(node, str(first.data["order"]), "路灯已修")
    assert node.now(second).data["related_to"][0]["result"] == "路灯已修"


def test_danger_in_what_is_split_off_goes_to_police_at_once() -> None:
    city = memory_city()
    first = city.hotline.place(city.hotline.take("路灯坏了"), "keep")
    city.hotline.act(first, "split", words="楼上有人要跳楼")
    city.wire.carry()
    assert city.police.only(StreamKind.ALARM).data["urgent"]
    assert city.hotline.now(first).phase == "kept"


def test_what_is_split_off_may_belong_to_the_other_side_or_wait_for_somebody() -> None:
    city = memory_city()
    node = city.police
    first = node.place(node.take("有人打架，楼下油烟大"), "keep")
    node.act(first, "split", words="楼下油烟太大")
    city.wire.carry()
    assert city.hotline.only(StreamKind.HANDOVER).data["record"]["text"] == "楼下油烟太大"
    node.act(first, "split", words="还有一件说不清的", course="later")
    assert node.now(str(node.now(first).data["related_to"][1]["appeal"])).phase == "taken"


def test_the_side_that_handed_it_over_hears_of_the_split_and_of_both_ends() -> None:
    city = memory_city()
    city.police.place(city.police.take("楼下油烟太大，路灯也坏了"), "hand_over")
    city.wire.carry()
    handover = city.hotline.only(StreamKind.HANDOVER)
    city.hotline.act(handover, "accept")
    first = city.hotline.only(StreamKind.APPEAL)
    city.hotline.act(first, "split", words="路灯也坏了")
    second = other_of(city.hotline, first)
    finish(city.hotline, str(second.data["order"]), "路灯已修")
    finish(city.hotline, str(city.hotline.now(first).data["order"]), "油烟已治")
    city.wire.carry()
    with city.police.world.work() as unit:
        told = [fact.data["step"] for fact in unit.facts(city.police.now(handover)) if fact.name == "ProgressTold"]
    assert {"MatterSplit", "RelatedEnded"} <= set(told)
    assert city.police.now(handover).phase == "confirmed"


@pytest.mark.parametrize("words", [None, "", "  ", 7, ["x"], {"a": 1}, "坏\x00字", "长" * 20_001])
def test_a_split_without_sound_words_is_refused_and_makes_nothing(words: Any) -> None:
    city = memory_city()
    first = city.hotline.place(city.hotline.take("路灯坏了"), "keep")
    assert refused(city, city.hotline, first, "split", words=words) in ("input.required", "input.not_text", "input.too_long", "input.invalid")


def test_a_split_by_the_wrong_person_to_nowhere_or_of_an_ended_case_is_refused() -> None:
    city = memory_city()
    node = city.hotline
    first = node.place(node.take("路灯坏了"), "keep")
    assert refused(city, node, first, "split", Role.UNIT_STAFF, words="x") == "command.not_allowed"
    assert refused(city, node, first, "split", Role.SUPERVISOR, words="x") == "command.not_allowed"
    assert refused(city, node, first, "split", words="x", course="away") == "input.invalid"
    for made_up in ("note_related", "forget_related", "note_related_end"):
        assert refused(city, node, first, made_up, related=first.id, result="x") == "command.unknown"
    finish(node, str(first.data["order"]), "好了")
    assert refused(city, node, first, "split", words="又一件") == "command.not_in_state"


def test_related_appeals_know_each_other_until_somebody_takes_it_back() -> None:
    city = memory_city()
    node = city.hotline
    one, two = node.take("路灯坏了"), node.take("路面塌了一块", place="采莲路")
    node.act(one, "relate", related=two.data["number"], reason="同一工地")
    assert other_of(node, two).id == one.id
    again = node.act(one, "relate", related=two.id)
    assert len(again.data["related_to"]) == 1, "twice is once"
    node.act(two, "unrelate", related=one.data["number"])
    assert node.now(one).data["related_to"] == []
    assert refused(city, node, one, "unrelate", related=two.id) == "appeal.not_related"
    assert refused(city, node, one, "relate", related=one.id) == "appeal.own_link"
    for bad in ("诉999", "no-id", "", None, 7):
        assert refused(city, node, one, "relate", related=bad) == "appeal.no_such_link"


def test_two_orders_of_one_matter_become_one_while_nobody_works_on_the_second() -> None:
    city = memory_city()
    node = city.hotline
    one, two = node.place(node.take("路灯坏了"), "keep"), node.place(node.take("路灯不亮", phone="13800000002"), "keep")
    merged = node.act(two, "join", linked=one.data["number"], reason="同一盏灯")
    assert merged.phase == "joined"
    assert node.now(str(two.data["order"])).phase == "withdrawn"
    assert "路灯不亮" in node.now(one).data["supplements"][0], "its words are not lost"
    finish(node, str(one.data["order"]), "已修好")
    assert (node.now(two).phase, node.now(two).data["result"]) == ("closed", "已修好"), "who called second is answered with the first"


def test_an_order_that_somebody_works_on_is_not_merged_away() -> None:
    city = memory_city()
    node = city.hotline
    one, two = node.place(node.take("路灯坏了"), "keep"), node.place(node.take("路灯不亮"), "keep")
    order = str(two.data["order"])
    node.act(order, "dispatch", Role.AGENT, unit="u1")
    node.act_for("u1", order, "start")
    assert refused(city, node, two, "join", linked=one.data["number"]) == "appeal.work_begun"
    node.act(two, "relate", related=one.data["number"])
    assert other_of(node, two).id == one.id, "they are related instead"


def test_what_was_merged_by_mistake_is_handled_by_itself_again() -> None:
    node = memory_city().hotline
    one, two = node.place(node.take("路灯坏了"), "keep"), node.place(node.take("路灯不亮"), "keep")
    node.act(two, "join", linked=one.data["number"])
    apart = node.act(two, "separate", reason="不是同一盏")
    assert apart.phase == "taken"
    assert node.place(apart, "keep").phase == "kept"
    finish(node, str(one.data["order"]), "已修好")
    assert node.now(two).phase == "kept"
