"""Makes the PrometheusRule of Kubernetes from the alerts of one box."""

from pathlib import Path
from typing import Any

import yaml

RULES = Path(__file__).parents[2] / "deploy" / "monitoring" / "alerts.yml"

ONLY_ONE_BOX = {
    "SiteAway": "asks the exporter of the box; a cluster has probes of its own",
    "RelayBandwidthHigh": "knows the line of the box; nodes of a cluster have others",
    "DiskNearlyFull": "watches the disk of the box; who runs a cluster watches its nodes already",
    "MemoryNearlyFull": "watches the memory of the box; who runs a cluster watches its nodes already",
}
"""The alerts that a cluster does not get, and why."""

OTHER_EXPRESSIONS = {"OtherPartAway": 'up{job="zufall",service!~"gateway|matcher|reports"} == 0'}
"""Expressions that would see what else runs in a cluster, and what stands in their place."""

_INTRODUCTION = """\
# Written by `make generate` from deploy/monitoring/alerts.yml: change that file instead.
# `release` comes from the ConfigMap `installation`.
"""


def page() -> str:
    """Return the manifest of the PrometheusRule."""
    groups = [_for_cluster(group) for group in yaml.safe_load(RULES.read_text())["groups"]]
    manifest = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "zufall", "labels": {"release": "RELEASE"}},
        "spec": {"groups": [group for group in groups if group["rules"]]},
    }
    return _INTRODUCTION + yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=110)


def _for_cluster(group: dict[str, Any]) -> dict[str, Any]:
    kept = [rule for rule in group["rules"] if rule["alert"] not in ONLY_ONE_BOX]
    return {"name": group["name"], "rules": [_with_expression(rule) for rule in kept]}


def _with_expression(rule: dict[str, Any]) -> dict[str, Any]:
    return {**rule, "expr": OTHER_EXPRESSIONS.get(rule["alert"], rule["expr"])}
