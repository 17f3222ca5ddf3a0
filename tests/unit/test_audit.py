"""The audit refuses licences that are not on its list, and says when nobody answered it."""

import json
from pathlib import Path

import pytest

from tools.audit.advisories import Answer, of_python
from tools.audit.licences import Licensed, npm_packages, python_packages


@pytest.mark.parametrize(
    "licence",
    [
        "MIT",
        "MIT License",
        "(MIT OR GPL-3.0-only)",
        "Apache-2.0 AND BSD-2-Clause",
        "Apache Software License; MIT License",
        "Mozilla Public License 2.0 (MPL 2.0)",
    ],
)
def test_a_free_licence_is_allowed(licence: str) -> None:
    assert Licensed("some", licence).allowed


@pytest.mark.parametrize(
    "licence",
    ["AGPL-3.0-only", "MIT AND GPL-2.0-only", "MIT License; Other/Proprietary License", "none named", ""],
)
def test_another_licence_is_not(licence: str) -> None:
    assert not Licensed("some", licence).allowed


def test_every_installed_package_names_an_allowed_licence() -> None:
    packages = dict(python_packages())
    assert len(packages) > 50
    assert "zufall" not in packages
    assert packages["aiohttp"] == "Apache-2.0 AND MIT"


def test_the_packages_of_a_lock_are_listed_without_the_project_itself(tmp_path: Path) -> None:
    lock = tmp_path / "package-lock.json"
    packages = {
        "": {"license": "Apache-2.0"},
        "node_modules/a": {"license": "MIT"},
        "node_modules/a/node_modules/@b/c": {},
    }
    lock.write_text(json.dumps({"packages": packages}))
    assert list(npm_packages(lock)) == [Licensed("a", "MIT"), Licensed("@b/c", "none named")]


def _tool(folder: Path, output: object) -> Path:
    """Return a program that prints this JSON, as pip-audit does."""
    program = folder / "pip-audit"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(output)}\nEND\n")
    program.chmod(0o755)
    return program


def test_known_vulnerabilities_are_named(tmp_path: Path) -> None:
    pinned = tmp_path / "requirements.txt"
    pinned.write_text("good==1.0\nbad==2.0\n")
    report = {
        "dependencies": [
            {"name": "good", "version": "1.0", "vulns": []},
            {"name": "bad", "version": "2.0", "vulns": [{"id": "PYSEC-1"}, {"id": "PYSEC-2"}]},
        ]
    }
    assert of_python(_tool(tmp_path, report), pinned) == Answer(2, 0, ("bad 2.0: PYSEC-1, PYSEC-2",))


@pytest.mark.parametrize(
    "report",
    [
        {"dependencies": [{"name": "a", "skip_reason": "not found"}, {"name": "b", "skip_reason": "x"}]},
        "broken",
    ],
    ids=["a registry that knows nothing", "no report"],
)
def test_packages_that_nobody_answered_about_are_counted(tmp_path: Path, report: object) -> None:
    """pip-audit ends with success then, as if all packages were good."""
    pinned = tmp_path / "requirements.txt"
    pinned.write_text("a==1.0\nb==2.0\n")
    assert of_python(_tool(tmp_path, report), pinned) == Answer(2, 2, ())
