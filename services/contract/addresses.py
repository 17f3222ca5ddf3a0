"""Text forms of IP addresses and of `host:port`."""

import ipaddress

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_ENDS_WITH_IPV4 = [ipaddress.IPv6Network(prefix) for prefix in ("64:ff9b::/96", "::ffff:0:0/96", "::/96")]

_ANYCAST = [ipaddress.ip_network(prefix) for prefix in ("192.0.0.0/24", "2001::/23")]
"""Networks of services, some of which every network runs for itself. IANA says that these are global."""

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that IANA gives out. To `is_global`, site-local, multicast and unassigned addresses are global too."""


def parse_ip(text: str) -> IpAddress | None:
    """Return the IP address, or None if it is none. An IPv4 address mapped into IPv6 is returned as IPv4."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def parse_ip_and_port(text: str) -> IpAddress | None:
    """Return the IP address of `address`, `address:port`, `[address]` or `[address]:port`, or None."""
    text = text.strip()
    if text.startswith("["):
        return parse_ip(text[1:].partition("]")[0])
    host, colon, port = text.partition(":")
    return parse_ip(host if colon and port.isdigit() else text)


def is_global(address: IpAddress) -> bool:
    """Return whether the address belongs to one host of the public internet.

    An address that a gateway translates to IPv4, or sends through a tunnel to IPv4, is judged by the IPv4
    addresses in it: NAT64 (RFC 6052), 6to4 (RFC 3056), Teredo (RFC 4380), and the mapped and compatible forms
    (RFC 4291).
    """
    if isinstance(address, ipaddress.IPv6Address):
        if inside := _ipv4_inside(address):
            return all(map(is_global, inside))
        if address not in _GLOBAL_UNICAST:
            return False
    elif address.is_multicast:
        return False
    return address.is_global and not any(address in network for network in _ANYCAST)


def _ipv4_inside(address: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...]:
    if address.teredo:
        return address.teredo  # the server and the client
    if address.sixtofour:
        return (address.sixtofour,)
    if any(address in network for network in _ENDS_WITH_IPV4):
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()


def split_host_port(address: str) -> tuple[str, int]:
    """Split `host:port`; raise `ValueError` if it is not of that form. No host means every interface."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"{address!r} is not host:port")
    return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104 -- ":7010" means every interface, as in Go


def check_host_port(address: str) -> str:
    """Return `address` if it is `host:port`; raise `ValueError` otherwise. It serves as a config parser."""
    split_host_port(address)
    return address
