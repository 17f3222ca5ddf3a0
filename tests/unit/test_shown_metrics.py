"""Rules and dashboards use only metrics of the generated list, and some of other programs."""

import json
import re
from collections.abc import Iterator

import pytest
import yaml

from ..watch import MONITORING
from .test_documents import ROOT

LISTED = set(
    re.findall(r"^\| `(\w+)(?:\{[\w,]*\})?` \|", (ROOT / "docs" / "metrics.md").read_text(), re.MULTILINE)
)
NAME = re.compile(r"\b(?:zufall|node|process|probe)_\w+\b|\bzufall:[\w:]+|\bALERTS\b|\bup\b")
OF_OTHERS = {
    "up",  # Prometheus' own
    "ALERTS",
    "zufall:bandwidth_limit:bits",  # made by start-prometheus
    "probe_success",  # of the exporter that asks for the site
    "probe_ssl_earliest_cert_expiry",
    "node_cpu_seconds_total",  # of the exporter that measures the machine
    "node_filesystem_avail_bytes",
    "node_filesystem_size_bytes",
    "node_memory_MemAvailable_bytes",
    "node_memory_MemTotal_bytes",
    "node_network_receive_bytes_total",
    "node_network_transmit_bytes_total",
}


def rules() -> Iterator[tuple[str, str]]:
    """Yield the name and the expression of each alert."""
    for group in yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"]:
        yield from ((rule["alert"], rule["expr"]) for rule in group["rules"])


def panels() -> Iterator[tuple[str, str]]:
    """Yield the place and the text of each query of the dashboards."""
    for path in sorted((MONITORING / "dashboards").glob("*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            yield from ((f"{path.stem} {panel['title']}", target["expr"]) for target in panel["targets"])


def used(expression: str) -> set[str]:
    """Return the metrics of an expression. What histograms add to a name is left out."""
    without_labels = re.sub(r"\{[^}]*\}|\b(?:by|on) \([^)]*\)", "", expression)
    names = set(NAME.findall(without_labels))
    return {re.sub(r"_(bucket|sum|count)$", "", name) if name not in LISTED else name for name in names}


@pytest.mark.parametrize(("place", "expression"), [*rules(), *panels()])
def test_every_metric_is_known(place: str, expression: str) -> None:
    assert used(expression), f"{place} uses none"
    assert used(expression) - LISTED - OF_OTHERS == set()


def test_what_is_used_of_others_is_used() -> None:
    assert set().union(*(used(expression) for _, expression in [*rules(), *panels()])) >= OF_OTHERS
