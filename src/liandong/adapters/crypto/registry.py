"""The suites this program can use: one always, the national one where its library is installed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from liandong.adapters.crypto.ed25519 import Ed25519Suite
from liandong.adapters.crypto.suites import Suite

__all__ = ["DEFAULT_SUITE", "SUITES"]

DEFAULT_SUITE = Ed25519Suite.name


def _installed() -> dict[str, Suite]:
    return {Ed25519Suite.name: Ed25519Suite()}


#: name -> suite.
SUITES: Mapping[str, Suite] = MappingProxyType(_installed())
