"""Visitors who only search over real sockets: they find, are matched, and leave."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from bench.client.events import ClientEvent, MatchSkipped, SearchStarted
from bench.client.transports import ConnectionClosed
from bench.client.transports.picows import PicowsTransport
from bench.dialects import LoadClient, ZufallDialect
from bench.load_generator import connect
from services.signaling.core.messages import Ended, Find, Matched, Searching

ANYONE = Find("video")


class Seeker:
    """One connection. `match` is the current match. `found_at` and `matched_at` are seconds of one clock."""

    __slots__ = ("client", "found_at", "match", "matched_at", "number", "told", "transport")

    def __init__(self, number: int, transport: PicowsTransport, client: LoadClient, told: "Seekers") -> None:
        self.number = number
        self.transport = transport
        self.client = client
        self.told = told
        self.match: str | None = None
        self.found_at = self.matched_at = 0.0
        transport.on_frame = self._on_frame
        transport.on_closed = self._on_closed

    def find(self, wish: Find) -> None:
        """Start to search."""
        self.found_at = perf_counter()
        self.client.find(wish)
        self._flush()

    def press_next(self) -> None:
        """Leave the match and search again."""
        if self.match is not None:
            self.match, self.found_at = None, perf_counter()
            self.client.next()
            self._flush()

    def stop(self) -> None:
        """Leave the match or the queue."""
        self.match = None
        self.client.stop()
        self._flush()

    def _flush(self) -> None:
        for frame in self.client.frames_to_send():
            self.transport.send_now(frame)

    def _on_frame(self, frame: bytes) -> None:
        for event in self.client.receive(frame, 0.0):  # nothing is repeated, so the time does not matter
            self._on_event(event)
        self._flush()

    def _on_event(self, event: ClientEvent) -> None:
        match event:
            case Matched():
                self._on_matched(event.match)
            case Ended():
                self._on_ended(event)
            case Searching() | SearchStarted() | MatchSkipped():
                pass
            case _:
                self.told.faults.append(f"unexpected {event!r}"[:200])

    def _on_matched(self, match: str) -> None:
        if self.match is not None:
            self.told.faults.append("matched while in a match")
        self.match, self.matched_at = match, perf_counter()
        self.told.on_matched(self)

    def _on_ended(self, ended: Ended) -> None:
        """Note that the partner left. The client searches again."""
        if self.match == ended.match:
            self.match, self.found_at = None, perf_counter()
            self.told.on_ended(self, ended.match)

    def _on_closed(self, closed: ConnectionClosed) -> None:
        self.told.faults.append(str(closed))


@dataclass(slots=True)
class Seekers:
    """All seekers, with the callbacks for what happens to them."""

    everybody: list[Seeker] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    on_matched: Callable[[Seeker], None] = lambda _: None
    on_ended: Callable[[Seeker, str], None] = lambda _seeker, _match: None

    async def enter(self, origins: Sequence[str], number: int) -> None:
        """Connect this many seekers, evenly over the origins."""
        entered = await connect(ZufallDialect(), origins, number)
        self.everybody += [
            Seeker(index, transport, client, self) for index, (transport, client) in enumerate(entered)
        ]

    def check(self) -> None:
        """Raise `RuntimeError` if an unexpected frame came or a socket ended unexpectedly."""
        if self.faults:
            raise RuntimeError(f"{len(self.faults)} faults, such as {self.faults[0]}")

    def leave(self) -> None:
        for one in self.everybody:
            one.transport.on_closed = lambda _: None
            one.transport.close_now()
