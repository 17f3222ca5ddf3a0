"""The simulation: visitors arrive, search, talk, press Next, give up and leave, all in virtual time."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import Any

from services.contract.ids import GatewayId, TicketId, VisitorId
from services.contract.limits import REMATCH_COOLDOWN
from services.matcher.core.crowded_networks import DEFAULT_LIMITS, CrowdLimits
from services.matcher.core.stages import Stages
from services.matcher.core.tickets import Pairing, Ticket
from services.matcher.core.waiting_room import WaitingRoom

from .crowd_model import CrowdModel, RandomSource, VisitorKind
from .populations import populations
from .results import SearchCounts, SimulationResult
from .visitors import Behaviour, SimulatedVisitor, partners_to_send

_GATEWAY = GatewayId("simulation")
_REST = 0.001
"""The least virtual time between two advances while nothing else happens, in seconds."""


@dataclass(frozen=True, slots=True)
class RandomStreams:
    """Separate random streams, so that the same visitors come at the same times whatever the matcher does."""

    arrivals: RandomSource
    profiles: RandomSource
    talks: RandomSource


class Simulation:
    """One run. `without` names the parts that the wishes leave out."""

    def __init__(
        self,
        behaviour: Behaviour,
        crowd: CrowdModel,
        stages: Stages,
        random: RandomStreams,
        without: Collection[str] = (),
        limits: CrowdLimits = DEFAULT_LIMITS,
    ) -> None:
        self._behaviour = behaviour
        self._crowd = crowd
        self._random = random
        self._without = without
        self._populations = populations(crowd)
        self._room = WaitingRoom(stages, limits)
        self._numbers = count(1)
        self._events: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._waiting: dict[TicketId, SimulatedVisitor] = {}
        self._groups: dict[int, SearchCounts] = {}
        self._now = 0.0
        self._advanced = -inf
        self._room_due = inf
        self._open_searches = 0
        self._present = 0
        self._visitor_seconds = 0.0
        self._begin = behaviour.warm_up
        self._end = behaviour.warm_up + behaviour.duration

    def run(self, progress: Callable[[float], None] = lambda _: None) -> SimulationResult:
        """Run to the end. `progress` is called now and then with the share that is done, from 0 to 1."""
        for _ in range(self._behaviour.visitors):
            self._at(self._random.arrivals.random() * self._behaviour.talk, self._arrive)
        self._schedule_arrival()
        steps = 0
        while self._now < self._end or self._open_searches:
            self._step()
            steps += 1
            if not steps % 4096:
                progress(min(1.0, self._now / self._end))
        minutes = self._behaviour.duration / 60
        return SimulationResult(
            self._visitor_seconds / self._behaviour.duration, minutes, self._counts_by_population()
        )

    def _step(self) -> None:
        wanted = max(self._room_due, self._advanced + _REST)
        if self._events[0][0] <= wanted:
            when, _, act, arguments = heappop(self._events)
            self._move_to(when)
            act(*arguments)
        else:
            self._move_to(wanted)
        self._advance()

    def _move_to(self, when: float) -> None:
        """Move the virtual time to `when`, and add up the presence of visitors until then."""
        self._visitor_seconds += self._present * max(0.0, min(when, self._end) - max(self._now, self._begin))
        self._now = max(when, self._now)

    def _at(self, when: float, act: Callable[..., None], *arguments: Any) -> None:
        heappush(self._events, (when, next(self._numbers), act, arguments))

    def _advance(self) -> None:
        self._advanced = self._now
        advance = self._room.advance(self._now)
        self._room_due = advance.next_at
        for pairing in advance.pairings:
            self._meet(pairing)

    def _schedule_arrival(self) -> None:
        # A visitor whose stay is over still finishes the talk.
        rate = self._behaviour.visitors / (self._behaviour.stay + self._behaviour.talk)
        self._at(self._now + self._random.arrivals.expovariate(rate), self._arrive_and_schedule_next)

    def _arrive_and_schedule_next(self) -> None:
        self._schedule_arrival()
        self._arrive()

    def _arrive(self) -> None:
        profile = self._crowd.draw(self._random.profiles)
        group = sum(1 << bit for bit, one in enumerate(self._populations) if one.includes(profile))
        stay = self._random.profiles.expovariate(1.0) * self._behaviour.stay
        wish = profile.without(self._without)
        self._present += 1
        self._search(SimulatedVisitor(next(self._numbers), profile, wish, group, self._now + stay))

    def _search(self, visitor: SimulatedVisitor) -> None:
        visitor.since = self._now
        if self._is_counted(visitor):
            self._open_searches += 1
            if not visitor.counted:
                visitor.counted = True
                self._counts_of(visitor).visitors += 1
        number = TicketId(next(self._numbers))
        self._waiting[number] = visitor
        self._at(self._now + self._behaviour.patience, self._give_up, number)
        self._room.offer([self._ticket(visitor, number)], self._now)

    def _ticket(self, visitor: SimulatedVisitor, number: TicketId) -> Ticket:
        wish = visitor.wish
        return Ticket(
            gateway=_GATEWAY,
            number=number,
            visitor=VisitorId(str(visitor.key)),
            visitor_key=visitor.key,
            pool=wish.pool,
            since=self._now,
            interests=wish.interests,
            languages=wish.languages,
            strict_language=wish.strict,
            country=wish.country,
            avoid_countries=wish.avoids,
            nearby=wish.nearby,
            region=wish.region,
            partners=partners_to_send(visitor.met, self._now),
            network=visitor.network,
            deferred=visitor.profile.kind is VisitorKind.WATCHED,
        )

    def _meet(self, pairing: Pairing) -> None:
        one = self._waiting.pop(pairing.polite.number)
        other = self._waiting.pop(pairing.other.number)
        self._count_match(one, other, pairing.at)
        self._count_match(other, one, pairing.at)
        mean = self._behaviour.mean_talk(one.profile.kind, other.profile.kind, self._crowd.company)
        talk = self._random.talks.expovariate(1.0) * mean
        self._at(self._now + talk, self._part, one, other)

    def _part(self, one: SimulatedVisitor, other: SimulatedVisitor) -> None:
        for visitor, partner in ((one, other), (other, one)):
            visitor.met.pop(partner.key, None)
            visitor.met[partner.key] = self._now
        for visitor in (one, other):
            if self._now >= visitor.leaves_at:
                self._present -= 1
            else:
                self._search(visitor)

    def _give_up(self, number: TicketId) -> None:
        visitor = self._waiting.pop(number, None)
        if visitor is None:
            return  # it was matched meanwhile
        self._room.withdraw(_GATEWAY, number)
        self._present -= 1
        if self._is_counted(visitor):
            self._open_searches -= 1
            self._counts_of(visitor).unmatched += 1
            self._counts_of(visitor).met_nobody += not visitor.matches

    def _count_match(self, visitor: SimulatedVisitor, partner: SimulatedVisitor, at: float) -> None:
        visitor.matches += 1
        if not self._is_counted(visitor):
            return
        self._open_searches -= 1
        counts = self._counts_of(visitor)
        mine, theirs = visitor.profile, partner.profile
        counts.waits.append(at - visitor.since)
        counts.languages_shared += not set(mine.languages).isdisjoint(theirs.languages)
        counts.interests_shared += not mine.interests.isdisjoint(theirs.interests)
        counts.countries_shared += bool(mine.country) and mine.country == theirs.country
        counts.regions_shared += bool(mine.region) and mine.region == theirs.region
        counts.bots_met += theirs.kind is VisitorKind.BOT
        parted = visitor.met.get(partner.key)
        if parted is not None:
            counts.repeats += 1
            counts.repeats_within_minute += at - parted < REMATCH_COOLDOWN

    def _is_counted(self, visitor: SimulatedVisitor) -> bool:
        return self._begin <= visitor.since < self._end

    def _counts_of(self, visitor: SimulatedVisitor) -> SearchCounts:
        counts = self._groups.get(visitor.group)
        if counts is None:
            counts = self._groups[visitor.group] = SearchCounts()
        return counts

    def _counts_by_population(self) -> dict[str, SearchCounts]:
        totals: dict[str, SearchCounts] = {}
        for bit, population in enumerate(self._populations):
            counts = totals[population.name] = SearchCounts()
            for group, part in self._groups.items():
                if group >> bit & 1:
                    counts.add(part)
        return totals
