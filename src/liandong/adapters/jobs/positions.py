"""Where people were is forgotten after some hours, also when nobody says anything any more."""

from __future__ import annotations

import logging

from django.db import DatabaseError, connection

from liandong.adapters.postgres.patrols import PostgresPatrols
from liandong.application.world import World

__all__ = ["forget_positions"]

log = logging.getLogger("liandong.jobs")


def forget_positions(world: World) -> int:
    """Delete the positions that nobody may ask for any more; return how many. A database that is away is asked again at the next look."""
    try:
        return PostgresPatrols().forget(world.clock.now())
    except DatabaseError as error:
        log.warning("old positions wait", extra={"action": "positions.waiting", "error": type(error).__name__})
        return 0
    finally:
        connection.close()
