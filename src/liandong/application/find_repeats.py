"""Find what may be the same matter: while the caller speaks, and when the appeal is recorded.

Source: 002 重复警情; 003 相政办〔2023〕55号 四（三）4; one bureau's rule of minutes and the 30 days of this program are in
``repeat_days`` and ``wave_minutes`` of the pack. Nothing is linked here: a person presses a key or does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from liandong.application.perform import Session
from liandong.application.ports import Earlier, Recalled, UnitOfWork
from liandong.domain.appeals.repeat_keys import RepeatKey, Why, keys_of, likeness, normal_phone, shingles
from liandong.domain.journal.facts import Fact, StreamId, StreamKind, StreamState

__all__ = ["REPEAT_DAYS", "find_repeats", "keys_of_appeal", "keys_of_words", "remember_keys"]

#: How far back a repeat is looked for unless the pack says otherwise.
REPEAT_DAYS = 30
WAVE_MINUTES, WAVE_CALLERS = 120, 3
#: Likeness from which words alone are a reason, and from which the same road is.
LIKE, A_LITTLE_LIKE = 0.4, 0.15
#: How much a common thing says by itself.
WEIGHT = {Why.PHONE: 0.55, Why.PLATE: 0.6, Why.PLACE: 0.45, Why.EVENT: 0.25}
#: How many of the newest with a thing in common are looked at.
LOOKED_AT = {Why.PHONE: 10, Why.PLATE: 10, Why.PLACE: 10, Why.EVENT: 15, Why.WORDS: 5, Why.ABUSE: 1}
SHOWN_FROM = 0.3
MOST = 5


def keys_of_words(text: str, verdict: Mapping[str, Any], *, phone: str = "", place: str = "", position: tuple[float, float] | None = None) -> tuple[RepeatKey, ...]:
    """Return the look-up keys of words that were judged; see ``keys_of``."""
    read = verdict.get("particulars")
    return keys_of(text, phone=phone, place=place, position=position, particulars=read if isinstance(read, Mapping) else None)


def keys_of_appeal(data: Mapping[str, Any]) -> tuple[RepeatKey, ...]:
    """Return the look-up keys of a recorded appeal."""
    return keys_of_words(str(data.get("text", "")), data.get("verdict") or {}, phone=str(data.get("phone", "")), place=str(data.get("place", "")), position=_position(data))


def _position(data: Mapping[str, Any]) -> tuple[float, float] | None:
    try:
        return float(data["longitude"]), float(data["latitude"])
    except (KeyError, TypeError, ValueError):
        return None


def remember_keys(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Write the look-up keys of an appeal in the transaction that records it, or that adds a number or a place to it."""
    known = {each.key for each in keys_of_appeal(before.data)} if before.seq else set()
    fresh = [each.key for each in keys_of_appeal(after.data) if each.key not in known]
    if fresh:
        session.unit.remember(after.id, fresh, fact.at)


def find_repeats(
    unit: UnitOfWork, switches: Mapping[str, Any], at: datetime, text: str, keys: Sequence[RepeatKey], *, phone: str = "", item: str = "", but: str = ""
) -> Sequence[Earlier]:
    """Return the appeals that may be the same matter, the likeliest first, at most ``MOST``.

    Parameters:
        unit: a begun unit of work.
        switches: the pack's: ``repeat_days``, ``wave_minutes``, ``wave_count``.
        at: aware; now.
        text, keys, phone, item: of the telling.
        but: id of the appeal itself, which is not its own repeat.

    Concurrency: reads only; two index look-ups whatever the history (see ``tests/bench/bench_repeats.py``).
    """
    since = at - timedelta(days=int(switches.get("repeat_days", REPEAT_DAYS)))
    found = [each for each in unit.recall({each.key: LOOKED_AT[each.why] for each in keys}, since) if each.id != but]
    if not found:
        return ()
    pairs, why = shingles(text), {each.key: each.why for each in keys}
    lately = at - timedelta(minutes=int(switches.get("wave_minutes", WAVE_MINUTES)))
    judged = [(each, *_judge(each, pairs, why, item[:2], lately)) for each in found]
    wave = _wave([(each, reasons) for each, _, reasons in judged if each.opened_at >= lately], normal_phone(phone))
    if wave < int(switches.get("wave_count", WAVE_CALLERS)):
        wave = 0
    shown: dict[StreamId, Earlier] = {}
    for each, score, reasons in sorted(judged, key=lambda one: (-one[1], -one[0].opened_at.timestamp())):
        if score < SHOWN_FROM:
            continue
        earlier = _earlier(unit, each, score, reasons, wave if Why.EVENT in reasons or Why.WORDS in reasons else 0)
        shown.setdefault(earlier.id, earlier)
        if len(shown) == MOST:
            break
    return tuple(each for each in shown.values() if each.id != but)


def _judge(each: Recalled, pairs: frozenset[str], why: Mapping[int, Why], item: str, lately: datetime) -> tuple[float, tuple[Why, ...]]:
    """Return how surely it is the same matter, and what they have in common."""
    alike = likeness(pairs, shingles(each.summary))
    shared = {why[key] for key in each.keys if key in why} - {Why.WORDS}
    same_item = bool(item) and each.item[:2] == item and each.opened_at >= lately
    if alike < A_LITTLE_LIKE and not same_item:
        shared.discard(Why.EVENT)
    rest = 1.0
    for one in shared:
        rest *= 1 - WEIGHT[one]
    reasons = sorted(shared, key=lambda one: -WEIGHT[one])
    if alike >= LIKE:
        reasons.append(Why.WORDS)
    if reasons:
        rest *= 1 - 0.7 * alike
    return 1 - rest, tuple(reasons)


def _wave(found: Iterable[tuple[Recalled, tuple[Why, ...]]], phone: str) -> int:
    """Return how many callers tell of one event, this one included."""
    callers = {normal_phone(each.phone) or each.id for each, reasons in found if Why.EVENT in reasons or Why.WORDS in reasons}
    return len(callers - {phone}) + 1


def _earlier(unit: UnitOfWork, each: Recalled, score: float, reasons: Sequence[Why], wave: int) -> Earlier:
    """Return the line a person sees: of an appeal that is itself a repeat, the first of them."""
    because = tuple(one.value for one in reasons)
    if not each.root:
        return Earlier(each.id, each.number, each.opened_at, each.phase, each.summary, because, score, each.repeats, wave)
    first = unit.load(StreamKind.APPEAL, StreamId(each.root))
    said = " ".join(str(first.data.get("text", "")).split())[:240]
    repeats = int(first.data.get("repeat_count", 0))
    return Earlier(first.id, str(first.data.get("number", "")), each.opened_at, first.phase, said, because, score, repeats, wave)
