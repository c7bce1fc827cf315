"""The ferry: what a gatekeeper can do to files, and that nothing of it loses a message."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from liandong.adapters.transports.ferry import Ferry
from liandong.adapters.transports.parcels import BATCH, Parcel

POLICE, HOTLINE = "police", "hotline"
DOCUMENT = (Path(__file__).parents[3] / "docs/reference/exchange.md").read_text(encoding="utf-8")


class Gate:
    """Two drop folders with a gatekeeper between them, who moves files one way at a time when the test says so."""

    def __init__(self, root: Path) -> None:
        self.roots = {name: root / name for name in (POLICE, HOTLINE)}
        self.police, self.hotline = self.make(POLICE), self.make(HOTLINE)
        for root in self.roots.values():
            for folder in ("in", "out"):
                (root / folder).mkdir(parents=True)

    def make(self, name: str) -> Ferry:
        return Ferry(self.roots[name], name, HOTLINE if name == POLICE else POLICE, poll_seconds=0.005, grace_seconds=0.05)

    def carry(self, sender: str, change: Callable[[Path], Path | None] = lambda path: path) -> int:
        """Move every file of ``sender``; return how many there were. ``change`` spoils a file, or returns None to lose it."""
        moved = 0
        for path in sorted((self.roots[sender] / "out").iterdir()):
            moved += 1
            changed = change(path)
            if changed is None:
                path.unlink()
                continue
            # A copy, not a link: the other side is another machine.
            target = self.roots[HOTLINE if sender == POLICE else POLICE] / "in" / path.name
            shutil.copyfile(changed, target)
            path.unlink()
        return moved

    async def received(self, ferry: Ferry, seconds: float = 0.02) -> list[bytes]:
        found = []
        for taken in await ferry.take(seconds):
            found.append(taken.parcel.payload)
            await ferry.done(taken)
        return found

    def names(self, name: str, folder: str) -> list[str]:
        return sorted(path.name for path in (self.roots[name] / folder).iterdir())


def parcel(number: int) -> Parcel:
    return Parcel(f"{number:032x}", BATCH, 0, f"content {number}".encode())


def play(story: Callable[[Gate], Awaitable[None]], root: Path) -> Gate:
    gate = Gate(root)

    async def all_of_it() -> None:
        await story(gate)

    asyncio.run(all_of_it())
    return gate


def test_13_1_files_cross_in_order_and_are_moved_out_of_the_way(tmp_path: Path) -> None:
    async def story(gate: Gate) -> None:
        for number in (1, 2, 3):
            await gate.police.put(parcel(number))
        gate.carry(POLICE)
        assert await gate.received(gate.hotline) == [b"content 1", b"content 2", b"content 3"]

    gate = play(story, tmp_path)
    assert gate.names(HOTLINE, "in") == []
    assert len(gate.names(HOTLINE, "done")) == 6
    assert gate.names(HOTLINE, "quarantine") == []


def test_13_2_a_manifest_says_what_the_clause_lists(tmp_path: Path) -> None:
    async def story(gate: Gate) -> None:
        await gate.police.put(parcel(1))

    gate = play(story, tmp_path)
    manifest = json.loads((gate.roots[POLICE] / "out" / "police.hotline.000000000001.manifest").read_text())
    named = re.search(r"13\.2\*\* (.*)", DOCUMENT)
    assert named is not None
    assert set(manifest) == {"from", "to"} | set(re.findall(r"`([a-z0-9]+)`", named[1].replace("`epoch` and `next`", "")))
    assert set(manifest["read"]) == {"epoch", "next"}


def test_nothing_half_written_ever_has_its_final_name(tmp_path: Path) -> None:
    async def story(gate: Gate) -> None:
        (gate.roots[HOTLINE] / "in" / ".police.hotline.000000000001.data").write_bytes(b"half")
        assert await gate.received(gate.hotline) == []

    gate = play(story, tmp_path)
    assert gate.names(HOTLINE, "in") == [".police.hotline.000000000001.data"]


def halved(path: Path) -> Path:
    if path.suffix == ".data":
        path.write_bytes(path.read_bytes()[:3])
    return path


def flipped(path: Path) -> Path:
    if path.suffix == ".data":
        path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])
    return path


def broken_manifest(path: Path) -> Path:
    if path.suffix == ".manifest":
        path.write_bytes(b"{")
    return path


def lied_manifest(path: Path) -> Path:
    if path.suffix == ".manifest":
        path.write_text(json.dumps({**json.loads(path.read_text()), "seq": 9}))
    return path


def lost(path: Path) -> None:
    return None


@pytest.mark.parametrize("spoil", [halved, flipped, broken_manifest, lied_manifest])
def test_13_4_a_spoilt_file_is_quarantined_with_its_reason_and_sent_again(tmp_path: Path, spoil: Callable[[Path], Path]) -> None:
    async def story(gate: Gate) -> None:
        await gate.police.put(parcel(1))
        gate.carry(POLICE, spoil)
        assert await gate.received(gate.hotline) == []
        await eventually(gate, [b"content 1"])

    gate = play(story, tmp_path)
    assert any(name.endswith(".reason") for name in gate.names(HOTLINE, "quarantine"))


def test_13_3_a_lost_file_is_missed_and_sent_again(tmp_path: Path) -> None:
    async def story(gate: Gate) -> None:
        await gate.police.put(parcel(1))
        gate.carry(POLICE, lost)
        await gate.police.put(parcel(2))
        gate.carry(POLICE)
        assert await gate.received(gate.hotline) == [b"content 2"]
        await eventually(gate, [b"content 1"])

    play(story, tmp_path)


def test_a_manifest_whose_data_never_comes_is_missed(tmp_path: Path) -> None:
    async def story(gate: Gate) -> None:
        await gate.police.put(parcel(1))
        gate.carry(POLICE, lambda path: None if path.suffix == ".data" else path)
        await eventually(gate, [b"content 1"])

    play(story, tmp_path)


def test_a_request_that_is_lost_itself_is_made_again(tmp_path: Path) -> None:
    async def story(gate: Gate) -> None:
        await gate.police.put(parcel(1))
        gate.carry(POLICE, lost)
        await gate.police.put(parcel(2))
        gate.carry(POLICE)
        await gate.received(gate.hotline)
        await asyncio.sleep(0.06)
        await gate.received(gate.hotline)
        assert gate.carry(HOTLINE, lost) == 2
        await eventually(gate, [b"content 1"])

    play(story, tmp_path)


def test_a_number_that_was_taken_and_never_written_is_declared_void(tmp_path: Path) -> None:
    async def story(gate: Gate) -> None:
        await gate.police.put(parcel(1))
        state = json.loads((gate.roots[POLICE] / "ferry.json").read_text())
        (gate.roots[POLICE] / "ferry.json").write_text(json.dumps({**state, "out_seq": 2}))  # killed between number and file
        gate.police = gate.make(POLICE)
        await gate.police.put(parcel(3))
        gate.carry(POLICE)
        assert await gate.received(gate.hotline) == [b"content 1", b"content 3"]
        for _ in range(40):
            await pass_time(gate)
        assert json.loads((gate.roots[HOTLINE] / "ferry.json").read_text())["in_next"] == 4

    play(story, tmp_path)


def test_13_5_the_same_files_twice_are_one_parcel(tmp_path: Path) -> None:
    async def story(gate: Gate) -> None:
        await gate.police.put(parcel(1))
        kept = tmp_path / "kept"
        shutil.copytree(gate.roots[POLICE] / "out", kept)
        gate.carry(POLICE)
        assert await gate.received(gate.hotline) == [b"content 1"]
        for path in kept.iterdir():
            shutil.copyfile(path, gate.roots[HOTLINE] / "in" / path.name)
        assert await gate.received(gate.hotline) == []

    gate = play(story, tmp_path)
    assert gate.names(HOTLINE, "in") == []


def test_13_6_a_folder_that_was_lost_begins_a_new_count(tmp_path: Path) -> None:
    async def story(gate: Gate) -> None:
        for number in (1, 2):
            await gate.police.put(parcel(number))
        gate.carry(POLICE)
        assert len(await gate.received(gate.hotline)) == 2
        shutil.rmtree(gate.roots[POLICE])
        gate.police = gate.make(POLICE)
        await gate.police.put(parcel(7))
        gate.carry(POLICE)
        assert await gate.received(gate.hotline) == [b"content 7"]

    play(story, tmp_path)


def test_what_the_other_side_has_read_is_kept_no_longer(tmp_path: Path) -> None:
    async def story(gate: Gate) -> None:
        await gate.police.put(parcel(1))
        gate.carry(POLICE)
        await gate.received(gate.hotline)
        assert len(gate.names(POLICE, "sent")) == 2
        await gate.hotline.put(parcel(9))
        gate.carry(HOTLINE)
        await gate.received(gate.police)

    assert play(story, tmp_path).names(POLICE, "sent") == []


def test_a_file_of_no_known_name_is_set_aside(tmp_path: Path) -> None:
    async def story(gate: Gate) -> None:
        (gate.roots[HOTLINE] / "in" / "virus.exe").write_bytes(b"MZ")
        (gate.roots[HOTLINE] / "in" / "county.hotline.000000000001.data").write_bytes(b"x")
        assert await gate.received(gate.hotline) == []

    assert len(play(story, tmp_path).names(HOTLINE, "quarantine")) == 4


async def pass_time(gate: Gate) -> list[bytes]:
    await asyncio.sleep(0.02)
    found = await gate.received(gate.hotline)
    gate.carry(HOTLINE)
    await gate.received(gate.police)
    gate.carry(POLICE)
    return found


async def eventually(gate: Gate, wanted: list[bytes]) -> None:
    """Let time pass and the gatekeeper work both ways until what is wanted arrived."""
    found: list[bytes] = []
    for _ in range(100):
        found += await pass_time(gate)
        if found:
            break
    assert found == wanted
