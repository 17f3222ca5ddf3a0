"""The objects of k8s/, rendered for a namespace of the tests' own, and what the tests ask of them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..installations import ONE_WAY, OTHER_WAY
from ..manifests import OVERLAYS, Object, objects, overlay_with

POD_SECURITY = "pod-security.kubernetes.io"
KUSTOMIZATIONS = ("base", *(f"overlays/{name}" for name in OVERLAYS), "one way", "the other way")
"""The folders in k8s/ that somebody can apply, and two overlays that have all components between them."""

NAMESPACE = "zufall"
"""The namespace of the manifests. The names of others that they make begin with it, too."""

Kind = tuple[str, str]
"""The API version and the kind of an object."""

_NAMES_A_NAMESPACE = ("namespace", "kubernetes.io/metadata.name")


def folder_of(kustomization: str, k8s: Path) -> Path:
    """Return the folder of one of `KUSTOMIZATIONS` in a copy of k8s/."""
    if kustomization == "one way":
        return overlay_with(k8s, ONE_WAY)
    if kustomization == "the other way":
        return overlay_with(k8s, OTHER_WAY)
    return k8s / kustomization


def rendered(folder: Path, namespace: str, others: Mapping[str, str] | None = None) -> list[Object]:
    """Render a kustomization whose own namespaces have other names, which begin with `namespace`.

    `others` are new names of further namespaces, which the objects only mention.
    """
    found = objects(folder)
    own = {name_of(one) for one in of_kinds(found, "Namespace")}
    names = {name: namespace + name.removeprefix(NAMESPACE) for name in own} | dict(others or {})
    return [_moved(one, names, is_name=one["kind"] == "Namespace") for one in found]


def _moved(part: Any, names: dict[str, str], is_name: bool = False) -> Any:
    """Return a part of an object with other namespaces, wherever it names one."""
    if isinstance(part, list):
        return [_moved(one, names) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        key: names.get(value, value)
        if key in _NAMES_A_NAMESPACE or (key == "name" and is_name)
        else _moved(value, names, is_name and key == "metadata")
        for key, value in part.items()
    }


def restricted(namespace: str) -> Object:
    """Return a namespace that refuses every pod that is not `restricted`, and warns of its template."""
    labels = {f"{POD_SECURITY}/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}}


def kind_of(found: Object) -> Kind:
    return found["apiVersion"], found["kind"]


def name_of(found: Object) -> str:
    return str(found["metadata"]["name"])


def of_kinds(found: Iterable[Object], *kinds: str) -> list[Object]:
    return [one for one in found if one["kind"] in kinds]


def replicas_of(workload: Object, found: Iterable[Object]) -> int:
    """Return how many pods a workload has at least: its autoscaler's minimum, or its own number."""
    for scaler in of_kinds(found, "HorizontalPodAutoscaler"):
        target = scaler["spec"]["scaleTargetRef"]
        if (target["kind"], target["name"]) == (workload["kind"], name_of(workload)):
            return int(scaler["spec"].get("minReplicas", 1))
    return int(workload["spec"].get("replicas", 1))


def budget_of(workload: Object, found: Iterable[Object]) -> Object | None:
    """Return the PodDisruptionBudget that selects the pods of a workload."""
    labels = workload["spec"]["template"]["metadata"]["labels"]
    for budget in of_kinds(found, "PodDisruptionBudget"):
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


def without(found: Object, *fields: str) -> Object:
    return {key: value for key, value in found.items() if key not in fields}


def condition(found: Object, kind: str) -> dict[str, Any]:
    """Return a condition in the status of an object, which is empty if there is none."""
    for one in found.get("status", {}).get("conditions", ()):
        if one["type"] == kind:
            return dict(one)
    return {}
