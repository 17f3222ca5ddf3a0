"""An API server takes every overlay under restricted pod security, and a second time changes nothing."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from ..manifests import WORKLOADS, Object, pod_templates
from .conftest import new_name
from .kubectl import Kubectl, KubectlAnswer, as_list
from .rendering import (
    KUSTOMIZATIONS,
    POD_SECURITY,
    Kind,
    folder_of,
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
    request: pytest.FixtureRequest, cluster: Kubectl, namespaced: dict[Kind, bool], k8s: Path
) -> Iterator[Admitted]:
    """Apply a kustomization into namespaces of its own, which are deleted at the end.

    Left out are objects of kinds that the cluster lacks, and objects that it has already outside of these
    namespaces.
    """
    objects = rendered(folder_of(request.param, k8s), new_name())
    namespaces = {name_of(found) for found in of_kinds(objects, "Namespace")}
    applied = [found for found in objects if _may_be_applied(found, cluster, namespaced, namespaces)]
    answer = cluster.apply(applied, "--field-manager", MANAGER)
    for name in namespaces:
        Kubectl(name).run("wait", "--for=create", "serviceaccount/default", "--timeout=60s", seconds=70)
    yield Admitted(cluster, objects, applied, answer)
    outside = [found for found in applied if found["metadata"].get("namespace") not in namespaces]
    cluster.run("delete", "--timeout=120s", "--filename", "-", stdin=as_list(outside), seconds=130)


def _may_be_applied(
    found: Object, cluster: Kubectl, namespaced: dict[Kind, bool], namespaces: set[str]
) -> bool:
    if kind_of(found) not in namespaced:
        return False
    if found["kind"] == "Namespace" or found["metadata"].get("namespace") in namespaces:
        return True
    return cluster.ask("get", "--filename", "-", stdin=as_list([found])).status != 0


def test_every_object_is_admitted_without_a_warning(admitted: Admitted) -> None:
    assert admitted.answer.warnings == []
    said = admitted.answer.out.splitlines()
    assert len(said) == len(admitted.applied)
    assert all(line.endswith(" serverside-applied") for line in said), said


def test_pods_of_our_services_must_be_restricted(admitted: Admitted) -> None:
    """A relay on the network of its node has a namespace of its own, which may allow more."""
    (workload,) = (one for one in of_kinds(admitted.applied, "Deployment") if name_of(one) == "gateway")
    namespace = admitted.kubectl.get("namespace", workload["metadata"]["namespace"])
    levels = {namespace["metadata"]["labels"][f"{POD_SECURITY}/{mode}"] for mode in ("enforce", "warn")}
    assert levels == {"restricted"}


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
        "metadata": {
            **template["metadata"],
            "name": "tried",
            "namespace": workload["metadata"]["namespace"],
        },
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
    return {one["metadata"]["uid"]: _parts_of_the_applier(one) for one in found}


def _parts_of_the_applier(found: Object) -> Object:
    metadata = found["metadata"]
    mine = [one for one in metadata["managedFields"] if one["manager"] == MANAGER]
    assert len(mine) == 1, f"{found['kind']} {name_of(found)} was not applied by this test"
    parts: Object = {"generation": metadata.get("generation"), "fields": mine[0], "name": metadata["name"]}
    if "status" not in found:
        parts["version"] = metadata["resourceVersion"]
        parts["content"] = without(found, "metadata")
    return parts
