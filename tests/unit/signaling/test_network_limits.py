"""Sockets and open connections of each network."""

import asyncio

import pytest

from services.signaling.shell.network_quota import NetworkQuota
from services.signaling.shell.open_connections import OpenConnections


def taken(quota: NetworkQuota, addresses: list[str]) -> int:
    return sum(quota.take(address) for address in addresses)


@pytest.mark.parametrize(
    ("pattern", "most"),
    [
        ("203.0.113.{}", 10),
        ("203.0.{}.1", 80),
        ("2001:db8::{:x}", 10),
        ("2001:db8:0:{:x}::1", 20),
        ("2001:db8:{:x}::1", 80),
    ],
    ids=["a /24", "a /16", "a /64", "a /48", "a /32"],
)
def test_each_network_has_its_places(pattern: str, most: int) -> None:
    quota = NetworkQuota(10)
    assert taken(quota, [pattern.format(number) for number in range(200)]) == most
    assert quota.take("198.51.100.1"), "others are not concerned"


def test_a_place_can_be_taken_again() -> None:
    quota = NetworkQuota(2)
    assert taken(quota, ["203.0.113.1"] * 5) == 2
    quota.give_back("203.0.113.1")
    assert taken(quota, ["203.0.113.9"] * 5) == 1
    for _ in range(2):
        quota.give_back("203.0.113.1")
    assert not quota._taken, "nothing is kept of a network without a socket"


class FakeTransport(asyncio.BaseTransport):
    """A connection that a test closes."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = False

    def is_closing(self) -> bool:
        return self.closed


def test_closed_connections_make_room() -> None:
    opened = OpenConnections(4, 3)
    lines = [FakeTransport() for _ in range(3)]
    for line in lines:
        opened.add("here", line)
    assert opened.is_full_for("here")
    assert not opened.is_full_for("there")
    assert not opened.is_full()
    opened.add("there", FakeTransport())
    assert opened.is_full()


def test_connections_that_have_ended_do_not_count() -> None:
    opened = OpenConnections(4, 3)
    for network in ("here", "here", "here", "there"):
        line = FakeTransport()
        opened.add(network, line)
        line.closed = True
    assert not opened.is_full_for("here")
    assert not opened.is_full()


def test_no_more_than_half_are_ended_connections() -> None:
    opened = OpenConnections(1e9, 1e9)
    for number in range(10_000):
        line = FakeTransport()
        opened.add(f"network {number}", line)
        line.closed = True
    assert len(opened._transports) < 200
