"""The containers that watch one box start as hardened as they are, and see each other and the machine.

No package brings Grafana, so its container is not started here. What it would show is tested in
tests/integration/test_monitoring.py.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from ..requirements import require
from ..servers import free_port
from ..timing import until
from .conftest import PROJECT

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]
WITHOUT_GRAFANA = ("prometheus", "alertmanager", "node-exporter", "blackbox-exporter")
OWN = """
services:
  prometheus: {{ports: !override ["127.0.0.1:{prometheus}:9090"]}}
  alertmanager: {{ports: !override ["127.0.0.1:{alertmanager}:9093"]}}
  node-exporter: {{volumes: !override ["/:/host:ro"]}} # the root of a machine without systemd is not shared
secrets:
  grafana_password: {{file: {password}}}
  smtp_password: {{file: {password}}}
"""


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[str]:
    """Run the containers, and return the URL of Prometheus."""
    require("docker")
    port, password, own = free_port(), tmp_path / "password", tmp_path / "own.yaml"
    password.write_text("secret")
    own.write_text(OWN.format(prometheus=port, alertmanager=free_port(), password=password))
    environment = tmp_path / ".env"
    environment.write_text("ZUFALL_DOMAIN=meet.example\nZUFALL_MAIL=operator@meet.example\n")
    file = PROJECT / "deploy" / "monitoring" / "compose.yaml"
    compose: list[str | Path] = [
        "docker", "compose", "--project-name", "zufall-watch", "--env-file", environment,
        "--profile", "monitoring", "--file", file, "--file", own,
    ]  # fmt: skip
    up = subprocess.run(
        [*compose, "up", "--wait", *WITHOUT_GRAFANA], capture_output=True, text=True, check=False
    )
    try:
        logs = subprocess.run([*compose, "logs"], capture_output=True, text=True, check=False)
        assert up.returncode == 0, up.stderr + logs.stdout
        yield f"http://127.0.0.1:{port}"
    finally:
        subprocess.run([*compose, "down", "--volumes", "--timeout", "5"], capture_output=True, check=True)


async def targets(prometheus: str) -> dict[str, str]:
    """Return the health of each target by its job and address."""
    async with aiohttp.ClientSession() as http, http.get(f"{prometheus}/api/v1/targets") as answer:
        found = json.loads(await answer.text())["data"]["activeTargets"]
    return {f"{one['labels']['job']} {one['labels']['instance']}": one["health"] for one in found}


async def test_they_watch_the_machine_and_each_other(prometheus: str) -> None:
    up = {"node 10.117.42.1:9100", "monitoring localhost:9090", "monitoring alertmanager:9093"}
    up |= {"site https://meet.example/"}  # its exporter answers, and says that the site does not

    async def all_up() -> bool:
        return up <= {name for name, health in (await targets(prometheus)).items() if health == "up"}

    await until(all_up, seconds=40, pause=0.5)
    assert "zufall gateway-1:7001" in await targets(prometheus)
