"""A visitor's recent partners and blocks, and the memory of them that the browser keeps."""

from collections.abc import Iterable
from itertools import islice
from math import inf

from msgspec import Struct

from services.contract.ids import GatewayId, Place, VisitorId, visitor_key
from services.contract.limits import (
    BLOCKED_KEYS_REMEMBERED,
    MAX_FORMER_PLACES,
    MAX_RECENT_PARTNERS,
    PARTNERS_REMEMBERED,
    REMATCH_COOLDOWN,
)

from .match_side import Participant

_CLOCK_SKEW = 0.5
"""Seconds by which the matcher's measure of an interval may exceed this gateway's."""

_LONGEST_WISH = 1800
"""Bytes of the longest wish in a memory. Only one that is full of control characters is longer."""


class VisitorMemory(Struct, frozen=True):
    """The content of a memory, with times as monotonic seconds. Visitors are named by their keys.

    `partners` come with the times of the partings. `blocked` has keys of visitors and of devices. `present`
    is the partner of a match that may still go on, or 0. `places` are the newest place and then older ones
    that have not acknowledged a takeover. `find` and `since` describe a search that a drain interrupted.
    """

    partners: tuple[tuple[int, float], ...] = ()
    blocked: tuple[int, ...] = ()
    present: int = 0
    places: tuple[Place, ...] = ()
    find: bytes = b""
    since: float = inf


EMPTY_MEMORY = VisitorMemory()


class EncounterHistory:
    """The recent partners and the blocks of one visitor. Times are monotonic seconds."""

    __slots__ = ("_blocked", "_parted")

    def __init__(self, partners: Iterable[tuple[int, float]] = (), blocked: Iterable[int] = ()) -> None:
        self._parted = dict(partners)
        self._blocked = dict.fromkeys(blocked)

    @property
    def partners(self) -> tuple[tuple[int, float], ...]:
        """The keys of former partners with the times of the partings, the latest last."""
        return tuple(self._parted.items())

    @property
    def blocked(self) -> tuple[int, ...]:
        """The keys of blocked visitors and of their devices, the latest last."""
        return tuple(self._blocked)

    def has_blocked(self, visitor: VisitorId, device: int = 0) -> bool:
        """Return whether the visitor is blocked, or another one of the same device. 0 is no device."""
        return visitor_key(visitor) in self._blocked or (device != 0 and device in self._blocked)

    def is_barred(self, visitor: VisitorId, device: int, now: float) -> bool:
        """Return whether the two must not be matched now. `device` is the other's, or 0 if unknown."""
        parted = self._parted.get(visitor_key(visitor), -inf)
        return self.has_blocked(visitor, device) or now - parted < REMATCH_COOLDOWN - _CLOCK_SKEW

    def has_met(self, visitor: VisitorId) -> bool:
        return visitor_key(visitor) in self._parted

    def record_parting(self, partner: VisitorId, now: float) -> None:
        self.record_parting_key(visitor_key(partner), now)

    def record_parting_key(self, key: int, now: float) -> None:
        """Record a parting. Drop the oldest ones if there are too many, or if they bar nobody any more."""
        self._parted.pop(key, None)
        self._parted[key] = now
        while len(self._parted) > PARTNERS_REMEMBERED:
            oldest = next(iter(self._parted))
            if len(self._parted) <= MAX_RECENT_PARTNERS and self._parted[oldest] > now - REMATCH_COOLDOWN:
                break
            del self._parted[oldest]

    def block(self, visitor: VisitorId, device: int = 0) -> None:
        """Block the visitor, and all of the device if it is known. Drop the oldest of too many keys."""
        for key in (visitor_key(visitor), device) if device else (visitor_key(visitor),):
            self._blocked.pop(key, None)
            self._blocked[key] = None
        while len(self._blocked) > BLOCKED_KEYS_REMEMBERED:
            del self._blocked[next(iter(self._blocked))]


class VisitorRecord:
    """The record of one visitor at this gateway. Passes and memories are made from it.

    `find` is their wish as a message, or empty if there is none yet. `former_places` are older places of the
    visitor that have not acknowledged a takeover.
    """

    __slots__ = ("find", "former_places", "history", "me")

    def __init__(self, me: Participant, history: EncounterHistory, former: Iterable[Place] = ()) -> None:
        self.me = me
        self.history = history
        elsewhere = (place for place in former if place.gateway != me.place.gateway)
        self.former_places = tuple(islice(elsewhere, MAX_FORMER_PLACES))
        self.find = b""

    def forget_former_place(self, gateway: GatewayId) -> None:
        """Drop the places at a gateway that has acknowledged the takeover."""
        self.former_places = tuple(place for place in self.former_places if place.gateway != gateway)

    def memory(self, present: VisitorId | None = None, since: float | None = None) -> VisitorMemory:
        """Return what the browser must remember now. `present` is the partner, if there is one.

        `since` is when the running search began, if another gateway is to go on with it.
        """
        if since is None or len(self.find) > _LONGEST_WISH:
            find, since = b"", inf
        else:
            find = self.find
        return VisitorMemory(
            self.history.partners,
            self.history.blocked,
            visitor_key(present) if present else 0,
            (self.me.place, *self.former_places),
            find,
            since,
        )


def restore_history(memory: VisitorMemory, resumes: int, now: float) -> EncounterHistory:
    """Return the history that a memory holds. `resumes` is the partner in the resumed match, or 0.

    If the memory's present partner is another one, the visitor has parted from them now.
    """
    history = EncounterHistory(memory.partners, memory.blocked)
    if memory.present not in (0, resumes):
        history.record_parting_key(memory.present, now)
    return history
