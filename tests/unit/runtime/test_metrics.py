"""The metrics of every process."""

import asyncio
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import REGISTRY

from services.contract import identities
from services.contract.version import VERSION
from services.runtime import loop_lag
from services.runtime.admin import AdminServer
from services.runtime.build import REVISION
from services.runtime.http_responses import problem_middleware
from services.runtime.http_server import HttpRunner
from services.runtime.nats_connection import NatsConnection, close
from tests.servers import nats_server
from tests.timing import until


def shown(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"zufall_{name}", labels) or 0.0


def test_a_process_says_which_build_it_is() -> None:
    assert shown("build_info", version=VERSION, revision=REVISION) == 1
    assert VERSION


def test_readiness_is_what_the_probe_says() -> None:
    problems: list[str] = []
    AdminServer("127.0.0.1:0", lambda: problems)
    assert shown("ready") == 1
    problems.append("it cannot")
    assert shown("ready") == 0


async def test_a_loop_that_is_held_up_is_late() -> None:
    before = REGISTRY.get_sample_value("zufall_event_loop_lag_seconds_sum") or 0.0
    task = asyncio.create_task(loop_lag.measure())
    await asyncio.sleep(0)
    time.sleep(0.6)  # noqa: ASYNC251 -- this is what is measured
    await until(lambda: shown("event_loop_lag_seconds_sum") - before >= 0.3)
    task.cancel()


@pytest.fixture
async def served() -> AsyncIterator[str]:
    async def page(request: web.Request) -> web.Response:
        return web.Response(status=int(request.match_info["status"]))

    app = web.Application(middlewares=[problem_middleware({})])
    app.add_routes([web.get("/answer/{status}", page)])
    runner = HttpRunner(app, {})
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/answer/204", "/answer/{status}", "204"),
        ("/answer/503", "/answer/{status}", "503"),
        ("/answer/none", "/answer/{status}", "500"),
        ("/a/path/of/a/scanner", "none", "404"),
    ],
)
async def test_requests_are_counted_by_route_and_status(
    served: str, path: str, route: str, status: str
) -> None:
    before = shown("http_requests_total", route=route, status=status)
    async with aiohttp.ClientSession() as http, http.get(served + path) as answer:
        assert answer.status == int(status)
    assert shown("http_requests_total", route=route, status=status) == before + 1


async def test_a_connection_to_nats_is_shown_with_its_round_trip() -> None:
    measured, reconnected = shown("nats_round_trip_seconds_count"), shown("nats_reconnects_total")
    async with nats_server() as server:
        client = NatsConnection(identities.NATS, "_INBOX")
        assert shown("nats_connected") == 0
        await client.dial([server.url], reconnect_time_wait=0.05)
        assert shown("nats_connected") == 1
        await client.measure_round_trip()
        assert shown("nats_round_trip_seconds_count") == measured + 1
        assert shown("nats_round_trip_seconds_sum") > 0
        await server.stop()
        await until(lambda: shown("nats_connected") == 0)
        await client.measure_round_trip()
        assert shown("nats_round_trip_seconds_count") == measured + 1, "nobody answered"
        await server.start()
        await until(lambda: shown("nats_connected") == 1)
        await until(lambda: shown("nats_reconnects_total") == reconnected + 1)
        await close(client)
