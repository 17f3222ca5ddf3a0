"""`python -m bench.matching.room WISH WAITING OFFERS` measures the pairs a CPU-second of the waiting room.

WISH is fifo, language, interests, obstructed, avoided, guests or widening. It measures one round for each
line that it reads, so that the rounds of several rooms can alternate. Its answer is a JSON object with the
pairs a CPU-second of the room, and for some wishes also of the queues in `deques.py`.
"""

import gc
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count
from time import process_time

import msgspec

from services.contract.ids import GatewayId, TicketId, VisitorId
from services.matcher.core.stages import Stages
from services.matcher.core.tickets import POOLS, Pairing, Ticket
from services.matcher.core.waiting_room import WaitingRoom

from .deques import LanguageDeques, PlainDeque

POOL = POOLS[1, 0]
INTERESTS = [f"interest{number}" for number in range(50)]
LANGUAGES = ("en", "de", "fr", "es", "pt")
HERE, THERE = "AT", "CH"

BATCH = 800
"""Offers between two advances, as a matcher with 40,000 tickets a second gets them in one tick."""

STEP = 0.02
"""Seconds from one batch to the next."""

LATER = 3600.0
"""The age at which wishes widen. It is so late that waiting tickets stay as they are."""

WIDENED = LATER + 0.1
"""The time at which all waiting tickets accept more than their interests."""


COMPARED = ("fifo", "language", "interests")
"""The wishes whose newcomers the deques pair, too."""

Rates = dict[str, float]
"""The pairs a CPU-second: of the `room`, and of the deques `plain` and `languages`."""


