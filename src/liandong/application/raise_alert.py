"""Alert everybody whom a matter needs in one act, and keep after those who do not answer.

Source: 济政办字〔2023〕51号 四（二）3. The first receiver raises the alert in the transaction in which it places the appeal, so that a line
that is down between the two sides delays nobody on its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from liandong.application.absences import away_at
from liandong.application.perform import Session
from liandong.application.place_said import place_said
from liandong.application.ports import Recipient
from liandong.application.route import OTHER_SIDE, party_here
from liandong.application.telling import tell_peer
from liandong.application.world import World
from liandong.domain.alerts.alert import SHARED_ALERT_FACTS, desk_code
from liandong.domain.clocks import deadline
from liandong.domain.errors import CommandRefused, Refusal
from liandong.domain.journal.facts import Actor, Fact, Party, StreamId, StreamKind, StreamState

__all__ = ["ALERT_REACTIONS", "add_recipients", "alert_of", "chase_silent", "in_danger", "raise_alert"]

#: From this chance of danger on the model alone alerts, in per mille.
LIKELY_PERMILLE = 500
#: How many grid workers and volunteers are asked to look for a person.
MOST_SEARCHERS = 12
#: Sub-items of the common register whose matter is a person to be found.
LOST = ("P5.01",)
#: What of an appeal an alert carries.
CARRIED = ("place", "division", "longitude", "latitude", "item")


def raise_alert(session: Session, appeal: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    """Raise an alert for an appeal inside a unit of work that has begun; return the alert.

    Parameters:
        data: ``units`` (codes; absent: whom the matter needs), ``purpose``, ``note``, ``contact``.

    Raises:
        CommandRefused: ``alert.no_recipients`` where nobody is found.
    """
    said = appeal.data
    purpose = str(data.get("purpose") or ("search" if _lost(session, said) else "danger"))
    recipients = _recipients(session, said, purpose, [str(each) for each in data.get("units") or ()])
    if not recipients:
        raise CommandRefused(Refusal("alert.no_recipients"))
    desk = session.world.desk
    raised = {
        "appeal": appeal.id,
        "origin": desk.node,
        "destination": OTHER_SIDE.get(desk.side, "hotline"),
        "summary": str(said["text"])[:2000],
        "purpose": purpose,
        "urgent": True,
        "recipients": [_line(session, said, each) for each in recipients],
        **{name: said[name] for name in CARRIED if said.get(name)},
        "place": place_said(said),
        **{name: data[name] for name in ("note", "contact") if data.get(name)},
    }
    return session.start(StreamKind.ALERT, "raise", actor.standing(Party.SENDER), raised)


def add_recipients(session: Session, alert: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    """Alert more units: ``units`` are codes. Raises ``CommandRefused`` where none of them is new."""
    directory = session.world.directory
    found = _standing_in(session, directory.named([str(each) for each in data.get("units") or ()])) if directory else ()
    lines = [_line(session, alert.data, each) for each in found]
    given = {"recipients": lines or [{}], "note": data.get("note", "")}
    return session.perform(alert.kind, alert.id, "add", actor.standing(party_here(session.world.desk, alert.data)), given)


def in_danger(session: Session, appeal: StreamState, actor: Actor) -> StreamState | None:
    """Raise the alert that danger asks for, once; return it, or None where nobody beyond police is needed."""
    if not _plain_danger(appeal.data) or session.world.directory is None or alert_of(session, appeal.id) is not None:
        return None
    if not _recipients(session, appeal.data, "search" if _lost(session, appeal.data) else "danger", []):
        return None
    return raise_alert(session, appeal, actor, {})


def alert_of(session: Session, appeal: StreamId) -> StreamId | None:
    """Return the newest alert of an appeal, or None."""
    return next(iter(session.belonging(StreamKind.ALERT, appeal)), None)


def chase_silent(world: World, alert: StreamId) -> int:
    """Chase every recipient of an alert that has not answered, in one transaction; return how many there were.

    Concurrency: harmless when run twice: who was chased is not chased again.
    """
    with world.work() as unit:
        session = Session(world, unit)
        state = session.load(StreamKind.ALERT, alert)
        if state.phase != "standing" or party_here(world.desk, state.data) != Party.SENDER:
            return 0
        silent = [code for code, line in state.data.get("lines", {}).items() if not _answered(line) and not line.get("chased_at")]
        for code in silent:
            session.perform(state.kind, state.id, "chase", session.system.standing(Party.SENDER), {"recipient": code})
        return len(silent)


def _answered(line: Mapping[str, Any]) -> bool:
    return any(line.get(name) for name in ("acknowledged_at", "set_out_at", "on_scene_at", "reported_at", "unable_at"))


def _plain_danger(said: Mapping[str, Any]) -> bool:
    """Tell whether danger was said in words a rule knows, by a person, or is more likely than not.

    The model alone raises urgency from a small chance on, so that nothing is missed; a desk then looks, and alerts with one key.
    """
    verdict = said.get("verdict") or {}
    if not said.get("urgent"):
        return False
    by_rule = any(str(each.get("clause", "")).startswith("D-") for each in verdict.get("reasons") or () if isinstance(each, Mapping))
    return by_rule or not verdict.get("urgent") or int(verdict.get("confidence_permille", 1000)) >= LIKELY_PERMILLE


def _lost(session: Session, said: Mapping[str, Any]) -> bool:
    common = session.world.context.get("common") or {}
    codes = [str(each.get("item", "")) for each in (said.get("verdict") or {}).get("reasons") or () if isinstance(each, Mapping)]
    return any(str(common.get(code, code)).startswith(LOST) for code in codes)


def _recipients(session: Session, said: Mapping[str, Any], purpose: str, units: Sequence[str]) -> list[Recipient]:
    directory, desk = session.world.directory, session.world.desk
    if directory is None:
        return []
    if units:
        return _standing_in(session, directory.named(units))
    found = {each.code: each for each in directory.team(said, session.at)}
    if purpose == "search":
        found |= {each.code: each for each in directory.searchers(said, session.at, MOST_SEARCHERS) if each.code not in found}
    if not found:
        return []
    other = OTHER_SIDE.get(desk.side)
    peer = desk.counterpart()
    if other == "hotline" and peer is not None:
        found[desk_code(other)] = Recipient(desk_code(other), peer.title or "12345", "政务协调", 1)
    return list(found.values())


def _standing_in(session: Session, named: Sequence[Recipient]) -> list[Recipient]:
    """Return recipients with the unit that stands in for each that is closed: danger is told to who answers, and nobody is asked to choose again."""
    away, directory = away_at(session.world, session.at), session.world.directory
    found: dict[str, Recipient] = {}
    for each in named:
        code = away.stand_in(each.code)
        other = next(iter(directory.named([code])), None) if directory is not None and code and code != each.code else None
        found.setdefault((other or each).code, other or each)
    return list(found.values())


def _line(session: Session, said: Mapping[str, Any], recipient: Recipient) -> dict[str, Any]:
    """Return a recipient's line with the time it is to be on scene, where its level has a limit."""
    line = recipient.as_line()
    rulebook = session.world.rulebook
    rule = rulebook.rule("workorder", "arrive", {"division": said.get("division", ""), "urgent": True}, session.at) if recipient.level == 1 else None
    if rule is not None and rulebook.calendar is not None and not recipient.code.startswith("desk:"):
        line["due_at"] = deadline(session.at, rule.limit, rulebook.calendar).isoformat()
        line["source"] = rule.source
    return line


def _keep_after(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Who does not answer within the limit is chased by name."""
    seconds = int(session.world.desk.switches.get("alert_acknowledge_seconds", 120))
    session.unit.defer("chase_silent", session.at + timedelta(seconds=seconds), {"alert": after.id})


#: fact -> (decided here? None: either, what follows).
ALERT_REACTIONS: dict[str, tuple[tuple[bool | None, Any], ...]] = {
    **dict.fromkeys(SHARED_ALERT_FACTS, ((True, tell_peer),)),
    "AlertRaised": ((True, tell_peer), (True, _keep_after)),
    "RecipientsAdded": ((True, tell_peer), (True, _keep_after)),
}
