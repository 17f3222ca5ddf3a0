"""The visitors of one gateway, with a socket or without one while they may return to their match."""

import asyncio
from collections.abc import Iterator

from msgspec import Struct

from services.contract.errors import CloseCode
from services.contract.ids import UNTRACED, MatchId, Place, TraceContext, VisitorId
from services.contract.passes import PassContent

from ..core.match_side import Participant
from ..core.pacer import Pacer
from ..core.session import Session
from ..core.signal_filter import SignalFilter
from ..core.states import SessionSummary
from ..core.visitor_history import EMPTY_MEMORY, VisitorMemory
from . import metrics
from .ports import Outbox

MAX_ACK_CREDIT = 1000
"""The most free `received` frames that a browser can collect."""


class Handshake(Struct, frozen=True):
    """A valid `hello`: who the visitor is, and what their browser remembers.

    `network` is the hash of the largest network that one subscriber may have, empty if that is private, local
    or unknown. `counts_interests` says whether the visitor's interests may count as popular.
    """

    visitor: VisitorId
    epoch: int
    address_hash: bytes
    outbox: Outbox
    signal_filter: SignalFilter
    country: str = ""
    device: int = 0
    network: bytes = b""
    memory: VisitorMemory = EMPTY_MEMORY
    resume: PassContent | None = None
    counts_interests: bool = False

    @property
    def last_places(self) -> tuple[Place, ...]:
        """Where the visitor was last, and perhaps still is, as far as their browser knows."""
        if self.memory.places or self.resume is None:
            return self.memory.places
        return (Place(self.resume.holder_epoch, self.resume.holder_gateway),)


class Client:
    """A visitor's session and socket. The socket is None while the visitor may return."""

    __slots__ = (
        "_credit",
        "counted_call",
        "counts_interests",
        "me",
        "network",
        "outbox",
        "pacer",
        "session",
        "trace",
    )

    def __init__(
        self,
        me: Participant,
        session: Session,
        pacer: Pacer,
        handshake: Handshake,
    ) -> None:
        self.me = me
        self.session = session
        self.pacer = pacer
        self.outbox: Outbox | None = handshake.outbox
        self.network = handshake.network
        self.counts_interests = handshake.counts_interests
        self.trace: TraceContext = UNTRACED
        """The span that the visitor's present search or match continues."""
        self._credit = 0
        self.counted_call = MatchId("")
        """The match whose call was counted, which is the present one if any."""

    @property
    def visitor(self) -> VisitorId:
        return self.me.visitor

    @property
    def place(self) -> Place:
        return self.me.place

    def send(self, frame: bytes, numbered: bool = False) -> None:
        """Send the frame if there is a socket. A `numbered` frame allows the browser one free `received`."""
        if self.outbox is not None:
            self.outbox.send(frame)
            if numbered and self._credit < MAX_ACK_CREDIT:
                self._credit += 1

    def spend_ack_credit(self) -> bool:
        """Use up one free `received`, and return whether there was one."""
        if not self._credit:
            return False
        self._credit -= 1
        return True

    def close(self, code: CloseCode) -> None:
        if self.outbox is not None:
            self.outbox.close(code)


class ClientRegistry:
    """The clients of a gateway, at most one for each visitor."""

    def __init__(self) -> None:
        self._clients: dict[VisitorId, Client] = {}
        self._of_device: dict[int, set[VisitorId]] = {}
        self._absent = 0
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        """Return the number of clients with a socket."""
        return len(self._clients) - self._absent

    def __iter__(self) -> Iterator[Client]:
        """Iterate over a copy, so that clients may be added and removed meanwhile."""
        return iter(list(self._clients.values()))

    def __contains__(self, client: Client) -> bool:
        """Return whether this is still the client of its visitor."""
        return self._clients.get(client.visitor) is client

    def get(self, visitor: VisitorId) -> Client | None:
        return self._clients.get(visitor)

    def of(self, visitor: VisitorId, device: int) -> list[Client]:
        """Return the client of the visitor and those of the device with this key, if it is not 0."""
        named = {visitor, *self._of_device.get(device, ())}
        return [self._clients[one] for one in named if one in self._clients]

    def both_agree(self, ours: SessionSummary) -> bool:
        """Return whether the partner is at this gateway, too, and both sessions agree on the match."""
        partner = self.get(ours.partner)
        theirs = partner.session.summary if partner else None
        return theirs is not None and theirs.match == ours.match and theirs.partner_here

    def sockets(self) -> list[Client]:
        """Return the clients that have a socket."""
        return [client for client in self if client.outbox is not None]

    def add(self, client: Client) -> None:
        """Add the client in place of its visitor's former one."""
        self.remove(self._clients.get(client.visitor))
        self._clients[client.visitor] = client
        if client.me.device:
            self._of_device.setdefault(client.me.device, set()).add(client.visitor)
        metrics.VISITORS.set(len(self))

    def detach_socket(self, client: Client) -> None:
        """Forget the socket of the client, which stays until it is removed."""
        self._absent += client.outbox is not None
        client.outbox = None
        metrics.VISITORS.set(len(self))

    def remove(self, client: Client | None) -> None:
        """Remove the client if it is still there."""
        if client is not None and client in self:
            del self._clients[client.visitor]
            self._forget_device(client)
            self._absent -= client.outbox is None
            self._changed.set()
            metrics.VISITORS.set(len(self))

    def _forget_device(self, client: Client) -> None:
        if not client.me.device:
            return
        visitors = self._of_device[client.me.device]
        visitors.remove(client.visitor)
        if not visitors:
            del self._of_device[client.me.device]

    async def wait_until_empty(self) -> None:
        """Wait until all clients are removed."""
        while self._clients:
            self._changed.clear()
            await self._changed.wait()
