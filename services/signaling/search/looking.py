"""What a visitor looks for, and the tickets that wait for it. Times are monotonic seconds."""

from collections.abc import Callable

from services.contract.ids import TicketId, VisitorId

from ..effects import Effect, Search, ShowSearch
from ..memories import Memory
from ..messages import Find, encode, find_in
from ..states import Searching
from .early import EarlyAnswers
from .wishes import Ticket, Wish, fold

Begun = tuple[Searching, list[Effect]]
"""The state of who searches, and what makes it true."""

Known = tuple[tuple[int, float], ...]
"""Keys of visitors, each with a time."""

MOST_VAIN = 8
"""How many who were proposed in vain are remembered of one search."""


class Looking:
    """Of one visitor. `country` and the key of the `device` are their own, empty and 0 when unknown."""

    __slots__ = ("_memory", "_message", "_next_ticket", "_visitor", "country", "device", "wish")

    def __init__(
        self, visitor: VisitorId, country: str, next_ticket: Callable[[], TicketId], memory: Memory
    ) -> None:
        self.country = country
        self.device = 0
        self.wish: Wish | None = None
        self._visitor = visitor
        self._next_ticket = next_ticket
        self._memory = memory
        self._message: Find | None = None

    @property
    def find(self) -> bytes:
        """The wish as a message, for passes; empty when there is none yet."""
        return encode(self._message) if self._message else b""

    def wishes(self, message: Find) -> Wish:
        """From now on the visitor looks for this."""
        self._message, self.wish = message, fold(message)
        return self.wish

    def learn(self, find: bytes) -> None:
        """Another gateway tells what they look for, if this one does not know."""
        message = find_in(find)
        if message is not None and self._message is None:
            self.wishes(message)

    def begin(self, wish: Wish, now: float) -> Begun:
        """A search that the visitor asks for. One that a lost socket interrupted goes on with its age."""
        since = self._memory.resumed(wish, now)
        return self.search(wish, since, after=self._memory.allowance.turn(now))

    def search(
        self, wish: Wish, since: float, attempt: int = 1, after: float = 0.0, vain: Known = ()
    ) -> Begun:
        ticket = self.ticket(wish, since, attempt, vain)
        shown: list[Effect] = [self.shown(ticket)] if attempt == 1 else []
        return Searching(ticket, EarlyAnswers()), [*shown, Search(ticket, after)]

    def shown(self, ticket: Ticket) -> ShowSearch:
        """How a search looks when it begins."""
        wish = ticket.wish
        picky = wish.interests or (wish.nearby and self.country)  # as the waiting room sees it
        return ShowSearch(ticket, 0 if picky else 1, None)

    def resume(self, ticket: Ticket, now: float) -> Begun:
        """It is known now that the search is older, or whom it must not meet. Who has a turn keeps it."""
        since = min(ticket.since, self._memory.resumed(ticket.wish, now))
        return self.search(ticket.wish, since, attempt=2, after=self._memory.allowance.turn(now))

    def again(self, ticket: Ticket, vain: Known = ()) -> Begun:
        """A pairing did not come about, with whom is in `vain`, if it was: wait on, with the original age."""
        known = (*ticket.vain, *vain)[-MOST_VAIN:]
        return self.search(ticket.wish, ticket.since, ticket.attempt + 1, vain=known)

    def ticket(self, wish: Wish, since: float, attempt: int = 1, vain: Known = ()) -> Ticket:
        acquaintances = self._memory.acquaintances
        return Ticket(
            id=self._next_ticket(),
            visitor=self._visitor,
            wish=wish,
            country=self.country,
            device=self.device,
            since=since,
            attempt=attempt,
            blocked=acquaintances.blocked,
            partners=acquaintances.partners,
            vain=vain,
        )
