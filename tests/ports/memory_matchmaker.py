"""A matchmaker in memory that passes the port tests of the real one."""

import asyncio
from collections.abc import Callable
from itertools import count

from services.contract.ids import GatewayId, MatchId, Place, TicketId
from services.signaling.core.events import StageChanged, TicketSuperseded
from services.signaling.core.match_side import MatchProposal
from services.signaling.core.messages import Mode
from services.signaling.core.wishes import SearchTicket


class MemoryRoom:
    """The matcher of one test. It pairs the first ticket that fits, and keeps the newest one of a visitor."""

    def __init__(self) -> None:
        self.matchmakers: list[MemoryMatchmaker] = []
        self.waiting: list[tuple[MemoryMatchmaker, SearchTicket, bool]] = []
        self._matches = count(1)

    def offer(self, matchmaker: "MemoryMatchmaker", ticket: SearchTicket, restricted: bool) -> None:
        if not self._newest(matchmaker, ticket):
            return
        for number, (other, partner, audience) in enumerate(self.waiting):
            if (partner.wish.mode, audience) == (ticket.wish.mode, restricted):
                del self.waiting[number]
                self._propose(matchmaker, ticket, other, partner)
                return
        self.waiting.append((matchmaker, ticket, restricted))

    def _newest(self, matchmaker: "MemoryMatchmaker", ticket: SearchTicket) -> bool:
        """Make room for the ticket, unless a ticket of the same visitor is from a newer place."""
        offered = Place(ticket.epoch, matchmaker.gateway)
        for other, waiting, restricted in self.waiting:
            if waiting.visitor == ticket.visitor:
                place = Place(waiting.epoch, other.gateway)
                if place > offered:
                    matchmaker.tell_superseded(ticket.id, place)
                    return False
                self.waiting.remove((other, waiting, restricted))
                if place < offered:
                    other.tell_superseded(waiting.id, offered)
                break
        return True

    def withdraw(self, matchmaker: "MemoryMatchmaker", ticket: TicketId) -> None:
        self.waiting = [one for one in self.waiting if (one[0], one[1].id) != (matchmaker, ticket)]

    def restart(self) -> None:
        """Forget all tickets. The gateways offer them again."""
        self.waiting.clear()
        for matchmaker in self.matchmakers:
            for ticket, restricted in list(matchmaker.offered.values()):
                self.offer(matchmaker, ticket, restricted)

    def _propose(
        self,
        matchmaker: "MemoryMatchmaker",
        ticket: SearchTicket,
        other: "MemoryMatchmaker",
        partner: SearchTicket,
    ) -> None:
        match = MatchId(f"match-{next(self._matches)}")
        shared = tuple(tag for tag in ticket.wish.interests if tag in partner.wish.interests)
        matchmaker.tell(
            MatchProposal(match, ticket.id, partner.visitor, other.gateway, partner.epoch, False, shared)
        )
        other.tell(
            MatchProposal(match, partner.id, ticket.visitor, matchmaker.gateway, ticket.epoch, True, shared)
        )


class MemoryMatchmaker:
    """A `Matchmaker` in memory, with the methods of the adapter that `__main__` calls."""

    ready = True

    def __init__(self, gateway: GatewayId, room: MemoryRoom) -> None:
        self.gateway = gateway
        self.offered: dict[TicketId, tuple[SearchTicket, bool]] = {}
        self._room = room
        self._on_event: Callable[[MatchProposal | StageChanged | TicketSuperseded], None]

    def start(self, on_event: Callable[[MatchProposal | StageChanged | TicketSuperseded], None]) -> None:
        self._on_event = on_event
        self._room.matchmakers.append(self)

    async def stop(self) -> None:
        self._room.matchmakers.remove(self)
        for ticket in list(self.offered):
            self.withdraw(ticket)

    def offer(self, ticket: SearchTicket, restricted: bool) -> None:
        self.offered[ticket.id] = (ticket, restricted)
        self._room.offer(self, ticket, restricted)

    def withdraw(self, ticket: TicketId) -> None:
        if self.offered.pop(ticket, None) is not None:
            self._room.withdraw(self, ticket)

    def waiting(self, mode: Mode, restricted: bool) -> int:
        return sum((one.wish.mode, audience) == (mode, restricted) for _, one, audience in self._room.waiting)

    def tell(self, proposal: MatchProposal) -> None:
        del self.offered[proposal.ticket]
        asyncio.get_running_loop().call_soon(self._on_event, proposal)

    def tell_superseded(self, ticket: TicketId, newer: Place) -> None:
        del self.offered[ticket]
        event = TicketSuperseded(ticket, newer.epoch, newer.gateway)
        asyncio.get_running_loop().call_soon(self._on_event, event)
