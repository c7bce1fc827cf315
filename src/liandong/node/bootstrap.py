"""Wire one node: settings, pack, triage, database, jobs, keys. The one place that knows every room."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from liandong.adapters.adviser.openai_compatible import OpenAiCompatible
from liandong.adapters.classifier.shipped import default_scorer
from liandong.adapters.classifier.triage_model import TriageModel
from liandong.adapters.notices.gateway import GatewayMessages
from liandong.adapters.notices.simulated import SimulatedMessages
from liandong.adapters.packs import Pack, load_pack
from liandong.adapters.packs.team import PackDirectory
from liandong.adapters.quickservice.simulated import SimulatedNotices, SimulatedOwners
from liandong.adapters.telephony.simulator import SimulatedSwitch
from liandong.application.current import install_world
from liandong.application.guidance import DoorWords
from liandong.application.live_triage import LiveTriage
from liandong.application.ports import CitizenMessages, Clock, Desk, Peer
from liandong.application.reactions import reactions_to
from liandong.application.world import World
from liandong.domain.catalogue.items import Ruling
from liandong.domain.clocks import Rulebook
from liandong.domain.routing import Away, DivisionLevel, Place, ancestors, locate
from liandong.domain.triage import Triage, Verdict
from liandong.node.settings import NODE_FILE, NodeSettings, read_node

if TYPE_CHECKING:
    from liandong.adapters.classifier.unit_history import UnitHistory

__all__ = ["SystemClock", "known_codes", "live_triage", "load_city_pack", "make_triage", "node_settings", "rulebook_of", "scorer_of", "start", "triage_of", "world_of"]

#: New objects until the garbage collector looks, and how often it looks at older ones: a verdict makes sixty objects and no cycle among them.
_COLLECT_AFTER = (20_000, 20, 20)


class SystemClock:
    """The port ``Clock`` on the machine's clock.

    Parameters:
        offset_seconds: how far it is wrong; 0 outside trials.
    """

    def __init__(self, offset_seconds: int = 0) -> None:
        self._offset = timedelta(seconds=offset_seconds)

    def now(self) -> datetime:
        """Return the time now, in UTC."""
        return datetime.now(UTC) + self._offset


@cache
def node_settings() -> NodeSettings:
    """Return this process's node settings, read once."""
    return read_node()


@cache
def load_city_pack(name: str) -> Pack:
    """Return a pack by name or path, read once."""
    return load_pack(name)


def make_triage(pack: Pack, scorer: TriageModel | None = None) -> Judge:
    """Return the triage of a pack: text -> verdict in its JSON form; ``scorer`` None takes the shipped model."""
    return Judge(triage_of(pack, scorer))


