"""Every documented setting reaches its services in `deploy/compose.yaml`, and secrets reach them as files."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from services.runtime.config import FILE, PREFIX, names
from tools.interfaces.settings import COMMON, SERVICES, SET_BY_COMPOSE

from ..requirements import require
from ..settings_page import documented
from .conftest import PROJECT

pytestmark = pytest.mark.docker

COMPOSE = PROJECT / "deploy" / "compose.yaml"
CONTAINERS = {
    "gateway": ("gateway-1", "gateway-2"),
    "matcher": ("matcher",),
    "reports": ("reports",),
    "backups": ("backups",),
}
REQUIRED = {"TAG": "test", "ZUFALL_DOMAIN": "zufall.example", "ZUFALL_MAIL": "me@zufall.example"}


def environments(env_file: Path, settings: dict[str, str]) -> dict[str, dict[str, str | None]]:
    """Return the environment of each container that compose makes of these settings. None: not set."""
    require("docker")
    env_file.write_text("".join(f"{name}={value}\n" for name, value in (REQUIRED | settings).items()))
    done = subprocess.run(
        ["docker", "compose", "--file", COMPOSE, "--env-file", env_file, "config", "--format", "json"],
        check=False, capture_output=True, text=True, timeout=60,
        env={name: value for name, value in os.environ.items() if not name.startswith(PREFIX)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    services: dict[str, Any] = json.loads(done.stdout)["services"]
    return {name: service.get("environment", {}) for name, service in services.items()}


def documented_settings(service: str) -> list[str]:
    """Return what the page says of this service, and of all services, as far as it concerns this one."""
    known = [name for kind in (SERVICES[service], *COMMON) for name in names(kind)]
    common = (name for name in documented("All services") if name in known)
    return list(dict.fromkeys((*common, *documented(service.capitalize()))))


@pytest.mark.parametrize("service", SERVICES)
def test_each_documented_setting_reaches_its_service(service: str, tmp_path: Path) -> None:
    settings = documented_settings(service)
    given = {name: f"the-{name.lower()}" for name in settings}
    secrets = names(SERVICES[service], secret=True)
    fixed = [PREFIX + name for name in SET_BY_COMPOSE[service]]
    found = environments(tmp_path / "env", given)
    for container in CONTAINERS[service]:
        environment = found[container]
        passed = {name: environment.get(name) for name in settings if name not in (*secrets, *fixed)}
        assert passed == {name: given[name] for name in passed}
        assert all(environment[name] for name in fixed)
        for secret in secrets:
            assert secret not in environment, "`docker inspect` would show it"
            assert environment[secret + FILE] == f"/run/secrets/{secret.removeprefix(PREFIX).lower()}"


def test_a_setting_that_is_not_in_the_file_stays_unset(tmp_path: Path) -> None:
    found = environments(tmp_path / "env", {})
    assert found["gateway-1"]["ZUFALL_LIMIT_CANDIDATES"] is None
    assert found["matcher"]["ZUFALL_STAGE_AGES"] is None
    assert found["reports"]["ZUFALL_KEEP_REPORTS_DAYS"] is None
