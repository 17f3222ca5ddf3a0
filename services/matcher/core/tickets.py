"""What the matcher knows of a wish that waits, and what it proposes. Frozen; times are monotonic seconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import msgspec

from services.contract.ids import GatewayId, Place, TicketId, VisitorId


class Mode(IntEnum):
    """How two strangers talk; the numbers of `protos/matcher.proto`."""

    VIDEO = 1
    AUDIO = 2
    TEXT = 3


class Audience(IntEnum):
    """Who meets whom: restricted visitors meet only each other."""

    EVERYONE = 0
    RESTRICTED = 1


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Tickets that may meet at all. There is one object for each pool, compared by identity."""

    mode: Mode
    audience: Audience


POOLS: Mapping[tuple[int, int], Pool] = {
    (mode, audience): Pool(mode, audience) for mode in Mode for audience in Audience
}
"""Every pool, by the numbers of its mode and its audience."""


class Ticket(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """A wish that waits, named by its gateway and its number there.

    Visitors are named by keys (64 bits of their id) in `blocked` and `partners`.
    """

    gateway: GatewayId
    number: TicketId
    visitor: VisitorId
    visitor_key: int
    epoch: int = 1
    """The number of the visitor's connection, which each dial raises."""
    pool: Pool
    since: float
    """When it began to wait; a wish that was offered before keeps its age."""
    interests: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    """None named: any will do."""
    strict_language: bool = False
    """Only somebody who named one of `languages` too."""
    country: str = ""
    """Empty: unknown, and nobody avoids it."""
    avoid_countries: frozenset[str] = frozenset()
    nearby: bool = False
    """Somebody of the same country is as good as a shared interest."""
    blocked: frozenset[int] = frozenset()
    partners: Mapping[int, float] = {}
    """The last partners and when each was parted from."""
    device: int = 0
    """The key of the visitor's device; 0 when it is unknown."""

    @property
    def identity_key(self) -> int:
        """The same for all whom one has with one browser."""
        return self.device or self.visitor_key

    @property
    def place(self) -> Place:
        """Where the visitor was when they wished this."""
        return Place(self.epoch, self.gateway)


class SupersededTicket(msgspec.Struct, frozen=True, gc=False, eq=False):
    """A ticket that does not wait, because its visitor has another from a `newer` place."""

    ticket: Ticket
    newer: Place


class Pairing(msgspec.Struct, frozen=True, gc=False, eq=False):
    """A proposal. `polite` and `other` are the two sides; the polite one yields when both make an offer."""

    polite: Ticket
    other: Ticket
    at: float


class StageChange(msgspec.Struct, frozen=True, gc=False, eq=False):
    """How widely a waiting ticket looks now. `widens_in` is in seconds, 0 in the last stage.

    `hint`: what in the wish keeps it waiting, as in the browsers' `searching`; empty when unknown.
    """

    ticket: Ticket
    stage: int
    widens_in: float
    hint: str = ""
