"""A waiting room under test, and tickets for it."""

from collections.abc import Sequence
from typing import Any

from services.matcher.core.stages import Stages
from services.matcher.core.tickets import Pairing, StageChange, Ticket
from services.matcher.core.waiting_room import WaitingRoom

from .tickets import ticket

BUSY = Stages(thin=0, tiny=0)
"""Only age widens."""


def make_room(stages: Stages = BUSY) -> WaitingRoom:
    return WaitingRoom(stages)


def visitor_pairs(pairings: Sequence[Pairing]) -> list[set[int]]:
    return [{pairing.polite.visitor_key, pairing.other.visitor_key} for pairing in pairings]


def pairs(room: WaitingRoom, now: float) -> list[set[int]]:
    """Advance the room, and return who met."""
    return visitor_pairs(room.advance(now).pairings)


def offer(room: WaitingRoom, now: float, *tickets: Ticket) -> list[set[int]]:
    """Offer the tickets one by one, advance the room, and return who met."""
    for each in tickets:
        room.offer([each], now)
    return pairs(room, now)


def run(
    room: WaitingRoom, start: float, end: float, changes: list[StageChange] | None = None
) -> list[tuple[float, set[int]]]:
    """Advance the room whenever it is due. Return who met and when, and append the stage changes."""
    found: list[tuple[float, set[int]]] = []
    now = start
    while True:
        advance = room.advance(now)
        found += [(round(now, 3), pair) for pair in visitor_pairs(advance.pairings)]
        if changes is not None:
            changes += advance.stage_changes
        if advance.next_at > end:
            return found
        now = max(now, advance.next_at)


def likes(visitor: int, *interests: str, since: float = 0.0, language: str = "en") -> Ticket:
    return ticket(visitor, since, interests=frozenset(interests), languages=(language,))


def speaks(visitor: int, country: str, **wish: Any) -> Ticket:
    return ticket(visitor, languages=("en",), country=country, **wish)
