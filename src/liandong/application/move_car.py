"""Have a car moved: reach the owner, wait no longer than the city's limit, leave the rest to traffic police.

Source: 001 快速服务. Neither number is told to the other: the owner is a reference that only the register's adapter understands.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from liandong.application.orders import order_of
from liandong.application.perform import Session
from liandong.application.place_appeal import offer_handover
from liandong.application.reporting import close_appeal, report_back, tell_step
from liandong.application.route import towards_receiver
from liandong.application.world import World
from liandong.domain.appeals.particulars import read
from liandong.domain.appeals.repeat_keys import normal_plate
from liandong.domain.clocks import LimitUnit
from liandong.domain.errors import StreamNotFound
from liandong.domain.journal.facts import Fact, StreamId, StreamKind, StreamState
from liandong.domain.quickservice.move_car import WAITING

__all__ = ["MOVE_CAR_REACTIONS", "NOT_NEEDED", "end_waiting", "owner_limit"]

#: Minutes an owner has where the city's pack sets none.
WAIT_MINUTES = 15
#: Why a caller takes the request back.
NOT_NEEDED = "来电人说不用了"
KIND = StreamKind.QUICK_SERVICE


def owner_limit(world: World, data: Any, at: datetime) -> timedelta:
    """Return how long an owner has: the clock ``service.move_car`` of the pack, in real time."""
    rule = world.rulebook.rule("service", "move_car", data, at)
    seconds = {LimitUnit.SECONDS: 1, LimitUnit.MINUTES: 60, LimitUnit.HOURS: 3600}
    if rule is None or rule.limit.unit not in seconds:
        return timedelta(minutes=WAIT_MINUTES)
    return timedelta(seconds=rule.limit.amount * seconds[rule.limit.unit])


def end_waiting(world: World, service: StreamId) -> bool:
    """Leave a request to traffic police when the owner's limit has passed; return whether it had.

    Concurrency: harmless when run twice, late, or after the car has moved.
    """
    with world.work() as unit:
        session = Session(world, unit)
        state = session.load(KIND, service)
        if state.phase not in WAITING:
            return False
        since = datetime.fromisoformat(state.data["times"]["OwnerComing" if state.phase == "moving" else "OwnerNotified"])
        if session.at < since + owner_limit(world, state.data, since):
            return False
        session.perform(KIND, service, "hand_over", session.system, {"reason": "车主在时限内没有把车挪开"})
        return True


# --- what follows from the facts ---------------------------------------------------------------------------------------


def reach_owner(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Find the owner and notify at once; where no register is connected, a person does."""
    world = session.world
    if world.owners is None or world.notices is None:
        return
    owner = world.owners.find(str(after.data["plate"]))
    if owner is None:
        session.perform(KIND, after.id, "not_found", session.system)
        return
    notice = world.notices.tell_owner(owner, after.id, str(after.data["plate"]), str(after.data.get("place", "")))
    told = {"owner": owner, "notice": notice, "simulated": world.notices.simulated}
    session.perform(KIND, after.id, "notify", session.system, told)


def start_waiting(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The owner's limit begins."""
    limit = owner_limit(session.world, after.data, session.at)
    session.unit.defer("end_waiting", session.at + limit, {"service": after.id})


def take_new_plate(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The plate was wrong and somebody says another: it is tried by itself."""
    order = order_of(session, after.data) if after.phase == "kept" else None
    if order is None or order.kind != KIND or order.phase != "wrong_plate":
        return
    said = read(str(fact.data.get("words", ""))).of("plate")
    fresh = normal_plate(said[0].value) if said else ""
    if fresh and fresh != order.data.get("plate"):
        session.perform(KIND, order.id, "correct_plate", session.system, {"plate": fresh})


def ask_traffic_police(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """It crosses to police with what is known; a node of both sides takes an alarm of its own."""
    appeal = session.load(StreamKind.APPEAL, StreamId(str(after.data["appeal"])))
    desk, reason = session.world.desk, f"挪车无人应答：{after.data['plate']}"
    if desk.side == "hotline" and towards_receiver(desk, {}) is not None:
        offer_handover(session, appeal, fact.actor, {"cause": "quick_service", "reason": reason, "danger": False}, order=after.id)
        return
    alarm = {"appeal": appeal.id, "summary": f"{reason}。{after.data['summary']}"[:2000], "place": after.data.get("place", ""), "item": after.data.get("item", "")}
    session.start(StreamKind.ALARM, "take", session.system, {**alarm, "linked": after.id})


def take_alarm_result(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Traffic police of this very node are done."""
    linked = after.data.get("linked")
    if not linked:
        return
    try:
        service = session.load(KIND, StreamId(str(linked)))
    except StreamNotFound:
        return
    if service.phase == "handed_over":
        session.perform(KIND, service.id, "peer_result", session.system, {"result": str(after.data.get("result") or "交警已到场处置")})


#: fact -> (decided here, what follows).
MOVE_CAR_REACTIONS: dict[str, tuple[tuple[bool | None, Any], ...]] = {
    "CarAsked": ((True, reach_owner),),
    "AppealSupplemented": ((True, take_new_plate),),
    "PlateCorrected": ((True, reach_owner), (True, tell_step)),
    "OwnerNotified": ((True, start_waiting), (True, tell_step)),
    "OwnerComing": ((True, start_waiting), (True, tell_step)),
    "OwnerNotFound": ((True, tell_step),),
    "PlateDenied": ((True, tell_step),),
    "TrafficPoliceAsked": ((True, ask_traffic_police), (True, tell_step)),
    "CarMoved": ((True, tell_step), (True, report_back), (True, close_appeal)),
    "ServiceCancelled": ((True, report_back), (True, close_appeal)),
    "AlarmClosed": ((True, take_alarm_result),),
}
