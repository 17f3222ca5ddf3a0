"""The tickets of one pool that prefer a partner of their own region, by region."""

from .stages import RecentVisitorCount, Stages
from .ticket_index import TicketIndex
from .tickets import Ticket

MAX_REGIONS = 32
"""Regions of one pool. Tickets of further ones have no preference."""


class RegionalTickets:
    """An index of the usual tickets of each region, and how many visitors of each region search."""

    def __init__(self, stages: Stages) -> None:
        self.indexes: dict[str, TicketIndex] = {}
        """The index of each region. It is empty while no gateway names a region."""
        self._window = stages.ages[2]
        self._thin = stages.thin
        self._recent: dict[str, RecentVisitorCount] = {}

    def record(self, ticket: Ticket, now: float) -> str:
        """Count the visitor, and return the region that the ticket prefers.

        It is empty if so few visitors of its region search that waiting for one of them does not help.
        """
        recent = self._recent.get(ticket.region)
        if recent is None:
            if len(self._recent) >= MAX_REGIONS:
                return ""
            recent = self._recent[ticket.region] = RecentVisitorCount(self._window, self._thin)
            self.indexes[ticket.region] = TicketIndex()
        if recent.saturated_until <= now:
            recent.record(ticket.identity_key, now)
        return ticket.region if recent.count(now) >= self._thin else ""
