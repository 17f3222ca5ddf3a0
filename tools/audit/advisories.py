"""Asks the registries which packages have known vulnerabilities, and says whether they answered."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What a registry knows. `unknown` counts the packages that it said nothing about."""

    asked: int
    unknown: int
    vulnerable: tuple[str, ...]


def of_python(pip_audit: Path, requirements: Path) -> Answer:
    """Ask about the pinned packages. pip-audit calls it a success when no registry answers."""
    report = _json(
        str(pip_audit), "--disable-pip", "--require-hashes", "--requirement", str(requirements),
        "--format", "json", "--progress-spinner", "off",
    )  # fmt: skip
    packages = report.get("dependencies", [])
    vulnerable = (
        f"{one['name']} {one['version']}: {', '.join(found['id'] for found in one['vulns'])}"
        for one in packages
        if one.get("vulns")
    )
    unknown = sum("skip_reason" in one for one in packages)
    pinned = sum("==" in line for line in requirements.read_text().splitlines())
    return Answer(len(packages) or pinned, unknown if packages else pinned, tuple(vulnerable))


def of_npm(folder: Path) -> Answer:
    """Ask about the packages in a folder's `package-lock.json`."""
    report = _json("npm", "audit", "--package-lock-only", "--json", "--prefix", str(folder))
    packages = len(json.loads((folder / "package-lock.json").read_text())["packages"]) - 1
    if "vulnerabilities" not in report:
        return Answer(packages, packages, ())
    found = (f"{name}: {one['severity']}" for name, one in report["vulnerabilities"].items())
    return Answer(packages, 0, tuple(found))


def _json(*command: str) -> dict[str, Any]:
    """Return the JSON that a command prints, or nothing if it prints none."""
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    try:
        return dict(json.loads(said))
    except ValueError:
        return {}
