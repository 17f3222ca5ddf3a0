"""The model of the waiting room: no index, and every ticket is compared with every other."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import inf

from services.contract.ids import Place
from services.matcher.core.crowded_networks import REFRESH_EVERY, CrowdedNetworks, CrowdLimits
from services.matcher.core.ticket_queue import QueuedTicket
from services.matcher.core.tickets import Pairing, Pool, Ticket, TicketKind

FORMER_PARTNER = 3
"""The stage that a former partner needs."""


def refused_for_good(one: Ticket, other: Ticket) -> bool:
    return (
        one.pool is not other.pool
        or same_person(one, other)
        or blocks(one, other)
        or (bool(one.country) and one.country in other.avoid_countries)
        or (one.strict_language and not set(one.languages) & set(other.languages))
        or (one.guest and other.guest)
    )


def blocks(one: Ticket, other: Ticket) -> bool:
    return other.visitor_key in one.blocked or (bool(other.device) and other.device in one.blocked)


def same_person(one: Ticket, other: Ticket) -> bool:
    return one.visitor_key == other.visitor_key or (bool(one.device) and one.device == other.device)


def partings(one: Ticket, other: Ticket) -> list[float]:
    memories = one.partners.get(other.visitor_key), other.partners.get(one.visitor_key)
    return [at for at in memories if at is not None]


def needs(one: Ticket, other: Ticket) -> int:
    """Return the stage that `one` must have reached to accept `other`."""
    if partings(one, other):
        return FORMER_PARTNER
    if one.languages and other.languages and not set(one.languages) & set(other.languages):
        return 2
    same_country_preferred = one.nearby and bool(one.country) and one.country == other.country
    return 0 if same_country_preferred or one.interests & other.interests else 1


@dataclass
class Model:
    """The tickets that wait, one of each visitor, and when each came.

    Stages follow from age; none is under `least`.
    """

    ages: tuple[float, float, float]
    least: int = 0
    limits: CrowdLimits = CrowdLimits(tickets=0)
    waiting: dict[int, Ticket] = field(default_factory=dict)
    came: dict[int, float] = field(default_factory=dict)
    kinds: dict[int, TicketKind] = field(default_factory=dict)
    networks: dict[Pool, CrowdedNetworks] = field(default_factory=dict)
    refreshed_at: float = -inf

    def refresh(self, now: float) -> None:
        """Do what the room does whenever something is offered or it advances."""
        if now - self.refreshed_at >= REFRESH_EVERY:
            self.refreshed_at = now
            for networks in self.networks.values():
                networks.refresh(now)

    def keep(self, pools: Collection[Pool]) -> None:
        """Forget all other pools. Raises `AssertionError` if somebody waits there."""
        assert not {waiting.pool for waiting in self.waiting.values()} - set(pools)
        self.networks = {pool: networks for pool, networks in self.networks.items() if pool in pools}

    def offer(self, wanted: Ticket, now: float) -> list[tuple[Ticket, Place]]:
        """Let the ticket wait if none of its visitor is newer. Return what gateways are to hear."""
        told: list[tuple[Ticket, Place]] = []
        self.refresh(now)
        if wanted.pool not in self.networks:
            self.networks[wanted.pool] = CrowdedNetworks(self.limits)
            self.networks[wanted.pool].refresh(now)
        self.networks[wanted.pool].record(wanted)
        for other in [other for other in self.waiting.values() if other.visitor == wanted.visitor]:
            if (other.epoch, other.gateway) > (wanted.epoch, wanted.gateway):
                return [(wanted, Place(other.epoch, other.gateway))]
            del self.waiting[other.number]
            if (other.epoch, other.gateway) < (wanted.epoch, wanted.gateway):
                told = [(other, Place(wanted.epoch, wanted.gateway))]
        usual = TicketKind.DEFERRED if wanted.deferred else TicketKind.USUAL
        crowded = wanted.network in self.networks[wanted.pool].crowded
        self.kinds[wanted.number] = TicketKind.CROWDED if crowded else usual
        self.waiting[wanted.number] = wanted
        self.came[wanted.number] = now
        return told

    def acceptable(self, one: Ticket, other: Ticket, now: float) -> bool:
        if refused_for_good(one, other) or any(now - at < 60 for at in partings(one, other)):
            return False
        return self.stage(one, now) >= needs(one, other)

    def stage(self, one: Ticket, now: float) -> int:
        picky = one.interests or (one.nearby and one.country)
        by_age = sum(now - one.since >= age - 1e-6 for age in self.ages)
        return max(by_age, 0 if picky else 1, self.least)

    def kept_apart(self, one: Ticket, other: Ticket, now: float, certainly: bool) -> bool:
        """Tell whether the kinds of two tickets keep them apart. Both accept each other but for that.

        A crowded ticket may be released in the last stage, but only if its network has become calm. With
        `certainly` False, it counts as not released.
        """
        kinds = {self.kinds[one.number], self.kinds[other.number]}
        stages = self.stage(one, now), self.stage(other, now)
        if len(kinds) == 1:
            in_crowd = kinds == {TicketKind.CROWDED} and one.network == other.network
            return in_crowd and min(stages) < 2 and not (certainly and max(stages) == 3)
        if min(stages) == 3:
            return False
        if TicketKind.USUAL not in kinds or max(stages) < 3:
            return True
        special = one if self.kinds[one.number] is not TicketKind.USUAL else other
        return self.stage(special, now) < 3 or (
            self.kinds[special.number] is TicketKind.CROWDED and not certainly
        )

    def in_other_regions(self, one: Ticket, other: Ticket, now: float) -> bool:
        """Tell whether both still wait for somebody of their own region."""
        if any(self.kinds[each.number] is not TicketKind.USUAL for each in (one, other)):
            return False
        differ = bool(one.region and other.region) and one.region != other.region
        return differ and max(self.stage(one, now), self.stage(other, now)) < 2

    def missed(self, then: float) -> list[tuple[Ticket, Ticket]]:
        """Return the pairs that wait though they already accepted each other `then`."""
        there = [ticket for number, ticket in self.waiting.items() if self.came[number] <= then]
        pairs = combinations(there, 2)
        return [
            (a, b)
            for a, b in pairs
            if self.acceptable(a, b, then)
            and self.acceptable(b, a, then)
            and not self.kept_apart(a, b, then, certainly=False)
            and not self.in_other_regions(a, b, then)
        ]

    def take(self, pairing: Pairing) -> tuple[Ticket, Ticket]:
        """Remove both sides and return them. Raises `KeyError` if one did not wait."""
        return self.waiting.pop(pairing.polite.number), self.waiting.pop(pairing.other.number)


def may_meet_now(one: QueuedTicket, other: QueuedTicket, now: float, cooldown: float) -> bool:
    """Tell whether two tickets accept each other at their stages."""
    return (
        not refused_for_good(one.ticket, other.ticket)
        and not refused_for_good(other.ticket, one.ticket)
        and not any(now - at < cooldown for at in partings(one.ticket, other.ticket))
        and one.stage >= needs(one.ticket, other.ticket)
        and other.stage >= needs(other.ticket, one.ticket)
    )


def best_partners(
    seeker: QueuedTicket, waiting: Sequence[QueuedTicket], now: float, cooldown: float
) -> list[QueuedTicket]:
    """Return those of the lowest level that have most in common with the seeker, and waited longest.

    A former partner comes last, and all former partners are equal.
    """

    def rank(other: QueuedTicket) -> tuple[float, ...]:
        level = needs(seeker.ticket, other.ticket)
        if level == FORMER_PARTNER:
            return (level,)
        mine, theirs = seeker.ticket, other.ticket
        near = (mine.nearby or theirs.nearby) and bool(mine.country) and mine.country == theirs.country
        return level, -len(mine.interests & theirs.interests) - near, theirs.since

    fitting = [entry for entry in waiting if may_meet_now(seeker, entry, now, cooldown)]
    best = min(map(rank, fitting), default=())
    return [entry for entry in fitting if rank(entry) == best]
