"""Parses ICE candidates by the grammar of what browsers write (RFC 8839, section 5.1).

The related address is hidden, and unknown fields at the end are dropped.
"""

import re

from msgspec import Struct

from services.contract import addresses
from services.contract.addresses import IpAddress

ICE_UFRAG = "[A-Za-z0-9+/]{4,32}"
"""The grammar of an ICE user fragment. The RFC allows 256 characters, and browsers use four or eight."""

_UUID = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"

_CANDIDATE = re.compile(
    "(candidate:[A-Za-z0-9+/]{1,32} [12] (?:udp|tcp|UDP|TCP) [0-9]{1,10} "  # foundation, component, priority
    rf"([0-9A-Fa-f.:]{{2,45}}|{_UUID}\.local) ([0-9]{{1,5}}) typ (host|srflx|prflx|relay))"
    "( raddr [^ ]{1,64} rport [0-9]{1,5})?"
    "((?: tcptype (?:active|passive|so))?(?: generation [0-9]{1,5})?"
    f"(?: ufrag {ICE_UFRAG})?(?: network-id [0-9]{{1,5}})?(?: network-cost [0-9]{{1,5}})?)"
    "(?: [!-~]{1,32} [!-~]{1,64}){0,8}"
)

_HIDDEN_RELATED = " raddr 0.0.0.0 rport 0"
"""The related address only helps to find errors. Browsers write this one when they hide it."""


class IceCandidate(Struct, frozen=True):
    """A candidate that a browser may have written.

    `text` is `candidate:…` without the related address. `kind` is host, srflx, prflx or relay. `address` is
    None if the candidate has a random name that only its own network resolves (mDNS).
    """

    text: str
    kind: str
    address: IpAddress | None


def parse_candidate(text: str) -> IceCandidate | None:
    """Parse `candidate:…`; return None if no browser writes that."""
    found = _CANDIDATE.fullmatch(text)
    if found is None:
        return None
    required, host, port, kind, related, extensions = found.groups()
    address = addresses.parse_ip(host)
    is_name = host.endswith(".local")
    if int(port) > 65535 or (kind != "host" if is_name else address is None):
        return None
    return IceCandidate(required + (_HIDDEN_RELATED if related else "") + extensions, kind, address)
