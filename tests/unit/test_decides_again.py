"""Who loses a race reads again and decides again; who saw an old picture is told so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from liandong.application import act as acting
from liandong.application.again import TRIES
from liandong.domain.errors import CommandRefused, StreamConflict
from liandong.domain.journal.facts import Role
from tests.memory_city import memory_city


class _Raced:
    """A database in which somebody else is faster a number of times."""

    def __init__(self, work: Any, times: int) -> None:
        self.work, self.times, self.begun = work, times, 0

    def __call__(self) -> Any:
        self.begun += 1
        if self.begun <= self.times:
            raise StreamConflict()
        return self.work()


@pytest.mark.parametrize(("lost", "wins"), [(1, True), (TRIES - 1, True), (TRIES, False)])
def test_a_command_that_lost_a_race_is_decided_again(lost: int, wins: bool) -> None:
    police = memory_city().police
    taken = police.take("楼下油烟太大")
    world = replace(police.world, work=_Raced(police.world.work, lost))
    given: Sequence[Any] = (world, police.person(Role.CALL_TAKER), taken.kind, taken.id, "supplement", {"words": "每晚七点"})
    if wins:
        assert acting.act(*given).data["supplements"] == ["每晚七点"]
    else:
        with pytest.raises(StreamConflict):
            acting.act(*given)


def test_who_decided_on_an_old_picture_is_not_decided_for_again() -> None:
    police = memory_city().police
    taken = police.take("楼下油烟太大")
    race = _Raced(police.world.work, 1)
    with pytest.raises((StreamConflict, CommandRefused)):
        acting.act(replace(police.world, work=race), police.person(), taken.kind, taken.id, "supplement", {"words": "字"}, taken.seq)
    assert race.begun == 1
