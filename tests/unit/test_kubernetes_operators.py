"""Components that need operators say what the rest of the project says."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.signaling.shell.app import SOCKET_PATH
from tools.dashboards import DASHBOARDS
from tools.interfaces.settings import SERVICES

from ..manifests import K8S, Object, objects, of_kind, overlay_with, pod_templates
from .test_shown_metrics import LISTED, used


@cache
def with_components(k8s: Path, *names: str) -> list[Object]:
    return objects(overlay_with(k8s, names))


# --- gateway-api -----------------------------------------------------------------------------------


def test_only_the_path_of_the_websocket_has_a_port_that_says_so(k8s: Path) -> None:
    found = with_components(k8s, "gateway-api", "gateway-api-timeouts")
    ports = {port["port"]: port for port in of_kind(found, "Service")["gateway"]["spec"]["ports"]}
    socket, page = of_kind(found, "HTTPRoute")["page"]["spec"]["rules"]
    assert socket["matches"] == [{"path": {"type": "Exact", "value": SOCKET_PATH}}]
    assert ports[socket["backendRefs"][0]["port"]]["appProtocol"] == "kubernetes.io/ws"
    assert socket["timeouts"] == {"request": "0s"}
    assert page["matches"] == [{"path": {"type": "PathPrefix", "value": "/"}}]
    assert "appProtocol" not in ports[page["backendRefs"][0]["port"]]
    assert "timeouts" not in page


def test_routes_lead_from_the_hosts_to_ports_of_services(k8s: Path) -> None:
    found = with_components(k8s, "gateway-api")
    services = of_kind(found, "Service")
    routes = of_kind(found, "HTTPRoute")
    assert routes["page"]["spec"]["hostnames"] == ["meet.example.org"]
    assert routes["console"]["spec"]["hostnames"] == ["console.example.org"]
    for route in routes.values():
        assert route["spec"]["parentRefs"] == [{"name": "public", "namespace": "gateways"}]
        for rule in route["spec"]["rules"]:
            for backend in rule["backendRefs"]:
                ports = {port["port"] for port in services[backend["name"]]["spec"]["ports"]}
                assert backend["port"] in ports


def test_timeouts_need_a_component_of_their_own(k8s: Path) -> None:
    assert "timeouts" not in str(of_kind(with_components(k8s, "gateway-api"), "HTTPRoute"))


# --- keda ------------------------------------------------------------------------------------------


def pods_of(scaler: Object) -> tuple[int, int]:
    """Return the bounds of an autoscaler of either kind."""
    spec = scaler["spec"]
    if scaler["kind"] == "ScaledObject":
        return spec["minReplicaCount"], spec["maxReplicaCount"]
    return spec["minReplicas"], spec["maxReplicas"]


def targets_of(scaler: Object) -> list[str]:
    """Return how much of each measure one pod is to have."""
    spec = scaler["spec"]
    if scaler["kind"] == "ScaledObject":
        metadata = [trigger["metadata"] for trigger in spec["triggers"]]
        return [one.get("threshold") or one["value"] for one in metadata]
    measures = [metric["pods"] if "pods" in metric else metric["resource"] for metric in spec["metrics"]]
    return [one["target"]["averageValue"] for one in measures]


def behaviour_of(scaler: Object) -> Any:
    spec = scaler["spec"]
    return (
        spec["behavior"]
        if "behavior" in spec
        else spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    )


def test_both_autoscalers_want_the_same(k8s: Path) -> None:
    ours = of_kind(with_components(k8s, "hpa"), "HorizontalPodAutoscaler")
    kedas = of_kind(with_components(k8s, "keda"), "ScaledObject")
    assert kedas.keys() == ours.keys()
    for name, scaler in kedas.items():
        assert pods_of(scaler) == pods_of(ours[name])
        assert targets_of(scaler) == targets_of(ours[name])
        assert behaviour_of(scaler) == behaviour_of(ours[name])


def test_no_number_of_pods_fights_with_keda(k8s: Path) -> None:
    found = with_components(k8s, "keda")
    for name in of_kind(found, "ScaledObject"):
        assert "replicas" not in of_kind(found, "Deployment")[name]["spec"]


def test_keda_takes_no_pod_away_while_prometheus_is_away(k8s: Path) -> None:
    for scaler in of_kind(with_components(k8s, "keda"), "ScaledObject").values():
        if any(trigger["type"] == "prometheus" for trigger in scaler["spec"]["triggers"]):
            fallback = scaler["spec"]["fallback"]
            assert fallback["behavior"] == "currentReplicasIfHigher"
            assert pods_of(scaler)[0] <= fallback["replicas"] <= pods_of(scaler)[1]


def test_keda_asks_for_metrics_that_there_are(k8s: Path) -> None:
    triggers = [
        trigger["metadata"]
        for scaler in of_kind(with_components(k8s, "keda"), "ScaledObject").values()
        for trigger in scaler["spec"]["triggers"]
        if trigger["type"] == "prometheus"
    ]
    assert {name for one in triggers for name in used(one["query"])} == {
        "zufall_gateway_visitors",
        "zufall_matcher_offers_total",
    }
    assert {name for one in triggers for name in used(one["query"])} <= LISTED
    assert {one["serverAddress"] for one in triggers} == {"http://prometheus-operated.monitoring:9090"}


# --- monitoring ------------------------------------------------------------------------------------


def test_every_service_is_asked_for_its_metrics_with_the_labels_of_the_rules(k8s: Path) -> None:
    found = with_components(k8s, "monitoring", "backups")
    spec = of_kind(found, "PodMonitor")["zufall"]["spec"]
    (expression,) = spec["selector"]["matchExpressions"]
    (endpoint,) = spec["podMetricsEndpoints"]
    assert {*expression["values"]} == SERVICES.keys()
    for _, template in pod_templates(found):
        if template["metadata"]["labels"][expression["key"]] in expression["values"]:
            names = {port["name"] for port in template["spec"]["containers"][0]["ports"]}
            assert endpoint["port"] in names
    labels = {one["targetLabel"]: one for one in endpoint["relabelings"]}
    assert labels["job"]["replacement"] == "zufall"
    key = re.sub(r"[^a-zA-Z0-9]", "_", expression["key"])
    assert labels["service"]["sourceLabels"] == [f"__meta_kubernetes_pod_label_{key}"]
    assert labels["instance"]["sourceLabels"] == ["__meta_kubernetes_pod_name"]


def test_the_operator_of_prometheus_finds_its_objects(k8s: Path) -> None:
    found = with_components(k8s, "monitoring")
    theirs = [one for one in found if one["apiVersion"].startswith("monitoring.coreos.com/")]
    assert {one["metadata"]["labels"]["release"] for one in theirs} == {"kube-prometheus-stack"}


def test_grafana_gets_every_dashboard(k8s: Path) -> None:
    found = of_kind(with_components(k8s, "monitoring"), "ConfigMap")
    label = "grafana_dashboard"
    shown = {name: one for name, one in found.items() if label in one["metadata"].get("labels", {})}
    assert shown.keys() == {f"dashboard-{name}" for name in DASHBOARDS}
    for one in shown.values():
        assert one["metadata"]["labels"][label] == "1"
        (text,) = one["data"].values()
        assert len(text) < 2**18  # what `kubectl apply` can note of an object


# --- cloudnative-pg --------------------------------------------------------------------------------

DATABASE = ("network-policy", "backups", "cloudnative-pg", "cloudnative-pg-secrets")


def test_whoever_uses_the_database_checks_its_certificate(k8s: Path) -> None:
    found = with_components(k8s, *DATABASE)
    pods = [template["spec"] for _, template in pod_templates(found)]
    users = [pod for pod in pods if "ZUFALL_DATABASE" in str(pod["containers"][0].get("env"))]
    assert len(users) == 4  # reports, backups, and both migrations
    for pod in users:
        (container,) = pod["containers"]
        variables = {one["name"]: one.get("value") for one in container["env"]}
        mounts = {one["name"]: one["mountPath"] for one in container["volumeMounts"]}
        (volume,) = (one for one in pod["volumes"] if one["name"] == "postgres-authority")
        assert variables["PGSSLMODE"] == "verify-full"
        assert variables["PGSSLROOTCERT"] == f"{mounts['postgres-authority']}/ca.crt"
        (item,) = volume["secret"]["items"]  # and not the key of the authority
        assert item == {"key": "ca.crt", "path": "ca.crt"}


def test_the_owner_may_do_what_migrations_and_drills_do(k8s: Path) -> None:
    spec = of_kind(with_components(k8s, *DATABASE), "Cluster")["postgres"]["spec"]
    owner = spec["bootstrap"]["initdb"]["owner"]
    (role,) = (role for role in spec["managed"]["roles"] if role["name"] == owner)
    assert role["createrole"], "`zufall migrate` makes the role of the service"
    assert role["createdb"], "a drill makes a database"


def test_the_secrets_of_the_database_come_from_those_of_the_installation(k8s: Path) -> None:
    found = with_components(k8s, *DATABASE)
    secrets = of_kind(found, "Secret")
    spec = of_kind(found, "Cluster")["postgres"]["spec"]
    owner = secrets[spec["bootstrap"]["initdb"]["secret"]["name"]]
    assert owner["type"] == "kubernetes.io/basic-auth"
    assert owner["data"]["password"] == secrets["zufall"]["data"]["POSTGRES_PASSWORD"]
    keys = of_kind(found, "ObjectStore")["postgres"]["spec"]["configuration"]["s3Credentials"].values()
    for key, name in zip(keys, ("BACKUP_ACCESS_KEY_ID", "BACKUP_SECRET_ACCESS_KEY"), strict=True):
        assert secrets[key["name"]]["data"][key["key"]] == secrets["zufall"]["data"][name]


def test_a_commit_is_on_two_instances_that_are_on_different_nodes(k8s: Path) -> None:
    spec = of_kind(with_components(k8s, *DATABASE), "Cluster")["postgres"]["spec"]
    assert spec["instances"] == 3
    assert spec["postgresql"]["synchronous"]["dataDurability"] == "required"
    assert spec["affinity"]["podAntiAffinityType"] == "required"


def test_the_archive_is_written_by_the_plugin_that_the_cluster_names(k8s: Path) -> None:
    found = with_components(k8s, *DATABASE)
    (plugin,) = of_kind(found, "Cluster")["postgres"]["spec"]["plugins"]
    backup = of_kind(found, "ScheduledBackup")["postgres"]["spec"]
    assert plugin["isWALArchiver"]
    assert plugin["parameters"]["barmanObjectName"] in of_kind(found, "ObjectStore")
    assert backup["pluginConfiguration"]["name"] == plugin["name"]
    assert backup["cluster"]["name"] in of_kind(found, "Cluster")


def test_a_recovery_reads_one_archive_and_writes_another(k8s: Path) -> None:
    usual = of_kind(with_components(k8s, *DATABASE), "Cluster")["postgres"]["spec"]
    spec = of_kind(with_components(k8s, *DATABASE, "cloudnative-pg-recovery"), "Cluster")["postgres"]["spec"]
    recovery = spec["bootstrap"]["recovery"]
    (archive,) = (one["plugin"] for one in spec["externalClusters"] if one["name"] == recovery["source"])
    assert "initdb" not in spec["bootstrap"]
    assert recovery["recoveryTarget"] == {"targetTime": "2026-12-01T03:00:00Z"}
    assert archive["parameters"] == {"barmanObjectName": "postgres", "serverName": "postgres"}
    assert spec["plugins"][0]["parameters"] == {"barmanObjectName": "postgres", "serverName": "postgres-2"}
    ignored = {"bootstrap", "externalClusters", "plugins"}
    assert {key: spec[key] for key in spec.keys() - ignored} == {
        key: usual[key] for key in usual.keys() - ignored
    }


def test_an_archive_can_be_tried_out_without_the_rest(k8s: Path) -> None:
    components = ("cloudnative-pg", "cloudnative-pg-secrets", "cloudnative-pg-recovery")
    folder = overlay_with(k8s, components)
    settings = yaml.safe_load((folder / "kustomization.yaml").read_text())
    installation, _ = settings["configMapGenerator"]
    drill = {**settings, "configMapGenerator": [installation]}
    for key in ("resources", "images"):
        del drill[key]
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(drill))
    found = objects(folder)
    assert {one["kind"] for one in found} == {
        "Cluster",
        "NetworkPolicy",
        "ObjectStore",
        "ScheduledBackup",
        "Secret",
    }


def test_policies_let_the_users_of_the_database_reach_it(k8s: Path) -> None:
    policies = of_kind(with_components(k8s, *DATABASE), "NetworkPolicy")
    instances = {"podSelector": {"matchLabels": {"cnpg.io/cluster": "postgres"}}}
    out, into = policies["services-to-postgres"]["spec"], policies["postgres"]["spec"]
    assert out["egress"][0]["to"] == [instances]
    (users,) = into["ingress"][0]["from"]
    assert users["podSelector"] == out["podSelector"]
    blocks = [peer["ipBlock"]["cidr"] for rule in into["egress"] for peer in rule["to"] if "ipBlock" in peer]
    assert blocks == ["192.0.2.4/32", "192.0.2.3/32"]  # the API server, and the bucket


def test_the_database_has_the_same_version_as_on_one_box(k8s: Path) -> None:
    compose = yaml.safe_load((K8S.parent / "deploy" / "compose.yaml").read_text())
    version = compose["services"]["postgres"]["image"].rpartition(":")[2]
    image = of_kind(with_components(k8s, *DATABASE), "Cluster")["postgres"]["spec"]["imageName"]
    assert image.rpartition(":")[2].partition("-")[0] == version
