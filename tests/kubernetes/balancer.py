"""One address on this machine in front of a Service that cannot be reached from here."""

import asyncio
import json
import random
import re
from asyncio import StreamReader, StreamWriter, TaskGroup
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress

from ..manifests import Object
from ..timing import until
from .kubectl import Kubectl

_PAUSE = 0.2
"""Seconds until kubectl is started again, after a server or a pod ended its connection."""


class ServiceBalancer:
    """Carries each connection to a pod that is ready, chosen by chance, as the Service itself does.

    The way to each pod is a `kubectl port-forward`, which ends with the pod.
    """

    def __init__(self, kubectl: Kubectl, service: str) -> None:
        self._kubectl = kubectl
        self._service = service
        self._slices: dict[str, dict[str, int]] = {}
        """For each EndpointSlice, the pods that are ready, each with its port."""
        self._ways: dict[str, int] = {}
        """For each pod that can be reached, the port on this machine."""
        self._known: set[str] = set()

    @property
    def reachable(self) -> list[str]:
        """The pods that are ready and can be reached."""
        return sorted(self._ready & self._ways.keys())

    @property
    def _ready(self) -> set[str]:
        return {pod for pods in self._slices.values() for pod in pods}

    async def work(self) -> None:
        """Follow the EndpointSlices of the Service, and keep a way to each pod, until this is cancelled."""
        selector = f"kubernetes.io/service-name={self._service}"
        command = self._kubectl.command(
            "get", "endpointslices", "--selector", selector, "--watch", "--output", "json"
        )
        async with TaskGroup() as tasks:
            while True:
                async with _running(command) as lines:
                    async for found in _objects(lines):
                        self._take(found, tasks)
                await asyncio.sleep(_PAUSE)

    def _take(self, found: Object, tasks: TaskGroup) -> None:
        pods = dict(_ready_pods(found))
        self._slices[found["metadata"]["name"]] = pods
        for pod in pods.keys() - self._known:
            self._known.add(pod)
            tasks.create_task(self._keep_way(pod, pods[pod]))

    async def _keep_way(self, pod: str, port: int) -> None:
        while pod in self._ready:
            async with _running(self._kubectl.command("port-forward", f"pod/{pod}", f":{port}")) as lines:
                async for line in lines:
                    if found := re.match(rb"Forwarding from 127\.0\.0\.1:(\d+)", line):
                        self._ways[pod] = int(found[1])
            self._ways.pop(pod, None)
            await asyncio.sleep(_PAUSE)
        self._known.discard(pod)

    async def carry(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Carry one connection, until one of its ends closes it."""
        try:
            if self.reachable:
                port = self._ways[random.choice(self.reachable)]
                with suppress(ConnectionError):
                    far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
                    there, back = _pump(reader, far_writer), _pump(far_reader, writer)
                    await asyncio.gather(there, back)
        finally:
            writer.close()


@asynccontextmanager
async def balanced(kubectl: Kubectl, service: str, port: int) -> AsyncIterator[ServiceBalancer]:
    """Stand in front of a Service with one port, at a port of this machine, when a pod is reachable."""
    balancer = ServiceBalancer(kubectl, service)
    async with TaskGroup() as tasks:
        working = tasks.create_task(balancer.work())
        server = await asyncio.start_server(balancer.carry, "127.0.0.1", port)
        await until(lambda: balancer.reachable, seconds=30)
        try:
            yield balancer
        finally:
            server.close()
            working.cancel()


async def _pump(source: StreamReader, target: StreamWriter) -> None:
    """Carry bytes one way. The end of one way is the end of the connection, as with most proxies."""
    try:
        while data := await source.read(1 << 16):
            target.write(data)
            await target.drain()
    finally:
        target.close()


@asynccontextmanager
async def _running(command: Sequence[str]) -> AsyncIterator[StreamReader]:
    """Run a program, and yield what it prints. It ends with the context."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _objects(lines: StreamReader) -> AsyncIterator[Object]:
    """Yield the objects that kubectl prints, each of which ends with a line that is one bracket."""
    text = b""
    async for line in lines:
        text += line
        if line.rstrip() == b"}" and not line.startswith(b" "):
            yield json.loads(text)
            text = b""


def _ready_pods(found: Object) -> Iterator[tuple[str, int]]:
    """Yield the pods of an EndpointSlice that are ready, with the one port of the Service."""
    for endpoint in found.get("endpoints") or ():
        if endpoint["conditions"].get("ready"):
            yield endpoint["targetRef"]["name"], found["ports"][0]["port"]
