"""The name under which processes that test side by side find the databases they copy."""

from __future__ import annotations

__all__ = ["PREPARED"]

#: Environment: the folder they share.
PREPARED = "LIANDONG_PREPARED"
