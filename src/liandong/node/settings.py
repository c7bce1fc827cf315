"""The settings of one node: a TOML file, read once and checked at start. Nothing else reads the environment.

``LIANDONG_NODE`` names the file; ``node.city`` writes one for each node of a demonstration city.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from liandong.domain.errors import LiandongError

__all__ = ["NODE_FILE", "TRANSPORTS", "NodeSettings", "PeerSettings", "SettingsError", "home", "read_node", "server_url"]

#: Environment variable that names a node's file.
NODE_FILE = "LIANDONG_NODE"
#: transport -> how its address begins.
TRANSPORTS = {
    "http": ("http://", "https://"),
    "middledb": ("postgresql://", "postgres://"),
    "ferry": ("file:///",),
    "nats": ("nats://", "tls://"),
}
#: What ``suite`` may be; the first is the default.
SUITE_NAMES = ("ed25519+aes-256-gcm", "sm2+sm3+sm4-gcm")
#: Most web processes of a node.
MOST_PROCESSES = 64
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
MARK = re.compile(r"[A-Z][A-Z0-9]{0,5}")
#: 警、热线、双方: what numbers bear when nothing else is set.
SIDE_MARKS = {"police": "J", "hotline": "R", "both": "B"}


class SettingsError(LiandongError):
    """A setting is missing or wrong; says which, and what it should be."""

    code = "settings.wrong"


@dataclass(frozen=True, slots=True)
class PeerSettings:
    """A node this one exchanges messages with."""

    #: The other node's own name.
    name: str
    #: ``police``, ``hotline`` or ``both``.
    side: str
    #: ``counterpart``, ``upper`` or ``lower``.
    relation: str
    #: Where its exchange is reached, by the transport: ``https://host:port``, ``postgresql://role@host/middle``,
    #: ``file:///srv/ferry/hotline`` (the folder that holds ``out`` and ``in``), ``nats://name:password@host:4222/prefix``.
    url: str
    #: What people read as its name.
    title: str = ""
    #: Code of the division it serves, where it is of this side.
    division: str = ""
    #: ``http``, ``middledb``, ``ferry`` or ``nats``.
    transport: str = "http"

    def shown_address(self) -> str:
        """Return the address as people may see it: without account, password and query."""
        parts = urlsplit(self.url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """Everything a node needs to know before it starts."""

    #: Unique among all nodes; small letters, digits and hyphens.
    name: str
    #: ``police``, ``hotline`` or ``both``.
    side: str
    #: What people read as the platform's name.
    title: str
    #: Name of a shipped pack or a path.
    pack: str
    #: ``postgresql://`` URL of this node's own database.
    database: str
    #: Where screens, API and exchange listen.
    port: int
    #: The address they listen on; loopback where a proxy with TLS stands before it.
    host: str = "127.0.0.1"
    #: Letters in the numbers of what other nodes hold too, unique among all nodes: ``联J202611220001``. By default the side's.
    mark: str = ""
    #: Code of the division it serves, such as ``320507``; what lies in a peer's division belongs to the peer.
    division: str = ""
    #: Directory of the node: keys, logs.
    directory: str = ""
    #: At least 32 characters; signs sessions.
    secret: str = ""
    #: Demonstration users, one click sign in, a marked switch simulator. Never in production.
    demonstration: bool = False
    #: Names this node answers to.
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    #: Whether the cookie travels over https only.
    secure: bool = False
    #: Processes that answer requests; one for each core that this node may have.
    web_processes: int = 2
    #: Database connections of each of them.
    connections: int = 8
    #: Algorithms of this node's own keys: ``ed25519+aes-256-gcm`` or ``sm2+sm3+sm4-gcm``.
    suite: str = "ed25519+aes-256-gcm"
    #: A second port that takes messages of peers only, over TLS with a certificate of each side; 0 for none.
    exchange_port: int = 0
    #: PEM file of our certificate, for that port and for https to peers.
    tls_certificate: str = ""
    #: PEM file of its private key, readable by the owner only.
    tls_key: str = ""
    #: PEM file of those who may have signed a peer's certificate.
    tls_roots: str = ""
    #: The largest attachment, in MB.
    file_limit_mb: int = 2048
    #: How far this node's clock is wrong, in seconds; for trials of what a wrong clock does, never in production.
    clock_offset_seconds: int = 0
    #: Base URL of an OpenAI-compatible endpoint that advises beside the verdict, such as ``https://models.example/v1``; empty for none.
    adviser_url: str = ""
    #: Its key, sent as a bearer token; empty for none.
    adviser_key: str = ""
    #: The model's name there.
    adviser_model: str = ""
    #: Seconds one question may take.
    adviser_seconds: int = 4
    #: Questions a minute and process at most.
    adviser_per_minute: int = 30
    #: Directory of the triage model that ``liandong corpus train`` made of the corpus and a city's own decisions; empty for the shipped one.
    triage_model: str = ""
    #: Address of a gateway that takes messages to citizens: ``POST`` of ``{"to", "text", "reference"}``; empty for none, a demonstration simulates one.
    message_url: str = ""
    #: Its key, sent as a bearer token; empty for none.
    message_key: str = ""
    #: Directory of the unit model that ``liandong train-units`` made of this node's own history; empty for none.
    unit_model: str = ""
    #: The nodes it exchanges messages with.
    peers: tuple[PeerSettings, ...] = field(default_factory=tuple)

    @property
    def files(self) -> Path:
        """Where attachments are kept."""
        return Path(self.directory) / "files"

    @property
    def keys(self) -> Path:
        """Where this node's keys and its peers' public keys are."""
        return Path(self.directory) / "keys"


def home() -> Path:
    """Return where everything is kept between runs: ``LIANDONG_HOME``, or the user's data directory."""
    chosen = os.environ.get("LIANDONG_HOME")
    if chosen:
        return Path(chosen).expanduser().resolve()
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "liandong"


