"""What a service tells systemd, heard on a real socket."""

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from services.runtime import systemd
from services.runtime.admin import AdminServer
from services.runtime.lifecycle import Shutdown
from tests.servers import free_port
from tests.service_manager import ServiceManager, service_manager


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServiceManager]:
    with service_manager(tmp_path) as manager:
        monkeypatch.setenv("NOTIFY_SOCKET", str(manager.path))
        yield manager


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> float:
    """The seconds for which the watchdog lets this process be silent."""
    monkeypatch.setenv("WATCHDOG_USEC", "100000")
    return 0.1


async def test_ready_is_said_only_when_the_process_can_serve(manager: ServiceManager) -> None:
    problems = ["NATS is away", "no matcher answers"]
    admin = AdminServer(f"127.0.0.1:{free_port()}", lambda: list(problems))
    await admin.start()
    await manager.told("STATUS=NATS is away, no matcher answers")
    problems.pop(0)
    await manager.told("STATUS=no matcher answers")
    assert manager.waiting() == []
    problems.clear()
    await manager.told("READY=1")
    await admin.stop()


async def test_readyz_says_the_same(manager: ServiceManager) -> None:
    address = f"127.0.0.1:{free_port()}"
    admin = AdminServer(address, list)
    await admin.start()
    await manager.told("READY=1")
    async with aiohttp.ClientSession() as http, http.get(f"http://{address}/readyz") as answer:
        assert answer.status == 200
    await admin.stop()


async def test_a_loop_that_works_says_so_twice_within_the_limit(
    manager: ServiceManager, limit: float
) -> None:
    alive = asyncio.create_task(systemd.report_alive())
    began = time.monotonic()
    for _ in range(5):
        await manager.told("WATCHDOG=1")
    assert time.monotonic() - began >= 4 * limit / 2 * 0.9
    alive.cancel()


async def test_a_loop_that_hangs_is_silent(manager: ServiceManager, limit: float) -> None:
    alive = asyncio.create_task(systemd.report_alive())
    await manager.told("WATCHDOG=1")
    manager.waiting()
    time.sleep(5 * limit)  # noqa: ASYNC251 -- this is what a hanging loop does
    assert manager.waiting() == []
    await manager.told("WATCHDOG=1")
    alive.cancel()


async def test_the_watchdog_of_another_process_is_not_ours(
    manager: ServiceManager, limit: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid() + 1))
    await systemd.report_alive()
    assert manager.waiting() == []


async def test_a_signal_to_stop_is_passed_on(manager: ServiceManager) -> None:
    Shutdown().request()
    assert manager.waiting() == ["STOPPING=1"]


async def test_a_drain_asks_for_its_time(manager: ServiceManager) -> None:
    systemd.extend_timeout(60.5)
    assert manager.waiting() == ["EXTEND_TIMEOUT_USEC=60500000"]


async def test_without_systemd_nothing_is_said_and_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    await systemd.report_ready(lambda: ["never ready"])
    await systemd.report_alive()
    assert systemd.notify("READY=1")


def test_a_manager_that_does_not_listen_is_no_reason_to_fail(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    assert not systemd.notify("READY=1")
