"""A visitor's former partners and blocks, by keys, the latest ones; and what their memory says of them."""

from collections.abc import Iterable
from math import inf

from msgspec import Struct

from services.contract.ids import GatewayId, Place, VisitorId, visitor_key
from services.contract.limits import (
    MAX_FORMER_PLACES,
    MAX_RECENT_PARTNERS,
    PARTNERS_REMEMBERED,
    REMATCH_COOLDOWN,
)

from .match_side import Participant

_CLOCK_SKEW = 0.5
"""Seconds by which the matcher's clock may be ahead of ours."""


class VisitorMemory(Struct, frozen=True):
    """A memory says this. Times are monotonic seconds; former partners come with when they were parted from.

    `present` is the partner of a match that may still go on, 0 if there is none. `places` are where the
    visitor was last, the newest first: more than one if an older one had not given way yet. `find` and
    `since` tell of a search that a drain interrupted.
    """

    partners: tuple[tuple[int, float], ...] = ()
    blocked: tuple[int, ...] = ()
    present: int = 0
    places: tuple[Place, ...] = ()
    find: bytes = b""
    since: float = inf


EMPTY_MEMORY = VisitorMemory()


class EncounterHistory:
    """Belongs to one visitor. Times are monotonic seconds."""

    __slots__ = ("_blocked", "_parted")

    def __init__(self, partners: Iterable[tuple[int, float]] = (), blocked: Iterable[int] = ()) -> None:
        self._parted = dict(partners)
        self._blocked = dict.fromkeys(blocked)

    @property
    def partners(self) -> tuple[tuple[int, float], ...]:
        """Former partners with when they were parted from, the latest last."""
        return tuple(self._parted.items())

    @property
    def blocked(self) -> tuple[int, ...]:
        return tuple(self._blocked)

    def has_blocked(self, visitor: VisitorId) -> bool:
        return visitor_key(visitor) in self._blocked

    def is_barred(self, visitor: VisitorId, now: float) -> bool:
        """Whether they must not meet now."""
        parted = self._parted.get(visitor_key(visitor), -inf)
        return self.has_blocked(visitor) or now - parted < REMATCH_COOLDOWN - _CLOCK_SKEW

    def has_met(self, visitor: VisitorId) -> bool:
        return visitor_key(visitor) in self._parted

    def record_parting(self, partner: VisitorId, now: float) -> None:
        self.record_parting_key(visitor_key(partner), now)

    def record_parting_key(self, key: int, now: float) -> None:
        """Remember the parting. The oldest are forgotten when they bar nobody, or when there are too many."""
        self._parted.pop(key, None)
        self._parted[key] = now
        while len(self._parted) > PARTNERS_REMEMBERED:
            oldest = next(iter(self._parted))
            if len(self._parted) <= MAX_RECENT_PARTNERS and self._parted[oldest] > now - REMATCH_COOLDOWN:
                break
            del self._parted[oldest]

    def block(self, visitor: VisitorId) -> None:
        self._blocked[visitor_key(visitor)] = None
        if len(self._blocked) > PARTNERS_REMEMBERED:
            del self._blocked[next(iter(self._blocked))]


class VisitorRecord:
    """The record of a visitor at this gateway, from which passes and memories are made.

    `find` is their wish as a message, empty when there is none yet. `former_places` are older places of them,
    which have not given way yet.
    """

    __slots__ = ("find", "former_places", "history", "me")

    def __init__(self, me: Participant, history: EncounterHistory, former: Iterable[Place] = ()) -> None:
        self.me = me
        self.history = history
        self.former_places = tuple(place for place in former if place.gateway != me.place.gateway)[
            :MAX_FORMER_PLACES
        ]
        self.find = b""

    def forget_former_place(self, gateway: GatewayId) -> None:
        """The visitor is certainly not at that gateway any more."""
        self.former_places = tuple(place for place in self.former_places if place.gateway != gateway)

    def memory(self, present: VisitorId | None = None, since: float | None = None) -> VisitorMemory:
        """The visitor's browser must remember this now: `present` is their partner, if there is one.

        `since`: they search since then, and another gateway is to go on with it.
        """
        return VisitorMemory(
            self.history.partners,
            self.history.blocked,
            visitor_key(present) if present else 0,
            (self.me.place, *self.former_places),
            b"" if since is None else self.find,
            inf if since is None else since,
        )


def restore_history(memory: VisitorMemory, resumes: int, now: float) -> EncounterHistory:
    """The history that a memory tells. `resumes` is the partner of the match that is resumed, or 0.

    Another partner than that one, of whom the memory says that they are present, was parted from now.
    """
    history = EncounterHistory(memory.partners, memory.blocked)
    if memory.present not in (0, resumes):
        history.record_parting_key(memory.present, now)
    return history
