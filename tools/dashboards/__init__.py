"""The dashboards of Grafana. `make generate` writes them as the files that Grafana reads."""

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from .calls import calls
from .cluster import cluster
from .cost import cost
from .matching import matching
from .moderation import moderation
from .visitors import visitors

FOLDERS = ("deploy/monitoring/dashboards", "k8s/components/monitoring/dashboards")
"""Two, because kustomize reads nothing outside of a component's folder."""

DASHBOARDS = {
    "visitors": visitors,
    "matching": matching,
    "calls": calls,
    "cluster": cluster,
    "moderation": moderation,
    "cost": cost,
}


def files() -> dict[str, str]:
    """Return the text of each file by its path in the project."""
    encoder = JSONEncoder(sort_keys=True, indent=1)
    texts = {name: encoder.encode(made().build()) + "\n" for name, made in DASHBOARDS.items()}
    return {f"{folder}/{name}.json": text for folder in FOLDERS for name, text in texts.items()}
