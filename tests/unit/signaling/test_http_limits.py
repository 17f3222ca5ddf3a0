"""Limits on requests: the rate of one network, and large requests at once."""

from contextlib import ExitStack

import pytest

from services.contract.errors import Unavailable
from services.contract.rate_limit import Rate
from services.runtime.network_rate_limit import NetworkRateLimiter
from services.signaling.shell.http_limits import ConcurrencyLimit


def test_a_network_gets_a_burst_and_then_a_rate() -> None:
    networks = NetworkRateLimiter(Rate(10, 100))
    assert [networks.wait("203.0.113.7", 5.0) for _ in range(100)] == [0.0] * 100
    assert networks.wait("203.0.113.7", 5.0) == pytest.approx(0.1)
    assert networks.wait("203.0.113.7", 5.0) == pytest.approx(0.1), "who is refused is not held back longer"
    assert networks.wait("203.0.113.7", 5.11) == 0


def test_addresses_of_one_network_share_a_limit() -> None:
    networks = NetworkRateLimiter(Rate(1, 1))
    assert networks.wait("203.0.113.7", 5.0) == 0
    assert networks.wait("203.0.113.8", 5.0) > 0
    assert networks.wait("::ffff:203.0.113.9", 5.0) > 0
    assert networks.wait("2001:db8::1", 5.0) == 0
    assert networks.wait("2001:db8::ffff:1", 5.0) > 0


@pytest.mark.parametrize(
    ("pattern", "times"),
    [("203.0.{}.1", 8), ("2001:db8:0:{:x}::1", 2), ("2001:db8:{:x}::1", 8)],
    ids=["a /16", "a /48", "a /32"],
)
def test_the_networks_around_have_some_times_the_limit(pattern: str, times: int) -> None:
    networks = NetworkRateLimiter(Rate(1, 5))
    assert sum(networks.wait(pattern.format(number), 5.0) == 0 for number in range(200)) == 5 * times
    assert networks.wait("198.51.100.1", 5.0) == 0


def test_the_table_of_networks_has_a_fixed_size() -> None:
    networks = NetworkRateLimiter(Rate(1, 1))
    size = len(networks._tats)
    passed = sum(
        networks.wait(f"{20 + (number >> 8)}.{number & 255}.1.1", 5.0) == 0 for number in range(2000)
    )
    assert passed > 1800, "few share a slot"
    assert len(networks._tats) == size


def test_a_network_takes_at_most_a_quarter_of_the_slots() -> None:
    limit = ConcurrencyLimit(16)
    with ExitStack() as stack:
        for host in range(4):
            stack.enter_context(limit.slot(f"203.0.113.{host}"))
        with pytest.raises(Unavailable), limit.slot("203.0.113.9"):
            pass
        for net in range(12):
            stack.enter_context(limit.slot(f"198.51.{net}.1"))
        with pytest.raises(Unavailable), limit.slot("192.0.2.1"):
            pass
    with limit.slot("203.0.113.9"):
        assert limit._taken == 1
    assert not limit._networks._taken, "nothing is kept of who has none"
