"""Text forms of IP addresses and of `host:port`."""

import ipaddress

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


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
