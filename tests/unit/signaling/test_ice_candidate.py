"""A candidate is parsed and written out again: what browsers write is kept, and nothing else passes."""

import re

import pytest

from services.signaling.core.ice_candidate import parse_candidate

from .browser_samples import CANDIDATES, host

SRFLX = "candidate:2 1 udp 1686052607 8.8.8.8 61000 typ srflx raddr {} rport {} generation 0 network-cost 10"
NAME = "1f6c2f0e-53d4-4a77-9c0b-8d2be7a1c904.local"


def written(text: str) -> str:
    candidate = parse_candidate(text)
    assert candidate is not None
    return candidate.text


@pytest.mark.parametrize("text", [one.candidate for one in CANDIDATES if one.candidate])
def test_of_a_browsers_candidate_only_the_related_address_is_lost(text: str) -> None:
    assert written(text) == re.sub(r"raddr \S+ rport \d+", "raddr 0.0.0.0 rport 0", text)


@pytest.mark.parametrize("related", [("192.168.1.34", 1), ("fd00::7", 2), (NAME, 3), ("x", 4)])
def test_the_related_address_is_hidden(related: tuple[str, int]) -> None:
    assert written(SRFLX.format(*related)) == SRFLX.format("0.0.0.0", 0)  # noqa: S104 -- no address is bound


def test_unknown_extensions_are_dropped() -> None:
    assert written(host("8.8.8.8") + " generation 0 at 192.168.1.1") == host("8.8.8.8") + " generation 0"
    assert written(host("8.8.8.8") + " RADDR 192.168.1.1 rport 1") == host("8.8.8.8")


@pytest.mark.parametrize("transport", ["udp", "UDP", "tcp", "TCP"])
def test_the_transport_is_kept(transport: str) -> None:
    text = host("8.8.8.8").replace("udp", transport) + " tcptype active"
    assert written(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "candidate:nonsense",
        "a=" + host("8.8.8.8"),
        "CANDIDATE" + host("8.8.8.8")[9:],
        host("8.8.8.8").replace(":", " ", 1),
        host("8.8.8.8").replace(" typ ", " tip "),
        host("8.8.8.8").replace(" typ ", "  typ "),
        host("8.8.8.8") + " ",
        host("8.8.8.8") + "\n",
        host("8.8.8.8") + "\r\na=mid:1",
        host("8.8.8.8", "unknown"),
        host("8.8.8.8").replace("udp", "sctp"),
        host("8.8.8.8").replace("54021", "65536"),
        host("8.8.8.8").replace("54021", "-1"),
        host("8.8.8.8").replace("1 1 udp", "1 3 udp"),
        host("8.8.8.8").replace("8", "\u0668"),
        host("localhost"),
        host("router.lan"),
        host("printer.local"),
        host("evil.local.example"),
        host("1.2.3"),
        host("0x7f000001"),
        host("2130706433"),
        host("127.1"),
        host("010.0.0.1"),
        host("1.2.3.4.5"),
        host("fe80::1%eth0"),
        host("[::1]"),
        host(":"),
        host(NAME, "relay"),
        host(NAME, "srflx"),
    ],
)
def test_what_no_browser_writes_is_no_candidate(text: str) -> None:
    assert parse_candidate(text) is None


@pytest.mark.parametrize("blank", ["\u00a0", "\u2003", "\u3000", "\x1f", "\t", "\x0b"])
def test_a_candidate_cannot_hide_behind_blanks_that_browsers_do_not_split_at(blank: str) -> None:
    """A browser splits at spaces only, and sees one long foundation before a private address."""
    foundation = host("8.8.8.8", "relay").replace(" ", blank)
    assert parse_candidate(f"{foundation} 1 udp 2122260223 10.0.0.5 54021 typ host") is None
