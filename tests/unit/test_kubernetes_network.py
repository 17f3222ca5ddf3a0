"""The network policies allow exactly the connections that the code makes, at both of their ends."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from services.matcher.config import Config as Matcher
from services.reports.config import Config as Reports
from services.reports.shell.commands.migrate import MigrationConfig
from services.runtime.tracing import TraceConfig
from services.signaling.config import Config as Gateway

from ..manifests import Object, objects, overlay_with, pod_templates

SERVICES = Path(__file__).parents[2] / "services"
CONFIGS = {
    "gateway": (Gateway, TraceConfig),
    "matcher": (Matcher, TraceConfig),
    "reports": (Reports, TraceConfig),
    "migrations": (MigrationConfig,),
}
PARSES_A_PEER = {
    "services.contract.addresses.check_host_port",
    "services.reports.config._issuer",
    "services.reports.config._known_pictures",
    "services.reports.shell.storage.database.parse_url",
    "services.runtime.nats_connection.parse_servers",
    "services.runtime.tracing._endpoint",
    "services.signaling.config._addresses",
}
"""The parsers of settings that name somebody to connect to, or an address to listen at."""

PEERS = {
    "nats": ("nats", "nats"),
    "matchers": ("matcher", "grpc"),
    "reports": ("reports", "grpc"),
    "database": ("postgres", "postgres"),
    "database_owner": ("postgres", "postgres"),
    "oidc_issuer": ("identity provider", "https"),
    "known_pictures": ("picture matcher", "https"),
    "traces": ("monitoring", "otlp"),
}
"""Each such setting names somebody, and a port there."""

CONNECTING = {
    "services/runtime/nats_connection.py": "nats",
    "services/runtime/rpc.py": "matchers",  # and `reports`
    "services/runtime/otlp_tracer.py": "traces",
    "services/reports/shell/storage/database.py": "database",
    "services/reports/shell/evidence/http_picture_matcher.py": "known_pictures",
    "services/reports/shell/console/oidc_client.py": "oidc_issuer",
}
"""Each module of a service that opens connections, and one of the settings that say where to."""

CALLS = (
    "secure_channel(",
    "create_async_engine(",
    "ClientSession(",
    "OTLPSpanExporter(",
    "open_connection(",
    "create_connection(",
)
NOT_IN_A_POD = ("services/doctor/", "services/backups/", "services/local/")
"""These run on an operator's machine, or on one box only."""

NOT_TO_A_PEER = {"services/reports/shell/evidence/worker_process.py"}
"""It opens a socket pair to a process of its own."""

PORTS = {"ssh": 22, "https": 443, "otlp": 4317, "dns": 53, "postgres": 5432}
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


def parser(function: Callable[[str], Any] | None) -> str:
    return f"{function.__module__}.{function.__qualname__}" if function else ""


def flows_of_the_code() -> Iterator[Flow]:
    """Yield a connection for each setting of a service that names somebody."""
    for service, configs in CONFIGS.items():
        for field in (field for config in configs for field in dataclasses.fields(config)):
            if parser(field.metadata["parse"]) in PARSES_A_PEER and not field.name.endswith("listen"):
                yield Flow(service, *PEERS[field.name])


FLOWS = {
    *flows_of_the_code(),
    Flow("nats", "nats", "cluster"),
    Flow("ingress", "gateway", "http"),
    Flow("ingress", "reports", "console"),
}


def with_names_and_probes(flows: set[Flow], pods: Pods) -> set[Flow]:
    """Add what is the same for all pods: the names of others, and the port of probes and metrics."""
    asking = {Flow(name, "dns", "dns") for name in pods.labels}
    seen = {Flow("monitoring", name, "admin") for name in pods.labels if "admin" in pods.ports[name]}
    return flows | asking | seen


def test_what_the_policies_allow_is_what_the_code_does(k8s: Path) -> None:
    pods = Pods(objects(overlay_with(k8s, ["network-policy", "identity-provider", "picture-matcher"])))
    assert {*pods.allowed()} == with_names_and_probes(FLOWS, pods)


def test_without_the_components_nobody_outside_is_asked(k8s: Path) -> None:
    pods = Pods(objects(overlay_with(k8s, ["network-policy"])))
    outside = {flow for flow in FLOWS if flow.port == "https"}
    assert {*pods.allowed()} == with_names_and_probes(FLOWS - outside, pods)


def test_backups_reach_the_database_and_where_copies_go(k8s: Path) -> None:
    pods = Pods(objects(overlay_with(k8s, ["network-policy", "backups"])))
    added = {
        Flow("backups", "postgres", "postgres"),
        Flow("backups", "backup target", "https"),
        Flow("backups", "backup target", "ssh"),
    }
    outside = {flow for flow in FLOWS if flow.port == "https"}
    assert {*pods.allowed()} == with_names_and_probes(FLOWS - outside | added, pods)


def test_a_database_of_the_cluster_takes_the_place_of_one_outside(k8s: Path) -> None:
    pods = Pods(objects(overlay_with(k8s, ["network-policy", "postgres-single"])))
    to_database = {flow for flow in pods.allowed() if flow.target == "postgres"}
    assert to_database == {flow for flow in FLOWS if flow.target == "postgres"}
    assert "postgres" in pods.labels


def test_every_module_that_connects_is_known() -> None:
    """A new one needs a policy, and an entry here."""
    found = {
        str(path.relative_to(SERVICES.parent))
        for path in SERVICES.rglob("*.py")
        if any(call in path.read_text() for call in CALLS)
    }
    inside = {path for path in found if not path.startswith(NOT_IN_A_POD)}
    assert inside == CONNECTING.keys() | NOT_TO_A_PEER


def test_every_way_to_connect_has_a_setting_of_a_service() -> None:
    named = {
        field.name
        for configs in CONFIGS.values()
        for config in configs
        for field in dataclasses.fields(config)
    }
    assert {*CONNECTING.values(), *PEERS} <= named
