"""PROXY headers of version 2."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.signaling.core.proxy_protocol import SIGNATURE, START_BYTES, parse_client, parse_length

ADDRESSES = st.ip_addresses().map(str)


def proxy_header(client: str, more: bytes = b"") -> bytes:
    """Return the header for a TCP connection of `client`, or for one of the proxy itself."""
    if not client:
        return SIGNATURE + b"\x20\x00\x00\x00"
    address = ipaddress.ip_address(client).packed
    kind = 0x11 if len(address) == 4 else 0x21
    rest = address + address + b"\x12\x34\x01\xbb" + more
    return SIGNATURE + bytes((0x21, kind)) + len(rest).to_bytes(2, "big") + rest


def client_of(header: bytes) -> str:
    start, rest = header[:START_BYTES], header[START_BYTES:]
    assert parse_length(start) == len(rest)
    return parse_client(start, rest)


@given(ADDRESSES, st.binary(max_size=100))
def test_the_client_is_read_whatever_a_proxy_adds(client: str, more: bytes) -> None:
    assert client_of(proxy_header(client, more)) == client


def test_the_header_of_the_specification_is_read() -> None:
    """TCP over IPv4 from 192.168.0.1:56324 to 192.168.0.11:443, as HAProxy writes it."""
    header = bytes.fromhex("0d0a0d0a000d0a515549540a2111000cc0a80001c0a8000bdc0401bb")
    assert client_of(header) == "192.168.0.1"


def test_a_proxy_may_speak_for_itself() -> None:
    assert client_of(proxy_header("")) == ""


@given(st.binary(min_size=START_BYTES, max_size=START_BYTES))
def test_other_bytes_are_refused(start: bytes) -> None:
    with pytest.raises(ValueError, match="PROXY"):
        parse_length(start)


@pytest.mark.parametrize(
    "header",
    [
        b"PROXY TCP4 203.0.113.7 10.0.0.1 1 2\r\n",
        b"GET / HTTP/1.1\r\nHost: zufall.test\r\n\r\n",
        SIGNATURE + b"\x11\x11\x00\x0c" + bytes(12),
        SIGNATURE + b"\x22\x11\x00\x0c" + bytes(12),
        SIGNATURE + b"\x21\x31\x00\xd8" + bytes(216),
        SIGNATURE + b"\x21\x12\x00\x0c" + bytes(12),
        SIGNATURE + b"\x21\x11\x00\x04" + bytes(4),
        SIGNATURE + b"\x21\x11\xff\xff" + bytes(0xFFFF),
    ],
    ids=[
        "version 1",
        "no header",
        "another version",
        "another command",
        "a socket file",
        "UDP",
        "short",
        "long",
    ],
)
def test_what_announces_no_tcp_connection_is_refused(header: bytes) -> None:
    with pytest.raises(ValueError, match="PROXY"):
        client_of(header)
