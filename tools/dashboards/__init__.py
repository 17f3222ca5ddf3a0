"""The dashboards of Grafana. `make generate` writes them as the files that Grafana reads."""

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from .calls import calls
from .cluster import cluster
from .cost import cost
from .matching import matching
from .moderation import moderation
from .visitors import visitors

FOLDER = "deploy/monitoring/dashboards"

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
    return {
        f"{FOLDER}/{name}.json": encoder.encode(made().build()) + "\n" for name, made in DASHBOARDS.items()
    }
