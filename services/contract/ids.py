"""Opaque identifiers. Each is a string or a number on the wire, and a type of its own in the code."""

import base64
import secrets
from hashlib import blake2b
from typing import Literal, NewType

from msgspec import Struct

VisitorId = NewType("VisitorId", str)
"""22 base64url characters: 128 random bits, chosen when a token is issued."""

DeviceId = NewType("DeviceId", str)
"""22 base64url characters: a keyed 128-bit hash of a browser's public key (`contract.devices`)."""

MatchId = NewType("MatchId", str)
"""22 base64url characters, which the matcher chooses at random, or which a rewind derives from a match."""

GatewayId = NewType("GatewayId", str)
"""22 base64url characters, a NATS subject token. Every start of a gateway process has a new one."""

TicketId = NewType("TicketId", int)
"""The number of a ticket at one gateway process, from 1. It is unique together with the `GatewayId`."""

EndReason = Literal["next", "stop", "lost", "blocked", "banned"]
"""The reason why a match ended."""

Token = NewType("Token", str)
"""A signed statement of who a visitor is (`contract.tokens`)."""

TokenId = NewType("TokenId", str)
"""22 base64url characters: 128 random bits in every token (`jti`), by which it can be revoked."""

Pass = NewType("Pass", str)
"""A sealed proof of one match, held by one side (`contract.passes`)."""

TraceContext = NewType("TraceContext", bytes)
"""The span that a message continues: the id of its trace (16 bytes) and its own (8 bytes)."""

UNTRACED = TraceContext(b"")
"""The context of what is not traced."""


class Place(Struct, frozen=True, array_like=True, order=True, gc=False):
    """One connection of one visitor: its number, and the gateway that holds it. The greater one is newer.

    The page raises the epoch at every dial. Two sockets with the same epoch are ordered by the gateway's id.
    Every statement about a visitor carries the place it was made from as a fencing token: what comes from an
    older place than the newest known one changes nothing (M. Kleppmann, How to do distributed locking, 2016).
    """

    epoch: int
    gateway: GatewayId


ReportId = NewType("ReportId", str)
CaseId = NewType("CaseId", str)
DecisionId = NewType("DecisionId", str)
PictureId = NewType("PictureId", str)
"""A random id, so that nobody who knows a report can guess its pictures."""


def random_id() -> str:
    """Return 128 random bits as 22 base64url characters, without a leading dash, which starts an option."""
    while (id := secrets.token_urlsafe(16)).startswith("-"):
        pass
    return id


def rewound_match_id(match: MatchId) -> MatchId:
    """Return the id of the match in which the two of `match` meet again. Both gateways compute the same."""
    digest = blake2b(match.encode(), digest_size=16, person=b"zufall rewind").digest()
    return MatchId(base64.urlsafe_b64encode(digest).rstrip(b"=").decode())


def visitor_key(visitor: VisitorId) -> int:
    """Return the first 8 bytes of a visitor's random id, little endian, which matching compares.

    Two visitors share a key once in 2⁶⁴ pairs. All that would happen is that they are never paired.
    """
    return _first_bytes(visitor)


def device_key(device: DeviceId) -> int:
    """Return the first 8 bytes of a device's id, little endian. The key 0 stands for no device."""
    return _first_bytes(device)


def _first_bytes(id: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(id[:11] + "=")[:8], "little")
