"""The network plugin lets pass each connection that the parts need, and refuses each other one.

Probes with the labels and ports of the parts take their places, two of each. This needs nodes that really run
pods, and a plugin that enforces policies. What is outside of the cluster is not tried.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from ..manifests import objects, overlay_with
from ..network_policies import OUTSIDE, PORTS, Flow, Pods
from ..timing import scaled
from .conftest import NewNamespace
from .kubectl import Kubectl
from .probes import PYTHON, image_of_services, python_pod, require_running_pods
from .rendering import of_kinds, rendered

NAMESPACE_NAME = "kubernetes.io/metadata.name"
Target = tuple[str, str, str, int]
"""This says who is tried, the name of the port, the address, and the port. No address is the pod's DNS."""

DNS: Target = ("dns", "dns", "", PORTS["dns"])
BESIDE = "beside"
"""A pod in the namespace of the parts that is none of them. Policies let it ask for names only."""

LISTEN = """
import asyncio
async def listen():
    for port in {ports}:
        await asyncio.start_server(lambda _, writer: writer.close(), "0.0.0.0", port)
    await asyncio.Event().wait()
asyncio.run(listen())
"""

CONNECT = """
import asyncio, json, re, sys
(names,) = re.findall(r"^nameserver (\\S+)$", open("/etc/resolv.conf").read(), re.M)[:1]
async def connects(address, port):
    try:
        async with asyncio.timeout(2):
            _, writer = await asyncio.open_connection(address or names, port)
    except OSError:
        return False
    writer.close()
    return True
async def main():
    targets = json.loads(sys.argv[1])
    found = await asyncio.gather(*(connects(address, port) for *_, address, port in targets))
    print(json.dumps([target[:2] for target, there in zip(targets, found) if there]))
asyncio.run(main())
"""
"""Prints which of the targets accept a connection."""


@dataclass(frozen=True, slots=True)
class NetworkProbe:
    """Two pods in the place of a part: `here` connects to others, and others connect to `there`."""

    name: str
    kubectl: Kubectl
    labels: Mapping[str, str]
    ports: Mapping[str, int]

    def start(self, image: str) -> None:
        script = LISTEN.format(ports=list(self.ports.values()))
        pods = [f"{self.name}-{end}" for end in ("here", "there")]
        self.kubectl.apply([python_pod(pod, image, script, self.labels, self.ports) for pod in pods])

    def until_running(self) -> None:
        pods = [f"pod/{self.name}-{end}" for end in ("here", "there")]
        timeout = f"--timeout={scaled(60):.0f}s"
        self.kubectl.run("wait", "--for=condition=Ready", timeout, *pods, seconds=70)

    def address(self) -> str:
        return str(self.kubectl.get("pod", f"{self.name}-there")["status"]["podIP"])

    def reaches(self, targets: Sequence[Target]) -> list[Flow]:
        """Return the connections to these targets that pass at this moment."""
        pod = f"{self.name}-here"
        answer = self.kubectl.run("exec", pod, "--", *PYTHON, CONNECT, json.dumps(targets)).out
        return [Flow(self.name, target, port) for target, port in json.loads(answer)]


@dataclass(frozen=True, slots=True)
class ProbedNetwork:
    """Probes under the policies, what they try to reach, and the connections that must pass."""

    probes: Sequence[NetworkProbe]
    targets: Sequence[Target]
    expected: set[Flow]

    def passing(self) -> set[Flow]:
        """Return the connections that pass at this moment."""
        with ThreadPoolExecutor(4) as threads:
            return {flow for found in threads.map(self.passing_from, self.probes) for flow in found}

    def passing_from(self, source: NetworkProbe) -> list[Flow]:
        """Return those from one probe. From outside, only our parts are tried."""
        ours = [target for target in self.targets if target[0] not in OUTSIDE]
        return source.reaches(ours if source.name in OUTSIDE else self.targets)


@pytest.fixture(scope="module")
def network(new_namespace: NewNamespace, k8s: Path) -> ProbedNetwork:
    """Put probes into namespaces, under the policies of an overlay, or skip if nobody enforces them."""
    inside = new_namespace()
    outside = {name: new_namespace() for name in OUTSIDE if name != "dns"}
    others = {OUTSIDE[name][NAMESPACE_NAME]: kubectl.namespace for name, kubectl in outside.items()}
    folder = overlay_with(k8s, ("network-policy", "postgres-single"))
    found = rendered(folder, inside.namespace, others)
    image = image_of_services(found)
    require_running_pods(inside, image)
    inside.apply(of_kinds(found, "NetworkPolicy"))
    pods = Pods(objects(folder))
    probes = [
        *(NetworkProbe(name, inside, pods.labels[name], pods.ports[name]) for name in pods.labels),
        NetworkProbe(BESIDE, inside, {}, {}),
        *(NetworkProbe(name, kubectl, {}, PORTS) for name, kubectl in outside.items()),
    ]
    for probe in probes:
        probe.start(image)
    for probe in probes:
        probe.until_running()
    tried = ProbedNetwork(probes, [*_targets(probes), DNS], _expected(pods, probes))
    _require_policies(tried)
    return tried


def _targets(probes: Sequence[NetworkProbe]) -> Iterator[Target]:
    for probe in probes:
        address = probe.address()
        for port, number in probe.ports.items():
            yield probe.name, port, address, number


def _expected(pods: Pods, probes: Sequence[NetworkProbe]) -> set[Flow]:
    """Return what the policies allow between probes. Another test says that this is what the code does."""
    names = {probe.name for probe in probes}
    between = {flow for flow in pods.allowed() if flow.source in names and flow.target in names}
    asking = {Flow(probe.name, "dns", "dns") for probe in probes if probe.name not in OUTSIDE}
    return between | asking


def _require_policies(tried: ProbedNetwork) -> None:
    """Skip the test if everything lets a stranger in. One hole is a failure, and no reason to skip."""
    (stranger,) = (probe for probe in tried.probes if probe.name == "stranger")
    doors = sum(target[0] not in OUTSIDE for target in tried.targets)
    end = time.monotonic() + scaled(20)
    while len(tried.passing_from(stranger)) == doors:
        if time.monotonic() > end:
            pytest.skip(
                "the network plugin of this cluster enforces no policies: a stranger gets in everywhere"
            )


def test_what_is_needed_passes_and_nothing_else(network: ProbedNetwork) -> None:
    """A plugin may need some seconds for pods that have just come."""
    end = time.monotonic() + scaled(20)
    while (passing := network.passing()) != network.expected and time.monotonic() < end:
        time.sleep(1)
    wrong = {"refused": network.expected - passing, "not refused": passing - network.expected}
    assert not any(wrong.values()), wrong
