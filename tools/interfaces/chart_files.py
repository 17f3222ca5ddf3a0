"""Helm reads only files of the chart, so the chart has copies of what kustomize reads elsewhere."""

from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]

CHART = "k8s/chart/files"

_SOURCES = (
    "k8s/base/nats.conf",
    "k8s/base/settings.env",
    "k8s/components/monitoring/rules.yaml",
)

_FOLDERS = {"k8s/components/monitoring/dashboards": "dashboards", "deploy/coturn": "coturn"}


def copies(generated: Mapping[str, str]) -> dict[str, str]:
    """Return the content of each copy by its path. What was generated now counts, not what the folder has."""
    sources = {source: Path(source).name for source in _SOURCES}
    for folder, name in _FOLDERS.items():
        found = {f"{folder}/{path.name}" for path in (ROOT / folder).iterdir()}
        found |= {path for path in generated if path.startswith(f"{folder}/")}
        sources |= {path: f"{name}/{Path(path).name}" for path in sorted(found)}
    return {
        f"{CHART}/{target}": generated.get(source) or (ROOT / source).read_text()
        for source, target in sources.items()
    }
