"""A visitor's search: their wish, and the tickets for it. Times are monotonic seconds."""

from collections.abc import Iterator

from msgspec import UNSET, structs

from services.contract.ids import TicketId
from services.contract.meetings import MeetingRoom

from .effects import OfferTicket, SendSearching
from .events import MeetingRequested
from .messages import Find, decode_find, encode
from .pacer import Pacer
from .states import SearchKind
from .visitor_history import EMPTY_MEMORY, VisitorMemory, VisitorRecord
from .wishes import SearchTicket, Wish, normalize

TimedKeys = tuple[tuple[int, float], ...]
"""Keys of visitors, each with a time."""

MAX_UNREACHABLE = 8
"""The number of partners with an unreachable gateway that are remembered for one search."""


class CurrentSearch:
    """The search of one visitor. `country` is their own, or empty if unknown.

    `once` says that no search starts by itself when the partner has left.

    `pacer` delays only searches that the visitor asks for, not those that others cause.
    """

    __slots__ = ("_interrupted", "_pacer", "_record", "_room", "_ticket_ids", "country", "once", "wish")

    def __init__(
        self,
        record: VisitorRecord,
        country: str,
        ticket_ids: Iterator[TicketId],
        pacer: Pacer,
        interrupted: VisitorMemory = EMPTY_MEMORY,
    ) -> None:
        self._record = record
        self.country = country
        self.wish: Wish | None = None
        self.once = False
        self._room = ""
        self._ticket_ids = ticket_ids
        self._pacer = pacer
        self._interrupted = interrupted

    @property
    def kind(self) -> SearchKind:
        return SearchKind(self.wish.mode, self._room) if self.wish else SearchKind()

    def set_wish(self, message: Find, meeting: MeetingRoom | None = None) -> Wish:
        """Replace the visitor's wish, and return what to search for now. A `meeting` is for one search."""
        # `once` stays in the wish, because the call may go on at another gateway.
        find = structs.replace(message, again=UNSET, invitation=UNSET, once=True) if meeting else message
        self._record.find, self.wish, self.once = encode(find), normalize(find), find.once
        return self.wish if meeting is None else self.wish.in_meeting(meeting)

    def begin(self, asked: Find | MeetingRequested, now: float) -> OfferTicket:
        """Start the search of a new wish, or one for people whom the visitor knows."""
        if isinstance(asked, Find):
            return self.start(self.set_wish(asked), now)
        return self.start(self.set_wish(asked.find, asked.meeting), now)

    def restore_wish(self, find: bytes) -> None:
        """Take the wish from a pass, if it holds one that this gateway can read."""
        if (message := decode_find(find)) is not None:
            self._room = self.set_wish(message).room

    def start(self, wish: Wish, now: float) -> OfferTicket:
        """Start a search that the visitor asks for. If a drain interrupted it, it goes on with its age."""
        interrupted, self._interrupted = self._interrupted, EMPTY_MEMORY
        message = decode_find(interrupted.find)
        goes_on = message is not None and normalize(message) == wish
        since = min(interrupted.since, now) if goes_on else now
        return OfferTicket(self.new_ticket(wish, since), after=self._pacer.next_slot(now))

    def retry(self, ticket: SearchTicket, unreachable: TimedKeys = ()) -> OfferTicket:
        """Search on with the original age after a match failed. `unreachable` names the partner, if known."""
        known = (*ticket.unreachable, *unreachable)[-MAX_UNREACHABLE:]
        return OfferTicket(self.new_ticket(ticket.wish, ticket.since, ticket.attempt + 1, known))

    def replace(self, ticket: SearchTicket, now: float) -> OfferTicket:
        """Search on with the original age after the visitor has blocked somebody."""
        return structs.replace(self.retry(ticket), after=self._pacer.next_slot(now))

    def new_ticket(
        self, wish: Wish, since: float, attempt: int = 1, unreachable: TimedKeys = ()
    ) -> SearchTicket:
        """Return a new ticket for a search whose age counts from `since`."""
        self._room = wish.room
        me, history = self._record.me, self._record.history
        return SearchTicket(
            id=next(self._ticket_ids),
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

    def first_status(self, ticket: SearchTicket) -> SendSearching:
        """Return what the browser is told when a search starts."""
        return SendSearching(ticket, ticket.first_stage, None)
