"""The addresses of the relay: the public one that its visitors see, and the machine's own behind it."""

import ipaddress
import socket

from .installation import Installation


def relay_address(installation: Installation) -> str:
    """Return what coturn reads as ZUFALL_TURN_EXTERNAL_IP, unless `.env` sets it.

    It is found once and kept, because a changed value would start coturn again, which ends the calls that it
    relays. It is empty until the domain has a public address.
    """
    kept = installation.folder / ".relay-address"
    if not kept.exists():
        if not (found := find_address(installation.settings["ZUFALL_DOMAIN"])):
            return ""
        kept.write_text(f"{found}\n")
    return kept.read_text().strip()


def find_address(domain: str) -> str:
    """Return the public address of the domain, with that of this machine if it is another one behind NAT."""
    try:
        public = str(socket.getaddrinfo(domain, None, socket.AF_INET, socket.SOCK_DGRAM)[0][4][0])
    except OSError:
        return ""
    if not ipaddress.ip_address(public).is_global:
        return ""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((public, 9))  # sends nothing: it only chooses the way and so our address on it
        own = str(probe.getsockname()[0])
    return public if own == public else f"{public}/{own}"
