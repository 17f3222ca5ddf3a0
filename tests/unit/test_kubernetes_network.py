"""`k8s/base/network.yaml` allows exactly the connections that the parts need."""

from itertools import product
from pathlib import Path
from typing import Any

import yaml

NETWORK = Path(__file__).parents[2] / "k8s" / "base" / "network.yaml"
PODS = ("gateway", "matcher", "reports", "nats")
STRANGER = "stranger"

Selector = dict[str, Any]


def selects(selector: Selector, name: str) -> bool:
    """Return whether a label selector matches the pod of this name."""
    wanted = [{value} for value in selector.get("matchLabels", {}).values()]
    wanted += [set(expression["values"]) for expression in selector.get("matchExpressions", ())]
    return all(name in names for names in wanted)


def lets_in(rule: dict[str, Any], source: str) -> bool:
    """Return whether an ingress rule allows connections from this pod. Without `from` it allows all."""
    if "from" not in rule:
        return True
    return source != STRANGER and any(
        "podSelector" in peer and selects(peer["podSelector"], source) for peer in rule["from"]
    )


def test_only_the_needed_connections_are_allowed() -> None:
    policies = [policy["spec"] for policy in yaml.safe_load_all(NETWORK.read_text())]
    allowed = {
        (source, target, port["port"])
        for policy in policies
        for source, target in product((*PODS, STRANGER), PODS)
        if selects(policy["podSelector"], target)
        for rule in policy.get("ingress", ())
        if lets_in(rule, source)
        for port in rule["ports"]
    }
    everyone_to_gateway = {(source, "gateway", "http") for source in (*PODS, STRANGER)}
    assert allowed == everyone_to_gateway | {
        ("gateway", "matcher", "grpc"),
        ("gateway", "reports", "grpc"),
        ("gateway", "nats", "nats"),
        ("reports", "nats", "nats"),
    }


def test_connections_that_no_rule_allows_are_refused() -> None:
    policies = list(yaml.safe_load_all(NETWORK.read_text()))
    assert any(
        policy["spec"] == {"podSelector": {}, "policyTypes": ["Ingress"]}
        and policy["kind"] == "NetworkPolicy"
        for policy in policies
    )
