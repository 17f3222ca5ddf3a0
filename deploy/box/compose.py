"""Runs `docker compose` on the project in `deploy/`, and says what it is doing."""

import os
import subprocess
import sys
from collections.abc import Sequence

from .installation import Installation, Unusable
from .relay_address import relay_address

_LEAST_COMPOSE = (2, 24)
"""Older versions do not know `start_interval`."""


def say(text: str) -> None:
    """Tell the operator what happens now."""
    print(f"zufall: {text}", file=sys.stderr, flush=True)


class Compose:
    """The containers of one installation. With `recreates`, unchanged services are replaced, too."""

    def __init__(self, installation: Installation, *, recreates: bool = False) -> None:
        self._recreate = ("--force-recreate",) if recreates else ()
        self._folder = installation.folder
        self._settings = installation.settings
        self._found: dict[str, str] = {}
        if "ZUFALL_TURN_EXTERNAL_IP" not in installation.settings:
            self._found["ZUFALL_TURN_EXTERNAL_IP"] = relay_address(installation)

    def run(self, *arguments: str, image: str, check: bool = True) -> int:
        """Run one command with this terminal, and return its status. Raises `Unusable` if it failed."""
        status = subprocess.run(
            self._command(arguments), env=self._environment(image), check=False
        ).returncode
        if status and check:
            raise Unusable(f"`docker compose {' '.join(arguments)}` failed with status {status}")
        return status

    def output(self, *arguments: str, image: str) -> str:
        """Return what a command prints, or nothing if it failed."""
        command, environment = self._command(arguments), self._environment(image)
        return subprocess.run(command, env=environment, check=False, capture_output=True, text=True).stdout

    def is_healthy(self, service: str, image: str) -> bool:
        """Tell whether the container of `service` runs, and its health check says that it serves."""
        return self.output("ps", "--format", "{{.Health}}", service, image=image).strip() == "healthy"

    def replace(self, service: str, image: str) -> bool:
        """Start a container of `image` in the place of one that differs. Tell whether it is healthy."""
        # Not with `--no-deps`: compose would take the container for a changed one at the next `up`.
        up = ("up", "--detach", "--wait", "--wait-timeout", "180", *self._recreate, service)
        return self.run(*up, image=image, check=False) == 0

    def _command(self, arguments: Sequence[str]) -> list[str]:
        profiles = self._settings.get("ZUFALL_PROFILES", "").replace(",", " ").split()
        # A release brings the second file, and the operator writes the third.
        names = ("deploy/compose.yaml", "deploy/compose.images.yaml", "compose.override.yaml")
        files = [self._folder / name for name in names]
        return [
            "docker", "compose",
            *(word for file in files if file.exists() for word in ("--file", str(file))),
            "--env-file", str(self._folder / ".env"),
            *(word for profile in profiles for word in ("--profile", profile)),
            *arguments,
        ]  # fmt: skip

    def _environment(self, image: str) -> dict[str, str]:
        """Return the environment of the command. A setting in the shell does not win over `.env`."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("ZUFALL_")}
        return {**ours, **self._found, "TAG": image.partition(":")[2]}


def check_engine() -> None:
    """Raises `Unusable` with what to do if there is no Docker engine, or its compose is too old."""
    try:
        found = subprocess.run(
            ["docker", "compose", "version", "--short"], check=False, capture_output=True, text=True
        )
        engine = subprocess.run(["docker", "version"], check=False, capture_output=True, text=True)
    except FileNotFoundError:
        raise Unusable("Docker is not installed: https://docs.docker.com/engine/install/") from None
    if engine.returncode:
        raise Unusable(f"the Docker engine does not answer: {engine.stderr.strip()}")
    version = found.stdout.strip().lstrip("v")
    if tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) < _LEAST_COMPOSE:
        raise Unusable(f"docker compose 2.24 or later is needed, this is {version or 'missing'}")
