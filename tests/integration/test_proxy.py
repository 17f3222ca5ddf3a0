"""The test proxy applies each fault to a connection, and ends it when the connection is healed."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from ..proxy import Proxy, Way
from ..timing import scaled, until

Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    """Put a proxy before a server that echoes every byte."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1")
    made = Proxy(server.sockets[0].getsockname()[1])
    await made.open()
    yield made
    await made.cut()
    server.close()


async def connect(proxy: Proxy) -> Wire:
    return await asyncio.open_connection("127.0.0.1", proxy.port)


async def say(wire: Wire, words: bytes) -> bytes:
    """Send words and return the answer, which is empty at the end of the connection."""
    reader, writer = wire
    writer.write(words)
    try:
        return await asyncio.wait_for(reader.read(100), scaled(5))
    except ConnectionError:
        return b""


async def test_it_carries_both_ways(proxy: Proxy) -> None:
    assert await say(await connect(proxy), b"hello") == b"hello"


async def test_a_cut_ends_connections_and_lets_nobody_through(proxy: Proxy) -> None:
    wire = await connect(proxy)
    assert await say(wire, b"hello") == b"hello"
    await proxy.cut()
    assert await say(wire, b"hello") == b""
    with pytest.raises(ConnectionError):
        await connect(proxy)
    await proxy.heal()
    assert await say(await connect(proxy), b"hello") == b"hello"


@pytest.mark.parametrize("moments", range(12))
async def test_a_cut_ends_connections_that_are_just_being_made(proxy: Proxy, moments: int) -> None:
    wire = await connect(proxy)
    for _ in range(moments):
        await asyncio.sleep(0)
    await proxy.cut()
    await proxy.heal()
    assert await say(wire, b"hello") == b""


@pytest.mark.parametrize("way", ["there", "back"])
async def test_healing_ends_a_connection_that_lost_bytes(proxy: Proxy, way: Way) -> None:
    quiet, loud = await connect(proxy), await connect(proxy)
    for wire in (quiet, loud):
        assert await say(wire, b"before") == b"before"
    proxy.swallow(way)
    loud[1].write(b"lost")
    await until(lambda: any(connection.lossy for connection in proxy._connections))
    await proxy.heal()
    assert await say(loud, b"after") == b""
    assert await say(quiet, b"after") == b"after"


async def test_each_connection_has_its_own_delay(proxy: Proxy) -> None:
    fast, slow = await connect(proxy), await connect(proxy)
    for wire in (fast, slow):
        await say(wire, b"hello")
    delays = iter([0.0, 0.3])
    proxy.delay(lambda: next(delays))
    began = time.monotonic()
    saying = [asyncio.create_task(say(wire, b"hello")) for wire in (fast, slow)]
    done, late = await asyncio.wait(saying, return_when=asyncio.FIRST_COMPLETED)
    assert len(done) == 1
    await asyncio.wait(late)
    assert time.monotonic() - began > 0.5, "it is slow there and back"
