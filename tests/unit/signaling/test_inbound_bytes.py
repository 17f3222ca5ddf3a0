"""The bytes that visitors send, in all and for each network."""

import pytest

from services.contract.rate_limit import UNLIMITED, Rate
from services.signaling.shell.inbound_bytes import InboundBytes


def test_a_network_pays_for_its_bytes_only() -> None:
    inbound = InboundBytes(Rate(1e6, 1e6), Rate(1000, 5000))
    one, neighbour, stranger = map(inbound.meter, ("203.0.113.1", "203.0.113.2", "198.51.100.1"))
    assert one(4000) == 0
    assert neighbour(2000) == pytest.approx(1.0, abs=0.1)
    assert stranger(4000) == 0
    assert neighbour(1000) == 0, "what was refused was not paid"


def test_all_together_have_a_limit() -> None:
    inbound = InboundBytes(Rate(1000, 10_000), Rate(1e6, 1e6))
    meters = [inbound.meter(f"20.{number}.1.1") for number in range(20)]
    assert [meter(1000) == 0 for meter in meters] == [True] * 10 + [False] * 10


def test_without_limits_everything_passes() -> None:
    meter = InboundBytes(UNLIMITED, UNLIMITED).meter("203.0.113.1")
    assert sum(meter(1 << 20) for _ in range(100)) == 0
