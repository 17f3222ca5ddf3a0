"""A Debian machine runs the wheel as docs/systemd.md says, replaces its services, and revives them."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.contract.version import VERSION
from services.runtime.built_files import CONSOLE, COUNTRIES, PAGE
from tools.release.packages import build_packages

from ..requirements import require
from ..timing import until
from .conftest import PROJECT

pytestmark = [pytest.mark.docker, pytest.mark.long, pytest.mark.timeout(1200)]

MACHINE = """\
FROM debian:trixie-slim
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends \
      age ca-certificates curl dbus postgresql python3-venv systemd systemd-sysv >/dev/null
COPY --chmod=755 <<'BOOT' /boot-systemd
#!/bin/bash
# systemd wants the second version of control groups, and to share what it mounts.
mount | awk '$3 ~ "^/sys/fs/cgroup" {print $3}' | sort -r | xargs -r umount
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount --make-rshared /
exec /sbin/init
BOOT
STOPSIGNAL SIGRTMIN+3
CMD ["/boot-systemd"]
"""
SERVICES = ("nats", "matcher", "reports", "gateway@1", "gateway@2", "backups")
NEITHER = """\
ready() { curl -fs -o /dev/null "http://127.0.0.1$1:7001/readyz"; }
while sleep 0.1; do ready 1 || ready 2 || touch /neither; done
"""
"""Notes a moment in which no gateway is ready, as Caddy asks it."""

PICTURES = """
import asyncio, io
from PIL import Image
from services.reports.core.records import AnalysisKind, AnalysisTask
from services.reports.shell.evidence.nudity_classifier import NudityClassifier
from services.reports.shell.evidence.picture_encoder import PictureEncoderProcess

async def main():
    file = io.BytesIO()
    Image.new("RGB", (320, 240), (200, 30, 30)).save(file, "JPEG")
    encoder, classifier = PictureEncoderProcess(), NudityClassifier()
    picture = await encoder.encode(file.getvalue())
    found = await classifier.analyse(AnalysisTask(AnalysisKind.SCORE, "r", 0, 1, picture.content, b"", b""))
    await encoder.close()
    await classifier.release()
    print(0 <= found.score <= 1)

