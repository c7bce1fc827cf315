"""What the use cases need from outside, as Protocols. Adapters implement them; ``adapters/memory`` has the fakes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self, runtime_checkable

from liandong.domain.clocks import KeptClock
from liandong.domain.consultations.rulings import KeptRuling
from liandong.domain.journal.facts import Actor, Fact, StreamId, StreamKind, StreamState
from liandong.domain.routing import Absence, NearPatrol, Patrol, PatrolStatus, Position

__all__ = [
    "Absences", "Advice", "Adviser", "AdviserUnavailable", "BulkTriage", "CitizenMessages", "Clock", "Colleague", "Desk", "Directory", "Earlier", "Ids", "Link", "Message", "MessageNotSent", "NotTogether", "OwnerNotices", "Patrols", "Peer", "PeerRelation", "Recalled", "Recipient", "Telephony",
    "Triage", "UnitOfWork", "VehicleOwners", "Work",
]  # fmt: skip


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the aware time now, in UTC."""
        ...


class Ids(Protocol):
    """Gives ids."""

    def new(self) -> StreamId:
        """Return a fresh UUIDv7."""
        ...


class Triage(Protocol):
    """Says whose matter a text is."""

    def __call__(self, text: str) -> Mapping[str, Any]:
        """Return the verdict in its JSON form."""
        ...


