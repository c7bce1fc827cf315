"""The world of this process: set once by ``node.bootstrap``, read by the web and by jobs."""

from __future__ import annotations

from liandong.application.world import World

__all__ = ["current_world", "install_world"]

_installed: list[World] = []


def install_world(world: World) -> None:
    """Make this the world of the process; a later call replaces it (tests)."""
    _installed[:] = [world]


def current_world() -> World:
    """Return the world of the process. Raises ``RuntimeError`` when the node has not been started."""
    if not _installed:
        raise RuntimeError("the node has not been started: call node.bootstrap.start first")
    return _installed[0]
