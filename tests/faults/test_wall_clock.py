"""A wall clock has jumped only when the process itself sees it."""

from collections.abc import AsyncIterator
from email.utils import formatdate
from time import time

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from .wall_clock import until_off


@pytest.fixture
async def late() -> AsyncIterator[str]:
    """Run a process whose clock is an hour behind."""

    async def livez(_: web.Request) -> web.Response:
        return web.Response(headers={"Date": formatdate(time() - 3600, usegmt=True)})

    app = web.Application()
    app.router.add_get("/livez", livez)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


async def test_a_clock_that_jumped(late: str) -> None:
    await until_off(late, -3600)


async def test_a_clock_that_did_not(late: str) -> None:
    with pytest.raises(RuntimeError, match="and not by 7200 s"):
        await until_off(late, 7200, patience=0.3)
