"""Pods of gateways, and the parts of Kubernetes that replace them: the controller, the kubelet, the Service.

The processes of all pods run from the beginning, so that starting them does not take the processors of this
machine from the others. A new pod still takes its time until it is ready.
"""

import asyncio
import random
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from ...integration.cluster import Service
from ...timing import until
from .manifest import RolloutSettings
from .rolling_update import PodCounts, RollingUpdate, RolloutStep

_TICK = 0.02
"""Seconds between two looks of the controller."""


@dataclass(eq=False, slots=True)
class Pod:
    """One pod. `ready_at` is infinite until it is ready."""

    gateway: Service
    ready_at: float = inf
    stopping: bool = False


class GatewayDeployment:
    """A Deployment whose `old` pods are ready. `roll_out` replaces them by pods of the `new` processes."""

    def __init__(
        self,
        settings: RolloutSettings,
        old: Sequence[Service],
        new: Sequence[Service],
        start: tuple[float, float],
        randomness: random.Random,
    ) -> None:
        """Create it. A new pod takes a random time between the two of `start` until it is asked for."""
        self.killed: list[str] = []
        """Gateways that had not ended when their grace was over."""
        self._settings = settings
        self._update = RollingUpdate(len(old), settings.max_surge, settings.max_unavailable)
        self._old = [Pod(gateway, ready_at=-inf) for gateway in old]
        self._new: list[Pod] = []
        self._unused = list(new)
        self._start_time = start
        self._random = randomness

    def endpoint(self) -> int:
        """Return the port to which a new connection goes: at random, to a pod that is ready and stays.

        Raises `ConnectionRefusedError` if there is none. kube-proxy does the same.
        """
        pods = [pod for pod in (*self._old, *self._new) if pod.ready_at < inf and not pod.stopping]
        if not pods:
            raise ConnectionRefusedError("no pod is ready")
        return self._random.choice(pods).gateway.port

    async def roll_out(self) -> None:
        """Replace all pods, and wait until the processes of the old ones have ended."""
        async with asyncio.TaskGroup() as kubelet:
            while staying := [pod for pod in self._old if not pod.stopping]:
                step = self._update.next_step(self._counts(len(staying)))
                for _ in range(step.start):
                    self._new.append(Pod(self._unused.pop()))
                    kubelet.create_task(self._start(self._new[-1]))
                for pod in self._random.sample(staying, step.stop):
                    pod.stopping = True
                    kubelet.create_task(self._stop(pod))
                if step == RolloutStep():
                    await asyncio.sleep(_TICK)

    def _counts(self, staying: int) -> PodCounts:
        available_since = time.monotonic() - self._settings.min_ready
        available = sum(pod.ready_at <= available_since for pod in self._new)
        return PodCounts(staying, staying, len(self._new), available)

    async def _start(self, pod: Pod) -> None:
        await asyncio.sleep(self._random.uniform(*self._start_time))

        async def is_ready() -> bool:
            return await pod.gateway.readiness() == "ok"

        await until(is_ready, seconds=60, pause=self._settings.probe_interval)
        pod.ready_at = time.monotonic()

    async def _stop(self, pod: Pod) -> None:
        try:
            async with asyncio.timeout(self._settings.grace):
                await asyncio.sleep(self._settings.pre_stop)
                pod.gateway.send(signal.SIGTERM)
                await pod.gateway.process.wait()
        except TimeoutError:
            self.killed.append(pod.gateway.name)
            await pod.gateway.kill()
