"""`./zufall` runs on a fresh machine, and names what it does not understand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.box.command import restart, up, update
from deploy.box.compose import Compose
from deploy.box.installation import Installation
from deploy.box.update import ORDER

SETTINGS = {
    "ZUFALL_DOMAIN": "zufall.test",
    "ZUFALL_ADMINISTRATOR": "ann",
    "ZUFALL_TURN_EXTERNAL_IP": "192.31.196.1",
}
DOCKER = 'case "$*" in *" ps "*) echo healthy ;; *inspect*) echo sha256:0123456789abcdef ;; esac'
ROOT = Path(__file__).parents[3]


def test_it_needs_no_package() -> None:
    """`-S` leaves out everything that was installed."""
    done = subprocess.run(
        [sys.executable, "-S", "zufall", "help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "./zufall COMMAND" in done.stdout


def test_every_variable_that_it_reads_is_documented() -> None:
    compose = [*ROOT.glob("deploy/compose.yaml"), *ROOT.glob("deploy/monitoring/compose.yaml")]
    read = set(re.findall(r"\$\{(ZUFALL_\w+)", "".join(file.read_text() for file in compose)))
    box = "".join(file.read_text() for file in ROOT.glob("deploy/box/*.py"))
    read |= set(re.findall(r'settings(?:\.get\(|\[)"(ZUFALL_\w+)"', box))
    pages = "".join(page.read_text() for page in ROOT.glob("docs/*.md"))
    assert len(read) > 20
    assert read - set(re.findall(r"^\| `(ZUFALL_\w+)` \|", pages, re.MULTILINE)) == set()


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """Put a `docker` first that notes its arguments, a line each time, and return the file of the notes."""
    notes, program = folder / "notes", folder / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$*" >>{notes}\n{script}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return notes


def started(folder: Path, settings: dict[str, str]) -> Installation:
    """Return an installation that runs `zufall:1`, and whose administrator was invited."""
    installation = Installation(folder, settings)
    installation.use_image("zufall:1")
    installation.make_secrets("AGE-SECRET-KEY-1")
    (installation.secrets / "invited").write_text("ann\n")
    return installation


def commands(notes: Path) -> list[str]:
    """Return what compose was asked to do, without questions."""
    asked = (line.rpartition(".env ")[2] for line in notes.read_text().splitlines() if "compose" in line)
    return [
        one.removeprefix("--profile monitoring ")
        for one in asked
        if not one.startswith(("ps ", "--profile monitoring ps"))
    ]


def test_what_services_need_runs_before_they_are_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else `up` would wait in vain for a service whose database was stopped."""
    notes = stand_in(tmp_path, monkeypatch, DOCKER)
    installation = started(tmp_path, SETTINGS)
    assert up(installation, Compose(installation), ()) == 0
    ran = commands(notes)
    assert ran[0] == "up --detach --wait --no-recreate nats postgres"
    assert [line.rsplit(" ", 1)[1] for line in ran[1:6]] == list(ORDER)
    assert ran[-1].startswith("exec -T caddy caddy reload")


def test_an_update_changes_the_schema_and_the_rights_before_the_services(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = stand_in(tmp_path, monkeypatch, DOCKER)
    more = {"ZUFALL_IMAGE": "registry.test/zufall:2", "ZUFALL_PROFILES": "monitoring"}
    installation = started(tmp_path, SETTINGS | more)
    assert update(installation, Compose(installation), ()) == 0
    assert installation.images == ("zufall:0123456789ab", "zufall:1")
    ran = commands(notes)
    assert ran[:3] == [
        "run --rm migrate migrate contract",
        "run --rm migrate migrate expand",
        "kill --signal HUP nats",
    ]
    assert [line.rsplit(" ", 1)[1] for line in ran[3:8]] == list(ORDER)
    assert "restart prometheus alertmanager blackbox-exporter" in ran[8:]


def test_a_new_password_of_the_database_is_set_before_services_use_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = stand_in(tmp_path, monkeypatch, DOCKER)
    installation = started(tmp_path, SETTINGS)
    before = (installation.secrets / "database").read_text()
    (installation.secrets / "database").unlink()
    assert restart(installation, Compose(installation), ()) == 0
    assert (installation.secrets / "database").read_text() != before
    first, *replaced = commands(notes)
    assert first == "run --rm migrate"
    assert [line.rsplit(" ", 1)[1] for line in replaced] == list(ORDER)
