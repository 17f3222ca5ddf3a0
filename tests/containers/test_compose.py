"""`compose.yaml` works as its first lines say: keys, start, and the main job on two published ports."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.contract.keys import new_key

from ..requirements import require
from ..servers import free_port
from ..visitor import ORIGIN
from .conftest import PROJECT
from .conversation import two_strangers_meet

pytestmark = [pytest.mark.docker, pytest.mark.timeout(1200)]  # the first test builds the image
PORTS = """
services:
  gateway-1: {{ports: !override ["127.0.0.1:{first}:8080"]}}
  gateway-2: {{ports: !override ["127.0.0.1:{second}:8080"]}}
  reports: {{ports: !override ["127.0.0.1:{console}:7022"]}}
"""


class Compose:
    """Runs `docker compose` on the project's file, with its own names, keys and ports."""

    def __init__(self, folder: Path) -> None:
        self.ports = free_port(), free_port()
        self.keys = folder / ".env"
        self._override = folder / "ports.yaml"
        first, second = self.ports
        self._override.write_text(PORTS.format(first=first, second=second, console=free_port()))

    def __call__(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        files = ("--file", PROJECT / "compose.yaml", "--file", self._override, "--env-file", self.keys)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ZUFALL_")}
        return subprocess.run(
            ["docker", "compose", "--project-name", "zufall-test", *files, *arguments],
            check=False, capture_output=True, text=True, env=environment,
        )  # fmt: skip


@pytest.fixture
def compose(tmp_path: Path) -> Iterator[Compose]:
    require("docker")
    compose = Compose(tmp_path)
    secrets = {
        "ZUFALL_TOKEN_KEYS": new_key(),
        "ZUFALL_PASS_KEYS": new_key(),
        "ZUFALL_CONSOLE_KEYS": new_key(),
        "ZUFALL_MODERATOR_TOKEN": new_key(),
        "ZUFALL_DATABASE_PASSWORD": new_key(),
        "ZUFALL_ORIGINS": ORIGIN,
    }
    compose.keys.write_text("".join(f"{name}={value}\n" for name, value in secrets.items()))
    yield compose
    compose("down", "--volumes", "--timeout", "10")


def test_it_has_no_default_secrets(compose: Compose) -> None:
    compose.keys.write_text("")
    refused = compose("config")
    assert refused.returncode != 0
    assert "zufall keys" in refused.stderr


async def test_two_strangers_meet(image: str, compose: Compose) -> None:
    up = compose("up", "--wait", "--no-build")
    assert up.returncode == 0, up.stderr + compose("logs", "--no-color").stdout
    first, second = compose.ports
    await two_strangers_meet(f"http://127.0.0.1:{first}", f"http://127.0.0.1:{second}")
