"""What gateways say to a browser, as far as a simulated one needs it; unknown fields are passed over.

Written down a second time on purpose: a mistake in the gateways' own types would otherwise stay unseen.
"""

from typing import TypeAlias

import msgspec
from msgspec import Struct


class Resumed(Struct, frozen=True):
    match: str
    pass_: str = msgspec.field(name="pass")
    partner_here: bool = True


class _Frame(Struct, frozen=True, tag_field="type"):
    pass


class Welcome(_Frame, frozen=True, tag="welcome"):
    visitor: str
    gateway: str
    resumed: Resumed | None = None


class Searching(_Frame, frozen=True, tag="searching"):
    pass


class Matched(_Frame, frozen=True, tag="matched"):
    match: str
    polite: bool
    pass_: str = msgspec.field(name="pass")


class Ended(_Frame, frozen=True, tag="ended"):
    match: str
    reason: str


class PartnerAway(_Frame, frozen=True, tag="partner_away"):
    match: str


class PartnerBack(_Frame, frozen=True, tag="partner_back"):
    match: str
    pass_: str | None = msgspec.field(name="pass", default=None)


class Chat(_Frame, frozen=True, tag="chat"):
    match: str
    text: str
    id: str


class RewindOffer(_Frame, frozen=True, tag="rewind_offer"):
    match: str


class Error(_Frame, frozen=True, tag="error"):
    code: str


class Banned(_Frame, frozen=True, tag="banned"):
    pass


FromGateway: TypeAlias = (
    Welcome | Searching | Matched | Ended | PartnerAway | PartnerBack | Chat | RewindOffer | Error | Banned
)
parse = msgspec.json.Decoder(FromGateway).decode
"""Raises `msgspec.DecodeError` (a `ValueError`)."""


def frame(kind: str, **fields: object) -> bytes:
    """What a browser says; a field `pass_` goes as `pass`."""
    return msgspec.json.encode({"type": kind, **{name.rstrip("_"): value for name, value in fields.items()}})
