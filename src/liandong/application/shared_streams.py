"""Streams that two nodes hold together: which kinds, which of their facts travel, which fact brings a new one.

Adding a kind here lets its facts cross: ``tell_peer`` wraps them, ``receive_message`` applies them. The data of every shared
stream names its two ends: ``origin``, the node where it began, and ``destination``, the side it was sent to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liandong.domain.alerts.alert import SHARED_ALERT_FACTS
from liandong.domain.calls.call import SHARED_CALL_FACTS
from liandong.domain.consultations.consultation import SHARED_CONSULTATION_FACTS
from liandong.domain.handovers.handover import SHARED_FACTS
from liandong.domain.journal.chain import at_text
from liandong.domain.journal.facts import Fact, StreamKind
from liandong.domain.whistles.whistle import SHARED_WHISTLE_FACTS

__all__ = ["SHARED", "Shared", "fact_body", "is_shared", "message_type"]


@dataclass(frozen=True, slots=True)
class Shared:
    """How a kind of stream is held together.

    Parameters:
        kind: of the streams.
        facts: those that both nodes hold; the others stay at home.
        opening: the fact that brings a stream the other node did not know.
    """

    kind: StreamKind
    facts: frozenset[str]
    opening: str


def message_type(kind: StreamKind) -> str:
    """Return the type of the envelopes that carry a kind's facts: ``handover.fact``."""
    return f"{kind.value}.fact"


#: type of the envelope -> how that kind is held together.
SHARED: Mapping[str, Shared] = {
    message_type(each.kind): each
    for each in (
        Shared(StreamKind.HANDOVER, SHARED_FACTS, "HandoverOffered"),
        Shared(StreamKind.CALL, SHARED_CALL_FACTS, "CallOffered"),
        Shared(StreamKind.ALERT, SHARED_ALERT_FACTS, "AlertRaised"),
        Shared(StreamKind.CONSULTATION, SHARED_CONSULTATION_FACTS, "ConsultationConvened"),
        Shared(StreamKind.WHISTLE, SHARED_WHISTLE_FACTS, "WhistleBlown"),
    )
}


def fact_body(fact: Fact) -> dict[str, Any]:
    """Return a fact as an envelope carries it."""
    return {"name": fact.name, "actor": fact.actor.as_dict(), "at": at_text(fact.at), "data": dict(fact.data)}


def is_shared(kind: StreamKind) -> bool:
    """Tell whether two nodes hold streams of this kind together."""
    return message_type(kind) in SHARED
