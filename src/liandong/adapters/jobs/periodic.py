"""What the calendar convenes: looked for once a minute by whichever worker comes first."""

from __future__ import annotations

import logging

from django.db import DatabaseError, connection

from liandong.application.periodic import convene_due
from liandong.application.world import World
from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import StreamState

__all__ = ["convene_periodic"]

log = logging.getLogger("liandong.jobs")


def convene_periodic(world: World) -> list[StreamState]:
    """Convene what is due; what the database cannot do now, or another worker did first, is looked at again at the next look."""
    try:
        made = convene_due(world)
    except (DatabaseError, LiandongError) as error:
        log.warning("a consultation of the calendar waits", extra={"action": "periodic.waiting", "error": type(error).__name__})
        return []
    finally:
        connection.close()
    for each in made:
        log.info("convened by the calendar", extra={"action": "periodic.convened", "number": each.data.get("number"), "occasion": each.data.get("occasion")})
    return made
