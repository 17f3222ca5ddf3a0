"""The frames that gateways send, as far as a simulated browser needs them; unknown fields are passed over.

Written down a second time on purpose: a mistake in the gateways' own types would otherwise stay unseen.
"""

from typing import TypeAlias

import msgspec
from msgspec import Struct


class Resumed(Struct, frozen=True):
    match: str
    pass_: str = msgspec.field(name="pass")
    partner_here: bool


class _Frame(Struct, frozen=True, tag_field="type"):
    pass


class Welcome(_Frame, frozen=True, tag="welcome"):
    visitor: str
    gateway: str
    memory: str
    resumed: Resumed | None = None


class Searching(_Frame, frozen=True, tag="searching"):
    pass


class Matched(_Frame, frozen=True, tag="matched"):
    match: str
    polite: bool
    pass_: str = msgspec.field(name="pass")
    memory: str


class Memory(_Frame, frozen=True, tag="memory"):
    memory: str
    blocked: str = ""


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
    n: int
    text: str
    id: str


class Received(_Frame, frozen=True, tag="received"):
    match: str
    n: int


class RewindOffer(_Frame, frozen=True, tag="rewind_offer"):
    match: str


class Error(_Frame, frozen=True, tag="error"):
    code: str


class Banned(_Frame, frozen=True, tag="banned"):
    pass


FromGateway: TypeAlias = (
    Welcome | Searching | Matched | Memory | Ended | PartnerAway | PartnerBack | Chat | Received | RewindOffer
    | Error | Banned
)  # fmt: skip
parse = msgspec.json.Decoder(FromGateway).decode
"""Raises `msgspec.DecodeError` (a `ValueError`)."""


def frame(kind: str, **fields: object) -> bytes:
    """Encode what a browser says; a field `pass_` goes as `pass`."""
    return msgspec.json.encode({"type": kind, **{name.rstrip("_"): value for name, value in fields.items()}})
