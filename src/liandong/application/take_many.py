"""Take many appeals in one transaction: for channels that collect them, and for feeds.

Each is judged, recorded and placed as if it had come alone, in the order told, and sees those before it. What is saved is the judging
and the commit of each by itself, and the look for earlier tellings of the same matter, which nobody waits to be shown: it goes with the answer of one taken alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from liandong.application.perform import Session
from liandong.application.place_appeal import place
from liandong.application.take_appeal import key_of, record_in
from liandong.application.world import World
from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import Actor, StreamKind, StreamState

__all__ = ["Told", "Took", "take_and_place", "take_together"]

#: The fields of an appeal, with ``course`` where it is to be placed at once; and the verdict on its text.
Told = tuple[Mapping[str, Any], Mapping[str, Any]]
#: Where it stands, and whether it was taken before.
Took = tuple[StreamState, bool]


def take_together(world: World, actor: Actor, told: Sequence[Told]) -> list[Took | LiandongError]:
    """Take them in turn and commit them together; return what came of each: one that is refused takes nothing with it.

    Raises:
        NotTogether: nothing of any was kept, and each is to be taken alone: somebody wrote the same, or one cannot be written.

    Concurrency: a place near a whistle is held until the end, so that a batch waits a moment for another and then gives way.
    """
    came: list[Took | LiandongError] = []
    with world.work.together(len(told), [key for key in (key_of(data) for data, _ in told) if key]) as begin:
        for data, verdict in told:
            try:
                with begin() as unit:
                    came.append(take_and_place(Session(world, unit), actor, data, verdict))
            except LiandongError as error:
                came.append(error)
    return came


def take_and_place(session: Session, actor: Actor, data: Mapping[str, Any], verdict: Mapping[str, Any]) -> Took:
    """Take one inside a unit of work that has begun, and place it where a ``course`` is told and it is new."""
    given = {name: value for name, value in data.items() if name != "course"}
    taken = record_in(session, actor, given, verdict)
    if data.get("course") and not taken.again:
        place(session, taken.appeal, actor, str(data["course"]), {})
    return session.load(StreamKind.APPEAL, taken.appeal.id), taken.again
