"""Each value of the chart does what it says, and wrong ones are refused with a sentence."""

import re
import subprocess
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml

from services.contract.version import VERSION
from services.runtime.config import names
from tools.interfaces.chart_values import leaves, values
from tools.interfaces.settings import SERVICES

from ..chart import CHART, RefusedByHelm, differences, of_chart
from ..chart_options import BARE, OPTIONS, Values
from ..requirements import helm, require


@pytest.fixture(scope="module", autouse=True)
def _helm() -> None:
    require("helm")


# --- each value --------------------------------------------------------------------------------------


def in_pods(path: str, value: Any, *workloads: str) -> dict[str, Any]:
    """Return that a value stands at this path of the pods of workloads."""
    job = {"CronJob": "spec.jobTemplate.spec.template.spec"}
    return {
        f"{workload} {job.get(workload.partition('/')[0], 'spec.template.spec')}.{path}": value
        for workload in workloads
    }


GATEWAY, MATCHER, REPORTS, BACKUPS_POD = (
    f"Deployment/{name}" for name in ("gateway", "matcher", "reports", "backups")
)
NATS, TURN = "StatefulSet/nats", "Deployment/turn"
MIGRATIONS = (f"Job/expand-{VERSION.replace('.', '-')}", "CronJob/contract")
OURS = (GATEWAY, MATCHER, REPORTS, *MIGRATIONS)
DIGEST = f"sha256:{64 * 'a'}"
REPOSITORY = "registry.example.org/zufall"
NAMESPACE = "namespaceSelector.matchLabels.kubernetes.io/metadata.name"


@dataclass(frozen=True)
class ValueExample:
    """Another value than the default, and all that is different with it, when the values `given` hold."""

    value: Any
    expected: dict[str, Any]
    given: Values = field(default_factory=dict)


def secret_names(name: str) -> dict[str, Any]:
    """Return where the pods of the defaults name the secret."""
    variables = {GATEWAY: (2, 3, 4), REPORTS: (4, 5, 6, 7, 8, 9, 10), **dict.fromkeys(MIGRATIONS, (0, 1))}
    return {
        path: value
        for workload, indices in variables.items()
        for index in indices
        for path, value in in_pods(
            f"containers.0.env.{index}.valueFrom.secretKeyRef.name", name, workload
        ).items()
    }


def of_services(name: str, value: Any, changed: str) -> dict[str, ValueExample]:
    """Return the example of a value that each service has."""
    return {
        f"{service}.{name}": ValueExample(value, {f"HorizontalPodAutoscaler/{service} spec.{changed}": value})
        for service in ("gateway", "matcher", "reports")
    }


def both(kind: str, path: str, value: Any) -> dict[str, Any]:
    """Return that a value stands in both objects of a way in."""
    return {f"{kind}/{name} {path}": value for name in ("page", "console")}


RECOVERY: Values = {
    "database": "cloudnativePg",
    "cloudnativePg": {"recoverUntil": "2026-12-01T03:00:00Z"},
}

