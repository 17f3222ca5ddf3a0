"""Stand-ins of workloads: their pods run nothing, and a test says when each is ready.

All that decides where pods go and in what order they are replaced is as in k8s/. So rollouts and drains can
be tried without images of Zufall, databases and secrets, also on nodes that only pretend to run pods.
"""

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ..manifests import Object
from ..timing import scaled
from .kubectl import Kubectl
from .rendering import budget_of, condition, name_of, replicas_of, share, without

GATE = "zufall.example/tested"
"""The readiness gate that a test opens and closes."""
IMAGE = os.environ.get("ZUFALL_TEST_PAUSE_IMAGE", "registry.k8s.io/pause:3.10")
PAUSE = 0.3
"""Seconds between two looks at the cluster."""

_CONTAINER = {
    "name": "pause",
    "image": IMAGE,
    "resources": {"requests": {"cpu": "1m", "memory": "1Mi"}, "limits": {"memory": "16Mi"}},
    "securityContext": {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    },
}
_OF_WHAT_RUNS = ("containers", "initContainers", "volumes", "priorityClassName", "serviceAccountName")


@dataclass(frozen=True, slots=True)
class StandIn:
    """A workload in the cluster whose pods run nothing, with its disruption budget."""

    kubectl: Kubectl
    workload: Object
    budget: Object

    @property
    def name(self) -> str:
        return f"{self.workload['kind'].lower()}/{name_of(self.workload)}"

    @property
    def replicas(self) -> int:
        return int(self.workload["spec"]["replicas"])

    @property
    def disruptions(self) -> int:
        """Return how many pods may be evicted while all are ready."""
        spec = self.budget["spec"]
        if "maxUnavailable" in spec:
            return share(spec["maxUnavailable"], self.replicas, up=True)
        return self.replicas - share(spec["minAvailable"], self.replicas, up=True)

    def pods(self) -> Sequence[Object]:
        """Return the pods that are not being deleted."""
        found = self.kubectl.pods_of(self.workload)
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def open_gates(self) -> None:
        """Let all pods that run be ready."""
        for pod in self.pods():
            if pod["status"]["phase"] == "Running" and condition(pod, GATE).get("status") != "True":
                self.set_gate(pod, "True")

    def set_gate(self, pod: Object, status: str) -> None:
        """Say whether a pod may be ready. A pod that is gone meanwhile is none of our business."""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        gate = {"type": GATE, "status": status, "lastTransitionTime": now}
        patch = json.dumps({"status": {"conditions": [gate]}})
        self.kubectl.ask("patch", "pod", name_of(pod), "--subresource", "status", "--patch", patch)

    def until(self, holds: Callable[[], bool], seconds: float, opening: bool = False) -> None:
        """Wait until something holds; meanwhile let new pods be ready if `opening`. Raises `TimeoutError`."""
        end = time.monotonic() + scaled(seconds)
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(f"{self.name}: {self.kubectl.ask('get', 'pods').out}")
            if opening:
                self.open_gates()
            time.sleep(PAUSE)

    def until_whole(self) -> None:
        """Wait until there are only available replicas, and the disruption budget has counted them."""
        self.until(self._is_whole, 60 + self._seconds_of_a_rollout(), opening=True)

    def _is_whole(self) -> bool:
        status = self.kubectl.get(self.workload["kind"], name_of(self.workload))["status"]
        wanted = {status.get(field) for field in ("replicas", "updatedReplicas", "availableReplicas")}
        there = len(self.kubectl.pods_of(self.workload))
        return wanted == {self.replicas} == {there} and self.allowed() == self.disruptions

    def allowed(self) -> int:
        """Return how many pods that are ready could be evicted at this moment."""
        return int(self._budget_status()["disruptionsAllowed"])

    def healthy(self) -> int:
        """Return how many pods the disruption budget counts as ready."""
        return int(self._budget_status()["currentHealthy"])

    def _budget_status(self) -> Object:
        """Return what the budget's controller counted, which is nothing at first."""
        nothing = {"disruptionsAllowed": 0, "currentHealthy": 0}
        found: Object = self.kubectl.get("poddisruptionbudget", name_of(self.budget)).get("status", nothing)
        return found

    def _seconds_of_a_rollout(self) -> float:
        return float(self.replicas * (self.workload["spec"].get("minReadySeconds", 0) + 10))

    def restart(self) -> None:
        """Replace all pods, one after the other, and return when the last one is replaced."""
        self.kubectl.run("rollout", "restart", self.name)
        self.until(self._is_rolled_out, 60 + self._seconds_of_a_rollout(), opening=True)

    def _is_rolled_out(self) -> bool:
        return self.kubectl.ask("rollout", "status", self.name, "--timeout=1s").status == 0

    def evict(self, pod: Object) -> bool:
        """Ask for the eviction of a pod, and return whether it was granted."""
        name, namespace = name_of(pod), self.kubectl.namespace
        eviction = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": name, "namespace": namespace},
        }
        path = f"/api/v1/namespaces/{namespace}/pods/{name}/eviction"
        answer = self.kubectl.ask("create", "--raw", path, "--filename", "-", stdin=json.dumps(eviction))
        assert answer.status == 0 or "disruption budget" in answer.err, answer.err
        return answer.status == 0


def stand_in(workload: Object, objects: Sequence[Object], kubectl: Kubectl) -> StandIn:
    """Apply the stand-in of a rendered workload, which has a disruption budget."""
    budget = budget_of(workload, objects)
    assert budget is not None
    template = workload["spec"]["template"]
    pod = without(template["spec"], *_OF_WHAT_RUNS)
    spec = without(workload["spec"], "volumeClaimTemplates", "template")
    replaced = {
        **workload,
        "spec": {
            **spec,
            "replicas": replicas_of(workload, objects),
            "template": {
                "metadata": {"labels": template["metadata"]["labels"]},
                "spec": {**pod, "containers": [_CONTAINER], "readinessGates": [{"conditionType": GATE}]},
            },
        },
    }
    kubectl.apply([replaced, budget])
    return StandIn(kubectl, replaced, budget)
