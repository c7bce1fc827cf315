"""Take an appeal: record what a citizen said, with a verdict and what is known from earlier.

Source: 000 一次接听、一次录入. The verdict proposes; ``place_appeal`` is where somebody decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from liandong.application.again import decided_again
from liandong.application.find_repeats import find_repeats, keys_of_appeal
from liandong.application.perform import Session
from liandong.application.ports import BulkTriage, Earlier
from liandong.application.world import World
from liandong.domain.journal.facts import Actor, StreamKind, StreamState

__all__ = ["Taken", "judge_many", "key_of", "record_in", "take_appeal", "take_in"]

#: What of a verdict stays with the appeal.
KEPT_OF_VERDICT = (
    "side", "kind", "item", "item2", "urgent", "confidence", "reasons", "particulars", "missing", "ask", "door", "guidance", "door_phone", "door_clause", "ruling",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """An appeal that has been recorded."""

    appeal: StreamState
    verdict: Mapping[str, Any]
    #: Earlier appeals that may be the same matter, the likeliest first.
    earlier: Sequence[Earlier]
    #: True when this key of the source had been taken before; nothing was written.
    again: bool = False


def take_appeal(world: World, actor: Actor, data: Mapping[str, Any]) -> Taken:
    """Record an appeal in one transaction.

    Parameters:
        world: the outside.
        actor: who takes it.
        data: the fields of the appeal machine's ``take``; ``text`` and ``channel`` are required.

    Raises:
        CommandRefused: a field is missing or malformed; nothing is written.

    Concurrency: idempotent by ``key`` when one is given.
    """

    def once() -> Taken:
        with world.work() as unit:
            return take_in(Session(world, unit), actor, data)

    return decided_again(once)


def judge_many(world: World, texts: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """Return the verdict on each text, in order; for less than one by one where the triage can."""
    return world.triage.many(texts) if isinstance(world.triage, BulkTriage) else [world.triage(each) for each in texts]


def take_in(session: Session, actor: Actor, data: Mapping[str, Any], verdict: Mapping[str, Any] | None = None) -> Taken:
    """Record an appeal inside a unit of work that has begun, and look for earlier ones; see ``take_appeal``.

    Parameters:
        verdict: on its text, where that was judged already.
    """
    taken = record_in(session, actor, data, verdict)
    if taken.again:
        return taken
    told, switches = taken.appeal.data, session.world.desk.switches
    said, phone, item = _said(told), str(told.get("phone", "")), str(told.get("item", ""))
    earlier = find_repeats(session.unit, switches, session.at, said, keys_of_appeal(told), phone=phone, item=item, but=taken.appeal.id)
    return replace(taken, earlier=earlier)


def record_in(session: Session, actor: Actor, data: Mapping[str, Any], verdict: Mapping[str, Any] | None = None) -> Taken:
    """Record an appeal inside a unit of work that has begun; nobody waits to be told of earlier ones."""
    if key := key_of(data):
        known = session.unit.by_key(key)
        if known is not None:
            appeal = session.load(StreamKind.APPEAL, known)
            return Taken(appeal, appeal.data.get("verdict", {}), (), again=True)
    said = _said(data)
    verdict = plain_verdict(session.world.triage(said) if verdict is None else verdict) if said.strip() else {}
    judged = {name: verdict[name] for name in ("side", "item", "kind", "urgent") if verdict.get(name) not in (None, "")}
    return Taken(session.start(StreamKind.APPEAL, "take", actor, {**judged, **data, "verdict": verdict}), verdict, ())


def key_of(data: Mapping[str, Any]) -> str:
    """Return the key of a source under which it may have been taken, or ``""``: what no text holds the table refuses in words."""
    key = data.get("key")
    return key if isinstance(key, str) and key.isprintable() else ""


def _said(data: Mapping[str, Any]) -> str:
    return data["text"] if isinstance(data.get("text"), str) else ""


def plain_verdict(verdict: Mapping[str, Any]) -> dict[str, Any]:
    """Return a verdict as a journal keeps it: confidence in per mille, since journals hold no floats."""
    kept = {name: verdict[name] for name in KEPT_OF_VERDICT if name in verdict}
    confidence = kept.pop("confidence", None)
    if isinstance(confidence, int | float):
        kept["confidence_permille"] = round(float(confidence) * 1000)
    plain: dict[str, Any] = without_floats(kept)
    return plain


def without_floats(value: Any) -> Any:
    """Return the value with every float as text, mappings as dicts and sequences as lists."""
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, Mapping):
        return {str(name): without_floats(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_floats(each) for each in value]
    return value
