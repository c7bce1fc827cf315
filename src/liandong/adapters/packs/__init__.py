"""Cities as data: ``load_pack``, ``check_pack``, ``list_packs``."""

from __future__ import annotations

from liandong.adapters.packs.calendar import CityCalendar
from liandong.adapters.packs.loader import check_pack, list_packs, load_pack
from liandong.adapters.packs.model import DemoUser, Pack, PackSettings
from liandong.adapters.packs.problems import Problem

__all__ = ["CityCalendar", "DemoUser", "Pack", "PackSettings", "Problem", "check_pack", "list_packs", "load_pack"]
