"""A visitor's address stays at their gateway: no service, bus, log or partner gets it."""

import asyncio
import contextlib
import ipaddress
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nats
import pytest
from nats.aio.msg import Msg

from services.runtime.built_files import COUNTRIES

from ..servers import settle
from ..visitor import ManualVisitor, visitor
from .cluster import another_gateway, running_cluster

pytestmark = pytest.mark.asyncio(loop_scope="session")

MUNICH, CAMBRIDGE = "129.187.254.90", "2001:630:212:8::1"


def spellings(address: str) -> list[bytes]:
    """Return the address as text, as bytes in a packet, and as a number."""
    parsed = ipaddress.ip_address(address)
    return [address.encode(), parsed.exploded.encode(), parsed.packed, str(int(parsed)).encode()]


class Wiretap:
    """A proxy in front of a server that records all bytes in both directions."""

    def __init__(self, target: str) -> None:
        self.heard = bytearray()
        self._host, _, self._port = target.rpartition(":")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._host, int(self._port))
        await asyncio.gather(self._pass_on(reader, back), self._pass_on(there, writer))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):  # one side ended; so does the other
            while data := await reader.read(65536):
                self.heard += data
                writer.write(data)
        writer.close()


@asynccontextmanager
async def tapped(target: str) -> AsyncIterator[tuple[str, Wiretap]]:
    """Yield the address of a proxy in front of `target`, and the proxy."""
    tap = Wiretap(target)
    server = await asyncio.start_server(tap.serve, "127.0.0.1")
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", tap
    finally:
        server.close()


@asynccontextmanager
async def overheard_bus(url: str) -> AsyncIterator[bytearray]:
    """Record everything that is published on NATS."""
    said = bytearray()

    async def hear(message: Msg) -> None:
        said.extend(message.subject.encode() + b"\n" + message.data + b"\n")

    client = await nats.connect(url)
    await client.subscribe(">", cb=hear)
    await settle(client)
    yield said
    await client.close()


async def talk(one: ManualVisitor, other: ManualVisitor) -> list[str]:
    """Let two meet, talk, report and part. Return every frame that they receive."""
    heard: list[str] = []
    for each in (one, other):
        await each.find(interests=["overheard"], nearby=True, avoid_countries=["FR"])
    for each in (one, other):
        heard.append(json.dumps(await each.meet()))
    await one.chat("a line")
    heard.append(json.dumps(await other.hear("chat")))
    await one.report("spam")
    await other.say("next")
    heard.append(json.dumps(await one.hear("ended")))
    heard.append(json.dumps(await one.hear("searching")))
    return heard


async def test_no_address_leaves_its_gateway(tmp_path: Path) -> None:
    async with (
        running_cluster(tmp_path, ZUFALL_TRUSTED_PROXIES="1", ZUFALL_COUNTRIES=str(COUNTRIES)) as cluster,
        tapped(cluster.matcher.address) as (matcher, to_matcher),
        tapped(cluster.reports.address) as (reports, to_reports),
        overheard_bus(cluster.nats.url) as on_the_bus,
        another_gateway(cluster, tmp_path, ZUFALL_MATCHERS=matcher, ZUFALL_REPORTS=reports) as watched,
    ):
        async with (
            visitor(watched.url, address=MUNICH) as one,
            visitor(cluster.urls[0], address=CAMBRIDGE) as other,
        ):
            frames = await talk(one, other)
        services = [*cluster.services, watched]
        logs = b"".join(service.log.read_bytes() for service in services)
        database = (tmp_path / "reports.db").read_bytes() + (tmp_path / "reports.db-wal").read_bytes()
    told = "\n".join(frames).encode()
    assert b"overheard" in to_matcher.heard
    assert b"DE" in to_matcher.heard
    assert one.name.encode() in to_reports.heard
    assert one.name.encode() in on_the_bus
    assert one.name.encode() in database
    assert b'"country": "GB"' in told
    assert b"listening" in logs
    for place in (to_matcher.heard, to_reports.heard, on_the_bus, database, told, logs):
        assert [spelling for spelling in spellings(MUNICH) + spellings(CAMBRIDGE) if spelling in place] == []
