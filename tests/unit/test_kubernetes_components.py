"""Each component and each overlay of `k8s` does what its first lines promise."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.contract import identities

from ..installations import NEEDS
from ..manifests import (
    COMPONENTS,
    K8S,
    OVERLAYS,
    Object,
    objects,
    of_kind,
    overlay_with,
    pod_templates,
)
from ..pod_security import forbidden_by_restricted

METRICS = (K8S.parent / "docs" / "metrics.md").read_text()
PRODUCTION = yaml.safe_load((K8S / "overlays/production/kustomization.yaml").read_text())
NAMES = {
    "nats": [identities.NATS, *identities.NATS_HOSTS],
    "matcher": [identities.MATCHER],
    "reports": [identities.REPORTS],
    "gateway": [identities.GATEWAY],
}
CONTROLLED = {"DaemonSet", "Deployment", "StatefulSet"}


@pytest.fixture(scope="module")
def production(k8s: Path) -> list[Object]:
    return objects(k8s / "overlays" / "production")


def locked_in(template: Object) -> bool:
    """Return whether pods have all that the standard `restricted` demands, and what we add to it."""
    pod = template["spec"]
    return (
        not forbidden_by_restricted(pod)
        and pod["automountServiceAccountToken"] is False
        and pod["enableServiceLinks"] is False
        and all(
            one["securityContext"]["readOnlyRootFilesystem"] is True
            and {"memory", "ephemeral-storage"} <= one["resources"]["limits"].keys()
            and {"cpu", "memory"} <= one["resources"]["requests"].keys()
            for one in (*pod["containers"], *pod.get("initContainers", ()))
        )
    )


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_pod_of_an_overlay_is_locked_in(k8s: Path, name: str) -> None:
    found = objects(k8s / "overlays" / name)
    assert {what: locked_in(template) for what, template in pod_templates(found)} == {
        what: True for what, _ in pod_templates(found)
    }


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_object_of_an_overlay_has_the_recommended_labels(k8s: Path, name: str) -> None:
    for found in objects(k8s / "overlays" / name):
        labels = found["metadata"]["labels"]
        assert labels["app.kubernetes.io/part-of"] == "zufall", found["metadata"]["name"]
        assert labels["app.kubernetes.io/instance"] == "zufall"
        if found["kind"] in CONTROLLED:
            assert {"app.kubernetes.io/name", "app.kubernetes.io/component"} <= labels.keys()


def test_every_value_of_an_installation_is_read(k8s: Path) -> None:
    values = {value.partition("=")[0] for value in PRODUCTION["configMapGenerator"][0]["literals"]}
    texts = [(K8S / "components" / name / "kustomization.yaml").read_text() for name in COMPONENTS]
    read = {found for text in texts for found in re.findall(r"installation, fieldPath: data\.([\w-]+)", text)}
    assert values <= read
    in_docs = (K8S.parent / "docs" / "kubernetes.md").read_text()
    assert {name for name in read if f"`{name}`" not in in_docs} == set()


def test_every_component_says_what_it_is_for() -> None:
    for name in COMPONENTS:
        first, *_ = (K8S / "components" / name / "kustomization.yaml").read_text().splitlines()
        assert first.startswith("# "), name
        assert f"`{name}`" in (K8S.parent / "docs" / "kubernetes.md").read_text(), name


def test_the_hosts_stand_in_one_place(production: list[Object]) -> None:
    (settings,) = (
        one for name, one in of_kind(production, "ConfigMap").items() if name.startswith("zufall-")
    )
    assert settings["data"]["ZUFALL_ORIGINS"] == "https://meet.example.org"
    assert settings["data"]["ZUFALL_CONSOLE_ORIGINS"] == "https://console.example.org"
    for name, host in (("page", "meet.example.org"), ("console", "console.example.org")):
        spec = of_kind(production, "Ingress")[name]["spec"]
        assert [rule["host"] for rule in spec["rules"]] == [host]
        assert spec["tls"] == [{"hosts": [host], "secretName": f"{name}-tls"}]
    assert "zufall.example" not in yaml.safe_dump_all(production)
    assert "installation" not in of_kind(production, "ConfigMap"), "it is for kustomize only"


def test_a_way_in_leads_to_a_port_of_a_service(production: list[Object]) -> None:
    services = of_kind(production, "Service")
    for found in of_kind(production, "Ingress").values():
        (path,) = found["spec"]["rules"][0]["http"]["paths"]
        backend = path["backend"]["service"]
        assert backend["port"]["name"] in {
            port["name"] for port in services[backend["name"]]["spec"]["ports"]
        }


def test_only_autoscalers_set_the_number_of_their_pods(production: list[Object]) -> None:
    deployments = of_kind(production, "Deployment")
    scaled = of_kind(production, "HorizontalPodAutoscaler")
    assert {"gateway", "matcher"} <= scaled.keys()
    for name, scaler in scaled.items():
        assert scaler["spec"]["scaleTargetRef"]["name"] == name
        assert "replicas" not in deployments[name]["spec"]
        assert scaler["spec"]["behavior"]["scaleDown"] == {
            "stabilizationWindowSeconds": 300,
            "policies": [{"type": "Pods", "value": 1, "periodSeconds": 120}],
        }


def test_autoscalers_read_metrics_that_there_are(production: list[Object]) -> None:
    rules = yaml.safe_load((K8S / "components/hpa/prometheus-adapter.yaml").read_text())["rules"]["custom"]
    served = {
        rule.get("name", {}).get("as", rule["seriesQuery"].partition("{")[0]): rule["seriesQuery"].partition(
            "{"
        )[0]
        for rule in rules
    }
    read = {
        metric["pods"]["metric"]["name"]
        for scaler in of_kind(production, "HorizontalPodAutoscaler").values()
        for metric in scaler["spec"]["metrics"]
        if metric["type"] == "Pods"
    }
    assert read == served.keys()
    assert all(f"`{series}" in METRICS for series in served.values())


def test_each_service_gets_a_certificate_with_its_names(production: list[Object]) -> None:
    certificates = of_kind(production, "Certificate")
    for name, template in pod_templates(production):
        volumes = template["spec"].get("volumes", ())
        mounted = {one["secret"]["secretName"] for one in volumes if "secret" in one}
        own = {f"{name}-certificate"} & {f"{other}-certificate" for other in NAMES}
        assert {f"{other}-certificate" for other in NAMES} & mounted == own
    for name, names in NAMES.items():
        spec = certificates[name]["spec"]
        assert (spec["secretName"], spec["dnsNames"]) == (f"{name}-certificate", names)
        assert {"server auth", "client auth"} <= set(spec["usages"])
        assert spec["issuerRef"]["name"] == "authority"


def test_pods_that_carry_calls_are_the_last_to_go(k8s: Path) -> None:
    found = objects(overlay_with(k8s, ["priority"]))
    classes = {name: one["value"] for name, one in of_kind(found, "PriorityClass").items()}
    order = {
        name: classes[template["spec"]["priorityClassName"]]
        for name, template in pod_templates(found)
        if name in NAMES
    }
    assert order["gateway"] == order["nats"] > order["matcher"] == order["reports"]


def test_on_openshift_no_pod_names_its_user(k8s: Path) -> None:
    names = ["network-policy", "cert-manager", "hpa"]
    usual, found = objects(overlay_with(k8s, names)), objects(overlay_with(k8s, [*names, "openshift"]))
    for _, template in pod_templates(found):
        assert not {"runAsUser", "runAsGroup", "fsGroup"} & template["spec"]["securityContext"].keys()
        assert locked_in(template)
    assert [without_users(one) for one in usual if one["kind"] != "NetworkPolicy"] == [
        one for one in found if one["kind"] != "NetworkPolicy"
    ]


def test_the_docs_say_what_each_part_costs(k8s: Path) -> None:
    table = (K8S.parent / "docs" / "kubernetes.md").read_text().partition("## What each part costs")[2]
    told = re.findall(r"^\| `?([\w-]+)`? \| (\d+) \| ([\d.]+) \| (\d+ Mi) \| (.*?) \|$", table, re.MULTILINE)
    base = costs(objects(K8S / "base"))
    parts: dict[str, tuple[float, ...]] = {"base": base}
    for name in COMPONENTS:
        needed = NEEDS.get(name, ())
        with_it = costs(objects(overlay_with(k8s, [*needed, name])))
        if not needed and with_it[0] != base[0]:
            parts[name] = tuple(round(more - less, 3) for more, less in zip(with_it, base, strict=True))
    assert told == [
        (name, str(pods), f"{cpu:g}", f"{memory} Mi", f"{volumes} Gi" if volumes else "")
        for name, (pods, cpu, memory, volumes) in parts.items()
    ]


def costs(found: list[Object]) -> tuple[int, float, int, int]:
    """Return what pods reserve that always run: their number, cores, Mi of memory and Gi of volumes."""
    pods, cpu, memory, volumes = 0, 0.0, 0, 0
    for number, reserved in reservations(found):
        pods += number
        cpu += number * int(reserved["cpu"].removesuffix("m")) / 1000
        memory += number * mebibytes(reserved["memory"])
    for number, claim in claims(found):
        volumes += number * mebibytes(claim) // 1024
    return pods, round(cpu, 3), memory, volumes


def reservations(found: list[Object]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield how many pods of a kind there are, and what each reserves."""
    for one in found:
        if one["kind"] in CONTROLLED:  # an autoscaler has at least two, and of a DaemonSet we count one node
            (container,) = one["spec"]["template"]["spec"]["containers"]
            usual = 1 if one["kind"] == "DaemonSet" else 2
            yield one["spec"].get("replicas", usual), container["resources"]["requests"]
        elif one["kind"] == "Cluster":
            yield one["spec"]["instances"], one["spec"]["resources"]["requests"]


def claims(found: list[Object]) -> Iterator[tuple[int, str]]:
    """Yield how many volumes of a kind there are, and the size of each."""
    for one in found:
        match one["kind"]:
            case "PersistentVolumeClaim":
                yield 1, one["spec"]["resources"]["requests"]["storage"]
            case "StatefulSet":
                for claim in one["spec"].get("volumeClaimTemplates", ()):
                    yield one["spec"]["replicas"], claim["spec"]["resources"]["requests"]["storage"]
            case "Cluster":
                for storage in (one["spec"]["storage"], one["spec"]["walStorage"]):
                    yield one["spec"]["instances"], storage["size"]


def mebibytes(text: str) -> int:
    return int(text[:-2]) * {"Mi": 1, "Gi": 1024}[text[-2:]]


def without_users(found: Any) -> Any:
    """Return the object without the numbers of users and groups."""
    if isinstance(found, dict):
        return {
            key: without_users(value)
            for key, value in found.items()
            if key not in ("runAsUser", "runAsGroup", "fsGroup")
        }
    return [without_users(one) for one in found] if isinstance(found, list) else found
