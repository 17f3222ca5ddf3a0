"""Reads the header with which a proxy announces a client's address.

Source: "The PROXY protocol", version 2 (HAProxy, `proxy-protocol.txt`, section 2.2).
"""

import ipaddress

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
START_BYTES = 16
"""The bytes of a header before the addresses."""

_VERSION = 2
_LOCAL, _PROXY = 0, 1
_TCP_IPV4, _TCP_IPV6 = 0x11, 0x21
_MAX_LENGTH = 2048
"""The most bytes of addresses and of what a proxy may add to them."""


def parse_length(start: bytes) -> int:
    """Return the bytes that follow the first 16 of a header. Raises `ValueError` if these begin none."""
    length = int.from_bytes(start[14:16])
    command = start[12] & 0x0F
    if (
        not start.startswith(SIGNATURE)
        or start[12] >> 4 != _VERSION
        or command not in (_LOCAL, _PROXY)
        or length > _MAX_LENGTH
    ):
        raise ValueError("the connection does not begin with a PROXY header of version 2")
    return length


def parse_client(start: bytes, rest: bytes) -> str:
    """Return the client's address, or "" if the proxy speaks for itself. Raises `ValueError`."""
    if start[12] & 0x0F == _LOCAL:
        return ""
    size = {_TCP_IPV4: 4, _TCP_IPV6: 16}.get(start[13])
    if size is None or len(rest) < 2 * size + 4:
        raise ValueError("the PROXY header has no address of a TCP connection")
    return str(ipaddress.ip_address(rest[:size]))
