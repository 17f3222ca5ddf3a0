"""Host and port as text, and IP addresses."""

import ipaddress

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def parse_ip(text: str) -> IpAddress | None:
    """The IP address; None when it is none. IPv4 in the clothes of IPv6 is IPv4."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def split_host_port(address: str) -> tuple[str, int]:
    """`host:port` as its parts; raises `ValueError`."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"{address!r} is not host:port")
    return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104 -- ":7010" means every interface, as in Go


def check_host_port(address: str) -> str:
    """`address` if it is `host:port`; raises `ValueError`. For use as a config parser."""
    split_host_port(address)
    return address
