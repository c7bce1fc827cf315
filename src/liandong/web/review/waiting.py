"""What waits for a second look, of every kind of record, longest waiting first; danger before everything.

The table below says which state asks for which decision. Whether a person may take it is not here: the transition tables
say it, and a row whose decisions they do not open is shown without keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liandong.adapters.postgres.models import Stream, User
from liandong.application.ports import Desk
from liandong.domain.journal.facts import StreamKind
from liandong.web.acts import Act, open_acts
from liandong.web.reading.touches import with_touches
from liandong.web.rights import visible
from liandong.web.shell.gate import language

__all__ = ["QUESTIONS", "Question", "Waiting", "waiting_count", "waiting_reviews"]

#: Rows shown at once.
ROWS = 50


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the reviewer in one state of one kind of record."""

    kind: StreamKind
    #: Empty where a flag and not the state asks.
    phase: str
    words: Promise
    icon: str
    yes: str
    no: str
    #: Where the record's data keeps why it is asked.
    why: tuple[str, ...] = ("reason",)
    #: Flag of the data that asks, in any state.
    flag: str = ""


QUESTIONS = (
    Question(StreamKind.ALARM, "non_police_stated", _("转非警务"), "scale", "approve_non_police", "turn_back_non_police"),
    Question(StreamKind.ALARM, "dispatch_review", _("派警复核"), "send", "approve_order", "turn_back_order", ("note",)),
    Question(StreamKind.ALARM, "feedback_review", _("反馈审核"), "clipboard-check", "approve_report", "turn_back_report", ("result",)),
    Question(StreamKind.HANDOVER, "under_review", _("移交审核"), "arrow-right", "offer", "turn_back"),
    Question(StreamKind.WORK_ORDER, "refused", _("单位退单"), "ban", "dispatch", "hand_over"),
    Question(StreamKind.WORK_ORDER, "", _("申请延期"), "calendar", "grant_extension", "deny_extension", flag="extension_asked"),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row of the list."""

    row: Stream
    question: Question
    why: str
    yes: Act | None
    no: Act | None


def _asking() -> Q:
    asked = Q()
    for each in QUESTIONS:
        asked |= Q(kind=each.kind, **({f"data__{each.flag}": True} if each.flag else {"phase": each.phase}))
    return asked


def waiting_count(user: User) -> int:
    """Return how many wait for a decision on this node."""
    return visible(user).filter(_asking()).count()


def waiting_reviews(user: User, desk: Desk) -> Sequence[Waiting]:
    """Return the first rows of what waits, each with the two decisions where they are open to this person."""
    rows = with_touches(visible(user).filter(_asking()).order_by("-urgent", "updated_at", "id")[:ROWS])
    return [_waiting(user, desk, each) for each in rows]


def _waiting(user: User, desk: Desk, row: Stream) -> Waiting:
    question = next(each for each in QUESTIONS if each.kind == row.kind and (row.data.get(each.flag) if each.flag else each.phase == row.phase))
    acts = {each.command: each for each in open_acts(user, desk, row, language())}
    return Waiting(row, question, _why(row.data, question), acts.get(question.yes), acts.get(question.no))


def _why(data: dict[str, Any], question: Question) -> str:
    return next((str(data[name]) for name in question.why if data.get(name)), "")
