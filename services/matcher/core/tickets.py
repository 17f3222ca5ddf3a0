"""Tickets and the proposals about them. All types are frozen, and times are monotonic seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from weakref import WeakValueDictionary

import msgspec

from services.contract.ids import UNTRACED, GatewayId, Place, TicketId, TraceContext, VisitorId


class Mode(IntEnum):
    """The way in which two visitors talk. The numbers are those of `protos/matcher.proto`."""

    VIDEO = 1
    AUDIO = 2
    TEXT = 3


class Audience(IntEnum):
    """The visitors that one may meet. Restricted visitors meet only each other."""

    EVERYONE = 0
    RESTRICTED = 1


class TicketKind(IntEnum):
    """The kinds of tickets in a busy pool. Each meets its own kind first, and others in the last stage."""

    USUAL = 0
    DEFERRED = 1
    """Its gateway asks for this, because it has a reason to doubt the visitor."""
    CROWDED = 2
    """It comes from a crowded network."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Pool:
    """The tickets that may meet at all. Each pool is one object, and pools are compared by identity.

    `room` is an opaque name for those who want to meet only each other. It is empty for everybody.
    """

    mode: Mode
    audience: Audience
    room: str = ""


POOLS: Mapping[tuple[int, int], Pool] = {
    (mode, audience): Pool(mode, audience) for mode in Mode for audience in Audience
}
"""The pools of everybody, by the numbers of their mode and their audience."""

_rooms: WeakValueDictionary[tuple[Pool, str], Pool] = WeakValueDictionary()


def pool_of_room(everybody: Pool, room: str) -> Pool:
    """Return the pool of a room, by the pool of everybody with its mode and its audience.

    It is the same object for as long as anything refers to it, and is not kept for longer.
    """
    pool = _rooms.get((everybody, room))
    if pool is None:
        pool = _rooms[everybody, room] = Pool(everybody.mode, everybody.audience, room)
    return pool


class Ticket(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """A wish that waits. Its gateway and its number there name it.

    `partners` names visitors by their keys, which are 64 bits of their ids. `blocked` names visitors and
    devices likewise.
    """

    gateway: GatewayId
    number: TicketId
    visitor: VisitorId
    visitor_key: int
    epoch: int = 1
    """The number of the visitor's connection, which each dial raises."""
    pool: Pool
    since: float
    """When the wait began. A ticket that is offered again keeps its age."""
    side_lane: bool = False
    """Whether it waits in a lane other than lane 0, from which it overflows."""
    interests: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    """Empty means that any language will do."""
    strict_language: bool = False
    """Whether the partner must have named one of `languages`, too."""
    country: str = ""
    """Empty means unknown. Nobody avoids an unknown country."""
    avoid_countries: frozenset[str] = frozenset()
    nearby: bool = False
    """Whether a partner from the same country counts as much as a shared interest."""
    blocked: frozenset[int] = frozenset()
    partners: Mapping[int, float] = {}
    """The recent partners, and when the visitor parted from each."""
    device: int = 0
    """The key of the visitor's device, or 0 if it is unknown."""
    tabs_meet: bool = False
    """Whether two visitors of one device may meet."""
    guest: bool = False
    """Whether it may meet no other guest."""
    network: bytes = b""
    """A keyed hash of the visitor's network. Empty if it never counts as crowded."""
    deferred: bool = False
    """Whether its gateway asks that it meets others of its kind first if the pool is busy."""
    region: str = ""
    """The region of its gateway, where a partner comes first. Empty if the gateway names none."""
    trace: TraceContext = UNTRACED
    """The span that the search continues."""

    @property
    def identity_key(self) -> int:
        """The device if it is known, else the visitor: one person with two tabs has one key.

        Where two tabs may meet, each counts as a person.
        """
        return self.visitor_key if self.tabs_meet else self.device or self.visitor_key

    @property
    def place(self) -> Place:
        """The epoch and the gateway of the connection that made the wish."""
        return Place(self.epoch, self.gateway)


class SupersededTicket(msgspec.Struct, frozen=True, gc=False, eq=False):
    """A ticket that does not wait, because its visitor has another ticket from a `newer` place."""

    ticket: Ticket
    newer: Place


class Pairing(msgspec.Struct, frozen=True, gc=False, eq=False):
    """A proposal that two tickets meet. The polite side yields when both make an offer at once."""

    polite: Ticket
    other: Ticket
    at: float


class StageChange(msgspec.Struct, frozen=True, gc=False, eq=False):
    """Says how widely a waiting ticket searches now. `widens_in` is in seconds, and 0 in the last stage.

    `hint` says which part of the wish keeps it waiting, in the words of the browsers' `searching`. It is
    empty when that is unknown. `waiting` is the number of tickets in its pool.
    """

    ticket: Ticket
    stage: int
    widens_in: float
    hint: str = ""
    waiting: int = 0


class Advance(msgspec.Struct, frozen=True, gc=False, eq=False):
    """The changes in the waiting room since the last advance, and the time of the next one."""

    pairings: Sequence[Pairing]
    stage_changes: Sequence[StageChange]
    overflow: Sequence[Ticket]
    """Tickets that found nobody in a side lane. They wait here no longer and belong in lane 0."""
    next_at: float
    """When to advance next if nothing is offered or withdrawn before. Infinite when nothing is due."""