EXAMPLES: dict[str, ValueExample] = {
    "image.repository": ValueExample(
        "b.example/z", in_pods("containers.0.image", f"b.example/z:{VERSION}", *OURS)
    ),
    "image.tag": ValueExample("1.2.3", in_pods("containers.0.image", f"{REPOSITORY}:1.2.3", *OURS)),
    "image.digest": ValueExample(DIGEST, in_pods("containers.0.image", f"{REPOSITORY}@{DIGEST}", *OURS)),
    "image.pullSecrets": ValueExample(["a"], in_pods("imagePullSecrets.0.name", "a", *OURS, NATS, TURN)),
    "images.nats": ValueExample("b.example/nats:3", in_pods("containers.0.image", "b.example/nats:3", NATS)),
    "images.postgres": ValueExample(
        "b.example/postgres:18",
        in_pods("containers.0.image", "b.example/postgres:18", "StatefulSet/postgres"),
        {"database": "single"},
    ),
    "images.cloudnativePg": ValueExample(
        "b.example/postgres:18",
        {"Cluster/postgres spec.imageName": "b.example/postgres:18"},
        {"database": "cloudnativePg"},
    ),
    "images.coturn": ValueExample(
        "b.example/coturn:5",
        in_pods("containers.0.image", "b.example/coturn:5", "DaemonSet/turn"),
        {"turn": {"by": "hostNetwork"}},
    ),
    "hosts.page": ValueExample(
        "a.example",
        {
            "ConfigMap/zufall data.ZUFALL_ORIGINS": "https://a.example",
            "Ingress/page spec.rules.0.host": "a.example",
            "Ingress/page spec.tls.0.hosts.0": "a.example",
        },
    ),
    "hosts.console": ValueExample(
        "a.example",
        {
            "ConfigMap/zufall data.ZUFALL_CONSOLE_ORIGINS": "https://a.example",
            "Ingress/console spec.rules.0.host": "a.example",
            "Ingress/console spec.tls.0.hosts.0": "a.example",
        },
    ),
    "hosts.turn": ValueExample(
        "a.example",
        {
            "ConfigMap/zufall data.ZUFALL_TURN_URLS": "turn:a.example:3478?transport=udp,"
            "turn:a.example:3478?transport=tcp,turns:a.example:443?transport=tcp",
            "Service/turn metadata.annotations.external-dns.alpha.kubernetes.io/hostname": "a.example",
            **in_pods("containers.0.env.0.value", "a.example", TURN),
        },
    ),
    "existingSecret": ValueExample(
        "keys", {**secret_names("keys"), **in_pods("volumes.1.secret.secretName", "keys", TURN)}
    ),
    "settings": ValueExample(
        {"ZUFALL_SITE_NAME": "Plaza", "ZUFALL_ICE_POLICY": "public"},
        {
            "ConfigMap/zufall data.ZUFALL_SITE_NAME": "Plaza",
            "ConfigMap/zufall data.ZUFALL_ICE_POLICY": "public",
        },
    ),
    "site": ValueExample(
        "plaza",
        {
            **in_pods("volumes.2.name", "site", GATEWAY),
            **in_pods("volumes.2.configMap.name", "plaza", GATEWAY),
            **in_pods("containers.0.volumeMounts.2.name", "site", GATEWAY),
            **in_pods("containers.0.volumeMounts.2.mountPath", "/site", GATEWAY),
            **in_pods("containers.0.volumeMounts.2.readOnly", True, GATEWAY),
        },
    ),
    **of_services("replicas", 3, "minReplicas"),
    **of_services("maxReplicas", 30, "maxReplicas"),
    **{
        f"{name}.resources": ValueExample(
            {"limits": {"memory": "2Gi"}},
            in_pods("containers.0.resources.limits.memory", "2Gi", f"Deployment/{name}"),
        )
        for name in ("gateway", "matcher", "reports")
    },
    "autoscaling.prometheus": ValueExample(
        "http://p.example",
        {
            f"ScaledObject/{name} spec.triggers.0.metadata.serverAddress": "http://p.example"
            for name in ("gateway", "matcher")
        },
        {"autoscaling": {"by": "keda"}},
    ),
    "cloudnativePg.destination": ValueExample(
        "s3://a/b",
        {"ObjectStore/postgres spec.configuration.destinationPath": "s3://a/b"},
        {"database": "cloudnativePg"},
    ),
    "cloudnativePg.endpoint": ValueExample(
        "https://b.example",
        {"ObjectStore/postgres spec.configuration.endpointURL": "https://b.example"},
        {"database": "cloudnativePg"},
    ),
    "backups.image": ValueExample(
        f"b.example/backups@{DIGEST}",
        in_pods("containers.0.image", f"b.example/backups@{DIGEST}", BACKUPS_POD),
        {"backups": {"enabled": True}},
    ),
    "clusterIssuer": ValueExample(
        "ours",
        {
            **both("Ingress", "metadata.annotations.cert-manager.io/cluster-issuer", "ours"),
            "Certificate/turn spec.issuerRef.name": "ours",
        },
        {"turn": {"certificate": True}},
    ),
    "cloudnativePg.recoverFrom": ValueExample(
        "a",
        {"Cluster/postgres spec.externalClusters.0.plugin.parameters.serverName": "a"},
        RECOVERY,
    ),
    "cloudnativePg.recoverInto": ValueExample(
        "a", {"Cluster/postgres spec.plugins.0.parameters.serverName": "a"}, RECOVERY
    ),
    "ingress.className": ValueExample("nginx", both("Ingress", "spec.ingressClassName", "nginx")),
    "ingress.annotations": ValueExample(
        {"a.example/b": "c"}, both("Ingress", "metadata.annotations.a.example/b", "c")
    ),
    "gatewayApi.name": ValueExample(
        "ours", both("HTTPRoute", "spec.parentRefs.0.name", "ours"), {"gatewayApi": {"enabled": True}}
    ),
    "gatewayApi.namespace": ValueExample(
        "ours", both("HTTPRoute", "spec.parentRefs.0.namespace", "ours"), {"gatewayApi": {"enabled": True}}
    ),
    "turn.address": ValueExample(
        "192.0.2.9",
        in_pods("containers.0.env.3.value", "192.0.2.9", TURN),
    ),
    "turn.annotations": ValueExample(
        {"a.example/b": "c"}, {"Service/turn metadata.annotations.a.example/b": "c"}
    ),
    "turn.settings": ValueExample(
        {"ZUFALL_TURN_USER_QUOTA": "9"},
        {
            "ConfigMap/turn apiVersion": "v1",
            "ConfigMap/turn kind": "ConfigMap",
            "ConfigMap/turn metadata.name": "turn",
            "ConfigMap/turn metadata.namespace": "zufall-turn",
            "ConfigMap/turn metadata.labels.app.kubernetes.io/part-of": "zufall",
            "ConfigMap/turn metadata.labels.app.kubernetes.io/instance": "zufall",
            "ConfigMap/turn data.ZUFALL_TURN_USER_QUOTA": "9",
        },
        {"turn": {"by": "hostNetwork"}},
    ),
    "monitoring.release": ValueExample(
        "ours",
        {
            f"{name} metadata.labels.release": "ours"
            for name in ("PodMonitor/zufall", "PodMonitor/postgres", "PrometheusRule/zufall")
        },
        {"monitoring": {"enabled": True}},
    ),
    "networkPolicy.ingressNamespace": ValueExample(
        "edge",
        {
            f"NetworkPolicy/ingress-to-{name} spec.ingress.0.from.0.{NAMESPACE}": "edge"
            for name in ("gateway", "console")
        },
    ),
    "networkPolicy.monitoringNamespace": ValueExample(
        "eyes",
        {
            f"NetworkPolicy/services-to-collector spec.egress.0.to.0.{NAMESPACE}": "eyes",
            f"NetworkPolicy/monitoring-to-admin spec.ingress.0.from.0.{NAMESPACE}": "eyes",
        },
    ),
    "networkPolicy.databaseNetwork": ValueExample(
        "192.0.2.9/32", {"NetworkPolicy/services-to-postgres spec.egress.0.to.0.ipBlock.cidr": "192.0.2.9/32"}
    ),
    "networkPolicy.natsNetwork": ValueExample(
        "192.0.2.9/32",
        {"NetworkPolicy/gateway-and-reports-to-nats spec.egress.0.to.0.ipBlock.cidr": "192.0.2.9/32"},
        {"nats": {"servers": ["nats://a.example:4222"]}},
    ),
}
"""One for each value that `OPTIONS` does not show."""

