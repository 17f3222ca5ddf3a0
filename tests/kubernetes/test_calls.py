"""Strangers meet in the cluster. Neither a restart of everything nor a lost node ends a call.

This needs nodes that really run pods, with the images of the overlay for trying out.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.swarm import events
from bench.swarm.checker import Bounds, check
from bench.swarm.swarm import Swarm, swarm

from ..containers.conversation import two_strangers_meet
from ..faults.plan import STAGE_AGES
from ..faults.talkers import TALKATIVE, until_all_talk
from ..manifests import Object
from ..servers import free_port
from ..timing import until
from ..visitor import ORIGIN
from .balancer import balanced
from .conftest import NewNamespace
from .installed import ClusterInstallation, install, prepare
from .probes import image_of_services, require_running_pods

VISITORS = 24
BOUNDS = Bounds(widest_age=2.0, margin=5.0)

pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(scope="module")
def port() -> int:
    """Return where this machine's address in front of the gateways is."""
    return free_port()


@pytest.fixture(scope="module")
def installation(new_namespace: NewNamespace, k8s: Path, port: int) -> ClusterInstallation:
    """Install everything, with an origin on this machine, and with stages that make nobody wait."""
    origin = f"http://127.0.0.1:{port}"
    kubectl = new_namespace()
    settings = {"ZUFALL_ORIGINS": f"{ORIGIN},{origin}", "ZUFALL_STAGE_AGES": STAGE_AGES}
    objects = prepare(k8s, kubectl, settings)
    require_running_pods(kubectl, image_of_services(objects))
    return install(objects, kubectl, origin)


async def test_two_strangers_meet(installation: ClusterInstallation, port: int) -> None:
    """They negotiate and chat, and a report of one is stored, so every part has done its work."""
    async with balanced(installation.kubectl, "gateway", port) as balancer:
        await until(lambda: len(balancer.reachable) >= 2, seconds=30)
        assert await two_strangers_meet(installation.origin, installation.origin)


async def test_a_restart_of_everything_ends_no_call(installation: ClusterInstallation, port: int) -> None:
    async with (
        balanced(installation.kubectl, "gateway", port),
        swarm([installation.origin], VISITORS, "restart", TALKATIVE) as running,
    ):
        await until_all_talk(running, VISITORS)
        await asyncio.to_thread(installation.restart)
        await until_all_hear(running, running.history.now)
    assert ended(running) == []
    assert (
        sum(isinstance(event, events.Came) and bool(event.resumed) for event in running.history.events)
        >= VISITORS
    )
    violations = check(running.history.events, BOUNDS)
    assert violations == [], [one.explain(running.history.events) for one in violations]


async def test_the_visitors_of_a_killed_node_come_back(installation: ClusterInstallation, port: int) -> None:
    """All its pods are gone at once. Where all are on one node, one gateway is killed instead."""
    async with (
        balanced(installation.kubectl, "gateway", port),
        swarm([installation.origin], VISITORS, "kill", TALKATIVE) as running,
    ):
        await until_all_talk(running, VISITORS)
        killed = running.history.now
        await asyncio.to_thread(installation.kill, victims(installation))
        await until_all_hear(running, killed + 1)
        await asyncio.to_thread(installation.until_ready)
    assert ended(running) == []
    back = {
        event.visitor
        for event in running.history.events
        if isinstance(event, events.Came) and event.at > killed
    }
    assert back, "the pods that were killed had visitors"


def victims(installation: ClusterInstallation) -> Sequence[Object]:
    """Return the pods of a node with a gateway, or one gateway if there is no other node with one."""
    pods = defaultdict(list)
    for pod in installation.pods():
        pods[pod["spec"]["nodeName"]].append(pod)
    gateways = [
        pod for pod in installation.pods() if pod["metadata"]["labels"]["app.kubernetes.io/name"] == "gateway"
    ]
    nodes = {pod["spec"]["nodeName"] for pod in gateways}
    return pods[nodes.pop()] if len(nodes) > 1 else gateways[:1]


def ended(running: Swarm) -> list[events.Event]:
    return [event for event in running.history.events if isinstance(event, events.MatchEnded)]


async def until_all_hear(running: Swarm, since: float) -> None:
    """Wait until every visitor has heard a line that came after this moment."""

    def all_hear() -> bool:
        heard = (event for event in reversed(running.history.events) if isinstance(event, events.Heard))
        return len({event.visitor for event in heard if event.at > since}) == VISITORS

    await until(all_hear, seconds=60, pause=0.1)
