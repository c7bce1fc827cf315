"""The acts of a recorded loop: what a step of a row means for an order where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from liandong.application.act import act
from liandong.domain.journal.facts import Role, StreamId, StreamKind, StreamState
from liandong.lab.pair import Pair, Side
from liandong.lab.recorded import Recorded

__all__ = ["PLAY", "accept_offers", "orders_of"]

#: Words in the name of a unit that is of the police.
POLICE_WORDS = ("公安", "警察", "派出所", "交警")
#: Said where a file tells when, and not what.
NO_WORDS = "（原始数据未载明）"


def accept_offers(pair: Pair, side: Side, appeal: StreamState) -> None:
    """Carry what was said to the other side, and let its desk accept what it was offered."""
    pair.wire.carry()
    handover, other = appeal.data.get("handover"), pair.other(side)
    if handover and StreamId(str(handover)) in other.database.rows and other.now(str(handover)).phase == "offered":
        act(other.world, other.person(), StreamKind.HANDOVER, StreamId(str(handover)), "accept", {})
        pair.wire.carry()


def orders_of(pair: Pair, side: Side, appeal: StreamId) -> list[tuple[Side, StreamId]]:
    """Return the orders that came of an appeal, at its own node and at the other."""
    own, other = side.now(appeal), pair.other(side)
    found = [(side, own.data.get("order"))]
    taken = other.database.keys.get(f"handover:{own.data.get('handover', '')}")
    if taken is not None:
        found.append((other, other.now(taken).data.get("order")))
    return [(holder, StreamId(str(order))) for holder, order in found if order]


def _unit(pair: Pair, side: Side, order: StreamState, recorded: Recorded) -> str:
    """Return whom an order goes to: the recorded unit where it is of the order's side, else the one the list suggests, else the recorded one."""
    code = (pair.city.units or {}).get(recorded.unit, recorded.unit)
    if code and any(word in recorded.unit for word in POLICE_WORDS) == (side.name == "police"):
        return code
    said = {**side.now(str(order.data["appeal"])).data, **{name: value for name, value in order.data.items() if value}}
    return pair.city.suggest(said, side.name, pair.clock.now()) or code


def _act(side: Side, order: StreamId, command: str, role: Role, data: Mapping[str, Any] | None = None) -> None:
    now = side.now(order)
    act(side.world, side.person(role, str(now.data.get("unit", ""))), now.kind, order, command, data or {})


def _worker(order: StreamState) -> Role:
    return Role.OFFICER if order.kind == StreamKind.ALARM else Role.UNIT_STAFF


def _dispatch(pair: Pair, side: Side, order: StreamId, recorded: Recorded) -> None:
    now = side.now(order)
    unit = _unit(pair, side, now, recorded)
    if now.kind == StreamKind.QUICK_SERVICE or now.phase not in ("taken", "received") or not unit:
        return
    if now.kind == StreamKind.WORK_ORDER:
        _act(side, order, "dispatch", Role.AGENT, {"unit": unit})
        return
    _act(side, order, "order", Role.DISPATCHER, {"unit": unit})
    if side.now(order).phase == "dispatch_review":
        _act(side, order, "approve_order", Role.REVIEWER)


def _sign(pair: Pair, side: Side, order: StreamId, recorded: Recorded) -> None:
    now = side.now(order)
    if now.kind != StreamKind.QUICK_SERVICE:
        _act(side, order, "sign", _worker(now))


def _refuse(pair: Pair, side: Side, order: StreamId, recorded: Recorded) -> None:
    if side.now(order).kind == StreamKind.WORK_ORDER:
        _act(side, order, "refuse", Role.UNIT_STAFF, {"reason": recorded.words.get("refused", NO_WORDS), "clause": NO_WORDS})


def _ask(pair: Pair, side: Side, order: StreamId, recorded: Recorded) -> None:
    """Who works on what came from the other side asks there; a question inside a side is no act of the linkage."""
    now = side.now(order)
    if now.data.get("handover"):
        question = {"question": recorded.words.get("asked", NO_WORDS)}
        act(
            side.world,
            side.person(_worker(now), str(now.data.get("unit", ""))),
            StreamKind.HANDOVER,
            StreamId(str(now.data["handover"])),
            "ask",
            question,
        )


def _supply(pair: Pair, side: Side, order: StreamId, recorded: Recorded) -> None:
    handover = side.now(order).data.get("handover")
    if handover:
        first, words = pair.other(side), recorded.words.get("supplied", NO_WORDS)
        waiting = any(not each.get("answer") for each in first.now(str(handover)).data.get("questions", ()))
        command, given = ("answer", {"answer": words}) if waiting else ("supplement", {"words": words})
        act(first.world, first.person(), StreamKind.HANDOVER, StreamId(str(handover)), command, given)


def _report(pair: Pair, side: Side, order: StreamId, recorded: Recorded) -> None:
    """The unit is done: the steps before, of which the file tells no time, are written at the same moment."""
    now, result = side.now(order), recorded.words.get("reported", NO_WORDS)
    if now.kind == StreamKind.WORK_ORDER and now.phase in ("dispatched", "signed", "working"):
        if now.phase != "working":
            _act(side, order, "start", Role.UNIT_STAFF)
        _act(side, order, "report", Role.UNIT_STAFF, {"result": result})
    elif now.kind == StreamKind.ALARM and now.phase in ("ordered", "signed", "departed", "arrived"):
        if now.phase != "arrived":
            _act(side, order, "arrive", Role.OFFICER)
        _act(side, order, "handle", Role.OFFICER, {"situation": result})
        _act(side, order, "report", Role.OFFICER, {"result": result})
        if side.now(order).phase == "feedback_review":
            _act(side, order, "approve_report", Role.REVIEWER)


def _close(pair: Pair, side: Side, order: StreamId, recorded: Recorded) -> None:
    _report(pair, side, order, recorded)
    now = side.now(order)
    if now.kind == StreamKind.QUICK_SERVICE:
        return
    if now.kind == StreamKind.WORK_ORDER:
        if now.phase == "reported":
            _act(side, order, "reply_citizen", Role.AGENT, {"reply": recorded.words.get("reported", NO_WORDS)})
        _act(side, order, "close", Role.AGENT)
    else:
        _act(side, order, "close", Role.CALL_TAKER)


def _visit(pair: Pair, side: Side, order: StreamId, recorded: Recorded) -> None:
    """Ask the citizen, where the file says how content they were."""
    said = recorded.words.get("visited", "")
    if said and side.now(order).kind == StreamKind.WORK_ORDER:
        _act(side, order, "visit", Role.AGENT, {"satisfaction": said, "way": "phone", "reason": NO_WORDS if said in ("4", "5") else ""})


#: step of a row -> what is done for each of its orders.
PLAY: Mapping[str, Callable[[Pair, Side, StreamId, Recorded], None]] = {
    "dispatched": _dispatch,
    "signed": _sign,
    "refused": _refuse,
    "asked": _ask,
    "supplied": _supply,
    "reported": _report,
    "closed": _close,
    "visited": _visit,
}