OF_OPTIONS = {
    "autoscaling.by",
    "backups.enabled",
    "certificates",
    "cloudnativePg.recoverUntil",
    "database",
    "gatewayApi.enabled",
    "gatewayApi.timeouts",
    "ingress.enabled",
    "monitoring.enabled",
    "networkPolicy.alarmWebhookNetwork",
    "networkPolicy.apiServerNetwork",
    "networkPolicy.backupNetwork",
    "networkPolicy.enabled",
    "networkPolicy.identityProviderNetwork",
    "networkPolicy.mailServerNetwork",
    "networkPolicy.pictureMatcherNetwork",
    "openshift",
    "priority",
    "turn.by",
    "turn.certificate",
}


def test_every_value_is_tested() -> None:
    assert {name for name, _ in leaves(values())} == {*EXAMPLES, *OF_OPTIONS, "nats.servers"}
    for name in OF_OPTIONS:
        group, _, rest = name.partition(".")
        assert any(rest in option[group] if rest else True for option in OPTIONS.values() if group in option)


def nested(path: str, value: Any) -> Values:
    """Return values in which only the one at the path is set."""
    for key in reversed(path.split(".")):
        value = {key: value}
    return dict(value)


def merged(one: Values, other: Values) -> Values:
    """Return the values of both, at any depth."""
    inside = {key: merged(one[key], other[key]) for key in one.keys() & other.keys()}
    return {**one, **other, **inside}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_value_changes_just_what_it_says(name: str) -> None:
    example = EXAMPLES[name]
    changed = of_chart(merged(example.given, nested(name, example.value)))
    assert differences(of_chart(example.given), changed) == example.expected


def test_without_autoscaling_there_are_as_many_pods_as_the_values_say() -> None:
    found = of_chart({"autoscaling": {"by": "none"}, "gateway": {"replicas": 7}})
    assert found[GATEWAY]["spec"]["replicas"] == 7
    assert found[MATCHER]["spec"]["replicas"] == 2


