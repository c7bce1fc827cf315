"""Act on an alarm, a work order, a handover or an appeal: one command, decided by its table.

Where a command needs more than its own table (accepting a handover, placing an appeal), its own use case is called, so
that screens and the API have one door.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from liandong.application.abusive_calls import refer_abuse
from liandong.application.accept_handover import take_over
from liandong.application.again import decided_again
from liandong.application.blow_whistle import agree_plan, call_more
from liandong.application.convene import add_case_by_hand, cast_vote, confirm_ruling, invite_more, propose_ruling, rule
from liandong.application.dispatch import SENDING_COMMANDS, send_units
from liandong.application.link_repeats import link_repeat
from liandong.application.pass_down import pass_down
from liandong.application.perform import Session
from liandong.application.place_appeal import offer_reviewed, place
from liandong.application.raise_alert import add_recipients, raise_alert
from liandong.application.related import relate, split_matter
from liandong.application.reply_check import send_reply
from liandong.application.route import party_here
from liandong.application.shared_streams import is_shared
from liandong.application.three_way_call import hang_up, invite
from liandong.application.world import MACHINES, World
from liandong.domain.errors import CommandRefused, Refusal
from liandong.domain.journal.facts import Actor, StreamId, StreamKind, StreamState

__all__ = ["act", "is_internal"]

#: session, the stream, who, what is given -> where it stands after.
Door = Callable[[Session, StreamState, Actor, Mapping[str, Any]], StreamState]
#: Given by the node itself or by another use case, never by a person.
INTERNAL = frozenset(
    {
        "offer", "draft", "submit", "invite", "raise", "take", "receive", "take_back", "peer_result", "lapse", "report_handover", "note_repeat",
        "forget_repeat", "note_related", "forget_related", "note_related_end", "warn", "follow", "finish", "retime", "establish_abuse", "convene", "blow", "due_visit", "draw", "move_line",
    }
)  # fmt: skip


def is_internal(state: StreamState, command: str) -> bool:
    """Tell whether only the node itself gives a command where the stream stands now.

    A handover's progress is told by the order made of it, a work order's by its unit; an offer is a person's to give once it was reviewed.
    """
    if state.kind == StreamKind.HANDOVER and command in ("offer", "progress"):
        return command == "progress" or state.phase not in ("drafted", "under_review")
    return command in INTERNAL and (state.kind, command) != (StreamKind.APPEAL, "take_back")


def act(
    world: World, actor: Actor, kind: StreamKind, stream: StreamId, command: str, data: Mapping[str, Any], expected_seq: int | None = None
) -> StreamState:
    """Perform one command in one transaction; return where the stream stands after.

    Parameters:
        expected_seq: the number of facts the person saw; when others have been added since, the command is refused
            with ``stream.conflict`` so that nobody decides on an old picture. None: decide on the newest state.

    Raises:
        CommandRefused: the table, a guard or a right says no; nothing is written.
        StreamNotFound: no such stream here.
        StreamConflict: somebody was faster, again and again.

    Concurrency: who loses reads again and decides again, as ``decided_again`` says.
    """
    if expected_seq is not None:
        # A person decides on the picture that they saw, or not at all.
        return _act_once(world, actor, kind, stream, command, data, expected_seq)
    return decided_again(lambda: _act_once(world, actor, kind, stream, command, data, None))


def _act_once(
    world: World, actor: Actor, kind: StreamKind, stream: StreamId, command: str, data: Mapping[str, Any], expected_seq: int | None
) -> StreamState:
    with world.work() as unit:
        session = Session(world, unit)
        state = session.load(kind, stream)
        if expected_seq is not None and state.seq != expected_seq:
            raise CommandRefused(Refusal("stream.conflict"))
        if is_internal(state, command):
            raise CommandRefused(Refusal("command.unknown", {"command": command}))
        door = DOORS.get((kind, command))
        if door is not None:
            return door(session, state, actor, data)
        if is_shared(kind):
            actor = actor.standing(party_here(world.desk, state.data))
        return session.perform(kind, stream, command, actor, data)


def _placing(course: str) -> Door:
    return lambda session, state, actor, data: place(session, state, actor, course, data)


def _linking(command: str) -> Door:
    return lambda session, state, actor, data: link_repeat(session, state, actor, command, data.get("linked"))


def _relating(command: str) -> Door:
    return lambda session, state, actor, data: relate(session, state, actor, command, data)


def _replying(command: str) -> Door:
    return lambda session, state, actor, data: send_reply(session, state, actor, command, data)


def _sending(command: str) -> Door:
    return lambda session, state, actor, data: send_units(session, state, actor, command, data)


def _accept(session: Session, state: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    return take_over(session, state, actor, str(data.get("note", "")))


def _refer(session: Session, state: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    return refer_abuse(session, state, actor, str(data.get("reason", "")))


#: (kind, command) -> the use case behind it, where a command needs more than its own table.
DOORS: Mapping[tuple[StreamKind, str], Door] = {
    **{(StreamKind.APPEAL, course): _placing(course) for course in ("keep", "hand_over", "share", "guide", "join")},
    (StreamKind.APPEAL, "link"): _linking("link"),
    (StreamKind.APPEAL, "unlink"): _linking("unlink"),
    (StreamKind.APPEAL, "split"): split_matter,
    (StreamKind.APPEAL, "relate"): _relating("relate"),
    (StreamKind.APPEAL, "unrelate"): _relating("unrelate"),
    (StreamKind.APPEAL, "refer_abuse"): _refer,
    (StreamKind.APPEAL, "invite_call"): invite,
    (StreamKind.APPEAL, "alert"): raise_alert,
    (StreamKind.ALERT, "add"): add_recipients,
    (StreamKind.CALL, "hang_up"): hang_up,
    (StreamKind.CONSULTATION, "invite_more"): invite_more,
    (StreamKind.CONSULTATION, "add_case"): add_case_by_hand,
    (StreamKind.WHISTLE, "call_more"): call_more,
    (StreamKind.WHISTLE, "agree_plan"): agree_plan,
    (StreamKind.CONSULTATION, "vote"): cast_vote,
    (StreamKind.CONSULTATION, "propose"): propose_ruling,
    (StreamKind.CONSULTATION, "rule"): rule,
    (StreamKind.CONSULTATION, "confirm_ruling"): confirm_ruling,
    (StreamKind.WORK_ORDER, "reply_citizen"): _replying("reply_citizen"),
    (StreamKind.WORK_ORDER, "answer"): _replying("answer"),
    **{(kind, command): _sending(command) for kind in (StreamKind.ALARM, StreamKind.WORK_ORDER) for command in SENDING_COMMANDS if command in MACHINES[kind].commands},
    (StreamKind.HANDOVER, "accept"): _accept,
    (StreamKind.HANDOVER, "pass_down"): pass_down,
    (StreamKind.HANDOVER, "offer"): offer_reviewed,
}
