"""A call through a relay as in Kubernetes behind a load balancer: its address leads nowhere from its pod."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..requirements import require
from ..timing import until
from ..turn_server import own_address, turn_server
from .conftest import Come
from .installation import Installation, installation

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

ELSEWHERE = "9.9.9.9"
"""An address that gateways let pass, and to which nothing is sent: coturn takes its own instead."""


@pytest.fixture
def in_a_pod(tmp_path: Path) -> Iterator[Installation]:
    """Provide an installation with the policy `relay`, and a relay that knows only its own address."""
    require("browser")
    require("coturn")
    pod = {"ZUFALL_TURN_EXTERNAL_IP": ELSEWHERE, "ZUFALL_TURN_OWN_IP": own_address()}
    with (
        turn_server(tmp_path, own_address(), settings=pod) as turn,
        installation(tmp_path, turn.environment | {"ZUFALL_ICE_POLICY": "relay"}) as running,
    ):
        yield running


async def test_both_sides_of_a_call_meet_in_the_pod(in_a_pod: Installation, come: Come) -> None:
    people = [await come(in_a_pod.first), await come(in_a_pod.second)]
    for person in people:
        await person.agree()
        await person.start()
    await asyncio.gather(*(person.sees_moving_pictures() for person in people))
    await until(lambda: in_a_pod.calls("relay") == 2)
