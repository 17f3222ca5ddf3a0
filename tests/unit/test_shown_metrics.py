"""Rules and dashboards use only metrics of the generated list, and some of other programs."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from ..watch import MONITORING
from .test_documents import ROOT

MEANINGS = dict(
    re.findall(
        r"^\| `(\w+)(?:\{[\w,]*\})?` \| \w+ \| (.*) \|$",
        (ROOT / "docs" / "metrics.md").read_text(),
        re.MULTILINE,
    )
)
LISTED = set(MEANINGS)
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


@pytest.mark.parametrize(("place", "expression"), [*rules(), *panels()])
def test_what_every_replica_shows_is_not_added_up(place: str, expression: str) -> None:
    summed = set(re.findall(r"\bsum(?: by \([^)]*\))? ?\((\w+)", expression))
    assert not [name for name in summed if "same at every replica" in MEANINGS.get(name, "")], place


@pytest.mark.parametrize(
    "path", sorted((MONITORING / "dashboards").glob("*.json")), ids=lambda path: path.stem
)
def test_rows_of_panels_are_full(path: Path) -> None:
    widths: Counter[int] = Counter()
    for panel in json.loads(path.read_text())["panels"]:
        widths[panel["gridPos"]["y"]] += panel["gridPos"]["w"]
    *rows, last = (widths[y] for y in sorted(widths))
    assert set(rows) == {24}
    assert last in {12, 24}


def test_what_is_used_of_others_is_used() -> None:
    assert set().union(*(used(expression) for _, expression in [*rules(), *panels()])) >= OF_OTHERS
