"""A wheel, and not the checkout, runs everything on one machine."""

import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from services.runtime.built_files import CONSOLE, COUNTRIES, PAGE
from tests import release
from tools.release.packages import build_packages

from ..servers import free_ports_in_a_row
from .local_run import running

REVISION = "0123456789abcdef0123456789abcdef01234567"


def called(*command: str | Path) -> str:
    """Run a program and return what it prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def pip(python: Path, *words: str | Path) -> None:
    called(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *words)


async def page_of(program: Path, data: Path) -> str:
    """Start everything with this program, and return the page that a gateway serves."""
    port = free_ports_in_a_row(4)
    async with running(data, port, program=program) as run:
        await run.until_said("Zufall is ready", 60)
        async with aiohttp.ClientSession() as http, http.get(run.url(0)) as answer:
            return await answer.text()


async def test_it_runs_with_its_own_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The packages that it needs are those of this environment."""
    built = release.built_files(tmp_path / "built")
    wheel, _ = build_packages(release.ROOT, built, REVISION, 1_767_225_600, tmp_path)
    installed = tmp_path / "installed"
    pip(Path(sys.executable), "--no-deps", "--target", installed, wheel)
    monkeypatch.setenv("PYTHONPATH", str(installed))
    monkeypatch.setenv("PYTHONSAFEPATH", "1")  # not the checkout in which the tests run
    monkeypatch.setenv("ZUFALL_COUNTRIES", "")  # the one in the wheel is a stand-in
    program = installed / "bin" / "zufall"
    assert REVISION in called(program, "--version")
    assert await page_of(program, tmp_path / "data") == release.PAGE


@pytest.mark.long
async def test_it_runs_in_a_fresh_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the packages that it asks for, and with the real page."""
    built = {"page": PAGE, "console": CONSOLE, "countries.mmdb": COUNTRIES}
    wheel, _ = build_packages(release.ROOT, built, REVISION, 1_767_225_600, tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    environment = tmp_path / "environment"
    called(sys.executable, "-m", "venv", environment)
    pip(environment / "bin" / "python", f"zufall[local] @ {wheel.as_uri()}")
    assert "Zufall" in await page_of(environment / "bin" / "zufall", tmp_path / "data")
