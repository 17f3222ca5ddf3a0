"""Visitors who only look for somebody: they find, are matched, and leave. Over real sockets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

import msgspec

from bench.client import Closed, Socket
from bench.crowd import connect
from bench.dialects import Matched, Wish, Zufall, members


class Ended(msgspec.Struct, frozen=True):
    """What a seeker needs of `ended`."""

    match: str
    reason: str


_matched = msgspec.json.Decoder(Matched)
_ended = msgspec.json.Decoder(Ended)
_dialect = Zufall()

STOP = b'{"type":"stop"}'
ANYONE = Wish(mode="video", interests=(), languages=())


class Seeker:
    """One socket. `match` is the one it is in; `found_at` and `matched_at` are seconds of one clock."""

    __slots__ = ("found_at", "match", "matched_at", "number", "searching", "socket", "told")

    def __init__(self, number: int, socket: Socket, told: "Seekers") -> None:
        self.number = number
        self.socket = socket
        self.told = told
        self.match: str | None = None
        self.searching = False
        self.found_at = self.matched_at = 0.0
        socket.inbox = self._on_frame
        socket.on_closed = self._on_closed

    def find(self, frame: bytes) -> None:
        """Send the frame of a `find`."""
        self.searching, self.found_at = True, perf_counter()
        self.socket.send(frame)

    def skip(self) -> None:
        """Leave the match and search on."""
        if self.match is not None:
            frame = _dialect.wrap(b"next", b'"match":"%b"' % self.match.encode())
            self.match, self.searching, self.found_at = None, True, perf_counter()
            self.socket.send(frame)

    def stop(self) -> None:
        """Leave the match or the queue."""
        self.match, self.searching = None, False
        self.socket.send(STOP)

    def _on_frame(self, frame: bytes) -> None:
        kind = _dialect.kind(frame)
        if kind == b"matched":
            self._on_matched(_matched.decode(frame).match)
        elif kind == b"ended":
            self._on_ended(_ended.decode(frame))
        elif kind != b"searching":
            self.told.faults.append(f"unexpected frame {frame[:200]!r}")

    def _on_matched(self, match: str) -> None:
        if self.match is not None:
            self.told.faults.append("matched while in a match")
        if not self.searching:  # it has left; its gateway hears of that after this
            return
        self.match, self.searching, self.matched_at = match, False, perf_counter()
        self.told.on_matched(self)

    def _on_ended(self, ended: Ended) -> None:
        """The partner left. After next and lost the gateway searches on by itself."""
        if self.match == ended.match:
            self.match, self.searching = None, ended.reason in ("next", "lost")
            self.found_at = perf_counter()
            self.told.on_ended(self, ended.match)

    def _on_closed(self, closed: Closed) -> None:
        self.told.faults.append(str(closed))


@dataclass(slots=True)
class Seekers:
    """All of them, and who hears what happens to them."""

    everybody: list[Seeker] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    on_matched: Callable[[Seeker], None] = lambda _: None
    on_ended: Callable[[Seeker, str], None] = lambda _seeker, _match: None

    async def enter(self, origins: Sequence[str], number: int) -> None:
        """Connect so many, evenly over the origins."""
        sockets = await connect(_dialect, origins, number)
        self.everybody += [Seeker(index, socket, self) for index, socket in enumerate(sockets)]

    def check(self) -> None:
        """Raises `RuntimeError` when a frame or the end of a socket was not foreseen."""
        if self.faults:
            raise RuntimeError(f"{len(self.faults)} faults, such as {self.faults[0]}")

    def leave(self) -> None:
        for one in self.everybody:
            one.socket.on_closed = lambda _: None
            one.socket.close()


def find_frame(wish: Wish, **more: object) -> bytes:
    """A `find` with that wish and more of its fields."""
    return _dialect.wrap(b"find", members({**msgspec.structs.asdict(wish), **more}))
