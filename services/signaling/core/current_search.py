"""A visitor's search: what they look for, and the tickets that wait for it. Times are monotonic seconds."""

from collections.abc import Callable

from services.contract.ids import TicketId

from .effects import Effect, OfferTicket, SendSearching
from .messages import Find, decode_find, encode
from .pacer import Pacer
from .visitor_history import EMPTY_MEMORY, VisitorMemory, VisitorRecord
from .wishes import SearchTicket, Wish, normalize

TimedKeys = tuple[tuple[int, float], ...]
"""Keys of visitors, each with a time."""

NewSearch = tuple[SearchTicket, list[Effect]]
"""A ticket that is to wait, and what makes it wait."""

MAX_UNREACHABLE = 8
"""Partners whose gateway did not answer that are remembered of one search."""


class CurrentSearch:
    """Belongs to one visitor. `country` is their own, empty when unknown.

    The allowance is spent on searches that the visitor asks for, not on those that others cause.
    """

    __slots__ = ("_allowance", "_interrupted", "_next_ticket", "_record", "country", "wish")

    def __init__(
        self,
        record: VisitorRecord,
        country: str,
        next_ticket: Callable[[], TicketId],
        allowance: Pacer,
        interrupted: VisitorMemory = EMPTY_MEMORY,
    ) -> None:
        self._record = record
        self.country = country
        self.wish: Wish | None = None
        self._next_ticket = next_ticket
        self._allowance = allowance
        self._interrupted = interrupted

    def set_wish(self, message: Find) -> Wish:
        """From now on the visitor looks for this."""
        self._record.find, self.wish = encode(message), normalize(message)
        return self.wish

    def restore_wish(self, find: bytes) -> None:
        """A pass tells what they look for, if this gateway does not know."""
        message = decode_find(find)
        if message is not None and self.wish is None:
            self.set_wish(message)

    def start(self, wish: Wish, now: float) -> NewSearch:
        """A search that the visitor asks for. One that a drain interrupted goes on with its age."""
        interrupted, self._interrupted = self._interrupted, EMPTY_MEMORY
        message = decode_find(interrupted.find)
        goes_on = message is not None and normalize(message) == wish
        since = min(interrupted.since, now) if goes_on else now
        return self.start_since(wish, since, after=self._allowance.next_slot(now))

    def start_since(
        self, wish: Wish, since: float, attempt: int = 1, after: float = 0.0, unreachable: TimedKeys = ()
    ) -> NewSearch:
        """A search since `since` (monotonic), the ticket of which is offered not before `after`."""
        ticket = self.new_ticket(wish, since, attempt, unreachable)
        shown: list[Effect] = [self.initial_status(ticket)] if attempt == 1 else []
        return ticket, [*shown, OfferTicket(ticket, after)]

    def initial_status(self, ticket: SearchTicket) -> SendSearching:
        """How a search looks when it begins."""
        wish = ticket.wish
        picky = wish.interests or (wish.nearby and self.country)  # as the waiting room sees it
        return SendSearching(ticket, 0 if picky else 1, None)

    def retry(self, ticket: SearchTicket, unreachable: TimedKeys = ()) -> NewSearch:
        """Wait on with the original age after a pairing failed; `unreachable` names the partner, if known."""
        known = (*ticket.unreachable, *unreachable)[-MAX_UNREACHABLE:]
        return self.start_since(ticket.wish, ticket.since, ticket.attempt + 1, unreachable=known)

    def new_ticket(
        self, wish: Wish, since: float, attempt: int = 1, unreachable: TimedKeys = ()
    ) -> SearchTicket:
        """A new ticket for the wish."""
        me, history = self._record.me, self._record.history
        return SearchTicket(
            id=self._next_ticket(),
            visitor=me.visitor,
            wish=wish,
            country=self.country,
            device=me.device,
            since=since,
            attempt=attempt,
            blocked=history.blocked,
            partners=history.partners,
            unreachable=unreachable,
            epoch=me.place.epoch,
        )
