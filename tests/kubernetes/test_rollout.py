"""Rollouts keep enough pods ready, pods are spread, and drains are granted and blocked as promised.

This needs a control plane and nodes that say that they run pods. The pods are stand-ins.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from ..manifests import Object
from .conftest import NewNamespace
from .kubectl import Kubectl
from .pod_events import PodEvents, deleted_at, is_ready, names, ready_at, watched
from .rendering import budget_of, name_of, of_kinds, rendered, share
from .stand_ins import StandIn, stand_in

KUSTOMIZATION = "overlays/production"
CLOCK = timedelta(seconds=1)
"""The API server writes whole seconds."""

pytestmark = pytest.mark.timeout(1200)  # a rollout takes minReadySeconds for each pod


@pytest.fixture(scope="module")
def stand_ins(new_namespace: NewNamespace, k8s: Path) -> list[StandIn]:
    """Stand-ins of all workloads that have a disruption budget, with all their pods ready."""
    kubectl = new_namespace()
    objects = rendered(k8s / KUSTOMIZATION, kubectl.namespace)
    workloads = of_kinds(objects, "Deployment", "StatefulSet")
    made = [stand_in(one, objects, kubectl) for one in workloads if budget_of(one, objects) is not None]
    for one in made:
        one.until_whole()
    return made


@pytest.fixture(scope="module")
def gateways(stand_ins: list[StandIn]) -> StandIn:
    (found,) = (one for one in stand_ins if name_of(one.workload) == "gateway")
    return found


@pytest.fixture(scope="module")
def rollout(gateways: StandIn, tmp_path_factory: pytest.TempPathFactory) -> PodEvents:
    """Replace all gateways, and return what a watch of their pods told meanwhile."""
    gateways.until_whole()
    with watched(gateways, tmp_path_factory.mktemp("gateways") / "events") as events:
        gateways.restart()
    return PodEvents(gateways.replicas, events)


def test_a_rollout_of_gateways_never_has_fewer_ready_than_replicas(
    gateways: StandIn, rollout: PodEvents
) -> None:
    rolling = gateways.workload["spec"]["strategy"]["rollingUpdate"]
    assert rolling["maxUnavailable"] == 0
    assert rollout.fewest_ready >= gateways.replicas
    assert rollout.most_pods <= gateways.replicas + share(rolling["maxSurge"], gateways.replicas, up=True)
    assert len(rollout.deleted) == gateways.replicas, "all were replaced"


def test_a_gateway_goes_only_when_a_new_one_has_proved_itself(gateways: StandIn, rollout: PodEvents) -> None:
    proof = timedelta(seconds=gateways.workload["spec"].get("minReadySeconds", 0))
    for old, new in zip(rollout.deleted, rollout.came, strict=True):
        assert deleted_at(old) - ready_at(new) >= proof - CLOCK, f"{name_of(old)} went before {name_of(new)}"


def test_servers_of_a_set_are_replaced_one_by_one_from_the_last(
    stand_ins: list[StandIn], tmp_path: Path
) -> None:
    sets = [one for one in stand_ins if one.workload["kind"] == "StatefulSet"]
    if not sets:
        pytest.skip(f"{KUSTOMIZATION} has no StatefulSet with a disruption budget")
    for one in sets:
        one.until_whole()
        with watched(one, tmp_path / name_of(one.workload)) as events:
            one.restart()
        seen = PodEvents(one.replicas, events)
        ordinals = [f"{name_of(one.workload)}-{number}" for number in range(one.replicas)]
        assert names(seen.deleted) == ordinals[::-1]
        assert seen.fewest_ready >= one.replicas - 1


def test_every_other_rollout_has_as_many_ready_as_its_strategy_says(
    stand_ins: list[StandIn], tmp_path: Path
) -> None:
    for one in stand_ins:
        if one.workload["kind"] != "Deployment" or name_of(one.workload) == "gateway":
            continue
        one.until_whole()
        with watched(one, tmp_path / name_of(one.workload)) as events:
            one.restart()
        rolling = one.workload["spec"]["strategy"]["rollingUpdate"]
        missing = share(rolling["maxUnavailable"], one.replicas, up=False)
        assert PodEvents(one.replicas, events).fewest_ready >= one.replicas - missing, one.name


@pytest.mark.parametrize("domain", ["kubernetes.io/hostname", "topology.kubernetes.io/zone"])
def test_pods_are_spread(cluster: Kubectl, stand_ins: list[StandIn], domain: str) -> None:
    places = {name_of(node): node["metadata"]["labels"].get(domain) for node in _open_nodes(cluster)}
    if len(set(places.values()) - {None}) < 2 or None in places.values():
        pytest.skip(f"the nodes that take pods are not in two or more of {domain}: {places}")
    for one in stand_ins:
        one.until_whole()
        (rule,) = (
            rule
            for rule in one.workload["spec"]["template"]["spec"]["topologySpreadConstraints"]
            if rule["topologyKey"] == domain
        )
        counts = Counter(dict.fromkeys(set(places.values()), 0))
        counts.update(places[pod["spec"]["nodeName"]] for pod in one.pods())
        assert max(counts.values()) - min(counts.values()) <= rule["maxSkew"], f"{one.name}: {counts}"


def _open_nodes(cluster: Kubectl) -> Iterable[Object]:
    """Return the nodes that take pods which tolerate nothing."""
    for node in cluster.find("nodes"):
        if not any(taint["effect"] != "PreferNoSchedule" for taint in node["spec"].get("taints", ())):
            yield node


def test_a_drain_is_granted_what_the_budget_allows_and_no_more(stand_ins: list[StandIn]) -> None:
    """The evicted pods' replacements are not ready meanwhile. When they are, the next eviction is granted."""
    for one in stand_ins:
        one.until_whole()
        assert one.disruptions >= 1, f"{one.name}: no node could ever be drained"
        *granted, refused = one.pods()[: one.disruptions + 1]
        for pod in granted:
            assert one.evict(pod), f"{one.name}: {name_of(pod)}"
        assert not one.evict(refused), f"{one.name}: {name_of(refused)}"
        one.until_whole()
        assert one.evict(refused), f"{one.name}: {name_of(refused)}"


def test_pods_that_are_not_ready_can_always_be_evicted(stand_ins: list[StandIn]) -> None:
    """A node whose pods are broken can be drained, too, even when no pod is ready anywhere."""
    for one in stand_ins:
        one.until_whole()
        broken, rest = one.pods()[: one.disruptions], one.pods()[one.disruptions :]
        _break(one, broken)
        for healthy in rest:
            assert not one.evict(healthy), f"{one.name}: {name_of(healthy)}"
        _break(one, rest)
        for pod in (*broken, *rest):
            assert one.evict(pod), f"{one.name}: {name_of(pod)}"


def _break(one: StandIn, pods: Sequence[Object]) -> None:
    """Let pods not be ready, and wait until the disruption budget knows it."""
    for pod in pods:
        one.set_gate(pod, "False")
    one.until(lambda: not any(is_ready(pod) for pod in one.pods() if name_of(pod) in names(pods)), 30)
    one.until(lambda: one.healthy() == sum(map(is_ready, one.pods())), 30)
