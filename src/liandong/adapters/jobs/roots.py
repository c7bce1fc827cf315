"""The day's root: made once a day of the city, by whichever worker looks first; days that were missed lie under the next one."""

from __future__ import annotations

import logging
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection

from liandong.adapters.postgres.notary import PostgresNotary, last_root_at, make_roots
from liandong.application.world import World
from liandong.domain.journal.roots import Root

__all__ = ["daily_roots", "make_roots_now"]

log = logging.getLogger("liandong.jobs")


def make_roots_now(world: World) -> list[Root]:
    """Make the roots over everything since the last one and tell every peer."""
    notary = PostgresNotary(world.desk.node, world.clock)
    return make_roots(notary, world.desk.node, [each.name for each in world.desk.peers], world.clock.now())


def daily_roots(world: World) -> list[Root]:
    """Make today's root where there is none yet; what the database cannot do now is done at the next look."""
    zone = ZoneInfo(world.desk.zone)
    try:
        last = last_root_at()
        if last is not None and last.astimezone(zone).date() >= world.clock.now().astimezone(zone).date():
            return []
        made = make_roots_now(world)
    except DatabaseError as error:
        log.warning("the day's root waits", extra={"action": "root.waiting", "error": type(error).__name__})
        return []
    finally:
        connection.close()
    log.info("root made", extra={"action": "root.made", "number": made[-1].number, "entries": sum(each.entries for each in made)})
    return made
