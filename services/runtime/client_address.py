"""The address that a request comes from, behind trusted proxies, and the network of an address."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from services.contract import addresses

from .http_server import HttpProtocol

LINK = 64
"""Bits of an IPv6 address that name the link it is on."""

IPV4_SHARES = ((24, 1), (16, 8))
IPV6_SHARES = ((64, 1), (48, 2), (32, 8))
"""Bits of the networks that are limited, and how many times the limit of the smallest each has."""

_PRIVATE = (
    "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,169.254.0.0/16,"
    "::1/128,fc00::/7,fe80::/10"
)
"""The networks that the word `private` stands for, as in other servers."""

_PRIVATE_NETWORKS = tuple(map(ipaddress.ip_network, _PRIVATE.split(",")))


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """The proxies in front of a service, whose entries in X-Forwarded-For count.

    They are listed by their networks, or else only their number is known. With a number, whoever reaches the
    service without passing them can claim any address.
    """

    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    number: int = 0

    def __str__(self) -> str:
        return ",".join(map(str, self.networks)) or (str(self.number) if self.number else "")

    def client(self, peer: str, forwarded: Sequence[str]) -> str:
        """Return the address of the client. Each proxy has added its own peer at the end of `forwarded`."""
        if self.number:
            known = len(forwarded) >= self.number and addresses.parse_ip_and_port(forwarded[-self.number])
            return str(known or peer)
        client = peer
        for entry in reversed(forwarded):
            nearer = addresses.parse_ip_and_port(entry)
            if nearer is None or not self.trusts(client):
                break
            client = str(nearer)
        return client

    def is_proxy(self, peer: str) -> bool:
        """Return whether a connection from `peer` may come through a proxy."""
        return bool(self.number) or self.trusts(peer)

    def trusts(self, address: str) -> bool:
        """Return whether a listed proxy has this address."""
        parsed = addresses.parse_ip(address)
        return parsed is not None and any(parsed in network for network in self.networks)


def parse_proxies(text: str) -> TrustedProxies:
    """Parse networks and the word `private`, separated by commas, or a number. Raises `ValueError`."""
    if text.isdigit():
        return TrustedProxies(number=int(text))
    listed = ",".join(_PRIVATE if part.strip() == "private" else part for part in text.split(","))
    return TrustedProxies(tuple(_listed_network(part.strip()) for part in listed.split(",") if part.strip()))


def _listed_network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is not a network such as 10.0.0.0/8, with only zeros after the prefix"
        ) from None


def is_private(address: addresses.IpAddress) -> bool:
    """Return whether the address is of this machine or of a private network."""
    return any(address in network for network in _PRIVATE_NETWORKS)


def remote_address(request: web.Request, proxies: TrustedProxies) -> str:
    """Return the address of the client who sent the request."""
    protocol = request.protocol
    announced = protocol.announced_client if isinstance(protocol, HttpProtocol) else ""
    # Some proxies add a line of their own to X-Forwarded-For.
    lines = ",".join(request.headers.getall("X-Forwarded-For", ()))
    return proxies.client(announced or request.remote or "", lines.split(",") if lines else ())


def network(address: str, ipv6: int = LINK) -> str:
    """Return the /24 of an IPv4 or the /64 (`ipv6` bits) of an IPv6 address; empty for other text."""
    parsed = addresses.parse_ip(address)
    if parsed is None:
        return ""
    return str(_network(parsed, 24 if parsed.version == 4 else ipv6))


def enclosing_networks(address: str) -> tuple[tuple[str, int], ...]:
    """Return the networks that limits count an address for, and how many times the limit each has.

    These are the /24 and /16 of an IPv4 address, and the /64, /48 and /32 of an IPv6 address. Text that is no
    address counts for a network of its own.
    """
    parsed = addresses.parse_ip(address)
    if parsed is None:
        return (("", 1),)
    shares = IPV4_SHARES if parsed.version == 4 else IPV6_SHARES
    return tuple((str(_network(parsed, bits)), share) for bits, share in shares)


def _network(address: addresses.IpAddress, bits: int) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    kind = ipaddress.IPv4Network if address.version == 4 else ipaddress.IPv6Network
    return kind((int(address), bits), strict=False)
