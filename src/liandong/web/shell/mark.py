"""How far the journal had come when a page was made: so that a page knows whether something happened before its line was open."""

from __future__ import annotations

from liandong.adapters.postgres.prepared import ask

__all__ = ["newest"]

NEWEST = "SELECT coalesce(max(position), 0) FROM journal"


def newest() -> str:
    """Return the position of the newest fact that is committed.

    Concurrency: facts that are being written have positions too, and one may be committed after a later one; lists are asked anew once a minute as well.
    """
    return str(ask(NEWEST, [])[0][0])
