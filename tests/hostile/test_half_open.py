"""Peers that vanish without closing their connection are noticed and forgotten."""

import time

import pytest

from ..integration.cluster import Cluster
from ..proxy import Proxy
from ..timing import scaled
from ..visitor import visitor
from .processes import hostile

pytestmark = pytest.mark.asyncio(loop_scope="session")

MOST_SECONDS = 1.5 + 1
"""A silent peer is cut off at most 1.5 s after its last byte. The machine adds some more."""


@pytest.mark.parametrize("talks", [False, True], ids=["quiet", "while the partner floods"])
async def test_the_partner_of_who_vanished_is_told_soon(strict: Cluster, talks: bool) -> None:
    void = Proxy(strict.gateways[0].port)
    await void.open()
    try:
        async with (
            visitor(f"http://{void.address}", address="20.3.3.3") as one,
            visitor(strict.urls[1], address="20.3.4.4") as other,
        ):
            for each in (one, other):
                await each.find()
            for each in (one, other):
                await each.meet()
            void.swallow("there", "back")
            began = time.monotonic()
            for number in range(100 if talks else 0):
                await other.chat("x" * 1000, id=str(number))
            await other.hear("partner_away")
            assert 0.5 < time.monotonic() - began < scaled(MOST_SECONDS)
    finally:
        await void.cut()


async def test_hundreds_who_vanished_are_forgotten(strict: Cluster) -> None:
    """They said hello and then answer nothing any more, like phones without a network."""
    gateway = strict.gateways[0]
    before = await gateway.metric("zufall_gateway_visitors")
    async with hostile(strict, "crowd", gateway.port, 200, "honest") as crowd:
        await crowd.go()
        await crowd.until("welcome", 200, seconds=10)
        await crowd.until("ended", 200, seconds=10)
    assert await gateway.metric("zufall_gateway_visitors") == before
