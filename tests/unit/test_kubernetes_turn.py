"""The components with our relay: what they may do, and that `deploy/coturn/start` finds what it needs."""

import base64
import re
import subprocess
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pytest
import yaml

from ..manifests import KUBECTL, Object, objects, of_kind, overlay_with
from ..pod_security import forbidden_by_restricted

DEPLOY = Path(__file__).parents[2] / "deploy"
START = (DEPLOY / "coturn" / "start").read_text()
FIXED = {"ZUFALL_DOMAIN", "ZUFALL_TURN_OWN_IP"}
FIXED_BEHIND_A_LOAD_BALANCER = {"ZUFALL_ICE_POLICY", "ZUFALL_TURN_DRAIN_SECONDS", "ZUFALL_TURN_EXTERNAL_IP"}
OF_THE_OPERATOR = "ZUFALL_TURN_USER_QUOTA"
"""A setting of the relay that the overlays of these tests change."""


class RelayInstallation(NamedTuple):
    """An overlay like production with one of the relays, and the namespace of that one."""

    found: list[Object]
    namespace: str

    @property
    def workload(self) -> Object:
        (one,) = (
            one
            for one in self.found
            if one["metadata"]["name"] == "turn" and one["kind"] in ("DaemonSet", "Deployment")
        )
        return one

    @property
    def pod(self) -> dict[str, Any]:
        return dict(self.workload["spec"]["template"]["spec"])

    @property
    def container(self) -> dict[str, Any]:
        (one,) = self.pod["containers"]
        return dict(one)

    @property
    def environment(self) -> dict[str, str]:
        return {one["name"]: one.get("value", "") for one in self.container["env"]}

    def mounted(self, path: PurePosixPath) -> dict[str, Any]:
        """Return the volume that the container has at this path."""
        (name,) = (one["name"] for one in self.container["volumeMounts"] if one["mountPath"] == str(path))
        (volume,) = (one for one in self.pod["volumes"] if one["name"] == name)
        return dict(volume)

    def of_relay(self, kind: str) -> dict[str, Object]:
        return of_kind(
            (one for one in self.found if one["metadata"].get("namespace") == self.namespace), kind
        )


def installation(k8s: Path, namespace: str, components: list[str]) -> RelayInstallation:
    folder = overlay_with(k8s, ["network-policy", *components])
    file = folder / "kustomization.yaml"
    settings = yaml.safe_load(file.read_text())
    settings["configMapGenerator"].append(
        {"name": "turn", "namespace": namespace, "literals": [f"{OF_THE_OPERATOR}=30"]}
    )
    file.write_text(yaml.safe_dump(settings))
    return RelayInstallation(objects(folder), namespace)


@pytest.fixture(scope="module")
def on_nodes(k8s: Path) -> RelayInstallation:
    return installation(k8s, "zufall-turn", ["turn-certificate", "turn", "turn-secret"])


@pytest.fixture(scope="module")
def balanced(k8s: Path) -> RelayInstallation:
    return installation(k8s, "zufall", ["turn-certificate", "turn-load-balancer"])


@pytest.fixture(params=["on_nodes", "balanced"])
def relay(request: pytest.FixtureRequest) -> RelayInstallation:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, RelayInstallation)
    return found


