"""The network policies allow exactly the connections that the code makes, at both of their ends."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from services.matcher.config import Config as Matcher
from services.reports.config import Config as Reports
from services.reports.shell.commands.migrate import MigrationConfig
from services.runtime.tracing import TraceConfig
from services.signaling.config import Config as Gateway

from ..manifests import objects, overlay_with
from ..network_policies import Flow, Pods

SERVICES = Path(__file__).parents[2] / "services"
CONFIGS = {
    "gateway": (Gateway, TraceConfig),
    "matcher": (Matcher, TraceConfig),
    "reports": (Reports, TraceConfig),
    "migrations": (MigrationConfig,),
}
PARSES_A_PEER = {
    "services.contract.addresses.check_host_port",
    "services.reports.config._https",
    "services.reports.config._known_pictures",
    "services.reports.config._mail_server",
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
    "alarm_webhook": ("alarm webhook", "https"),
    "smtp_host": ("mail server", "smtp"),
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
    "services/reports/shell/alarms/webhook.py": "alarm_webhook",
    "services/reports/shell/alarms/mail.py": "smtp_host",
}
"""Each module of a service that opens connections, and one of the settings that say where to."""

CALLS = (
    "secure_channel(",
    "create_async_engine(",
    "ClientSession(",
    "OTLPSpanExporter(",
    "open_connection(",
    "create_connection(",
    "aiosmtplib.send(",
)
NOT_IN_A_POD = ("services/doctor/", "services/backups/", "services/local/")
"""These run on an operator's machine, or on one box only."""

NOT_TO_A_PEER = {"services/reports/shell/evidence/worker_process.py"}
"""It opens a socket pair to a process of its own."""


def parser(function: Callable[[str], Any] | None) -> str:
    return f"{function.__module__}.{function.__qualname__}" if function else ""


def flows_of_the_code() -> Iterator[Flow]:
    """Yield a connection for each setting of a service that names somebody."""
    for service, configs in CONFIGS.items():
        for field in (field for config in configs for field in dataclasses.fields(config)):
            if parser(field.metadata["parse"]) in PARSES_A_PEER and not field.name.endswith("listen"):
                yield Flow(service, *PEERS[field.name])


OUTSIDE_PORTS = ("https", "smtp", "smtps")
"""The ports of those outside the cluster to whom a policy of its own leads."""

FLOWS = {
    *flows_of_the_code(),
    Flow("reports", "mail server", "smtps"),
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
    outside = ["identity-provider", "picture-matcher", "alarm-webhook", "mail-server"]
    pods = Pods(objects(overlay_with(k8s, ["network-policy", *outside])))
    assert {*pods.allowed()} == with_names_and_probes(FLOWS, pods)


def test_without_the_components_nobody_outside_is_asked(k8s: Path) -> None:
    pods = Pods(objects(overlay_with(k8s, ["network-policy"])))
    outside = {flow for flow in FLOWS if flow.port in OUTSIDE_PORTS}
    assert {*pods.allowed()} == with_names_and_probes(FLOWS - outside, pods)


def test_backups_reach_the_database_and_where_copies_go(k8s: Path) -> None:
    pods = Pods(objects(overlay_with(k8s, ["network-policy", "backups"])))
    added = {
        Flow("backups", "postgres", "postgres"),
        Flow("backups", "backup target", "https"),
        Flow("backups", "backup target", "ssh"),
    }
    outside = {flow for flow in FLOWS if flow.port in OUTSIDE_PORTS}
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