asyncio.run(main())
"""
"""Encodes a picture and scores it."""


class DebianMachine:
    """A container whose first process is systemd."""

    def __init__(self, name: str) -> None:
        self._name = name

    def run(self, script: str, *options: str) -> str:
        """Run a script in it as root, and return what it prints."""
        command = ["docker", "exec", *options, self._name, "bash", "-euc", script]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def copy(self, path: Path, to: str) -> None:
        subprocess.run(["docker", "cp", path, f"{self._name}:{to}"], check=True, capture_output=True)

    def pid(self, service: str) -> int:
        return int(self.run(f"systemctl show -P MainPID zufall-{service}"))

    def active(self) -> set[str]:
        """Return the services that have said that they are ready."""
        listed = self.run("systemctl list-units 'zufall-*' --state=active --output=json")
        return {unit["unit"].removeprefix("zufall-").removesuffix(".service") for unit in json.loads(listed)}


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DebianMachine]:
    require("docker")
    name = f"zufall-systemd-{os.getpid()}"
    build = ["docker", "build", "--quiet", "--tag", "zufall-systemd", "-"]
    subprocess.run(build, input=MACHINE, text=True, check=True, capture_output=True)
    start = ["docker", "run", "--detach", "--rm", "--name", name, "--privileged", "--cgroupns=private"]
    subprocess.run([*start, "--tmpfs", "/run", "--tmpfs", "/tmp", "zufall-systemd"], check=True)
    try:
        machine = DebianMachine(name)
        install(machine, tmp_path_factory.mktemp("release"))
        yield machine
    finally:
        subprocess.run(["docker", "stop", "--time", "10", name], check=True, capture_output=True)


def install(machine: DebianMachine, folder: Path) -> None:
    """Follow the documents: install the wheel and start everything."""
    built = {"page": PAGE, "console": CONSOLE, "countries.mmdb": COUNTRIES}
    built |= {part: PROJECT / "deploy" / part for part in ("systemd", "caddy", "coturn")}
    wheel, _ = build_packages(PROJECT, built, "0" * 40, 1_767_225_600, folder)
    pinned = [(PROJECT / "requirements" / f"{name}.txt").read_text() for name in ("runtime", "local")]
    requirements = folder / f"zufall-{VERSION}-requirements.txt"
    requirements.write_text("".join(pinned))
    for path in (wheel, requirements):
        machine.copy(path, "/root")
    page = (PROJECT / "docs" / "systemd.md").read_text()
    (commands,) = re.findall(r"<!-- test: install -->\n\n((?:    .*\n)+)", page)
    machine.run("until systemctl is-active postgresql; do sleep 0.2; done")
    # A machine may trust authorities of its own, which the base image has.
    machine.run(f"cd /root\n{commands}", "--env", "PIP_CERT=/etc/ssl/certs/ca-certificates.crt")
    machine.run("systemctl enable --now zufall.target")


async def test_every_service_becomes_ready(machine: DebianMachine) -> None:
    await until(lambda: machine.active() >= set(SERVICES), 60, 0.5)
    assert "<!doctype html>" in machine.run("curl -fs http://127.0.0.11:8080/")
    assert "Zufall" in machine.run("curl -fs http://127.0.0.12:8080/")
    assert machine.run("zufall --version") == f"zufall {VERSION} ({'0' * 40})\n"
    assert "invitation=" in machine.run("zufall moderator invite ada --role admin")


def test_a_service_sees_only_its_own_secrets(machine: DebianMachine) -> None:
    """Not in its environment, and of the files only those that it loads."""
    pid = machine.pid("gateway@1")
    environment = machine.run(f"tr '\\0' '\\n' </proc/{pid}/environ")
    secrets = machine.run("cd /etc/zufall/secrets && grep -h . *").split()
    assert len(secrets) >= 7
    assert not [secret for secret in secrets if secret in environment]
    inside = f"nsenter --target {pid} --mount --setuid 65534"
    assert machine.run(f"{inside} cat /etc/zufall/secrets/database 2>&1 || true").endswith("denied\n")
    loaded = machine.run(f"nsenter --target {pid} --mount ls /run/credentials/zufall-gateway@1.service")
    assert set(loaded.split()) == {"token_keys", "pass_keys", "turn_secret", "tls.crt", "tls.key", "ca.crt"}


def test_a_backup_can_be_made_and_tried_out(machine: DebianMachine) -> None:
    machine.run("zufall backups now && zufall backups drill")
    assert ".age" in machine.run("ls /var/lib/zufall-backups/")


def test_it_decodes_and_scores_pictures_under_its_restrictions(machine: DebianMachine) -> None:
    """A unit with such a name gets the same restrictions."""
    command = "systemd-run --quiet --unit=zufall-try --pipe --wait /opt/zufall/current/bin/python -c"
    assert machine.run(f"{command} '{PICTURES}'") == "True\n"


async def test_a_gateway_that_hangs_is_started_again(machine: DebianMachine) -> None:
    hanging = machine.pid("gateway@1")
    machine.run(f"kill -STOP {hanging}")
    await until(lambda: machine.pid("gateway@1") not in (0, hanging), 60, 1)
    await until(lambda: "gateway@1" in machine.active(), 30, 0.5)
    assert "watchdog" in machine.run("journalctl --no-pager --unit zufall-gateway@1").lower()


async def test_an_update_leaves_a_gateway_that_serves(machine: DebianMachine) -> None:
    await until(lambda: machine.active() >= set(SERVICES), 60, 0.5)
    before = [machine.pid(name) for name in SERVICES]
    watching = f"systemd-run --quiet --unit=watch bash -c '{NEITHER}'"
    machine.run(watching)
    said = machine.run("bash /opt/zufall/current/release/systemd/switch")
    machine.run("systemctl stop watch; test ! -e /neither")
    order = re.findall(r"replacing zufall-(\S+)", said)
    assert order == ["reports", "matcher", "gateway@1", "gateway@2", "backups"]
    after = [machine.pid(name) for name in SERVICES]
    assert after[0] == before[0], "NATS goes on"
    assert not set(after[1:]) & set(before)
