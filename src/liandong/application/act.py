"""Act on an alarm, a work order, a handover or an appeal: one command, decided by its table.

Where a command needs more than its own table (accepting a handover, placing an appeal), its own use case is called, so
that screens and the API have one door.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liandong.application.accept_handover import take_over
from liandong.application.link_repeats import link_repeat
from liandong.application.perform import Session
from liandong.application.place_appeal import place
from liandong.application.route import party_here
from liandong.application.shared_streams import is_shared
from liandong.application.three_way_call import hang_up, invite
from liandong.application.world import World
from liandong.domain.errors import CommandRefused, Refusal
from liandong.domain.journal.facts import Actor, StreamId, StreamKind, StreamState

__all__ = ["act", "is_internal"]

#: Commands of other streams that only ``place_appeal`` may give.
COURSES = {"keep": "keep", "hand_over": "hand_over", "share": "share", "guide": "guide", "join": "join"}
#: Given by the node itself or by another use case, never by a person.
INTERNAL = frozenset(
    {
        "offer", "draft", "take", "receive", "take_back", "peer_result", "lapse", "report_handover", "note_repeat", "forget_repeat", "warn", "follow",
        "finish", "retime",
    }
)  # fmt: skip


def is_internal(kind: StreamKind, command: str) -> bool:
    """Tell whether only the node itself gives a command; a handover's progress is told by the order made of it, a work order's by its unit."""
    return command in INTERNAL or (kind == StreamKind.HANDOVER and command == "progress")


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
        StreamConflict: somebody was faster.
    """
    with world.work() as unit:
        session = Session(world, unit)
        state = session.load(kind, stream)
        if expected_seq is not None and state.seq != expected_seq:
            raise CommandRefused(Refusal("stream.conflict"))
        if kind == StreamKind.APPEAL and command in COURSES:
            return place(session, state, actor, COURSES[command], data)
        if kind == StreamKind.APPEAL and command == "invite_call":
            return invite(session, state, actor, data)
        if kind == StreamKind.APPEAL and command in ("link", "unlink"):
            return link_repeat(session, state, actor, command, data.get("linked"))
        if is_internal(kind, command) and (kind, command) != (StreamKind.APPEAL, "take_back"):
            raise CommandRefused(Refusal("command.unknown", {"command": command}))
        if kind == StreamKind.HANDOVER and command == "accept":
            return take_over(session, state, actor, str(data.get("note", "")))
        if kind == StreamKind.CALL and command == "hang_up":
            return hang_up(session, state, actor, data)
        if is_shared(kind):
            actor = actor.standing(party_here(world.desk, state.data))
        return session.perform(kind, stream, command, actor, data)
