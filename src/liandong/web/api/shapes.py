"""What comes in and what goes out of the API. Field names are those of the domain; the OpenAPI document is made from here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr

from liandong.domain.appeals.appeal import CHANNELS

__all__ = [
    "MOST_AT_ONCE", "Act", "AppealIn", "AppealsIn", "EarlierOut", "EntryOut", "PageOut", "PlaceIn", "ProblemOut", "StreamOut", "TakenOut", "TextIn",
    "TookManyOut", "TookOut", "WaitingOut",
]  # fmt: skip

#: Appeals in one request: some tenths of a second of work, during which their places may be held.
MOST_AT_ONCE = 50

Text = Annotated[StrictStr, Field(max_length=20_000)]
Line = Annotated[StrictStr, Field(max_length=300)]
Channel = Literal["phone", "text", "video", "web", "wechat", "alipay", "doorplate", "feed"]
Course = Literal["auto", "keep", "hand_over", "share", "guide", "join", "quick", "transfer"]

assert set(Channel.__args__) == set(CHANNELS) - {"linkage"}, "linkage is how handovers come in, never a caller"  # type: ignore[attr-defined]


class Strict(Schema):
    """Takes what it names and nothing else."""

    model_config = ConfigDict(extra="forbid")


class AppealIn(Strict):
    """What a citizen said."""

    text: Text
    channel: Channel = "web"
    citizen: Annotated[StrictStr, Field(max_length=60)] = ""
    phone: Annotated[StrictStr, Field(max_length=40)] = ""
    confidential: StrictBool = False
    place: Line = ""
    longitude: Annotated[StrictStr, Field(max_length=20)] = ""
    latitude: Annotated[StrictStr, Field(max_length=20)] = ""
    division: Annotated[StrictStr, Field(max_length=12)] = ""
    doorplate: Annotated[StrictStr, Field(max_length=40)] = ""
    happened: Annotated[StrictStr, Field(max_length=60)] = ""
    demand: Annotated[StrictStr, Field(max_length=2000)] = ""
    recording: Annotated[StrictStr, Field(max_length=120)] = ""
    #: Overrides the verdict's side: somebody has decided.
    side: Literal["", "police", "hotline", "joint", "neither", "unclear"] = ""
    urgent: StrictBool | None = None
    #: Your own number of it: the same key is taken once.
    key: Annotated[StrictStr, Field(max_length=120)] = ""
    #: Where it goes at once; absent: a person decides later.
    course: Course | None = None


class AppealsIn(Strict):
    """Many appeals at once; each is judged by itself."""

    #: Each has the shape of one appeal; one that has not is refused alone.
    appeals: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST_AT_ONCE)]


class PlaceIn(Strict):
    """Where an appeal goes."""

    course: Course
    reason: Annotated[StrictStr, Field(max_length=2000)] = ""
    guidance: Annotated[StrictStr, Field(max_length=2000)] = ""
    door: Annotated[StrictStr, Field(max_length=60)] = ""
    summary: Annotated[StrictStr, Field(max_length=2000)] = ""
    clause: Annotated[StrictStr, Field(max_length=60)] = ""
    #: Plate of the car in the way (``quick``), where the words do not name it.
    plate: Annotated[StrictStr, Field(max_length=20)] = ""
    #: Id or number of the appeal it joins (``join``).
    linked: Annotated[StrictStr, Field(max_length=60)] = ""


class Act(Strict):
    """A command of a transition table; see the reference of states for what each needs."""

    data: dict[str, Any] = Field(default_factory=dict)
    #: How many facts you saw; when there are more by now, the act is refused with ``stream.conflict``.
    expected_seq: Annotated[StrictInt, Field(ge=1, le=2**31 - 1)] | None = None


class NewFile(Strict):
    """A file that shall be sent up in pieces."""

    name: Annotated[StrictStr, Field(min_length=1, max_length=255)]
    #: Bytes.
    size: Annotated[StrictInt, Field(ge=0, le=2**53)]
    media_type: Annotated[StrictStr, Field(max_length=130)] = "application/octet-stream"


class FileOut(Schema):
    """How far an upload has come; the attachment once it is complete, to be named in an act as it is."""

    upload: str
    offset: int
    attachment: dict[str, Any] | None = None


class TextIn(Strict):
    """Words to be judged."""

    text: Annotated[StrictStr, Field(max_length=1_000_000)]


class StreamOut(Schema):
    """Where something stands."""

    id: str
    kind: str
    number: str
    phase: str
    #: The state in Chinese.
    phase_title: str
    seq: int
    appeal: str | None
    urgent: bool
    side: str
    item: str
    unit: str
    summary: str
    place: str
    opened_at: str
    updated_at: str
    #: What the token's role may do now.
    allowed: list[str]
    #: Its clocks, the most pressing first; lists give those that are open.
    clocks: list[dict[str, Any]] = Field(default_factory=list)
    #: All that its facts said; absent in lists.
    data: dict[str, Any] | None = None


class EarlierOut(Schema):
    """An earlier appeal that may be the same matter."""

    id: str
    number: str
    opened_at: str
    phase: str
    summary: str
    #: What they have in common, the strongest first: ``phone``, ``plate``, ``place``, ``event``, ``words``.
    because: list[str]
    #: 0 to 1.
    likeness: float
    #: Appeals linked to it as its repeats.
    repeats: int
    #: Callers of the same event lately; 0 where there is no wave.
    wave: int


class TakenOut(Schema):
    """An appeal that has been recorded."""

    appeal: StreamOut
    verdict: dict[str, Any]
    earlier: list[EarlierOut]
    #: The other platform of this side that its place belongs to: ``node``, ``title``, ``division``; null where it belongs here.
    belongs: dict[str, str] | None = None
    #: True where this key had been taken before; nothing new was written.
    again: bool


class PageOut(Schema):
    """A page of a list, newest first."""

    items: list[StreamOut]
    #: Give it as ``cursor`` for the next page; empty at the end.
    next: str


class EntryOut(Schema):
    """A fact in its place."""

    seq: int
    name: str
    at: str
    actor: dict[str, str]
    data: dict[str, Any]
    hash: str


class WaitingOut(Schema):
    """What stands between this node and its peers."""

    #: Unsent messages.
    outbox: int
    #: Of them, those that wait for a person.
    parked: int
    #: Messages of peers that could not be applied.
    quarantined: int
    #: Age of the oldest unsent message, in seconds.
    oldest_seconds: float
    #: How each peer does: whether it answers, what waits, rates and faults of five minutes, how far its clock is ahead.
    peers: list[dict[str, Any]]
    #: Keys of this node and its peers, with their fingerprints and how long they count.
    keys: list[dict[str, Any]]


class ProblemOut(Schema):
    """application/problem+json (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    retry_helps: bool = False


class TookOut(Schema):
    """What came of one of many appeals: either it was taken, or ``problem`` says why not."""

    #: 201 taken, 200 taken before under this key, else the status of the refusal.
    status: int
    id: str = ""
    number: str = ""
    phase: str = ""
    side: str = ""
    urgent: bool = False
    #: The refusal, as a request of its own would get it.
    problem: ProblemOut | None = None


class TookManyOut(Schema):
    """What came of many appeals, in the order they were told."""

    results: list[TookOut]
