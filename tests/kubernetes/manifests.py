"""The objects of k8s/, rendered for a namespace of the tests' own, and what the tests ask of them."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from .kubectl import Object, render

K8S = Path(__file__).parents[2] / "k8s"
POD_SECURITY = "pod-security.kubernetes.io"
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")

Kind = tuple[str, str]
"""The API version and the kind of an object."""


def kustomizations() -> list[str]:
    """Return the folders in k8s/ that somebody can apply."""
    overlays = sorted(file.parent for file in K8S.glob("overlays/*/kustomization.yaml"))
    return [str(folder.relative_to(K8S)) for folder in (K8S / "base", *overlays)]


def rendered(kustomization: str, namespace: str, folder: Path) -> list[Object]:
    """Render a kustomization for `namespace`, with a kustomization in `folder` that changes nothing else."""
    folder.mkdir(exist_ok=True)
    source = os.path.relpath(K8S / kustomization, folder)
    wrapper = {"namespace": namespace, "resources": [source]}
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(wrapper))
    return [found for found in yaml.safe_load_all(render(folder)) if found]


def restricted(namespace: str) -> Object:
    """Return a namespace that refuses every pod that is not `restricted`, and warns of its template."""
    labels = {f"{POD_SECURITY}/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}}


def kind_of(found: Object) -> Kind:
    return found["apiVersion"], found["kind"]


def name_of(found: Object) -> str:
    return str(found["metadata"]["name"])


def of_kinds(objects: Iterable[Object], *kinds: str) -> list[Object]:
    return [found for found in objects if found["kind"] in kinds]


def pod_templates(objects: Iterable[Object]) -> Iterator[tuple[str, Object]]:
    """Yield the kind and name, and the pod template, of each object of Kubernetes itself that has one."""
    for found in of_kinds(objects, *WORKLOADS, "Job", "CronJob"):
        spec = found["spec"]["jobTemplate"]["spec"] if found["kind"] == "CronJob" else found["spec"]
        yield f"{found['kind'].lower()}/{name_of(found)}", spec["template"]


def replicas_of(workload: Object, objects: Iterable[Object]) -> int:
    """Return how many pods a workload has at least: its autoscaler's minimum, or its own number."""
    for scaler in of_kinds(objects, "HorizontalPodAutoscaler"):
        target = scaler["spec"]["scaleTargetRef"]
        if (target["kind"], target["name"]) == (workload["kind"], name_of(workload)):
            return int(scaler["spec"].get("minReplicas", 1))
    return int(workload["spec"].get("replicas", 1))


def budget_of(workload: Object, objects: Iterable[Object]) -> Object | None:
    """Return the PodDisruptionBudget that selects the pods of a workload."""
    labels = workload["spec"]["template"]["metadata"]["labels"]
    for budget in of_kinds(objects, "PodDisruptionBudget"):
        wanted = budget["spec"]["selector"]["matchLabels"]
        if wanted.items() <= labels.items():
            return budget
    return None


def share(amount: int | str, whole: int, *, up: bool) -> int:
    """Return a number of pods that is written as a number or as a percentage of `whole`."""
    if isinstance(amount, int):
        return amount
    hundredths = int(amount.removesuffix("%")) * whole
    return -(-hundredths // 100) if up else hundredths // 100


def missing_secrets(objects: Sequence[Object]) -> dict[str, set[str]]:
    """Return the secrets that pods need and that are not among the objects, with the keys that pods name."""
    needed: dict[str, set[str]] = {}
    for _, template in pod_templates(objects):
        for name, keys in _secrets(template["spec"]):
            needed.setdefault(name, set()).update(keys)
    there = {name_of(found) for found in of_kinds(objects, "Secret")}
    return {name: keys for name, keys in needed.items() if name not in there}


def _secrets(pod: Object) -> Iterator[tuple[str, set[str]]]:
    for volume in pod.get("volumes", ()):
        for source in (volume, *volume.get("projected", {}).get("sources", ())):
            if (secret := source.get("secret")) and not secret.get("optional"):
                yield secret.get("secretName") or secret["name"], set()
    for container in (*pod.get("initContainers", ()), *pod["containers"]):
        for variable in container.get("env", ()):
            secret = variable.get("valueFrom", {}).get("secretKeyRef")
            if secret and not secret.get("optional"):
                yield secret["name"], {secret["key"]}
        for source in container.get("envFrom", ()):
            if (secret := source.get("secretRef")) and not secret.get("optional"):
                yield secret["name"], set()


def without(found: Object, *fields: str) -> Object:
    return {key: value for key, value in found.items() if key not in fields}


def condition(found: Object, kind: str) -> dict[str, Any]:
    """Return a condition in the status of an object, which is empty if there is none."""
    for one in found.get("status", {}).get("conditions", ()):
        if one["type"] == kind:
            return dict(one)
    return {}
