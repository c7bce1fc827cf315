"""Two nodes in the hands of chance: people press what they may and what they may not, processes die, messages come late, time passes.

After every step: what was refused, or died, has changed nothing; each node by itself knows one who answers for each appeal; nobody waits
without a clock; danger waits for no review. When the wire is quiet both nodes hold one story.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from liandong.adapters.packs import load_pack
from liandong.application.act import act
from liandong.application.fire_timer import fire_timer
from liandong.application.orders import is_open
from liandong.application.perform import Session
from liandong.application.place_appeal import place_appeal
from liandong.application.take_appeal import take_appeal
from liandong.application.world import MACHINES
from liandong.domain.assistants.parts import PART_COMMANDS, open_parts, parts_of
from liandong.domain.clocks import Outcome, Rulebook
from liandong.domain.errors import MESSAGES, LiandongError
from liandong.domain.journal.facts import Role, StreamKind, StreamState
from tests.memory_city import MemoryCity, MemoryNode, memory_city
from tests.unit.machine_samples import sample

PACK = load_pack("xiangcheng")
BOOK = Rulebook(PACK.clocks, PACK.calendar, frozenset())
TEXTS = ("有人在路口打架", "楼下烧烤油烟太大", "有人要跳楼", "燃气味道很重", "老板欠薪三个月", "对法院判决不服", "说不清楚的一件事")
COURSES = ("keep", "hand_over", "share", "guide", "auto", "join")
ORDERS = (StreamKind.ALARM, StreamKind.WORK_ORDER)
#: States of a handover in which somebody still answers for it by it: the receiver once accepted, until then the sender.
LIVE_HANDOVER = frozenset({"drafted", "under_review", "offered", "accepted", "objected", "negotiating", "reported"})
PEOPLE = tuple(each for each in Role if each != Role.SYSTEM)
UNITS = ("CG", "HB", "PS1")


class Died(Exception):
    """A process that was killed just before it committed."""


class Nodes(RuleBasedStateMachine):
    """Two nodes, their people, and what befalls them."""

    def __init__(self) -> None:
        super().__init__()
        self.city: MemoryCity = memory_city(rulebook=BOOK)

    # --- people --------------------------------------------------------------------------------------------------------

    @rule(side=st.booleans(), text=st.sampled_from(TEXTS), course=st.sampled_from((*COURSES, "")), phone=st.integers(0, 3))
    def somebody_calls(self, side: bool, text: str, course: str, phone: int) -> None:
        node = self._node(side)
        appeal = take_appeal(node.world, node.person(), {"text": text, "channel": "phone", "phone": f"1390000000{phone}"}).appeal
        if course:
            self._tried(lambda: place_appeal(node.world, node.person(), appeal.id, course, {"reason": "值班员决定", "guidance": "请找法院", "linked": ""}))

    @precondition(lambda self: self._streams(True) or self._streams(False))
    @rule(side=st.booleans(), which=st.integers(0, 10_000), kind=st.sampled_from((*ORDERS, StreamKind.HANDOVER, None)), unit=st.sampled_from(UNITS), seed=st.integers(0, 10_000))
    def somebody_moves(self, side: bool, which: int, kind: StreamKind | None, unit: str, seed: int) -> None:
        """Somebody presses what may be pressed here, until something moves."""
        node, chance = self._node(side), random.Random(seed)
        streams = [each for each in self._streams(side) if kind in (None, each.kind)]
        if not streams:
            return
        state = streams[which % len(streams)]
        pairs = [(role, command) for role in PEOPLE for command in MACHINES[state.kind].commands if self._may(state, command, role)]
        chance.shuffle(pairs)
        for role, command in pairs[:12]:
            if self._press(node, state, command, role, unit, seed):
                return

    @precondition(lambda self: self._streams(True) or self._streams(False))
    @rule(side=st.booleans(), which=st.integers(0, 10_000), role=st.sampled_from(PEOPLE), command=st.integers(0, 10_000), seed=st.integers(0, 10_000))
    def somebody_tries(self, side: bool, which: int, role: Role, command: int, seed: int) -> None:
        """Somebody presses anything, anywhere, with anything in hand."""
        node = self._node(side)
        if not (streams := self._streams(side)):
            return
        state = streams[which % len(streams)]
        commands = MACHINES[state.kind].commands
        self._press(node, state, commands[command % len(commands)], role, "CG", seed)

    @precondition(lambda self: self._streams(True) or self._streams(False))
    @rule(side=st.booleans(), which=st.integers(0, 10_000), command=st.integers(0, 10_000), seed=st.integers(0, 10_000))
    def a_process_dies(self, side: bool, which: int, command: int, seed: int) -> None:
        """The process dies after it has decided and before it commits."""
        node = self._node(side)
        if not (streams := self._streams(side)):
            return
        state = streams[which % len(streams)]
        commands = [each for each in MACHINES[state.kind].commands if self._may(state, each, node.desk_role)]
        if not commands:
            return
        before, work = self.city.snapshot(), node.world.work

        def dying() -> Any:
            unit = work()
            unit._commit = _die
            return unit

        doomed = replace(node.world, work=dying)
        chosen = commands[command % len(commands)]
        with contextlib.suppress(LiandongError, Died):
            act(doomed, node.person(), state.kind, state.id, chosen, self._data(state, chosen, random.Random(seed)))
        assert self.city.snapshot() == before, f"{chosen} left something behind"

    # --- what befalls them -----------------------------------------------------------------------------------------------

    @precondition(lambda self: self.city.wire.due())
    @rule(which=st.integers(0, 10_000))
    def a_message_arrives(self, which: int) -> None:
        due = self.city.wire.due()
        self.city.wire.deliver(*due[which % len(due)])
        assert self.city.wire.set_aside == {}, "what one node said the other must understand"

    @rule(hours=st.sampled_from((1, 5, 26, 24 * 8)))
    def time_passes(self, hours: int) -> None:
        self.city.clock.forward(hours=hours)
        for node in self.city.nodes.values():
            for stream in list(node.database.clocks):
                for clock in node.database.clocks[stream]:
                    self._fire(node, node.now(stream), clock.step, clock.round)

    @rule()
    def the_wire_is_quiet(self) -> None:
        self.city.wire.carry()
        assert self.city.wire.set_aside == {}, "what one node said the other must understand"
        police, hotline = (node.database for node in (self.city.police, self.city.hotline))
        for state in (*police.of_kind(StreamKind.HANDOVER), *hotline.of_kind(StreamKind.HANDOVER)):
            if state.phase in ("drafted", "under_review", "turned_back"):
                continue
            here, there = police.rows.get(state.id), hotline.rows.get(state.id)
            assert here is not None and there is not None, f"{state.id} is on one node only"
            assert here.state.phase == there.state.phase, f"{here.state.phase} here, {there.state.phase} there"

    # --- what must hold --------------------------------------------------------------------------------------------------

    @invariant()
    def each_node_knows_one_who_answers(self) -> None:
        for node in self.city.nodes.values():
            for appeal in node.database.of_kind(StreamKind.APPEAL):
                orders, handovers = self._of(node, appeal, ORDERS), self._of(node, appeal, (StreamKind.HANDOVER,))
                live = [each for each in orders if is_open(each) and each.phase != "handed_over"]
                crossing = [each for each in handovers if each.phase in LIVE_HANDOVER and each.data.get("origin") == node.world.desk.side]
                assert len(live) <= 1, f"two orders for one appeal: {self._story(node, appeal)}"
                # Danger goes beside what is on its way in calm; neither goes twice.
                for danger in (False, True):
                    same = [each.phase for each in crossing if bool(each.data.get("danger")) == danger]
                    assert len(same) <= 1, f"two handovers for one appeal: {self._story(node, appeal)}"
                match appeal.phase:
                    case "taken":
                        assert not live and not crossing, f"nobody has decided, yet somebody acts: {self._story(node, appeal)}"
                    case "kept":
                        assert len(orders) + len(self._of(node, appeal, (StreamKind.QUICK_SERVICE,))) >= 1, "kept by nobody"
                        assert not crossing, f"kept and handed over at once: {self._story(node, appeal)}"
                    case "handed":
                        assert handovers, "handed over to nobody"
                        assert not live, f"handed over and worked on here: {self._story(node, appeal)}"

    @invariant()
    def nobody_waits_without_a_clock(self) -> None:
        for node in self.city.nodes.values():
            for kind in (*ORDERS, StreamKind.HANDOVER):
                for state in node.database.of_kind(kind):
                    if not self._must_have_a_clock(state):
                        continue
                    clocks = node.database.clocks.get(state.id, ())
                    assert any(each.outcome == Outcome.OPEN for each in clocks), f"{kind} in {state.phase} at {node.world.desk.node} waits without a clock"

    @invariant()
    def every_part_has_its_own_clocks_and_nobody_elses_runs(self) -> None:
        for node in self.city.nodes.values():
            for kind in ORDERS:
                for state in node.database.of_kind(kind):
                    running = {(each.assistant, each.step) for each in node.database.clocks.get(state.id, ()) if each.outcome == Outcome.OPEN and each.assistant}
                    owed = {(code, "part_report") for code in open_parts(state.data)}
                    owed |= {(code, "part_sign") for code, part in parts_of(state.data).items() if part["state"] == "called"}
                    assert {each for each in running if each[1] != "part_arrive"} == owed, f"{kind} in {state.phase} at {node.world.desk.node}"
                    assert {code for code, _ in running} <= set(open_parts(state.data))

    @invariant()
    def danger_waits_for_no_review(self) -> None:
        for node in self.city.nodes.values():
            for state in node.database.of_kind(StreamKind.HANDOVER):
                assert not (state.data.get("danger") and state.phase in ("drafted", "under_review")), "danger waits for a review"

    @invariant()
    def the_chains_hold(self) -> None:
        for node in self.city.nodes.values():
            assert node.database.broken() == []

    # --- hands -----------------------------------------------------------------------------------------------------------

    def _node(self, side: bool) -> MemoryNode:
        return self.city.police if side else self.city.hotline

    def _streams(self, side: bool) -> list[StreamState]:
        return [row.state for row in self._node(side).database.rows.values()]

    def _of(self, node: MemoryNode, appeal: StreamState, kinds: Iterable[StreamKind]) -> list[StreamState]:
        return [node.now(each) for kind in kinds for each in node.database.belonging.get((kind, appeal.id), ())]

    def _story(self, node: MemoryNode, appeal: StreamState) -> list[tuple[str, str, list[str]]]:
        """Return what happened to an appeal here, for whoever reads the failure."""
        of = [appeal, *self._of(node, appeal, (*ORDERS, StreamKind.QUICK_SERVICE, StreamKind.HANDOVER))]
        return [(each.kind.value, each.phase, node.database.names(each.id)) for each in of]

    def _may(self, state: StreamState, command: str, role: Role) -> bool:
        return any(role in row.who for row in MACHINES[state.kind].rows_for(state.phase, command))

    def _press(self, node: MemoryNode, state: StreamState, command: str, role: Role, unit: str, seed: int) -> bool:
        parts = sorted(parts_of(state.data))
        # Who presses for a part is of the unit whose part it is, most of the time.
        own = parts[seed % len(parts)] if parts and command in PART_COMMANDS and seed % 5 else state.data.get("unit") or unit
        return self._tried(lambda: act(node.world, node.person(role, str(own)), state.kind, state.id, command, self._data(state, command, random.Random(seed))))

    def _data(self, state: StreamState, command: str, chance: random.Random) -> dict[str, Any]:
        """Return what the command asks for, sometimes not all of it."""
        machine, data = MACHINES[state.kind], {}
        for row in machine.rows_for(state.phase, command) or [each for each in machine.rows if each.command == command]:
            for name in (*row.required, *row.optional):
                spec = machine.fields[name]
                if name in row.required or chance.random() < 0.3:
                    data[name] = chance.choice(spec.choices) if spec.choices else self._plain(name, sample(spec))
        if data and chance.random() < 0.1:
            data.pop(next(iter(data)))
        return data

    @staticmethod
    def _plain(name: str, otherwise: Any) -> Any:
        return {"unit": "CG", "assistants": ["HB", "PS1"], "assistant": "HB", "assistant_names": {}, "reply": "已责令该店安装油烟净化设施，三日内复查，结果再电话告知您，谢谢您的反映。", "linked": ""}.get(name, otherwise)

    def _tried(self, what: Callable[[], object]) -> bool:
        """Do it; return whether it was done. What is refused changes nothing."""
        before = self.city.snapshot()
        try:
            what()
        except LiandongError as error:
            assert error.code in MESSAGES
            assert self.city.snapshot() == before, f"{error.code} has changed something"
            return False
        return True

    def _fire(self, node: MemoryNode, state: StreamState, step: str, round_: int) -> None:
        before = self.city.snapshot()
        try:
            with node.world.work() as unit:
                fire_timer(Session(node.world, unit), state.kind, state.id, step, round_)
        except LiandongError as error:
            assert self.city.snapshot() == before, f"{error.code} has changed something"

    @staticmethod
    def _must_have_a_clock(state: StreamState) -> bool:
        if state.kind == StreamKind.HANDOVER:
            return state.phase in ("offered", "objected", "negotiating")
        # What was handed over waits by the clocks of its handover and of the other side's order.
        return is_open(state) and state.phase != "handed_over"


def _die() -> None:
    raise Died


Nodes.TestCase.settings = settings(
    max_examples=120, stateful_step_count=40, deadline=None, report_multiple_bugs=False, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
TestTwoNodes = Nodes.TestCase

