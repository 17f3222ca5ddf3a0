"""Computes which connections the network policies of an installation allow."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

from .manifests import Object, pod_templates

PORTS = {"ssh": 22, "https": 443, "otlp": 4317, "dns": 53, "postgres": 5432, "smtp": 587, "smtps": 465}
OUTSIDE = {
    "ingress": {"kubernetes.io/metadata.name": "traefik"},
    "monitoring": {"kubernetes.io/metadata.name": "monitoring"},
    "dns": {"kubernetes.io/metadata.name": "kube-system"},
    "stranger": {"kubernetes.io/metadata.name": "default"},
}
"""The labels of namespaces with pods that are not ours."""

ADDRESSES = {
    "postgres": "10.0.0.0/8",
    "identity provider": "192.0.2.1/32",
    "picture matcher": "192.0.2.2/32",
    "backup target": "192.0.2.3/32",
    "alarm webhook": "192.0.2.5/32",
    "mail server": "192.0.2.6/32",
}
"""What is outside the cluster, with the networks of `installation`."""


class Flow(NamedTuple):
    source: str
    target: str
    port: str


class Pods:
    """The pods of an installation, and the policies that hold for them."""

    def __init__(self, found: Sequence[Object]) -> None:
        self.labels: dict[str, dict[str, str]] = {}
        self.ports: dict[str, dict[str, int]] = {}
        for _, template in pod_templates(found):
            name = template["metadata"]["labels"]["app.kubernetes.io/name"]
            self.labels[name] = template["metadata"]["labels"]
            self.ports[name] = {
                port["name"]: port["containerPort"]
                for container in template["spec"]["containers"]
                for port in container.get("ports", ())
            }
        self._policies = [one["spec"] for one in found if one["kind"] == "NetworkPolicy"]

    def allowed(self) -> Iterator[Flow]:
        """Yield the connections that policies let out at their source and in at their target."""
        everybody = [*self.labels, *OUTSIDE, *ADDRESSES]
        for source, target in product(everybody, everybody):
            if source not in self.labels and target not in self.labels:
                continue
            named = self.ports.get(target, PORTS)
            for port, number in named.items():
                out = source not in self.labels or self._passes("Egress", source, target, port, number)
                into = target not in self.labels or self._passes("Ingress", target, source, port, number)
                if out and into:
                    yield Flow(source, target, port)

    def _passes(self, direction: str, subject: str, peer: str, port: str, number: int) -> bool:
        key, peers = ("ingress", "from") if direction == "Ingress" else ("egress", "to")
        policies = [
            policy
            for policy in self._policies
            if direction in policy["policyTypes"] and selects(policy["podSelector"], self.labels[subject])
        ]
        assert policies, f"{subject} has no policy for {direction}"
        return any(
            any(self._is(one, peer) for one in rule[peers])
            and any(one["port"] in (port, number) for one in rule["ports"])
            for policy in policies
            for rule in policy.get(key, ())
        )

    def _is(self, described: dict[str, Any], peer: str) -> bool:
        if "ipBlock" in described:
            return bool(described["ipBlock"]["cidr"] == ADDRESSES.get(peer))
        if "namespaceSelector" in described:
            return peer in OUTSIDE and selects(described["namespaceSelector"], OUTSIDE[peer])
        return peer in self.labels and selects(described["podSelector"], self.labels[peer])


def selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """Return whether a label selector matches."""
    wanted = {key: {value} for key, value in selector.get("matchLabels", {}).items()}
    for expression in selector.get("matchExpressions", ()):
        assert expression["operator"] == "In"
        wanted[expression["key"]] = set(expression["values"])
    return all(labels.get(key) in values for key, values in wanted.items())
