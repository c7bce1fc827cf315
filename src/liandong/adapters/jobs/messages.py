"""Tell citizens that their matter was taken, with the code by which they follow it: the worker's work, so that no intake waits for a gateway.

Theory of operation: ``find`` writes a row of ``citizen_message`` for each new appeal that names a number to answer to; the appeal is its key, so that each is
told once whatever dies in between. ``send`` hands the waiting ones to the port, a failed one again with growing pauses and the same reference.
What came by a handover is told by the side that the citizen spoke to. Where there is danger nothing is sent: a telephone that sounds may harm who hides.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction

from liandong.adapters.postgres.follow_codes import give_codes
from liandong.adapters.postgres.models import CitizenMessage, Stream
from liandong.application.ports import CitizenMessages, MessageNotSent
from liandong.application.world import World
from liandong.domain.journal.facts import StreamId

__all__ = ["MESSAGE", "TellCitizens", "find", "send"]

log = logging.getLogger("liandong.jobs")

#: How far back a new appeal is looked for, and by how much a look goes behind the last: what was committed late is found too.
LONGEST, OVERLAP = timedelta(hours=24), timedelta(seconds=30)
#: Channels whose caller this node does not tell: the other side's, and files.
SILENT = ("linkage", "feed")
#: Messages of one look, tries of one message, and the longest pause between two.
BATCH, TRIES, PAUSE = 50, 8, timedelta(minutes=30)
MESSAGE = "您反映的“{title}”已受理，编号{number}。凭查询码{code}可以随时查看办理情况。"


def find(world: World, secret: str, words: str, since: datetime) -> int:
    """Write down whom to tell; return how many.

    Parameters:
        secret: what codes are made with.
        words: with ``{title}``, ``{number}`` and ``{code}`` to fill.
        since: aware; appeals taken before are not looked at.
    """
    known = CitizenMessage.objects.filter(made_at__gte=since).values("appeal")
    fresh = Stream.objects.filter(kind="appeal", urgent=False, opened_at__gte=since).exclude(phone="").exclude(data__channel__in=SILENT).exclude(data__has_key="abuse").exclude(id__in=known)
    appeals = list(fresh.order_by("opened_at")[:BATCH])
    if not appeals:
        return 0
    now = world.clock.now()
    with transaction.atomic():
        codes = give_codes([StreamId(str(each.id)) for each in appeals], secret)
        rows = [
            CitizenMessage(appeal=each.id, phone=each.phone, words=_filled(words, title=_title(each), number=each.number, code=code), made_at=each.opened_at, next_try_at=now)
            for each, code in zip(appeals, codes, strict=True)
        ]
        # Another worker that looked at the same moment has written the same.
        CitizenMessage.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _title(appeal: Stream) -> str:
    """Return a few words the citizen knows the matter by; nothing of other people stands in a message."""
    return str(appeal.summary)[:20] + ("…" if len(appeal.summary) > 20 else "")


def _filled(words: str, **told: str) -> str:
    for name, value in told.items():
        words = words.replace("{" + name + "}", value)
    return words[:500]


def send(world: World, port: CitizenMessages) -> int:
    """Hand over what waits; return how many were taken."""
    waiting = CitizenMessage.objects.filter(next_try_at__lte=world.clock.now())
    if port.simulated:
        now = world.clock.now()
        return waiting.update(simulated=True, sent_at=now, next_try_at=None, attempts=1)
    taken = 0
    for _each in range(BATCH):
        with transaction.atomic():
            row = waiting.select_for_update(skip_locked=True).order_by("next_try_at").first()
            if row is None:
                break
            row.attempts += 1
            try:
                port.tell(row.phone, row.words, str(row.appeal))
            except MessageNotSent as error:
                row.reason = error.why[:40]
                row.next_try_at = None if row.attempts >= TRIES else world.clock.now() + min(timedelta(seconds=10 * 3**row.attempts), PAUSE)
            else:
                taken += 1
                # What opens a case lies nowhere in clear once it is on its way.
                row.sent_at, row.next_try_at, row.reason, row.words = world.clock.now(), None, "", ""
            row.save()
    return taken


class TellCitizens:
    """One look after another; remembers how far it looked.

    Parameters:
        secret: what codes are made with.
        words: the city's text.
    """

    def __init__(self, world: World, port: CitizenMessages, secret: str, words: str = MESSAGE) -> None:
        self._world, self._port, self._secret, self._words = world, port, secret, words or MESSAGE
        self._since: datetime | None = None

    def __call__(self) -> tuple[int, int]:
        """Find and send; return how many of each. A database that is away is tried again at the next look."""
        now = self._world.clock.now()
        try:
            found = find(self._world, self._secret, self._words, self._since or now - LONGEST)
            sent = send(self._world, self._port)
        except DatabaseError as error:
            log.warning("messages wait for the database", extra={"action": "messages.waiting", "error": type(error).__name__})
            return 0, 0
        finally:
            connection.close()
        if found < BATCH:
            self._since = now - OVERLAP
        return found, sent
