"""Measures pairs per CPU-second of the waiting room: `python -m tests.unit.matcher.measure`."""

import gc
import random
import sys
from collections.abc import Callable, Iterator
from itertools import count
from time import process_time

from services.contract.ids import GatewayId, TicketId, VisitorId
from services.matcher.match_ids import match_ids
from services.matcher.stages import Stages
from services.matcher.tickets import POOLS, Ticket
from services.matcher.waiting_room import WaitingRoom

POOL = POOLS[1, 0]
INTERESTS = [f"interest{number}" for number in range(50)]
LANGUAGES = ["en", "de", "fr", "es", "pt"]
BATCH = 800
"""Tickets between two advances: what comes within a tick of 20 ms at 40,000 tickets a second."""
Wish = Callable[[], dict[str, object]]


def anyone() -> dict[str, object]:
    return {}


def language() -> dict[str, object]:
    return {"languages": (random.choice(LANGUAGES),)}


def language_and_interests() -> dict[str, object]:
    return language() | {"interests": frozenset(random.sample(INTERESTS, 3))}


def tickets(wish: Wish, numbers: Iterator[int]) -> Iterator[Ticket]:
    for number in numbers:
        yield Ticket(
            gateway=GatewayId(f"g{number % 4}"),
            number=TicketId(number),
            visitor=VisitorId(str(number)),
            visitor_key=number,
            pool=POOL,
            since=0.0,
            **wish(),  # type: ignore[arg-type]
        )


def crowd(waiting: int, numbers: Iterator[int], room: WaitingRoom) -> None:
    """Fill the room with tickets that wait for what nobody has: a language of their own, and strictly."""
    for number, ticket in zip(range(waiting), tickets(anyone, numbers), strict=False):
        room.offer(
            Ticket(
                gateway=ticket.gateway,
                number=ticket.number,
                visitor=ticket.visitor,
                visitor_key=ticket.visitor_key,
                pool=POOL,
                since=0.0,
                interests=frozenset(random.sample(INTERESTS, 3)),
                languages=(f"x{number // 2}", "en")[:1],
                country="DE",
                avoid_countries=frozenset({"DE"}),
            ),
            0.0,
        )
    room.advance(0.0)
    room.stage_changes(0.0)


def measure(wish: Wish, waiting: int, arrivals: int = 200_000) -> float:
    numbers = count(1)
    room = WaitingRoom(match_ids().__next__, Stages())
    crowd(waiting, numbers, room)
    offers = [ticket for _, ticket in zip(range(arrivals), tickets(wish, numbers), strict=False)]
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)  # as `runtime.lifecycle` sets it
    pairs = 0
    began = process_time()
    for start in range(0, arrivals, BATCH):
        for ticket in offers[start : start + BATCH]:
            room.offer(ticket, 0.5)
        pairs += len(room.advance(0.5))
        room.stage_changes(0.5)
    spent = process_time() - began
    gc.unfreeze()
    return pairs / spent


def main() -> None:
    for wish in (anyone, language, language_and_interests):
        for waiting in (1_000, 100_000, 1_000_000):
            rate = measure(wish, waiting)
            sys.stdout.write(f"{wish.__name__:24} {waiting:>9,} waiting  {rate:>9,.0f} pairs/CPU-s\n")


if __name__ == "__main__":
    main()
