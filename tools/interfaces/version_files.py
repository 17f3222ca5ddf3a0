"""The version of the project stands in pyproject.toml. This writes it into the other files that name it."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]

VERSION = str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])

MODULE = f'''\
"""The version of the project. Written by `make generate` from pyproject.toml: change it there."""

VERSION = "{VERSION}"
'''

_PLACES = {
    "web/package.json": (r'^  "version": "(.+)"', 1),
    "web/package-lock.json": (
        r'^ {2,6}"version": "(.+)"',
        2,
    ),  # the lock's, and the page's
    "Dockerfile": (r"^ARG VERSION=(.+)", 1),
    "k8s/base/kustomization.yaml": (r"(?:newTag|app.kubernetes.io/version): ([\w.]+)", 2),
    "k8s/overlays/production/kustomization.yaml": (r"newTag: ([\w.]+)", 2),
    "k8s/base/migrations.yaml": (r"^  name: expand-([\w-]+)", 1),
    "k8s/chart/Chart.yaml": (r"^(?:version|appVersion): ([\w.]+)", 2),
    "docs/kubernetes.md": (r"image (?:import )?zufall:([\d.]+\d)", 2),
    "docs/systemd.md": (r"^    version=([\w.]+)", 1),
}
"""For each file, a pattern whose group is the version, and how many of its first matches are ours."""


def files() -> dict[str, str]:
    """Return the content of each file that names the version, by its path in the project."""
    written = {path: _with_version(path, pattern, count) for path, (pattern, count) in _PLACES.items()}
    return {"services/contract/version.py": MODULE, **written}


def _with_version(path: str, pattern: str, count: int) -> str:
    def replaced(found: "re.Match[str]") -> str:
        # The name of an object in a cluster has dashes for dots.
        version = VERSION if "." in found[1] else VERSION.replace(".", "-")
        return found[0].replace(found[1], version)

    return re.sub(pattern, replaced, (ROOT / path).read_text(), count=count, flags=re.MULTILINE)
