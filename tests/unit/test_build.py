"""The project has one version, and the program knows from which revision it was built."""

import tomllib
from pathlib import Path

import pytest

from services.cli import main
from services.contract.version import VERSION
from services.runtime.build import REVISION

ROOT = Path(__file__).parents[2]


def test_the_program_tells_version_and_revision(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"zufall {VERSION} ({REVISION})\n"
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION
    assert REVISION == "checkout", "only a release knows its revision"


def test_the_changelog_begins_with_this_version() -> None:
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")]
    assert headings[0].split()[1] == VERSION
