"""The bus: what it must be able to carry, and that a bus that was killed gives back what it kept."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from exchange_media import HOTLINE, POLICE, Bus

from liandong.adapters.transports.nats import NatsBus
from liandong.adapters.transports.parcels import BATCH, Parcel
from liandong.domain.errors import PeerUnavailable


def test_14_2_a_bus_that_cannot_carry_an_envelope_is_refused_in_words(tmp_path: Path) -> None:
    bus = Bus(tmp_path, max_payload="1MB")

    async def play() -> str:
        medium = NatsBus(bus.url, POLICE, HOTLINE)
        with pytest.raises(PeerUnavailable) as caught:
            await medium.put(Parcel("0" * 32, BATCH, 0, b"x"))
        await medium.aclose()
        return str(caught.value.data["detail"])

    try:
        assert "max_payload" in asyncio.run(play())
    finally:
        bus.kill()


def test_no_bus_is_a_peer_that_cannot_be_reached() -> None:
    async def play() -> None:
        with pytest.raises(PeerUnavailable):
            await NatsBus("nats://127.0.0.1:1/x", POLICE, HOTLINE).put(Parcel("0" * 32, BATCH, 0, b"x"))

    asyncio.run(play())


def test_14_3_what_lay_on_the_bus_survives_its_kill(tmp_path: Path) -> None:
    bus = Bus(tmp_path)

    async def play() -> None:
        police, hotline = NatsBus(bus.url, POLICE, HOTLINE), NatsBus(bus.url, HOTLINE, POLICE)
        await hotline.take(0.1)
        for number in range(20):
            await police.put(Parcel(f"{number:032x}", BATCH, 0, str(number).encode()))
        bus.kill()
        bus.start()
        seen: list[bytes] = []
        async with asyncio.timeout(40):
            while len(seen) < 20:
                try:
                    found = await hotline.take(1.0)
                except PeerUnavailable:
                    await asyncio.sleep(0.1)
                    continue
                for taken in found:
                    seen.append(taken.parcel.payload)
                    await hotline.done(taken)
        assert seen == [str(number).encode() for number in range(20)]
        await police.aclose()
        await hotline.aclose()

    try:
        asyncio.run(play())
    finally:
        bus.kill()


def test_14_1_any_client_of_the_bus_reads_a_parcel(tmp_path: Path) -> None:
    import nats

    bus = Bus(tmp_path)

    async def play() -> None:
        police = NatsBus(bus.url, POLICE, HOTLINE)
        await police.put(Parcel("f" * 32, BATCH, 0, b"content"))
        client = await nats.connect(bus.url.rpartition("/")[0])
        stream = client.jetstream()
        reader = await stream.pull_subscribe(f"test.{POLICE}.{HOTLINE}", durable="reader", stream=f"test-{POLICE}-to-{HOTLINE}")
        (message,) = await reader.fetch(1, timeout=5)
        assert message.data == b"content"
        assert message.headers == {"Liandong-Ref": "f" * 32, "Liandong-Kind": "batch", "Liandong-Status": "0", "Nats-Msg-Id": "f" * 32}
        about = await stream.stream_info(f"test-{POLICE}-to-{HOTLINE}")
        assert (about.config.retention, about.config.storage) == ("workqueue", "file")
        await client.close()
        await police.aclose()

    try:
        asyncio.run(play())
    finally:
        bus.kill()
