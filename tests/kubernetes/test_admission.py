"""An API server takes every overlay under restricted pod security, and a second time changes nothing."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from ..manifests import WORKLOADS, Object, pod_templates
from .conftest import NewNamespace
from .kubectl import Kubectl, KubectlAnswer, as_list
from .rendering import (
    KUSTOMIZATIONS,
    POD_SECURITY,
    Kind,
    kind_of,
    name_of,
    of_kinds,
    rendered,
    without,
)

MANAGER = "zufall-tests"
"""The field manager in whose name the tests apply."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A kustomization that was applied once: what it has, what was applied, and what the server said."""

    kubectl: Kubectl
    objects: Sequence[Object]
    applied: Sequence[Object]
    answer: KubectlAnswer


@pytest.fixture(scope="module")
def namespaced(cluster: Kubectl) -> dict[Kind, bool]:
    """Return whether the objects of each kind that the cluster knows are in namespaces."""
    lines = cluster.run("api-resources", "--no-headers").out.splitlines()
    columns = [line.split()[-3:] for line in lines]
    return {(version, kind): inside == "true" for version, inside, kind in columns}


@pytest.fixture(scope="module", params=KUSTOMIZATIONS)
def admitted(
    request: pytest.FixtureRequest,
    new_namespace: NewNamespace,
    namespaced: dict[Kind, bool],
    k8s: Path,
) -> Iterator[Admitted]:
    """Apply a kustomization into a namespace of its own.

    Left out are objects of kinds that the cluster lacks, and objects outside namespaces that it has already.
    What is applied outside namespaces is deleted at the end.
    """
    kubectl = new_namespace()
    objects = rendered(k8s / request.param, kubectl.namespace)
    applied = [found for found in objects if _may_be_applied(found, kubectl, namespaced)]
    answer = kubectl.apply(applied, "--field-manager", MANAGER)
    yield Admitted(kubectl, objects, applied, answer)
    outside = [found for found in applied if not namespaced[kind_of(found)] and found["kind"] != "Namespace"]
    if outside:
        kubectl.run("delete", "--filename", "-", stdin=as_list(outside))


def _may_be_applied(found: Object, kubectl: Kubectl, namespaced: dict[Kind, bool]) -> bool:
    if kind_of(found) not in namespaced:
        return False
    if namespaced[kind_of(found)] or found["kind"] == "Namespace":
        return True
    return kubectl.ask("get", "--filename", "-", stdin=as_list([found])).status != 0


def test_every_object_is_admitted_without_a_warning(admitted: Admitted) -> None:
    assert admitted.answer.warnings == []
    said = admitted.answer.out.splitlines()
    assert len(said) == len(admitted.applied)
    assert all(line.endswith(" serverside-applied") for line in said), said


def test_the_overlays_own_namespace_is_restricted(admitted: Admitted) -> None:
    (namespace,) = of_kinds(admitted.applied, "Namespace")
    assert namespace["metadata"]["labels"][f"{POD_SECURITY}/enforce"] == "restricted"


def test_every_pod_is_admitted_without_a_warning(admitted: Admitted) -> None:
    """Pod security is enforced on pods alone, so each template is tried as a pod that is not stored."""
    for workload in of_kinds(admitted.applied, *WORKLOADS):
        pod = json.dumps(_tried_pod(workload))
        tried = admitted.kubectl.ask("create", "--dry-run=server", "--filename", "-", stdin=pod)
        assert tried.status == 0, f"{name_of(workload)}: {tried.err}"
        assert tried.warnings == [], name_of(workload)


def _tried_pod(workload: Object) -> Object:
    """Return a pod of a workload's template, with volumes where its own controller would claim some."""
    ((_, template),) = pod_templates([workload])
    volumes = list(template["spec"].get("volumes", ()))
    for claim in workload["spec"].get("volumeClaimTemplates", ()):
        volumes.append({"name": name_of(claim), "emptyDir": {}})
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**template["metadata"], "name": "tried"},
        "spec": {"restartPolicy": "Always", **template["spec"], "volumes": volumes},
    }


def test_a_second_apply_changes_nothing(admitted: Admitted) -> None:
    before = _written(admitted)
    again = admitted.kubectl.apply(admitted.applied, "--field-manager", MANAGER)
    assert again.warnings == []
    assert _written(admitted) == before


def test_nothing_was_left_out(admitted: Admitted) -> None:
    """Objects that could not be tried are named, and the test counts as skipped."""
    left = [found for found in admitted.objects if found not in admitted.applied]
    names = [f"{found['kind']} {name_of(found)} ({found['apiVersion']})" for found in left]
    if left:
        pytest.skip(f"the cluster lacks these kinds, or has these objects already: {', '.join(names)}")
    assert admitted.applied == admitted.objects


def _written(admitted: Admitted) -> dict[str, Object]:
    """Return what each object says that only a change by somebody who applies it can change.

    Controllers write the status of some objects at any moment, which gives them other resource versions.
    """
    asked = admitted.kubectl.run(
        "get", "--filename", "-", "--output", "json", "--show-managed-fields", stdin=as_list(admitted.applied)
    )
    answer = json.loads(asked.out)
    found = answer["items"] if answer["kind"] == "List" else [answer]
    return {f"{one['kind']}/{name_of(one)}": _parts_of_the_applier(one) for one in found}


def _parts_of_the_applier(found: Object) -> Object:
    metadata = found["metadata"]
    mine = [one for one in metadata["managedFields"] if one["manager"] == MANAGER]
    assert len(mine) == 1, f"{found['kind']} {name_of(found)} was not applied"
    parts: Object = {"generation": metadata.get("generation"), "fields": mine[0], "uid": metadata["uid"]}
    if "status" not in found:
        parts["version"] = metadata["resourceVersion"]
        parts["content"] = without(found, "metadata")
    return parts