class Judge:
    """What judges texts by a triage, with the words of the door where neither line takes them."""

    def __init__(self, triage: Triage) -> None:
        self._triage = triage

    def __call__(self, text: str) -> Mapping[str, Any]:
        """Return the verdict on a text, in its JSON form."""
        return _told(self._triage.verdict(text))

    def many(self, texts: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Return the verdict on each text, in order."""
        return [_told(each) for each in self._triage.verdicts(texts)]


def _told(verdict: Verdict) -> Mapping[str, Any]:
    door = verdict.door
    told = {} if door is None else {"door": door.name, "guidance": door.words, "door_phone": door.phone, "door_clause": door.clause.code}
    return {**verdict.as_json(), **told}


def divisions_of(pack: Pack) -> Callable[[Mapping[str, Any]], Sequence[tuple[str, str]]]:
    """Return what finds the divisions a record's place lies in, the smallest first."""
    names = {each.code: each.name for each in pack.divisions}

    def at(data: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        place = Place(str(data.get("place", "")), str(data.get("division", "")), _position(data))
        return [(code, names[code]) for code in ancestors(locate(place, pack.divisions, pack.territories), pack.divisions)]

    return at


def _position(data: Mapping[str, Any]) -> tuple[float, float] | None:
    try:
        return float(data["longitude"]), float(data["latitude"])
    except (KeyError, TypeError, ValueError):
        return None


def doors_of(pack: Pack) -> Mapping[str, DoorWords]:
    """Return the doors of a pack as plain words."""
    return {
        each.code: DoorWords(each.code, each.name, each.words, each.phone, each.clause.code, f"{each.clause.document}{each.clause.place}")
        for each in pack.catalogue.doors
    }


@cache
def scorer_of(directory: str) -> TriageModel:
    """Return the model of a directory, read once; ``""`` for the shipped one. Raises ``ModelError`` for a damaged model."""
    return TriageModel.load(Path(directory)) if directory else default_scorer()


def triage_of(pack: Pack, scorer: TriageModel | None = None) -> Triage:
    """Return the triage of a pack: its list and rules with a model, the shipped one where none is given."""
    return kept(Triage(pack.catalogue, scorer or default_scorer()))


def kept(triage: Triage) -> Triage:
    """Return a triage that lives as long as the process, out of the garbage collector's sight: a fifth of the time went to looking at it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
    return triage


def live_triage(pack: Pack, clock: Clock, scorer: TriageModel | None = None) -> LiveTriage:
    """Return the triage of a node: the pack's list with the rulings its database holds. Django must be set up.

    Parameters:
        scorer: the model; None takes the shipped one.
    """
    from liandong.adapters.postgres.rulings import read_rulings, rulings_revision

    zone, model = ZoneInfo(pack.zone), scorer or default_scorer()

    def build(rulings: tuple[Ruling, ...], day: date) -> Judge:
        catalogue = replace(pack.catalogue, rulings=(*pack.catalogue.rulings, *rulings))
        return Judge(kept(Triage(catalogue, model, on=day)))

    clauses = {each.clause.code: each.clause for each in pack.catalogue.items}
    return LiveTriage(build, rulings_revision, read_rulings, lambda: clock.now().astimezone(zone).date(), clauses)


def clock_of(settings: NodeSettings) -> Clock:
    """Return a node's clock: only a demonstration's can be moved, and only ahead."""
    from liandong.adapters.settable_clock import SettableClock

    settable = settings.demonstration and settings.directory and not settings.clock_offset_seconds
    return SettableClock(Path(settings.directory) / "clock.json") if settable else SystemClock(settings.clock_offset_seconds)


def world_of(settings: NodeSettings, pack: Pack, triage: Callable[[str], Mapping[str, Any]], clock: Clock) -> World:
    """Return the world of a node on its PostgreSQL database; Django must be set up."""
    from liandong.adapters.jobs.timeouts import defer_job
    from liandong.adapters.postgres.absences import PostgresAbsences
    from liandong.adapters.postgres.ids import TimeOrderedIds
    from liandong.adapters.postgres.notary import PostgresNotary
    from liandong.adapters.postgres.patrols import PostgresPatrols
    from liandong.adapters.postgres.service_codes import keep_notice
    from liandong.adapters.postgres.unit_of_work import PostgresWork

    desk = Desk(
        node=settings.name,
        side=settings.side,
        title=settings.title,
        peers=tuple(Peer(each.name, each.side, each.relation, each.title, each.division, each.transport, each.shown_address()) for each in settings.peers),
        zone=pack.zone,
        switches=asdict(pack.settings),
        division=settings.division,
    )
    rulebook = rulebook_of(pack)
    absences = PostgresAbsences(pack.roster)
    directory = PackDirectory(pack, lambda at: Away(absences.standing(at), at))
    work = PostgresWork(pack.zone, defer_job, settings.mark, rulebook)
    switch = SimulatedSwitch() if settings.demonstration else None
    owners = SimulatedOwners(settings.secret) if settings.demonstration else None
    notices = SimulatedNotices(keep_notice) if settings.demonstration else None
    return World(
        clock, TimeOrderedIds(), desk, work, triage, reactions_to, switch, owners, notices, directory, doors_of(pack), divisions_of(pack), rulebook=rulebook, unit_history=history_of(settings), adviser=adviser_of(settings),
        context=known_codes(pack), notary=PostgresNotary(settings.name, clock), messages=messages_of(settings), patrols=PostgresPatrols(), absences=absences,
    )  # fmt: skip


def known_codes(pack: Pack) -> Mapping[str, Any]:
    """Return the codes of the city's list, with their names and the common register's, and of its directory: guards ask for them."""
    items = pack.catalogue.items
    return {
        "items": {each.code: each.name for each in items},
        "common": {each.code: each.common or each.code for each in items},
        "units": frozenset(each.code for each in pack.units),
    }


def adviser_of(settings: NodeSettings) -> OpenAiCompatible | None:
    """Return the adviser the settings name, None where they name none."""
    if not settings.adviser_url:
        return None
    return OpenAiCompatible(settings.adviser_url, settings.adviser_key, settings.adviser_model, float(settings.adviser_seconds), settings.adviser_per_minute)


def messages_of(settings: NodeSettings) -> CitizenMessages | None:
    """Return the way to citizens' telephones: the gateway the settings name, a simulated one in a demonstration, None else."""
    if settings.message_url:
        return GatewayMessages(settings.message_url, settings.message_key)
    return SimulatedMessages() if settings.demonstration else None


def history_of(settings: NodeSettings) -> UnitHistory | None:
    """Return what this node learned of its own units, None where it learned nothing. Raises ``ModelError`` for a damaged model."""
    if not settings.unit_model:
        return None
    # What trains needs a second to import; most nodes have learned nothing yet.
    from liandong.adapters.classifier.unit_history import UnitHistory

    return UnitHistory(Path(settings.unit_model))


def rulebook_of(pack: Pack) -> Rulebook:
    """Return the clocks of a city: its rules, its calendar, and which of its streets and towns are country."""
    country = frozenset(each.code for each in pack.divisions if each.level == DivisionLevel.STREET and each.name.endswith(("镇", "乡")))
    return Rulebook(pack.clocks, pack.calendar, country)


def start(node_file: Path | None = None) -> World:
    """Set up Django and install the world of this process.

    Parameters:
        node_file: the node's settings; None takes the environment's.

    Raises:
        SettingsError, PackError: what is wrong, and where.
    """
    if node_file is not None:
        os.environ[NODE_FILE] = str(node_file)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liandong.node.django_settings")
    import django

    django.setup()
    settings = node_settings()
    pack = load_city_pack(settings.pack)
    scorer, clock = scorer_of(settings.triage_model), clock_of(settings)
    world = replace(world_of(settings, pack, live_triage(pack, clock, scorer), clock), model_about=scorer.about)
    install_world(world)
    return world