def server_url() -> str | None:
    """Return the PostgreSQL server to use instead of the embedded one: ``LIANDONG_POSTGRES``, or None."""
    return os.environ.get("LIANDONG_POSTGRES") or None


def read_node(path: Path | None = None) -> NodeSettings:
    """Return the checked settings of a node.

    Parameters:
        path: the file; None takes ``LIANDONG_NODE``.

    Raises:
        SettingsError: ``settings.wrong`` with the setting and what it should be.
    """
    named = path or (Path(os.environ[NODE_FILE]) if os.environ.get(NODE_FILE) else None)
    if named is None:
        raise SettingsError(setting=NODE_FILE, wanted="the path of a node.toml")
    try:
        raw = tomllib.loads(named.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(setting=str(named), wanted=f"a readable TOML file ({type(error).__name__})") from error
    return checked(raw)


def checked(raw: dict[str, Any]) -> NodeSettings:
    """Return settings from plain values. Raises ``SettingsError`` for what is missing, unknown or wrong."""
    known = {each.name: each for each in fields(NodeSettings)}
    for name in raw:
        if name not in known:
            raise SettingsError(setting=name, wanted="a known setting")
    for name in ("name", "side", "title", "pack", "database", "port", "secret"):
        if name not in raw:
            raise SettingsError(setting=name, wanted="a value")
    if not NAME.fullmatch(str(raw["name"])):
        raise SettingsError(setting="name", wanted="small letters, digits and hyphens")
    if raw["side"] not in ("police", "hotline", "both"):
        raise SettingsError(setting="side", wanted="police, hotline or both")
    if not isinstance(raw["port"], int) or not 0 < raw["port"] < 65536:
        raise SettingsError(setting="port", wanted="a number from 1 to 65535")
    if not str(raw["database"]).startswith(("postgresql://", "postgres://")):
        raise SettingsError(setting="database", wanted="a postgresql:// URL: PostgreSQL is the one engine")
    if len(str(raw["secret"])) < 32:
        raise SettingsError(setting="secret", wanted="at least 32 characters")
    _check_processes(raw)
    mark = _mark(raw)
    _check_exchange(raw)
    peers = tuple(_peer(each) for each in raw.get("peers", ()))
    return NodeSettings(**{**raw, "mark": mark, "hosts": tuple(raw.get("hosts", known["hosts"].default)), "peers": peers})


def _check_processes(raw: dict[str, Any]) -> None:
    count = raw.get("web_processes", 1)
    if type(count) is not int or not 1 <= count <= MOST_PROCESSES:
        raise SettingsError(setting="web_processes", wanted=f"a number from 1 to {MOST_PROCESSES}")


def _mark(raw: dict[str, Any]) -> str:
    mark = str(raw.get("mark") or SIDE_MARKS[raw["side"]])
    if not MARK.fullmatch(mark):
        raise SettingsError(setting="mark", wanted="one to six capital letters and digits, a letter first")
    return mark


def _check_adviser(raw: dict[str, Any]) -> None:
    """Check what is off by default: models of one's own and the adviser."""
    for name, made_by in (("unit_model", "train-units"), ("triage_model", "corpus train")):
        if raw.get(name) and not Path(str(raw[name])).is_dir():
            raise SettingsError(setting=name, wanted=f"a directory that liandong {made_by} made")
    url = str(raw.get("adviser_url") or "")
    if url and not url.startswith(("https://", "http://")):
        raise SettingsError(setting="adviser_url", wanted="https://… or http://…, or nothing")
    if url and not raw.get("adviser_model"):
        raise SettingsError(setting="adviser_model", wanted="the model's name beside adviser_url")
    for name, most in (("adviser_seconds", 30), ("adviser_per_minute", 600)):
        value = raw.get(name, 1)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            raise SettingsError(setting=name, wanted=f"a number from 1 to {most}")


def _check_exchange(raw: dict[str, Any]) -> None:
    if raw.get("suite", SUITE_NAMES[0]) not in SUITE_NAMES:
        raise SettingsError(setting="suite", wanted=" or ".join(SUITE_NAMES))
    port = raw.get("exchange_port", 0)
    if not isinstance(port, int) or not 0 <= port < 65536:
        raise SettingsError(setting="exchange_port", wanted="a number from 0 to 65535")
    _check_adviser(raw)
    if raw.get("message_url") and not str(raw["message_url"]).startswith(("https://", "http://")):
        raise SettingsError(setting="message_url", wanted="https://… or http://…, or nothing")
    files = [name for name in ("tls_certificate", "tls_key", "tls_roots") if raw.get(name)]
    if port and len(files) != 3:
        raise SettingsError(setting="exchange_port", wanted="tls_certificate, tls_key and tls_roots beside it")
    if files and len(files) != 3:
        raise SettingsError(setting="tls_certificate", wanted="all three of tls_certificate, tls_key and tls_roots")
    for name in files:
        if not Path(str(raw[name])).is_file():
            raise SettingsError(setting=name, wanted="a PEM file that is there")


def _peer(raw: dict[str, Any]) -> PeerSettings:
    try:
        peer = PeerSettings(**raw)
    except TypeError as error:
        raise SettingsError(setting="peers", wanted="name, side, relation, url and title") from error
    if peer.relation not in ("counterpart", "upper", "lower"):
        raise SettingsError(setting=f"peers.{peer.name}.relation", wanted="counterpart, upper or lower")
    schemes = TRANSPORTS.get(peer.transport)
    if schemes is None:
        raise SettingsError(setting=f"peers.{peer.name}.transport", wanted=", ".join(TRANSPORTS))
    if not peer.url.startswith(schemes):
        raise SettingsError(setting=f"peers.{peer.name}.url", wanted=f"{' or '.join(schemes)} for the transport {peer.transport}")
    return peer
