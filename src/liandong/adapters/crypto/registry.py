"""The suites this program can use: one always, the national one where the library for it is installed."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType

from liandong.adapters.crypto.ed25519 import Ed25519Suite
from liandong.adapters.crypto.suites import Suite

__all__ = ["DEFAULT_SUITE", "NATIONAL_SUITE", "SUITES"]

DEFAULT_SUITE = Ed25519Suite.name

#: Needs the package ``tongsuopy``; absent from ``SUITES`` without it.
NATIONAL_SUITE = "sm2+sm3+sm4-gcm"


def _installed() -> dict[str, Suite]:
    suites: dict[str, Suite] = {Ed25519Suite.name: Ed25519Suite()}
    try:
        national: Suite = importlib.import_module("liandong.adapters.crypto.sm").SmSuite()
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("tongsuopy"):
            raise
    else:
        suites[national.name] = national
    return suites


#: name -> suite.
SUITES: Mapping[str, Suite] = MappingProxyType(_installed())
