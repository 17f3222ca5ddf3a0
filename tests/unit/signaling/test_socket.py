"""A closed socket is freed at once, without a garbage collection."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import aiohttp
import pytest
from aiohttp import WSMsgType, web

from services.signaling.shell.connection import VisitorSocket

from ...servers import free_port
from ...timing import scaled


@pytest.fixture
def _without_collections() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_without_collections")
@pytest.mark.parametrize("goodbye", [True, False], ids=["closed", "cut"])
async def test_a_closed_socket_is_freed_without_the_garbage_collector(goodbye: bool) -> None:
    left = asyncio.Event()

    async def serve(request: web.Request) -> web.StreamResponse:
        socket = VisitorSocket(compress=False, heartbeat=25)
        weakref.finalize(socket, left.set)
        await socket.prepare(request)
        while (await socket.receive()).type is WSMsgType.TEXT:
            pass
        socket.release()
        return socket

    app = web.Application()
    app.router.add_get("/", serve)
    runner, port = web.AppRunner(app), free_port()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with aiohttp.ClientSession() as http:
        socket = await http.ws_connect(f"http://127.0.0.1:{port}/")
        await socket.send_str("hello")
        if goodbye:
            await socket.close()
        else:
            assert socket._response.connection is not None
            assert socket._response.connection.transport is not None
            socket._response.connection.transport.abort()
        async with asyncio.timeout(scaled(5)):
            await left.wait()
    await runner.cleanup()
