"""A waiting room under test, and tickets for it."""

from typing import Any

from services.matcher.core.stages import Stages
from services.matcher.core.tickets import Pairing, Ticket
from services.matcher.core.waiting_room import WaitingRoom

from .tickets import ticket

BUSY = Stages(thin=0, tiny=0)
"""Only age widens."""


def make_room(stages: Stages = BUSY) -> WaitingRoom:
    return WaitingRoom(stages)


def met(pairings: list[Pairing]) -> list[set[int]]:
    return [{pairing.polite.visitor_key, pairing.other.visitor_key} for pairing in pairings]


def offer(room: WaitingRoom, now: float, *tickets: Ticket) -> list[set[int]]:
    for each in tickets:
        room.offer(each, now)
    return met(room.advance(now))


def run(room: WaitingRoom, start: float, end: float) -> list[tuple[float, set[int]]]:
    """Advance the room whenever it wants to; who met when."""
    found: list[tuple[float, set[int]]] = []
    now = start
    while (due := room.next_due(now)) <= end:
        now = max(due, now)
        found += [(round(now, 3), pair) for pair in met(room.advance(now))]
    return found


def likes(visitor: int, *interests: str, since: float = 0.0, language: str = "en") -> Ticket:
    return ticket(visitor, since, interests=frozenset(interests), languages=(language,))


def speaks(visitor: int, country: str, **wish: Any) -> Ticket:
    return ticket(visitor, languages=("en",), country=country, **wish)
