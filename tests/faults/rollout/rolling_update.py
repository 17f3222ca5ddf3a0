"""Decides which pods a rolling update of a Deployment starts and stops. Pure.

The rules are those of Kubernetes (`pkg/controller/deployment/rolling.go`).
"""

from dataclasses import dataclass
from typing import NamedTuple

Portion = int | str
"""A number of pods, or a share of the replicas such as "25%"."""


class PodCounts(NamedTuple):
    """How many pods there are of the old and of the new template. A pod that was told to stop does not count.

    A pod is available when it has been ready for `minReadySeconds`.
    """

    old: int
    old_available: int
    new: int
    new_available: int


class RolloutStep(NamedTuple):
    """So many new pods are to start now, and so many old ones to stop."""

    start: int = 0
    stop: int = 0


@dataclass(frozen=True, slots=True)
class RollingUpdate:
    """A rolling update of a Deployment with this number of replicas."""

    replicas: int
    max_surge: Portion
    max_unavailable: Portion

    @property
    def most(self) -> int:
        """The most pods that there may be, in addition to those that were told to stop."""
        return self.replicas + _count(self.max_surge, self.replicas, round_up=True)

    @property
    def least_available(self) -> int:
        """The number of pods that stay available. The controller does not accept zero for both portions."""
        unavailable = _count(self.max_unavailable, self.replicas, round_up=False)
        return self.replicas - (unavailable or int(self.most == self.replicas))

    def next_step(self, pods: PodCounts) -> RolloutStep:
        """Return what happens now. First new pods start, and in a step of its own old ones stop."""
        start = min(self.most - pods.old - pods.new, self.replicas - pods.new)
        return RolloutStep(start=start) if start > 0 else RolloutStep(stop=self._to_stop(pods))

    def _to_stop(self, pods: PodCounts) -> int:
        not_there_yet = pods.new - pods.new_available
        surplus = pods.old + pods.new - self.least_available - not_there_yet
        if surplus <= 0:
            return 0
        broken = min(pods.old - pods.old_available, surplus)
        spare = max(pods.old_available + pods.new_available - self.least_available, 0)
        return min(broken + spare, pods.old)


def _count(portion: Portion, replicas: int, *, round_up: bool) -> int:
    if isinstance(portion, int):
        return portion
    share = int(portion.removesuffix("%")) * replicas
    return -(-share // 100) if round_up else share // 100
