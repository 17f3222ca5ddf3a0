"""The visitors of one gateway: those with a socket, and those who may come back for their match."""

import asyncio
from collections.abc import Iterator

from services.contract.errors import CloseCode
from services.contract.ids import VisitorId

from . import metrics
from .match.screen import Screen
from .ports import Outbox
from .session import Session


class Client:
    """A session with its socket, which is None while its visitor may come back.

    `hello` numbers what they said when they came, on a socket that was opened at `since` (monotonic seconds).
    `screen`: what of their signals may reach a partner. `subscriber`: hash of what one owner may have of
    addresses (/24, IPv6 /48), in which they count once for what is popular.
    """

    __slots__ = ("hello", "outbox", "screen", "session", "since", "subscriber")

    def __init__(
        self,
        session: Session,
        outbox: Outbox,
        screen: Screen,
        hello: int,
        since: float,
        subscriber: bytes = b"",
    ) -> None:
        self.session = session
        self.screen = screen
        self.outbox: Outbox | None = outbox
        self.hello = hello
        self.since = since
        self.subscriber = subscriber

    def send(self, frame: bytes) -> None:
        if self.outbox is not None:
            self.outbox.send(frame)

    def close(self, code: CloseCode) -> None:
        if self.outbox is not None:
            self.outbox.close(code)


class Clients:
    """At most one of each visitor."""

    def __init__(self) -> None:
        self._clients: dict[VisitorId, Client] = {}
        self._absent = 0
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        """Those with a socket."""
        return len(self._clients) - self._absent

    def __iter__(self) -> Iterator[Client]:
        """All of them, whatever is added or removed meanwhile."""
        return iter(list(self._clients.values()))

    def __contains__(self, client: Client) -> bool:
        """Whether it is still the one of its visitor."""
        return self._clients.get(client.session.visitor) is client

    def get(self, visitor: VisitorId) -> Client | None:
        return self._clients.get(visitor)

    def visitors(self) -> list[VisitorId]:
        return list(self._clients)

    def sockets(self) -> list[Outbox]:
        return [client.outbox for client in self if client.outbox is not None]

    def add(self, client: Client) -> Client:
        """In place of the one that the visitor had."""
        self.remove(self._clients.get(client.session.visitor))
        self._clients[client.session.visitor] = client
        return self._counted(client)

    def lose_socket(self, client: Client) -> None:
        """It stays, until it is removed."""
        self._absent += client.outbox is not None
        client.outbox = None
        self._counted(client)

    def remove(self, client: Client | None) -> None:
        """Safe to call twice."""
        if client is not None and client in self:
            del self._clients[client.session.visitor]
            self._absent -= client.outbox is None
            self._changed.set()
            self._counted(client)

    async def gone(self) -> None:
        """Returns when nobody is left."""
        while self._clients:
            self._changed.clear()
            await self._changed.wait()

    def _counted(self, client: Client) -> Client:
        metrics.VISITORS.set(len(self))
        return client
