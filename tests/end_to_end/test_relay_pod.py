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


def in_a_pod() -> dict[str, str]:
    """Return the settings of a relay that knows only its own address, at which both sides can meet."""
    return {"ZUFALL_TURN_EXTERNAL_IP": ELSEWHERE, "ZUFALL_TURN_OWN_IP": own_address()}


@pytest.fixture
def relayed(tmp_path: Path) -> Iterator[Installation]:
    """Provide an installation with the policy `relay`, and such a relay."""
    require("browser")
    require("coturn")
    with (
        turn_server(tmp_path, own_address(), settings=in_a_pod()) as turn,
        installation(tmp_path, turn.environment | {"ZUFALL_ICE_POLICY": "relay"}) as running,
    ):
        yield running


async def test_both_sides_of_a_call_meet_in_the_pod(relayed: Installation, come: Come) -> None:
    people = [await come(relayed.first), await come(relayed.second)]
    for person in people:
        await person.agree()
        await person.start()
    await asyncio.gather(*(person.sees_moving_pictures() for person in people))
    await until(lambda: relayed.calls("relay") == 2)