class BenchmarkRoom:
    """A waiting room with hosts who wait, and perhaps with tickets that are in the newcomers' way.

    Hosts speak the newcomers' languages and have three interests that nobody else has. For the wish
    `obstructed`, two tickets of each language accept anyone but avoid the newcomers' country. For `avoided`,
    all waiting tickets avoid the newcomers' country, which is also their own.
    """

    def __init__(self, waiting: int, wish: str = "") -> None:
        self._randomness = random.Random(7)
        self._depth = waiting
        self._now = 0.0
        self._numbers = count(1)
        self._hosts: list[Ticket] = []
        self._places: dict[TicketId, int] = {}
        self.room = WaitingRoom(Stages((LATER, 2 * LATER, 3 * LATER)))
        for language in 2 * LANGUAGES if wish == "obstructed" else ():
            self.room.offer([self._picky(language)], self._now)
        for _ in range(waiting):
            self.room.offer([self._avoider() if wish == "avoided" else self._host()], self._now)
        self.room.advance(self._now)

    def fifo(self) -> list[Ticket]:
        """Return a batch of newcomers who accept anyone."""
        return [self._ticket() for _ in range(BATCH)]

    def language(self) -> list[Ticket]:
        """Return a batch of newcomers who speak one language."""
        return [self._ticket(languages=self._any_language()) for _ in range(BATCH)]

    def interests(self) -> list[Ticket]:
        """Return a batch of newcomers who speak one language and have three of fifty interests."""
        return [self._ticket(**self._common()) for _ in range(BATCH)]

    def obstructed(self) -> list[Ticket]:
        """Return the same as `interests`, for a room with tickets in the way."""
        return self.interests()

    def avoided(self) -> list[Ticket]:
        """Return a batch of newcomers who speak one language, for a room that avoids their country."""
        return self.language()

    def guests(self) -> list[Ticket]:
        """Return a batch of which half meet a waiting host. New hosts replace those who left."""
        common = [self._ticket(**self._common()) for _ in range(BATCH // 2)]
        guests = [self._guest() for _ in range(BATCH // 4)]
        return [*common, *guests, *(self._host() for _ in range(self._depth - len(self._hosts)))]

    def take(self, batch: Sequence[Ticket]) -> tuple[float, int]:
        """Offer a batch as the matcher does. Return the CPU seconds and the number of pairs."""
        began = process_time()
        self.room.offer(batch, self._now)
        pairings = self.room.advance(self._now).pairings
        spent = process_time() - began
        self._now += STEP
        self._settle(pairings)
        return spent, len(pairings)

    def _settle(self, pairings: Sequence[Pairing]) -> None:
        """Forget the hosts who wait no longer."""
        for ticket in (side for pairing in pairings for side in (pairing.polite, pairing.other)):
            place = self._places.pop(ticket.number, None)
            if place is not None:
                last = self._hosts.pop()
                if last is not ticket:
                    self._hosts[place] = last
                    self._places[last.number] = place

    def _ticket(self, **wish: object) -> Ticket:
        number = next(self._numbers)
        common = {"since": self._now, "country": HERE} | wish
        return Ticket(
            gateway=GatewayId(f"g{number % 4}"),
            number=TicketId(number),
            visitor=VisitorId(str(number)),
            visitor_key=number,
            pool=POOL,
            network=b"network %d" % number,
            **common,  # type: ignore[arg-type]
        )

    def _any_language(self) -> tuple[str]:
        return (self._randomness.choice(LANGUAGES),)

    def _common(self) -> dict[str, object]:
        interests = frozenset(self._randomness.sample(INTERESTS, 3))
        return {"languages": self._any_language(), "interests": interests}

    def _picky(self, language: str) -> Ticket:
        avoided = frozenset({HERE, THERE})
        wish = self._common() | {"languages": (language,), "country": THERE, "avoid_countries": avoided}
        return self._ticket(since=-2.5 * LATER, **wish)

    def _avoider(self) -> Ticket:
        avoided = frozenset({HERE})
        return self._ticket(since=-2.5 * LATER, languages=self._any_language(), avoid_countries=avoided)

    def _host(self) -> Ticket:
        """Return a ticket that waits for one of three interests that nobody else has."""
        own = next(self._numbers)
        interests = frozenset(f"own{own}-{each}" for each in range(3))
        host = self._ticket(languages=self._any_language(), interests=interests)
        self._places[host.number] = len(self._hosts)
        self._hosts.append(host)
        return host

    def _guest(self) -> Ticket:
        """Return a ticket that shares two interests and the language with a host, and a common interest."""
        host = self._randomness.choice(self._hosts)
        interests = {*sorted(host.interests)[:2], self._randomness.choice(INTERESTS)}
        return self._ticket(languages=host.languages, interests=frozenset(interests))


Taken = tuple[float, int]
"""The CPU seconds and the number of pairs of a batch."""


def arriving(room: BenchmarkRoom, wish: str, offers: int) -> Iterator[Rates]:
    """Yield the rates for newcomers with this wish, one round after the other."""
    draw: Callable[[], list[Ticket]] = getattr(room, wish)
    takers: dict[str, Callable[[Sequence[Ticket]], Taken]] = {"room": room.take}
    if wish in COMPARED:
        takers["plain"] = partial(_take, PlainDeque())
        takers["languages"] = partial(_take, LanguageDeques())
    while True:
        taken: dict[str, list[Taken]] = {name: [] for name in takers}
        for _ in range(0, offers, BATCH):
            batch = draw()
            for name, take in takers.items():
                taken[name].append(take(batch))
        yield {name: _pairs_a_second(batches) for name, batches in taken.items()}


def _take(queue: PlainDeque | LanguageDeques, batch: Sequence[Ticket]) -> Taken:
    began = process_time()
    pairings = queue.pair(batch, 0.0)
    return process_time() - began, len(pairings)


def _pairs_a_second(batches: Sequence[Taken]) -> float:
    return sum(pairs for _, pairs in batches) / sum(spent for spent, _ in batches)


def widening(waiting: int, offers: int) -> Iterator[Rates]:
    """Yield the rate when all waiting tickets begin to accept each other at once."""
    while True:
        spent, pairs = 0.0, 0
        while 2 * pairs < offers:
            room = BenchmarkRoom(waiting).room
            _forget_setup()
            began = process_time()
            now = WIDENED
            while sum(room.waiting().values()) > waiting // 10:
                advance = room.advance(now)
                pairs += len(advance.pairings)
                now = max(now, advance.next_at)
            spent += process_time() - began
        yield {"room": pairs / spent}


def _forget_setup() -> None:
    """Collect the garbage of the last round, and keep the collector from what is set up now."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def main() -> None:
    wish, waiting, offers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    gc.set_threshold(20_000, 50, 100)  # as `runtime.lifecycle` sets it
    measure = (
        widening(waiting, offers)
        if wish == "widening"
        else arriving(BenchmarkRoom(waiting, wish), wish, offers)
    )
    _forget_setup()
    print("ready", flush=True)
    for _ in sys.stdin:
        print(msgspec.json.encode(next(measure)).decode(), flush=True)


if __name__ == "__main__":
    main()