def test_servers_of_ones_own_take_the_place_of_nats() -> None:
    servers = ["nats://a.example:4222", "nats://b.example:4222"]
    production, found = of_chart({}), of_chart({"nats": {"servers": servers}})
    gone = {name for name in production if name not in found}
    assert gone == {name for name in production if "/nats" in name}
    assert found["ConfigMap/zufall"]["data"]["ZUFALL_NATS"] == ",".join(servers)


# --- wrong values ------------------------------------------------------------------------------------

WRONG: list[tuple[Values, str]] = [
    ({"gatway": {}}, "additional properties 'gatway' not allowed"),
    ({"hosts": {"pages": "a.example"}}, "at '/hosts': additional properties 'pages' not allowed"),
    ({"gateway": {"replicas": "3"}}, "at '/gateway/replicas': got string, want integer"),
    ({"gateway": {"replicas": 0}}, "at '/gateway/replicas': minimum: got 0, want 1"),
    ({"gateway": {"replicas": 40}}, "gateway.maxReplicas is below gateway.replicas"),
    ({"gateway": {"resources": {"limits": {"memory": "2 GB"}}}}, "at '/gateway/resources/limits/memory'"),
    ({"hosts": {"page": "https://a.example"}}, "at '/hosts/page': 'https://a.example' does not match"),
    ({"certificates": "manual"}, "at '/certificates': value must be one of 'certManager', 'secrets'"),
    ({"database": "mysql"}, "at '/database': value must be one of"),
    ({"image": {"digest": "latest"}}, "at '/image/digest': 'latest' does not match"),
    ({"networkPolicy": {"databaseNetwork": ""}}, "at '/networkPolicy/databaseNetwork': '' does not match"),
    ({"settings": {"ZUFALL_LIMIT_CONNECTIONS": 9}}, "LIMIT_CONNECTIONS': got number, want string"),
    ({"settings": {"SITE_NAME": "Plaza"}}, "invalid propertyName 'SITE_NAME'"),
    ({"nats": {"servers": ["a.example"]}}, "at '/nats/servers/0': 'a.example' does not match"),
]


@pytest.mark.parametrize(("given", "sentence"), WRONG, ids=[sentence for _, sentence in WRONG])
def test_a_wrong_value_is_refused_with_a_sentence(given: Values, sentence: str) -> None:
    with pytest.raises(RefusedByHelm) as refused:
        of_chart(given)
    assert sentence in str(refused.value)


def test_no_secret_can_be_a_setting() -> None:
    listed = re.findall(r'"(ZUFALL_\w+)"', (CHART / "templates" / "checks.yaml").read_text())
    assert listed == sorted({name for kind in SERVICES.values() for name in names(kind, secret=True)})
    with pytest.raises(RefusedByHelm, match="ZUFALL_TURN_SECRET is a secret: put it into the secret"):
        of_chart({"settings": {"ZUFALL_TURN_SECRET": "made-up"}})
    with pytest.raises(RefusedByHelm, match="ZUFALL_TURN_SECRET is a secret: put it into the secret"):
        of_chart({"turn": {"settings": {"ZUFALL_TURN_SECRET": "made-up"}}})


# --- the notes ---------------------------------------------------------------------------------------


def notes(given: Values) -> str:
    """Return what `helm install` prints at its end."""
    done = subprocess.run(
        [str(helm()), "install", "zufall", CHART, "-n", "zufall", "--dry-run=client", "--values", "-"],
        input=yaml.safe_dump(given), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.partition("\nNOTES:\n")[2]


def test_the_notes_say_what_comes_next() -> None:
    told = notes({})
    assert "create secret generic zufall" in told
    assert "lead to the Ingress controller of the class traefik" in told
    assert "zufall moderator invite NAME --role admin" in told
    assert "pod-security.kubernetes.io/enforce=restricted" in told
    assert "is still an example" in told


def test_the_notes_are_about_what_was_chosen() -> None:
    hosts = {"page": "a.example", "console": "c.a.example"}
    told = notes({**BARE, "hosts": hosts, "database": "single", "turn": {"by": "hostNetwork"}})
    assert "is still an example" not in told
    assert "@postgres:5432/zufall'" in told
    assert "A certificate for each service" in told
    assert "lead https://a.example to port 80 of the Service gateway" in told
    assert "The secret turn in the namespace zufall-turn" in told
