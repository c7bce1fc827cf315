"""Kill -9 in the middle of a feed: either node's web or worker process, and PostgreSQL under them. Nothing is lost, nothing doubled."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.city import City, eventually, running_city
from tests.feeding import feed, held_against_each_other, real_rows

pytestmark = [pytest.mark.nodes, pytest.mark.slow]

ROWS, KILLS = 220, 6
#: Real orders instead of ours, every row of them: ``LIANDONG_CHAOS_FEED=../shared/data/haikou_closedloop.csv.gz``, 40 rows to a killing.
REAL = os.environ.get("LIANDONG_CHAOS_FEED", "")
ROWS_A_KILL = 40
#: Another seed plays another evening: ``LIANDONG_CHAOS_SEED=7``.
SEED = int(os.environ.get("LIANDONG_CHAOS_SEED", "20261122"))
MATTERS = (
    "楼下烧烤摊油烟往窗户里灌", "路灯坏了半个月没人修", "隔壁工地半夜施工吵得睡不着", "小区垃圾三天没人收", "老板拖欠两个月工资不给",
    "有人在路口打架还拿着棍子", "手机被偷了，想报警", "公交站牌倒了挡住人行道", "超市卖过期牛奶", "河里有一股臭味，水是黑的",
)  # fmt: skip


def rows() -> list[dict[str, Any]]:
    """Return what callers say, each with a key of its own."""
    if REAL:
        return real_rows(Path(REAL))
    return [{"text": f"{MATTERS[number % len(MATTERS)]}，第{number}件", "place": f"安元路{number}号", "channel": "feed", "key": f"chaos:{number}"} for number in range(ROWS)]


@pytest.mark.timeout(1200 if REAL else 300)
def test_nothing_is_lost_or_doubled_when_processes_and_postgresql_are_killed_at_random() -> None:
    chance, told = Random(SEED), rows()
    kills = max(KILLS, len(told) // ROWS_A_KILL) if REAL else KILLS
    victims = [(node, part) for node in ("police", "hotline") for part in ("web", "worker")]
    killings = [*chance.choices(victims, k=kills - 1 - kills // 6), *[("postgresql", "server")] * (1 + kills // 6)]
    chance.shuffle(killings)
    points = sorted(chance.sample(range(10, len(told) - 20), kills))
    with running_city() as city:
        done = _Killer(city, points, killings)
        report = feed(city, told, done.look)
        assert done.left == [], "every killing took place"
        summary = report.as_json()
        assert (summary["taken"], summary["refused"]) == (len(told), 0)
        assert (summary["lost"], summary["doubled"], summary["waiting"]) == (0, 0, 0), summary
        states = held_against_each_other(city, [each["key"] for each in told])
        assert sum(states.values()) == len(told)
        assert set(states) <= {"kept", "handed", "shared", "guided"}, states
        assert report.handed_over > 0
        eventually(lambda: _everything_runs(city), what="every process is up again")


class _Killer:
    """Kills when so many rows are told."""

    def __init__(self, city: City, points: list[int], killings: list[tuple[str, str]]) -> None:
        self.left = list(zip(points, killings, strict=True))
        self._city = city

    def look(self, told: int) -> None:
        """Kill whose turn has come."""
        while self.left and told >= self.left[0][0]:
            _, (node, part) = self.left.pop(0)
            if node == "postgresql":
                self._city.supervisor.kill_server()
            else:
                self._city.supervisor.kill(node, part)


def _everything_runs(city: City) -> bool:
    processes = [child.process for child in city.supervisor.children.values()]
    return all(each is not None and each.poll() is None for each in processes)
