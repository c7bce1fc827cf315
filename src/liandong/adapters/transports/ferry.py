"""The medium ``ferry``: files in drop folders, for a one-way gatekeeper 网闸 that carries files and nothing else.

Under the peer's folder: ``out`` (the gatekeeper takes files from here), ``in`` (it puts them here), ``sent`` (kept until the other
side said it has them), ``done`` (what came and was dealt with), ``quarantine`` (what came broken), ``ferry.json`` (where we stand).

Rules:
    - A parcel is a data file and a manifest with its number, digest and size. Both are written under another name and renamed,
      data first: who sees the manifest may expect the data.
    - Numbers run 1, 2, 3 … for each direction. A number that does not come is asked for in a parcel the other way, again and
      again, until it comes; who never wrote it says so with an empty parcel (``void``).
    - A file that is broken, partial or of no known name goes to ``quarantine`` with the reason beside it; its number counts as missing.
    - Each manifest says how far its writer has read: what is read over there is no longer kept here.
    - Digests find accidents. Against intent there are the signatures and seals inside.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from liandong.adapters.transports.parcels import Parcel, Taken
from liandong.domain.errors import PeerUnavailable, RemoteProtocolError
from liandong.domain.exchange.wire import read_object

__all__ = ["Ferry"]

MAX_BYTES = 8_388_608
NAME = re.compile(r"(?P<sender>[a-z0-9][a-z0-9-]{0,59})\.(?P<recipient>[a-z0-9][a-z0-9-]{0,59})\.(?P<seq>[0-9]{12})\.(?P<part>data|manifest)")
FOLDERS = ("out", "in", "sent", "done", "quarantine")
#: Beside ``batch`` and ``piece``: the ferry's own words.
RESEND, VOID = "resend", "void"
#: Numbers asked for in one parcel; files kept under ``done``.
ASKED, KEPT_DONE = 200, 1000


@dataclass(slots=True)
class _State:
    """Where we stand; written down before a number is used and after one was dealt with."""

    #: Of our own numbering: another one when our state was lost.
    epoch: str = field(default_factory=lambda: uuid4().hex)
    out_seq: int = 0
    #: Of the other side's numbering.
    peer_epoch: str = ""
    #: Everything below was dealt with.
    in_next: int = 1
    #: Dealt with beyond that.
    in_ahead: list[int] = field(default_factory=list)


class Ferry:
    """A ``Medium`` of files.

    Parameters:
        root: the peer's folder.
        node, peer: names.
        poll_seconds: between two looks into ``in``.
        grace_seconds: how long a file may be on its way before its number counts as missing, and between two requests for it.
    """

    max_bytes = MAX_BYTES

    def __init__(self, root: Path, node: str, peer: str, *, poll_seconds: float = 0.1, grace_seconds: float = 5.0) -> None:
        self._root = root
        self._node = node
        self._peer = peer
        self._poll = poll_seconds
        self._grace = grace_seconds
        self._state: _State | None = None
        self._given: set[int] = set()
        self._missing: dict[int, float] = {}
        self._writing = asyncio.Lock()

    # --- out -------------------------------------------------------------------------------------------------------

    async def put(self, parcel: Parcel) -> None:
        async with self._writing:
            try:
                await asyncio.to_thread(self._drop, {"ref": parcel.ref, "kind": parcel.kind, "status": parcel.status}, parcel.payload)
            except OSError as error:
                raise PeerUnavailable(peer=self._peer, detail=f"drop folder: {os.strerror(error.errno or 0)}") from error

    def _drop(self, head: dict[str, Any], payload: bytes, seq: int | None = None) -> None:
        """Write data and manifest; ``seq`` fills a number that was asked for again."""
        state = self._here()
        if seq is None:
            state.out_seq += 1
            self._save()
            seq = state.out_seq
        stem = f"{self._node}.{self._peer}.{seq:012d}"
        manifest = {
            "version": 1,
            "from": self._node,
            "to": self._peer,
            "seq": seq,
            "epoch": state.epoch,
            **head,
            "size": len(payload),
            "sha256": hashlib.sha256(payload).hexdigest(),
            "read": {"epoch": state.peer_epoch, "next": state.in_next},
        }
        for name, content in ((f"{stem}.data", payload), (f"{stem}.manifest", json.dumps(manifest).encode("ascii"))):
            self._write(self._root / "sent" / name, content)
            self._hand_over(name)

    def _hand_over(self, name: str) -> None:
        """Put a copy of a kept file into ``out`` in one step: a copy and no link, whatever a gatekeeper does to it there."""
        draft = self._root / "out" / f".{name}"
        shutil.copyfile(self._root / "sent" / name, draft)
        draft.replace(self._root / "out" / name)

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        draft = path.with_name(f".{path.name}")
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    # --- in --------------------------------------------------------------------------------------------------------

    async def take(self, seconds: float) -> Sequence[Taken]:
        until = time.monotonic() + seconds
        while True:
            try:
                async with self._writing:
                    found = await asyncio.to_thread(self._look)
            except OSError as error:
                raise PeerUnavailable(peer=self._peer, detail=f"drop folder: {os.strerror(error.errno or 0)}") from error
            if found or time.monotonic() >= until:
                return found
            await asyncio.sleep(self._poll)

    async def done(self, taken: Taken) -> None:
        async with self._writing:
            with contextlib.suppress(OSError):
                await asyncio.to_thread(self._finish, taken.token)

    async def aclose(self) -> None:
        """Nothing is held."""

    def _look(self) -> list[Taken]:
        state = self._here()
        found: list[Taken] = []
        for path in sorted((self._root / "in").glob("*")):
            match = NAME.fullmatch(path.name)
            if path.name.startswith("."):
                continue
            if match is None or (match["sender"], match["recipient"]) != (self._peer, self._node):
                self._quarantine(path, "no file of this exchange")
            elif match["part"] == "manifest" and int(match["seq"]) not in self._given:
                taken = self._read(path, int(match["seq"]))
                if taken is not None:
                    found.append(taken)
            if len(found) >= 20:
                break
        self._ask_for_missing(state)
        return found

    def _read(self, path: Path, seq: int) -> Taken | None:
        """Return the parcel of a manifest; None where there is none, or not yet, or it was for the ferry itself."""
        data = path.with_suffix(".data")
        try:
            manifest = read_object(path.read_bytes(), max_bytes=4096, max_depth=4)
            self._check(manifest, seq)
        except RemoteProtocolError as error:
            self._quarantine(path, str(error.data.get("detail", error.code)))
            self._quarantine(data, "its manifest is broken")
            self._miss(seq)
            return None
        if not data.exists():
            if time.time() - path.stat().st_mtime > self._grace:
                self._quarantine(path, "its data did not come")
                self._miss(seq)
            return None
        payload = data.read_bytes() if data.stat().st_size <= MAX_BYTES else b""
        if len(payload) != manifest["size"] or hashlib.sha256(payload).hexdigest() != manifest["sha256"]:
            self._quarantine(data, "its digest does not fit")
            self._quarantine(path, "the digest of its data does not fit")
            self._miss(seq)
            return None
        return self._sort(manifest, payload, seq)

    def _sort(self, manifest: dict[str, Any], payload: bytes, seq: int) -> Taken | None:
        state = self._here()
        if manifest["epoch"] != state.peer_epoch:
            # The other side began to count anew (its folder was lost): so do we.
            state.peer_epoch, state.in_next, state.in_ahead = manifest["epoch"], 1, []
            self._missing.clear()
        self._forget_sent(manifest["read"])
        self._missing.pop(seq, None)
        if seq < state.in_next or seq in state.in_ahead:
            self._move_done(seq)
            return None
        if manifest["kind"] in (RESEND, VOID):
            if manifest["kind"] == RESEND:
                self._resend(payload)
            self._finish(seq)
            return None
        self._given.add(seq)
        return Taken(Parcel(manifest["ref"], manifest["kind"], manifest["status"], payload), seq)

    def _check(self, manifest: dict[str, Any], seq: int) -> None:
        read = manifest.get("read")
        good = (
            (manifest.get("from"), manifest.get("to"), manifest.get("seq")) == (self._peer, self._node, seq)
            and re.fullmatch(r"[0-9a-f]{32}", str(manifest.get("epoch")))
            and re.fullmatch(r"[0-9a-f]{32}", str(manifest.get("ref")))
            and manifest.get("kind") in ("batch", "piece", RESEND, VOID)
            and manifest.get("status") in (0, 200, 422, 503)
            and isinstance(manifest.get("size"), int)
            and isinstance(manifest.get("sha256"), str)
            and isinstance(read, dict)
            and isinstance(read.get("epoch"), str)
            and isinstance(read.get("next"), int)
        )
        if not good:
            raise RemoteProtocolError("exchange.malformed", detail="the manifest has the wrong shape")

    def _finish(self, token: object) -> None:
        """Note that a number was dealt with, and move its files out of the way."""
        assert isinstance(token, int)
        state = self._here()
        state.in_ahead.append(token)
        while state.in_next in state.in_ahead:
            state.in_ahead.remove(state.in_next)
            state.in_next += 1
        self._save()
        self._given.discard(token)
        self._move_done(token)

    def _move_done(self, seq: int) -> None:
        for part in ("manifest", "data"):
            name = f"{self._peer}.{self._node}.{seq:012d}.{part}"
            with contextlib.suppress(FileNotFoundError):
                (self._root / "in" / name).replace(self._root / "done" / name)
            old = self._root / "done" / f"{self._peer}.{self._node}.{max(seq - KEPT_DONE, 0):012d}.{part}"
            old.unlink(missing_ok=True)

    def _quarantine(self, path: Path, reason: str) -> None:
        if not path.exists():
            return
        target = self._root / "quarantine" / f"{time.time_ns()}.{path.name[:150]}"
        path.replace(target)
        target.with_name(target.name + ".reason").write_text(reason + "\n", encoding="utf-8")

    # --- what did not come -----------------------------------------------------------------------------------------

    def _miss(self, seq: int) -> None:
        self._missing.setdefault(seq, 0.0)

    def _ask_for_missing(self, state: _State) -> None:
        """Ask for numbers that are passed by others, once their grace is over, and again after each grace."""
        seen = set(state.in_ahead) | self._given
        now = time.monotonic()
        for seq in range(state.in_next, max(seen, default=0)):
            if seq not in seen:
                self._missing.setdefault(seq, now + self._grace)
        wanted = [seq for seq, when in sorted(self._missing.items()) if when <= now and seq not in seen and seq >= state.in_next][:ASKED]
        if wanted:
            self._drop({"ref": uuid4().hex, "kind": RESEND, "status": 0}, json.dumps({"epoch": state.peer_epoch, "missing": wanted}).encode())
            for seq in wanted:
                self._missing[seq] = now + self._grace

    def _resend(self, payload: bytes) -> None:
        """Hand over again what the other side misses; what was never written is declared void."""
        try:
            asked = read_object(payload, max_bytes=65_536, max_depth=4)
        except RemoteProtocolError:
            return
        state = self._here()
        missing = asked.get("missing")
        # A number whose first parcel never came carries no epoch yet.
        if asked.get("epoch") not in (state.epoch, "") or not isinstance(missing, list):
            return
        for seq in missing[:ASKED]:
            if not isinstance(seq, int) or not 0 < seq <= state.out_seq:
                continue
            stem = f"{self._node}.{self._peer}.{seq:012d}"
            if (self._root / "sent" / f"{stem}.manifest").exists() and (self._root / "sent" / f"{stem}.data").exists():
                self._hand_over(f"{stem}.data")
                self._hand_over(f"{stem}.manifest")
            else:
                self._drop({"ref": uuid4().hex, "kind": VOID, "status": 0}, b"", seq)

    def _forget_sent(self, read: dict[str, Any]) -> None:
        """Keep no longer what the other side has read."""
        state = self._here()
        if read["epoch"] != state.epoch:
            return
        for path in (self._root / "sent").glob("*"):
            match = NAME.fullmatch(path.name)
            if match is not None and int(match["seq"]) < read["next"]:
                path.unlink(missing_ok=True)

    # --- where we stand --------------------------------------------------------------------------------------------

    def _here(self) -> _State:
        if self._state is None:
            for folder in FOLDERS:
                (self._root / folder).mkdir(parents=True, exist_ok=True)
            try:
                self._state = _State(**json.loads((self._root / "ferry.json").read_text(encoding="utf-8")))
            except (OSError, ValueError, TypeError):
                self._state = _State()
        return self._state

    def _save(self) -> None:
        state = self._here()
        content = {name: getattr(state, name) for name in _State.__slots__}
        self._write(self._root / "ferry.json", json.dumps(content).encode("ascii"))
