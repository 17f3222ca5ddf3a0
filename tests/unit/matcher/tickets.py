"""Tickets for tests. Everything has a default, and keys name visitors."""

from itertools import count
from typing import Any

from services.contract.ids import GatewayId, TicketId, VisitorId
from services.matcher.core.tickets import POOLS, Ticket

VIDEO = POOLS[1, 0]
_numbers = count(1)


def ticket(visitor: int, since: float = 0.0, **wish: Any) -> Ticket:
    defaults: dict[str, Any] = {
        "gateway": GatewayId("one"),
        "number": TicketId(next(_numbers)),
        "pool": VIDEO,
    }
    return Ticket(visitor=VisitorId(str(visitor)), visitor_key=visitor, since=since, **(defaults | wish))