def test_every_object_is_valid(relay: RelayInstallation, tmp_path: Path) -> None:
    (tmp_path / "rendered.yaml").write_text(yaml.safe_dump_all(relay.found))
    checked = subprocess.run(
        [KUBECTL.with_name("kubernetes-validate"), "--strict", "--quiet", tmp_path / "rendered.yaml"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_behind_a_load_balancer_it_may_be_where_all_else_is(balanced: RelayInstallation) -> None:
    assert forbidden_by_restricted(balanced.pod) == set()
    assert of_kind(balanced.found, "Namespace").keys() == {"zufall"}


def test_on_a_node_it_has_only_the_network_of_the_node(on_nodes: RelayInstallation) -> None:
    assert forbidden_by_restricted(on_nodes.pod) == {"hostNetwork", "hostPort"}
    namespaces = of_kind(on_nodes.found, "Namespace")
    levels = {
        name: one["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        for name, one in namespaces.items()
    }
    assert levels == {"zufall": "restricted", "zufall-turn": "privileged"}


def test_only_the_relay_is_in_its_namespace(on_nodes: RelayInstallation) -> None:
    there = {
        (one["kind"], one["metadata"]["name"].rpartition("-")[0] or one["metadata"]["name"])
        for one in on_nodes.found
        if one["metadata"].get("namespace") == "zufall-turn"
    }
    assert there == {
        ("Certificate", "turn"), ("ConfigMap", "turn"), ("ConfigMap", "turn-files"),
        ("DaemonSet", "turn"), ("Secret", "turn"), ("Service", "turn"),
    }  # fmt: skip
    elsewhere = {one["metadata"].get("namespace", "") for one in on_nodes.found} - {"zufall-turn", ""}
    assert elsewhere == {"zufall"}


def test_it_is_locked_in(relay: RelayInstallation) -> None:
    assert relay.container["securityContext"]["readOnlyRootFilesystem"] is True
    assert relay.pod["automountServiceAccountToken"] is False
    assert relay.pod["enableServiceLinks"] is False
    resources = relay.container["resources"]
    assert resources["requests"].keys() == {"cpu", "memory", "ephemeral-storage"}
    assert resources["limits"].keys() == {"memory", "ephemeral-storage"}


def test_it_is_the_same_coturn_as_on_one_box(relay: RelayInstallation) -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["coturn"]
    user = relay.pod["securityContext"]
    assert relay.container["image"] == compose["image"]
    assert relay.container["command"] == compose["entrypoint"]
    assert f"{user['runAsUser']}:{user['runAsGroup']}" == compose["user"]
    assert relay.container["securityContext"]["capabilities"]["add"] == compose["cap_add"]


def test_start_and_its_files_are_mounted(relay: RelayInstallation) -> None:
    command = PurePosixPath(relay.container["command"][0])
    volume = relay.mounted(command.parent)["configMap"]
    files = relay.of_relay("ConfigMap")[volume["name"]]["data"]
    assert files == {path.name: path.read_text() for path in (DEPLOY / "coturn").iterdir()}
    assert volume["defaultMode"] == 0o555
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        (asked,) = relay.container[probe]["exec"]["command"]
        assert PurePosixPath(asked).parent == command.parent
        assert PurePosixPath(asked).name in files


def default(name: str) -> PurePosixPath:
    """Return where `start` looks for something unless it is told otherwise."""
    (path,) = re.findall(rf"\$\{{ZUFALL_TURN_{name}:-(/.*?)\}}", START)
    return PurePosixPath(path)


def test_secrets_and_keys_are_taken_into_memory_only(relay: RelayInstallation) -> None:
    assert relay.mounted(default("RUNTIME"))["emptyDir"]["medium"] == "Memory"


def test_the_certificate_may_come_later(relay: RelayInstallation) -> None:
    secret = relay.mounted(default("CERTIFICATE"))["secret"]
    assert (secret["secretName"], secret["optional"]) == ("turn-certificate", True)


def test_cert_manager_makes_it_where_the_relay_is(relay: RelayInstallation) -> None:
    mounted = relay.mounted(default("CERTIFICATE"))["secret"]
    certificate = relay.of_relay("Certificate")["turn"]["spec"]
    assert certificate["secretName"] == mounted["secretName"]
    assert certificate["dnsNames"] == [relay.environment["ZUFALL_DOMAIN"]] == ["turn.example.org"]
    assert certificate["issuerRef"] == {"name": "letsencrypt", "kind": "ClusterIssuer"}


def test_the_relay_on_a_node_gets_the_secret_of_turn_and_no_other(on_nodes: RelayInstallation) -> None:
    path = default("SECRET_FILE")
    volume = on_nodes.mounted(path.parent)["secret"]
    assert volume["secretName"] == "turn"
    assert on_nodes.of_relay("Secret")["turn"]["data"] == {path.name: base64.b64encode(b"made-up").decode()}


def test_so_does_the_one_behind_a_load_balancer(balanced: RelayInstallation) -> None:
    path = default("SECRET_FILE")
    volume = balanced.mounted(path.parent)["secret"]
    assert volume["secretName"] == "zufall"
    assert volume["items"] == [{"key": "ZUFALL_TURN_SECRET", "path": path.name}]


def test_every_setting_reaches_the_relay(relay: RelayInstallation) -> None:
    """Each comes from the operator's ConfigMap, unless it follows from the others."""
    (source,) = relay.container["envFrom"]
    given = relay.of_relay("ConfigMap")[source["configMapRef"]["name"]]["data"]
    assert given == {OF_THE_OPERATOR: "30"}
    fixed = FIXED | (FIXED_BEHIND_A_LOAD_BALANCER if relay.workload["kind"] == "Deployment" else set())
    assert relay.environment.keys() == fixed
    assert fixed <= set(re.findall(r"ZUFALL_\w+", START))


def test_without_settings_of_the_operator_it_starts_too(relay: RelayInstallation) -> None:
    assert [one["configMapRef"]["optional"] for one in relay.container["envFrom"]] == [True]


def test_the_relay_has_the_address_of_its_node_or_pod(
    on_nodes: RelayInstallation, balanced: RelayInstallation
) -> None:
    def field(relay: RelayInstallation) -> str:
        (own,) = (one for one in relay.container["env"] if one["name"] == "ZUFALL_TURN_OWN_IP")
        return str(own["valueFrom"]["fieldRef"]["fieldPath"])

    assert (field(on_nodes), field(balanced)) == ("status.hostIP", "status.podIP")
    assert balanced.environment["ZUFALL_TURN_EXTERNAL_IP"] == "192.0.2.4"


def urls(relay: RelayInstallation) -> set[tuple[str, int, str]]:
    """Return the scheme, the port and the transport of each address that gateways tell pages."""
    (settings,) = (
        one["data"] for name, one in of_kind(relay.found, "ConfigMap").items() if name.startswith("zufall-")
    )
    assert settings["ZUFALL_ICE_POLICY"] == "relay"
    parts = [
        re.fullmatch(r"(turns?):turn\.example\.org:(\d+)\?transport=(udp|tcp)", url)
        for url in settings["ZUFALL_TURN_URLS"].split(",")
    ]
    return {(found[1], int(found[2]), found[3].upper()) for found in parts if found}


def listened() -> dict[str, int]:
    """Return the ports of coturn's configuration by the scheme that they serve."""
    text = (DEPLOY / "coturn" / "turnserver.conf").read_text()
    (plain,), (tls,) = (
        re.findall(rf"^{name}=(\d+)", text, re.M) for name in ("listening-port", "tls-listening-port")
    )
    return {"turn": int(plain), "turns": int(tls)}


def container_ports(relay: RelayInstallation) -> dict[str, tuple[int, str]]:
    return {
        one["name"]: (one["containerPort"], one.get("protocol", "TCP")) for one in relay.container["ports"]
    }


def test_pages_are_told_the_ports_of_the_nodes(on_nodes: RelayInstallation) -> None:
    ports = listened()
    expected = {
        ("turn", ports["turn"], "UDP"),
        ("turn", ports["turn"], "TCP"),
        ("turns", ports["turns"], "TCP"),
    }
    assert urls(on_nodes) == expected
    assert {*container_ports(on_nodes).values()} == {(port, protocol) for _, port, protocol in expected}
    assert all(one["hostPort"] == one["containerPort"] for one in on_nodes.container["ports"])


def test_pages_are_told_the_ports_of_the_load_balancer(balanced: RelayInstallation) -> None:
    ports, listening = container_ports(balanced), listened()
    service = of_kind(balanced.found, "Service")["turn"]["spec"]
    assert service["type"] == "LoadBalancer"
    assert service["selector"].items() <= balanced.workload["spec"]["template"]["metadata"]["labels"].items()
    served = {}
    for one in service["ports"]:
        target, protocol = ports[one["targetPort"]]
        assert protocol == one.get("protocol", "TCP")
        served[one["port"], protocol] = target
    assert served == {(port, protocol): listening[scheme] for scheme, port, protocol in urls(balanced)}


def test_behind_a_load_balancer_calls_go_on_in_the_old_pod(balanced: RelayInstallation) -> None:
    spec = balanced.workload["spec"]
    assert (spec["replicas"], spec["strategy"]["rollingUpdate"]) == (1, {"maxSurge": 1, "maxUnavailable": 0})
    drain = int(balanced.environment["ZUFALL_TURN_DRAIN_SECONDS"])
    hook = balanced.container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert drain >= 1800
    assert balanced.pod["terminationGracePeriodSeconds"] >= hook + drain + 30


def test_nodes_are_updated_one_after_another(on_nodes: RelayInstallation) -> None:
    spec = on_nodes.workload["spec"]
    assert spec["updateStrategy"]["rollingUpdate"] == {"maxUnavailable": 1}
    assert on_nodes.pod["nodeSelector"] == {"zufall.internal/turn": "true"}


def test_network_policies_let_visitors_in_and_nothing_out(balanced: RelayInstallation) -> None:
    policy = of_kind(balanced.found, "NetworkPolicy")["everyone-to-turn"]["spec"]
    labels = balanced.workload["spec"]["template"]["metadata"]["labels"]
    assert policy["podSelector"]["matchLabels"].items() <= labels.items()
    assert set(policy["policyTypes"]) == {"Ingress", "Egress"}
    assert "egress" not in policy
    (rule,) = policy["ingress"]
    assert "from" not in rule
    let_in = {(one["port"], one.get("protocol", "TCP")) for one in rule["ports"]}
    assert let_in == {(name, protocol) for name, (_, protocol) in container_ports(balanced).items()}
