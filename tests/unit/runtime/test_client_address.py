"""Client addresses behind proxies."""

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from services.runtime.client_address import parse_proxies, remote_address

PROXY = "10.0.0.9"
INNER, OUTER = "10.0.0.9", "2001:db8:ffff::1"
BOTH = "10.0.0.0/8, 2001:db8:ffff::/48"


def address(trusted: str, peer: str, *forwarded: str) -> str:
    """Return the address of a request from `peer` with these X-Forwarded-For lines."""
    headers = CIMultiDict([("X-Forwarded-For", line) for line in forwarded])
    request = make_mocked_request("GET", "/ws", headers=headers).clone(remote=peer)
    return remote_address(request, parse_proxies(trusted))


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "expected"),
    [
        ("", "203.0.113.1", ("6.6.6.6",), "203.0.113.1"),
        (BOTH, "203.0.113.1", ("6.6.6.6",), "203.0.113.1"),
        (BOTH, INNER, (), INNER),
        (BOTH, INNER, ("203.0.113.1",), "203.0.113.1"),
        (BOTH, INNER, ("6.6.6.6, 203.0.113.1",), "203.0.113.1"),
        (BOTH, INNER, (f"6.6.6.6, 203.0.113.1, {OUTER}",), "203.0.113.1"),
        (BOTH, INNER, ("6.6.6.6", f"203.0.113.1 ,{OUTER}"), "203.0.113.1"),
        (BOTH, "::ffff:10.0.0.9", ("203.0.113.1",), "203.0.113.1"),
        (BOTH, INNER, ("10.1.2.3",), "10.1.2.3"),
        (BOTH, INNER, ("6.6.6.6, unknown",), INNER),
        (BOTH, INNER, ("6.6.6.6,",), INNER),
        (BOTH, INNER, ("203.0.113.1:50123",), "203.0.113.1"),
        (BOTH, INNER, (f"203.0.113.1:50123, [{OUTER}]:443",), "203.0.113.1"),
        (BOTH, INNER, ("[2001:db8::7]",), "2001:db8::7"),
        (BOTH, INNER, ("[2001:db8::7]:1",), "2001:db8::7"),
        (BOTH, INNER, ("2001:db8::7",), "2001:db8::7"),
        ("private", "192.168.3.4", ("6.6.6.6, 203.0.113.1, 172.16.9.9",), "203.0.113.1"),
        ("private", "172.32.0.1", ("6.6.6.6",), "172.32.0.1"),
    ],
)
def test_only_entries_of_listed_proxies_count(
    trusted: str, peer: str, forwarded: tuple[str, ...], expected: str
) -> None:
    assert address(trusted, peer, *forwarded) == expected


@pytest.mark.parametrize(
    ("trusted", "forwarded", "expected"),
    [
        ("0", ("203.0.113.1",), PROXY),
        ("1", ("203.0.113.1",), "203.0.113.1"),
        ("1", ("6.6.6.6, 203.0.113.1",), "203.0.113.1"),
        ("2", ("6.6.6.6, 203.0.113.1, 10.0.0.9",), "203.0.113.1"),
        ("1", ("6.6.6.6", "203.0.113.1:4711"), "203.0.113.1"),
        ("1", (), PROXY),
        ("2", ("203.0.113.1",), PROXY),
        ("1", ("203.0.113.1,",), PROXY),
    ],
)
def test_a_number_of_proxies_counts_entries_from_the_end(
    trusted: str, forwarded: tuple[str, ...], expected: str
) -> None:
    assert address(trusted, PROXY, *forwarded) == expected


@pytest.mark.parametrize("text", ["-1", "one", "10.0.0.1/8", "10.0.0.0/33", "zufall.example"])
def test_a_proxy_that_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_proxies(text)
