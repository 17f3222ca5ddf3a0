"""Opaque identifiers. Each is a string (or a number) on the wire and a type of its own in the code."""

import base64
import secrets
from hashlib import blake2b
from typing import Literal, NewType

from msgspec import Struct

VisitorId = NewType("VisitorId", str)
"""22 base64url characters: 128 random bits, chosen when a token is issued."""

DeviceId = NewType("DeviceId", str)
"""22 base64url characters: 128 bits that hang on a browser's key and on a secret (`contract.devices`)."""

MatchId = NewType("MatchId", str)
"""22 base64url characters: 128 random bits, chosen by the matcher."""

GatewayId = NewType("GatewayId", str)
"""A NATS subject token of 22 base64url characters; unique for each start of a gateway process."""

TicketId = NewType("TicketId", int)
"""Counts the tickets of one gateway process from 1; unique together with its GatewayId."""

EndReason = Literal["next", "stop", "lost", "blocked", "banned"]
"""Why a match ended."""

Token = NewType("Token", str)
"""A signed statement of who a visitor is (`contract.tokens`)."""

Pass = NewType("Pass", str)
"""A sealed proof of one match, held by one side (`contract.passes`)."""


class Place(Struct, frozen=True, array_like=True, order=True, gc=False):
    """One connection of one visitor: its number, and the gateway that holds it. The greater is the newer.

    The page raises the epoch at every dial; two sockets with one epoch are ordered by the gateway's id. Every
    statement about a visitor carries the place it was made from, as a fencing token: what was said from an
    older place than the newest known changes nothing (M. Kleppmann, How to do distributed locking, 2016).
    """

    epoch: int
    gateway: GatewayId


ReportId = NewType("ReportId", str)
CaseId = NewType("CaseId", str)
DecisionId = NewType("DecisionId", str)
PictureId = NewType("PictureId", str)
"""Random, too: who knows a report cannot guess the pictures in it."""


def random_id() -> str:
    """128 random bits as 22 base64url characters; no dash comes first, which commands take for an option."""
    while (id := secrets.token_urlsafe(16)).startswith("-"):
        pass
    return id


def rewound_match_id(match: MatchId) -> MatchId:
    """The match in which the two of `match` meet again: both of their gateways name it without asking."""
    digest = blake2b(match.encode(), digest_size=16, person=b"zufall rewind").digest()
    return MatchId(base64.urlsafe_b64encode(digest).rstrip(b"=").decode())


def visitor_key(visitor: VisitorId) -> int:
    """The first 8 bytes of a visitor's random id, little endian: what matching compares.

    Two visitors share a key once in 2⁶⁴ pairs; they would merely not be paired.
    """
    return _first_bytes(visitor)


def device_key(device: DeviceId) -> int:
    """The same of a device. 0, which stands for none, comes as rarely as two that share a key."""
    return _first_bytes(device)


def _first_bytes(id: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(id[:11] + "=")[:8], "little")
