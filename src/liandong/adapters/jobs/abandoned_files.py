"""What people began to send and left: removed by the worker, so that a disk does not fill with halves."""

from __future__ import annotations

import logging
import time

from django.db import DatabaseError, connection

from liandong.adapters.files.store import FileStore
from liandong.adapters.postgres.models import Attachment

__all__ = ["UPLOAD_HOURS", "remove_abandoned"]

log = logging.getLogger("liandong.jobs")

#: How long an upload may stand still before it is given up: over a weekend nothing is lost.
UPLOAD_HOURS = 72


def remove_abandoned(store: FileStore) -> int:
    """Remove what has stood still for ``UPLOAD_HOURS``; return how many files went. A database that is away is waited for."""
    try:
        coming = list(Attachment.objects.filter(state=Attachment.COMING).values_list("digest", flat=True))
        removed = store.sweep(time.time() - UPLOAD_HOURS * 3600, coming)
    except (DatabaseError, OSError) as error:
        log.warning("abandoned uploads stay for now", extra={"action": "files.sweep_failed", "error": type(error).__name__})
        return 0
    finally:
        connection.close()
    if removed:
        log.info("abandoned uploads removed", extra={"action": "files.swept", "files": removed})
    return removed