@runtime_checkable
class BulkTriage(Triage, Protocol):
    """A triage that judges many texts for less than one by one."""

    def many(self, texts: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Return one verdict for each text, in order; the same as each alone."""
        ...


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be alerted."""

    #: Code of the unit, or of a desk.
    code: str
    name: str
    #: What it is needed for.
    function: str = ""
    #: 1 for units on duty day and night, 2 for the others.
    level: int = 2
    phone: str = ""

    def as_line(self) -> dict[str, Any]:
        """Return it as an alert's fact carries it."""
        return {"code": self.code, "name": self.name, "function": self.function, "level": self.level, "phone": self.phone}


class Directory(Protocol):
    """Knows the units of the city and whom a matter needs; ``data`` is an appeal's or an order's."""

    def police_unit(self, data: Mapping[str, Any], at: datetime) -> str:
        """Return the code of the police unit to order to a matter, ``""`` where none fits."""
        ...

    def team(self, data: Mapping[str, Any], at: datetime) -> Sequence[Recipient]:
        """Return one unit for each function of a matter beyond police, in the list's order."""
        ...

    def searchers(self, data: Mapping[str, Any], at: datetime, most: int) -> Sequence[Recipient]:
        """Return grid workers and volunteers, those of the place's own street first, then the nearest."""
        ...

    def serves(self, code: str, side: str) -> bool:
        """Tell whether a unit takes orders of a side."""
        ...

    def named(self, codes: Sequence[str]) -> Sequence[Recipient]:
        """Return the recipients of codes, in order; those nobody knows are left out."""
        ...


class Patrols(Protocol):
    """Where people of units are now, as their phones say."""

    def report(self, actor: Actor, position: Position, status: PatrolStatus, accuracy_m: int, at: datetime) -> Patrol:
        """Write where a person is. Raises ``InvalidInput`` where the person has no unit."""
        ...

    def mark(self, person: str, status: PatrolStatus) -> None:
        """Write whether a person can be sent."""
        ...

    def near(self, place: Position, at: datetime, most: int = 5, units: Sequence[str] | None = None) -> Sequence[NearPatrol]:
        """Return who could be sent to a place, available first, then the nearest; ``units`` None: of any unit."""
        ...


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of a unit, as accounts and the roster know them."""

    #: "" where only the roster names them.
    account: str
    name: str
    phone: str = ""


class Absences(Protocol):
    """Who said that they are away; kept by this node."""

    def standing(self, at: datetime) -> Sequence[Absence]:
        """Return the entries that are not over at an instant, also those to come, the first to begin first."""
        ...

    def one(self, absence: str) -> Absence | None:
        """Return an entry by its id, None where there is none."""
        ...

    def people(self, unit: str) -> Sequence[Colleague]:
        """Return who belongs to a unit."""
        ...

    def hold(self) -> None:
        """Keep others from deciding on absences until the transaction ends."""
        ...

    def add(self, absence: Absence) -> None:
        """Keep an entry."""
        ...

    def end(self, absence: Absence) -> None:
        """Keep that an entry is over, by whom and when."""
        ...


class Telephony(Protocol):
    """The switch that joins citizen and both sides in one call."""

    #: True where nothing is really switched; screens say so.
    simulated: bool

    def conference(self, call: StreamId) -> str:
        """Return the name of the room that both sides' sets join for a call; the same call gives the same room."""
        ...

    def spoke(self, conference: str, since: datetime, until: datetime) -> Sequence[Mapping[str, Any]]:
        """Return who spoke when, oldest first: ``leg`` (citizen, S, R), ``from`` and ``until`` in ISO, aware."""
        ...


class VehicleOwners(Protocol):
    """The register of vehicles: knows owners, tells nobody who they are."""

    def find(self, plate: str) -> str | None:
        """Return the owner's reference for a plate in capital letters, or None. Never a name or a number."""
        ...


class OwnerNotices(Protocol):
    """The way to an owner: a message with a link that opens by a code, without an account."""

    #: True where nothing is really sent.
    simulated: bool

    def tell_owner(self, owner: str, service: StreamId, plate: str, place: str) -> str:
        """Send the message inside the open transaction; return the reference of the notice, never the code."""
        ...


class MessageNotSent(Exception):
    """The way to a citizen's telephone did not take a message: ``silent`` or ``refused``; it is tried again."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class CitizenMessages(Protocol):
    """The way to a citizen's telephone."""

    #: True where nothing is really sent; screens say so.
    simulated: bool

    def tell(self, phone: str, words: str, reference: str) -> None:
        """Hand a message over; the same reference is the same message. Raises ``MessageNotSent``."""
        ...


class PeerRelation:
    """How a node stands to another: the words used in settings."""

    #: The other side's node of the same level: only city to city crosses.
    COUNTERPART = "counterpart"
    #: The node above on the same side.
    UPPER = "upper"
    #: A node below on the same side.
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Peer:
    """A node we exchange messages with."""

    name: str
    #: ``police``, ``hotline`` or ``both``.
    side: str
    #: One of ``PeerRelation``.
    relation: str
    #: What people read.
    title: str = ""
    #: Code of the division it serves; ``""`` where nobody said.
    division: str = ""
    #: What lies between: ``http``, ``middledb``, ``ferry``, ``nats``.
    transport: str = "http"
    #: Where it is reached, without account and password.
    address: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What this node is: read once at start.

    Parameters:
        node: its name, unique among all nodes.
        side: ``police``, ``hotline`` or ``both``.
        title: what people read.
        peers: whom it talks to.
        zone: IANA name of the city's timezone.
        switches: pack switches that guards read (``double_review``, ``auto_confirm``, ``objection_hours`` …).
    """

    node: str
    side: str
    title: str = ""
    peers: tuple[Peer, ...] = ()
    zone: str = "Asia/Shanghai"
    switches: Mapping[str, Any] = field(default_factory=dict)
    #: Code of the division it serves; ``""`` where nobody said.
    division: str = ""

    def upper(self) -> Peer | None:
        """Return the node above on this side, or None."""
        return next((each for each in self.peers if each.relation == PeerRelation.UPPER), None)

    def counterpart(self) -> Peer | None:
        """Return the peer that a matter of the other side goes to next: across, or up."""
        for relation in (PeerRelation.COUNTERPART, PeerRelation.UPPER):
            for peer in self.peers:
                if peer.relation == relation:
                    return peer
        return None

    def peer(self, name: str) -> Peer | None:
        """Return the peer of this name, or None."""
        return next((each for each in self.peers if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Message:
    """Something to be told to a peer; the exchange wraps and signs it."""

    peer: str
    stream: StreamId
    type: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Link:
    """A found record, enough to show a line."""

    id: StreamId
    kind: StreamKind
    number: str
    phase: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier appeal that may be the same matter."""

    id: StreamId
    number: str
    opened_at: datetime
    phase: str
    summary: str
    #: What they have in common, the strongest first: values of ``domain.appeals.repeat_keys.Why``.
    because: tuple[str, ...]
    #: 0 to 1: how surely it is the same matter.
    likeness: float = 0.0
    #: Appeals linked to it as its repeats.
    repeats: int = 0
    #: Callers of the same event lately, itself included; 0 where there is no wave.
    wave: int = 0


@dataclass(frozen=True, slots=True)
class Recalled:
    """An appeal found by its look-up keys."""

    id: StreamId
    number: str
    opened_at: datetime
    phase: str
    summary: str
    item: str
    phone: str
    #: Keys it shares with what was looked for.
    keys: frozenset[int]
    #: First of the appeals it is linked to, or ``""``.
    root: str = ""
    #: Appeals linked to it.
    repeats: int = 0


class UnitOfWork(Protocol):
    """One database transaction: facts, projections, outbox and deferred jobs together, or nothing.

    Concurrency: a stream that another transaction advanced since it was loaded makes the commit raise
    ``StreamConflict``; nothing is written.
    """

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Commit, or roll back when an error passes through."""
        ...

    def load(self, kind: StreamKind, stream: StreamId) -> StreamState:
        """Return where a stream stands. Raises ``StreamNotFound``; ``StreamOfOtherKind`` where the id is another record's."""
        ...

    def foresee(self, streams: Sequence[StreamId], keys: Sequence[str] = ()) -> Sequence[StreamState]:
        """Read records, those known under keys of a source, and their clocks, in a few questions for all; return those there are.

        What ``load``, ``clocks`` and ``by_key`` are asked about them in this unit of work is answered from what was read now.
        """
        ...

    def append(self, before: StreamState, facts: Sequence[Fact], after: StreamState) -> StreamState:
        """Write facts behind ``before``; return ``after`` with its head sealed."""
        ...

    def send(self, message: Message) -> None:
        """Put a message into the outbox."""
        ...

    def defer(self, name: str, at: datetime, arguments: Mapping[str, Any]) -> None:
        """Defer a job (a time-out) to an aware time."""
        ...

    def facts(self, state: StreamState) -> Sequence[Fact]:
        """Return every fact of a record, oldest first, those of this unit of work included."""
        ...

    def told(self, names: Sequence[str], since: datetime, until: datetime) -> Sequence[StreamId]:
        """Return the records of which one of these facts was written from ``since`` until before ``until`` (aware), each once, in any order."""
        ...

    def hot_items(self, since: datetime, until: datetime, most: int) -> Sequence[tuple[str, int]]:
        """Return the items of most appeals taken in a span (aware; ``until`` not within), with how many; what came by a handover is the other side's."""
        ...

    def clocks(self, state: StreamState) -> tuple[KeptClock, ...]:
        """Return the clocks of a record as kept so far, oldest first."""
        ...

    def keep_clocks(self, state: StreamState, clocks: Sequence[KeptClock]) -> None:
        """Write the clocks of a record with its facts: all of them, in place of what was kept."""
        ...

    def number(self, kind: StreamKind, at: datetime) -> str:
        """Return the next human number of a kind for the day, such as ``警202611220001``; unique per node."""
        ...

    def remember(self, appeal: StreamId, keys: Sequence[int], at: datetime) -> None:
        """Write the look-up keys of an appeal under an aware time."""
        ...

    def recall(self, keys: Mapping[int, int], since: datetime, most: int = 40) -> Sequence[Recalled]:
        """Return the appeals that share a key since an aware time, at most ``most``, those that share more before others.

        Parameters:
            keys: key → how many of its newest appeals are looked at.
        """
        ...

    def count(self, key: int, since: datetime, most: int = 1000) -> int:
        """Return how many appeals have a key since an aware time, at most ``most``."""
        ...

    def hold(self, key: int) -> None:
        """Let no other unit of work that holds the same key go on until this one has ended: who counts, counts alone."""
        ...

    def keep_ruling(self, ruling: KeptRuling) -> None:
        """Write a ruling that binds from now on, or write it anew where its code is known."""
        ...

    def rulings(self) -> Sequence[KeptRuling]:
        """Return every ruling kept here, those of this unit of work included, the oldest first."""
        ...

    def by_number(self, kind: StreamKind, number: str) -> StreamId | None:
        """Return the stream of a human number, or None."""
        ...

    def belonging(self, kind: StreamKind, appeal: StreamId) -> Sequence[StreamId]:
        """Return the streams of a kind that are written down for an appeal, newest first."""
        ...

    def by_key(self, key: str) -> StreamId | None:
        """Return the appeal taken under this key of a source, or None."""
        ...


class NotTogether(Exception):
    """One of several units of work could not be written: all of them were undone, and each is to be done alone."""


class Work(Protocol):
    """Opens units of work."""

    def __call__(self) -> UnitOfWork:
        """Return a unit of work that has not begun."""
        ...

    def together(self, appeals: int = 0, keys: Sequence[str] = ()) -> AbstractContextManager[Callable[[], UnitOfWork]]:
        """Open units of work that are done one after the other and committed together at the end.

        Each sees what those before it have done. One that is left by a refusal before it was done leaves nothing behind,
        and the others stay.

        Parameters:
            appeals: how many numbers of appeals they will ask for, at most, to be had at once.
            keys: of sources that ``by_key`` will be asked about, to be looked up at once.

        Raises:
            NotTogether: one could not be written, waited too long for somebody else, or was refused too late; nothing of any is kept.
        """
        ...


@dataclass(frozen=True, slots=True)
class Advice:
    """What an adviser says beside the verdict; it decides nothing."""

    #: ``police``, ``hotline``, ``joint``, ``neither`` or ``unclear``.
    side: str
    #: Code of an item, ``""`` where it named none of the list.
    item: str
    urgent: bool
    reasons: tuple[str, ...]
    #: Who said it.
    model: str

    def agrees_with(self, verdict: Mapping[str, Any]) -> bool:
        """Tell whether it says the same side, the same danger and, where it names one, the same item as a verdict."""
        same = self.side == verdict.get("side") and self.urgent == bool(verdict.get("urgent"))
        return same and self.item in ("", verdict.get("item"), verdict.get("item2"))


class AdviserUnavailable(Exception):
    """The adviser gave no word: ``busy`` (asked too often), ``silent`` (too slow), ``failed`` or ``unreadable``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Adviser(Protocol):
    """A language model that is asked for a second opinion, never inside a transaction, never with what identifies somebody."""

    def advise(self, words: str, items: Mapping[str, str]) -> Advice:
        """Return its advice on words. Raises ``AdviserUnavailable``."""
        ...
