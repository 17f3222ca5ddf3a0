"""A real process under a watchdog tells its manager what systemd waits for."""

import signal
from pathlib import Path

from ..service_manager import service_manager
from ..timing import until
from .cluster import Service


async def test_a_service_is_ready_then_alive_then_stopping(tmp_path: Path) -> None:
    with service_manager(tmp_path) as manager:
        told = {"NOTIFY_SOCKET": str(manager.path), "WATCHDOG_USEC": "400000"}
        matcher = Service("matcher", told, tmp_path)
        await matcher.start()
        try:
            await manager.told("READY=1")
            assert await matcher.readiness() == "ok"
            await manager.told("WATCHDOG=1")
            await manager.told("WATCHDOG=1")
            matcher.send(signal.SIGTERM)
            await manager.told("STOPPING=1")
            await until(lambda: not matcher.running)
            assert matcher.process.returncode == 0
        finally:
            await matcher.stop()
