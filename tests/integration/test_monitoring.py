"""What watches an installation works as an operator gets it, only faster.

No package brings Grafana. So the queries of every panel are asked here as Grafana would ask them, and the
types of the dashboards are Grafana's own (`tools/dashboards`).
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, start_http_server

from bench.swarm.swarm import swarm
from services.backups.shell.folder import BackupFolder
from services.backups.shell.metrics import FolderCollector
from services.contract.ids import random_id
from services.contract.keys import new_key

from ..databases import Postgres
from ..faults.installation import ProxiedInstallation, installed
from ..faults.schedule import Shape
from ..requirements import require
from ..servers import free_port, stop, until_listening
from ..timing import until
from ..watch import (
    MONITORING,
    OF_A_BUSY_MACHINE,
    TIMES,
    Prometheus,
    Watched,
    addresses,
    alertmanager,
    prometheus,
    shortened,
)
from .zufall_command import ZufallCommand

DASHBOARDS = sorted((MONITORING / "dashboards").glob("*.json"))
RATE = f"[{60 / TIMES:.0f}s]"
"""What Grafana would put in the place of its word for a rate: four times the time between two scrapes."""


def queries() -> dict[str, str]:
    """Return the query of each panel by its place."""
    found = {}
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel["targets"]:
                text = shortened(target["expr"], TIMES).replace("[$__rate_interval]", RATE)
                found[f"{path.stem}: {panel['title']} {target['refId']}"] = text
    return found


@pytest.fixture
async def installation(
    tmp_path: Path, postgres_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ProxiedInstallation]:
    """Run an installation that relays. Commands of a moderator reach it."""
    require("prometheus")
    token = new_key()
    settings = {
        "ZUFALL_MODERATOR_TOKEN": token,
        "ZUFALL_TURN_URLS": "turn:127.0.0.1:3478",
        "ZUFALL_TURN_SECRET": "a secret of this test",
    }
    async with installed(tmp_path, postgres_server, Shape(2, 1), settings=settings) as running:
        monkeypatch.setenv("ZUFALL_MODERATOR_TOKEN", token)
        monkeypatch.setenv("ZUFALL_REPORTS", running.services["reports"].address)
        yield running


@contextmanager
def backups(folder: Path) -> Iterator[str]:
    """Show the metrics of a folder with one backup and one drill, and yield the address."""
    folder.mkdir()
    made, registry, port = BackupFolder(folder), CollectorRegistry(), free_port()
    with made.writing(datetime.now(UTC)) as file:
        file.write(b"a backup")
    made.note_drill(datetime.now(UTC))
    registry.register(FolderCollector(made))
    server, thread = start_http_server(port, "127.0.0.1", registry)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@asynccontextmanager
async def node_exporter() -> AsyncIterator[str]:
    """Run what measures this machine, and yield its address."""
    address = f"127.0.0.1:{free_port()}"
    process = await asyncio.create_subprocess_exec(
        "prometheus-node-exporter", f"--web.listen-address={address}", stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await until_listening(int(address.rpartition(":")[2]), process)
        yield address
    finally:
        await stop(process)


@asynccontextmanager
async def watching(folder: Path, installation: ProxiedInstallation) -> AsyncIterator[Prometheus]:
    """Watch the installation, this machine and a backup as on one box."""
    with backups(folder / "backups") as shown:
        services = {**addresses(installation.services), "backups": [shown]}
        async with (
            alertmanager(folder, {"ZUFALL_MAIL": "operator@localhost"}) as alerts,
            node_exporter() as node,
            prometheus(folder, Watched(services, node, alerts)) as running,
        ):
            yield running


async def empty(running: Prometheus) -> list[str]:
    """Return the panels that show no number for the last minute."""
    return [place for place, text in queries().items() if not await running.drawn(text, 60)]


async def test_no_panel_is_empty_and_nothing_fails_in_a_swarm_run(
    tmp_path: Path, installation: ProxiedInstallation, zufall: ZufallCommand
) -> None:
    origins = list(installation.origins.values())
    async with watching(tmp_path, installation) as running, swarm(origins, 40, seed=17):
        status, *said = await zufall("moderator", "ban", random_id(), "--for", "1h", "--rule", "spam")
        assert status == 0, said
        await _until_empty(partial(empty, running), "empty panels")
        await _until_empty(running.problems, "problems")
        assert {alert for alert, _ in await running.firing()} <= OF_A_BUSY_MACHINE


async def _until_empty(asked: Callable[[], Awaitable[list[str]]], what: str) -> None:
    """Wait until nothing is left. One answer that comes too late on a busy machine is no failure."""

    async def nothing_is_left() -> bool:
        return not await asked()

    try:
        await until(nothing_is_left, seconds=30, pause=1)
    except TimeoutError:
        pytest.fail(f"{what}: {await asked()}")
