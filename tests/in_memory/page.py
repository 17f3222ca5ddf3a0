"""A visitor's page at a hub in memory. A test presses its buttons, and the protocol is the one client's."""

import random
from dataclasses import replace
from typing import Any

import msgspec

from bench.client.client import ClientMatch, ZufallClient
from services.contract.errors import CloseCode
from services.contract.ids import MatchId, VisitorId
from services.signaling.core.messages import Chat, Find, FromBrowser, Hello, Mode, ToPartner, encode, parse
from services.signaling.core.visitor_history import EMPTY_MEMORY, VisitorMemory
from services.signaling.shell.clients import Client, Handshake
from services.signaling.shell.hub import Hub

from .ports import LINES, unscreened


class Page:
    """One page, with one socket after the other, and the `Outbox` to it. It keeps the frames it gets.

    What the client would say by itself, like acknowledgements, is dropped: the test says what is said.
    """

    def __init__(
        self,
        hub: Hub,
        visitor: VisitorId,
        *,
        epoch: int = 1,
        memory: str = "",
        match: ClientMatch | None = None,
        country: str = "",
        network: bytes = b"",
        device: int = 0,
        counts_interests: bool = False,
    ) -> None:
        """Say hello with this epoch and memory, and ask to resume `match`. Raises `StaleEpoch`."""
        self.protocol = ZufallClient(visitor, epoch=epoch - 1, memory=memory)
        self.protocol.match = match
        self.frames: list[bytes] = []
        self.closed: CloseCode | None = None
        self.online = True
        self.hub = hub
        self.visitor = visitor
        self.epoch = epoch
        """The epoch of the last hello. The client's own is higher when it has heard of a newer page."""
        self.country = country
        self.network = network
        self.device = device
        self.counts_interests = counts_interests
        self.address_hash = b"hash of " + visitor[:4].encode()
        self.client = self.dials(hub)

    @property
    def memory(self) -> str:
        """The newest that any gateway gave."""
        return self.protocol.memory

    @property
    def sealed_pass(self) -> str:
        """The newest pass of the present match."""
        assert self.protocol.match is not None
        return self.protocol.match.sealed_pass

    # --- the socket --------------------------------------------------------------------------------

    def dials(self, hub: Hub) -> Client:
        """Connect as the hello of the client says. Raises `StaleEpoch`."""
        self.protocol.connect(0.0)
        (frame,) = self.protocol.frames_to_send()
        hello = parse(frame)
        assert isinstance(hello, Hello)
        self.epoch, sealed = hello.epoch, hub._messages
        return hub.connect(
            Handshake(
                self.visitor,
                hello.epoch,
                self.address_hash,
                self,
                unscreened(),
                self.country,
                self.device,
                self.network,
                self._remembered(hello),
                sealed.open_pass(hello.pass_, self.visitor) if hello.pass_ else None,
                counts_interests=self.counts_interests,
            )
        )

    def _remembered(self, hello: Hello) -> VisitorMemory:
        if not hello.memory:
            return EMPTY_MEMORY
        return self.hub._messages.open_memory(hello.memory, self.visitor, self.device)

    def moves(self, hub: Hub, resume: bool = False, epoch: int | None = None) -> "Page":
        """Return the same page on a newer socket, with its memory; `resume`: it asks for its match."""
        match = self.protocol.match if resume else None
        return Page(
            hub,
            self.visitor,
            epoch=epoch or self.epoch + 1,
            memory=self.memory,
            match=replace(match) if match else None,
            device=self.device,
        )

    def loses_socket(self) -> None:
        self.lose_gateway()
        self.hub.disconnect(self.client, leaving=False)

    def ends_page(self) -> None:
        """Close the page, or begin to load it again."""
        self.lose_gateway()
        self.hub.disconnect(self.client, leaving=False, page_closed=True)

    def leaves(self) -> None:
        """Leave for good, like a visitor who was refused."""
        self.hub.disconnect(self.client, leaving=True)

    def lose_gateway(self) -> None:
        """Note that the socket is gone, which the gateway does not see."""
        self.online = False
        self.protocol.disconnect(1006, random.Random(1))

    # --- what is said ------------------------------------------------------------------------------

    def find(self, mode: Mode = "video", **wish: Any) -> None:
        """Search for a stranger."""
        self.protocol.find(Find(mode, **wish))
        self.flush()

    def flush(self) -> None:
        """Say what the client wants to say."""
        for frame in self.protocol.frames_to_send():
            self.says(parse(frame))

    def says(self, message: FromBrowser) -> None:
        """Say anything, whether the client would say it or not."""
        if isinstance(message, ToPartner):
            self.hub.relay(self.client, message, encode(message), self.digest(message))
        else:
            self.hub.receive(self.client, message)

    def digest(self, message: ToPartner) -> bytes:
        """Return the digest that a connection adds to a line of chat."""
        if not isinstance(message, Chat):
            return b""
        return LINES.digest(MatchId(message.match), self.visitor, message.text)

    # --- what is told ------------------------------------------------------------------------------

    def send(self, frame: bytes) -> None:
        assert self.online, "told through a socket that is gone"
        self.frames.append(frame)
        self.protocol.receive(frame, self.hub._clock())
        self.protocol.frames_to_send().clear()

    def close(self, code: CloseCode) -> None:
        self.closed = code
        self.lose_gateway()

    def take(self) -> list[dict[str, Any]]:
        """Return the frames since the last call."""
        frames, self.frames = self.frames, []
        return [msgspec.json.decode(frame) for frame in frames]

    def types(self) -> list[str]:
        return [frame["type"] for frame in self.take()]
