"""Hashes of the networks of addresses."""

import pytest

from services.contract.keys import Key, new_key, parse_key
from services.signaling.shell.address_hash import MONTH, address_hash, crowd_hash, subscriber_hash

KEY = parse_key(new_key())


def hashed(text: str, key: Key = KEY, wall: float = 1_800_000_000) -> bytes:
    return address_hash(text, key, wall)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("198.51.100.1", "198.51.100.254"),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff"),
        ("2001:db8:0:1::1", "2001:0DB8:0000:0001::9"),
        ("::ffff:198.51.100.7", "198.51.100.9"),
    ],
)
def test_addresses_of_one_network_share_a_hash(one: str, other: str) -> None:
    assert hashed(one) == hashed(other)
    assert len(hashed(one)) == 8


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("198.51.100.1", "198.51.101.1"),
        ("2001:db8:0:1::1", "2001:db8:0:2::1"),
        ("::ffff:198.51.100.7", "::ffff:203.0.113.7"),
    ],
)
def test_addresses_of_other_networks_have_another_hash(one: str, other: str) -> None:
    assert hashed(one) != hashed(other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:7:1::1", "2001:db8:7:2::1", True),
        ("2001:db8:7::1", "2001:db8:7:ffff::1", True),
        ("2001:db8:7::1", "2001:db8:8::1", False),
        ("198.51.100.1", "198.51.100.254", True),
        ("198.51.100.1", "198.51.101.1", False),
    ],
)
def test_all_addresses_of_one_subscriber_share_a_hash(one: str, other: str, same: bool) -> None:
    first, second = (subscriber_hash(text, KEY, 1_800_000_000) for text in (one, other))
    assert (first == second) is same


@pytest.mark.parametrize(
    "text",
    ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.9", "::ffff:172.16.0.1", "fd00::1", "fe80::1", "", "x"],
)
def test_a_private_or_unknown_address_is_in_no_crowd(text: str) -> None:
    assert crowd_hash(text, KEY, 1_800_000_000) == b""


@pytest.mark.parametrize("text", ["203.0.113.7", "2001:db8::1", "8.8.8.8"])
def test_any_other_address_counts_for_its_subscribers_network(text: str) -> None:
    assert crowd_hash(text, KEY, 1_800_000_000) == subscriber_hash(text, KEY, 1_800_000_000) != b""


def test_hashes_depend_on_the_key() -> None:
    assert hashed("198.51.100.1") != hashed("198.51.100.1", parse_key(new_key()))


@pytest.mark.parametrize("text", ["", "unknown", "_hidden", "198.51.100.1:5000", "198.51.100.256"])
def test_text_that_is_no_address_has_an_empty_hash(text: str) -> None:
    assert hashed(text) == b""


def test_the_zone_of_an_address_is_ignored() -> None:
    assert hashed("fe80::1%eth0") == hashed("fe80::2")


def test_a_network_cannot_be_followed_from_month_to_month() -> None:
    start = 1_800_000_000 // MONTH * MONTH
    assert hashed("198.51.100.1", wall=start) == hashed("198.51.100.1", wall=start + MONTH - 1)
    assert hashed("198.51.100.1", wall=start) != hashed("198.51.100.1", wall=start + MONTH)
