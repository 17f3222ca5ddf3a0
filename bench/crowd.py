"""Visitors who meet, exchange a description and candidates, and press next, over real sockets.

Every relayed frame is compared byte for byte with what the partner sent.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Sequence
from time import perf_counter

import aiohttp
import msgspec

from bench.client import Closed, Socket
from bench.dialects import Dialect, Ended, Matched, Script, Wish, members
from bench.tally import Tally
from bench.trickle import Trickle

Fits = Callable[[Wish, Wish], bool]
"""Whether two wishes fit at once, without waiting for a search to widen."""

_matched = msgspec.json.Decoder(Matched)
_ended = msgspec.json.Decoder(Ended)


class Visitor:
    """One socket, its wish, and the match it is in."""

    __slots__ = ("crowd", "handlers", "meeting", "outbox", "partner", "ready_at", "socket", "wish")

    def __init__(self, crowd: "Crowd", socket: Socket, wish: Wish) -> None:
        self.crowd = crowd
        self.socket = socket
        self.wish = wish
        self.meeting: Meeting | None = None
        self.partner: Visitor | None = None
        self.ready_at = 0.0
        self.outbox: deque[tuple[bytes, float]] = deque()
        """Frames on their way to the partner, with the time they were sent."""
        self.handlers: dict[bytes, Callable[[bytes], None]] = {
            b"matched": self._on_matched,
            b"description": self._on_description,
            b"candidates": self._on_relayed,
            b"ended": self._on_ended,
            b"searching": lambda _: None,
            b"ping": lambda _: self.socket.send(crowd.dialect.pong),
        }
        socket.inbox = self._on_frame
        socket.on_closed = self._on_closed

    def send(self, frame: bytes) -> None:
        self.crowd.tally.frames += 1
        self.socket.send(frame)

    def find(self) -> None:
        self.ready_at = perf_counter()
        self.send(self.crowd.dialect.wrap(b"find", members(self.wish)))

    def press_next(self) -> None:
        """Leave a finished match; both search again from now on."""
        meeting, partner = self.meeting, self.partner
        assert meeting is not None  # noqa: S101 # only pressed in a match
        assert partner is not None  # noqa: S101
        self.ready_at = partner.ready_at = perf_counter()
        self.meeting = self.partner = None
        self.send(self.crowd.dialect.wrap(b"next", b'"match":"%b"' % meeting.match.encode()))

    def relay(self, frame: bytes) -> None:
        self.outbox.append((frame, perf_counter()))
        self.send(frame)

    def _on_frame(self, frame: bytes) -> None:
        kind = self.crowd.dialect.kind(frame)
        self.crowd.tally.frames += kind != b"ping"
        handler = self.handlers.get(kind)
        if handler:
            handler(frame)
        else:
            self.crowd.fault(f"unexpected frame {frame[:200]!r}")

    def _on_matched(self, frame: bytes) -> None:
        matched = _matched.decode(self.crowd.dialect.body(frame))
        if self.meeting:
            self.crowd.fault("matched while in a match")
        self.crowd.join(self, matched)

    def _on_description(self, frame: bytes) -> None:
        meeting = self.meeting
        self._on_relayed(frame)
        if meeting and self is meeting.answerer:
            meeting.begin(self, "answer")

    def _on_relayed(self, frame: bytes) -> None:
        partner, meeting = self.partner, self.meeting
        if not partner or not meeting or not partner.outbox:
            self.crowd.fault(f"a relayed frame that nobody sent: {frame[:120]!r}")
            return
        sent, at = partner.outbox.popleft()
        self.crowd.tally.relay_latency.append(perf_counter() - at)
        if frame != sent:
            self.crowd.fault(f"relayed {frame[:120]!r} for {sent[:120]!r}")
        meeting.relayed()

    def _on_ended(self, frame: bytes) -> None:
        ended = _ended.decode(self.crowd.dialect.body(frame))
        if not self.meeting or ended.match != self.meeting.match:
            self.crowd.fault(f"the end of a match that is not mine: {frame[:120]!r}")
            return
        self.meeting = self.partner = None
        self.crowd.forget(ended.match)

    def _on_closed(self, closed: Closed) -> None:
        self.crowd.fault(str(closed))


class Meeting:
    """One match as both of its visitors see it."""

    __slots__ = ("answerer", "crowd", "left", "match", "offerer", "script")

    def __init__(self, crowd: "Crowd", match: str) -> None:
        self.crowd = crowd
        self.script = crowd.script
        self.match = match
        self.offerer: Visitor | None = None
        self.answerer: Visitor | None = None
        self.left = 2 * self.script.frames_each_way

    def begin(self, side: Visitor, role: str) -> None:
        """Send this side's description now, its candidates one by one after it."""
        description, *candidates = self.script.frames(self.match, role)
        side.relay(description)
        self.crowd.trickle.add(side.relay, candidates)

    def relayed(self) -> None:
        self.left -= 1
        if not self.left:
            self.crowd.complete(self)


class Crowd:
    """All visitors of one product."""

    def __init__(
        self, dialect: Dialect, script: Script, *, pause: float, fits: Fits, randomness: random.Random
    ) -> None:
        self.dialect = dialect
        self.script = script
        self.trickle = Trickle(pause)
        self.tally = Tally()
        self.visitors: list[Visitor] = []
        self.meetings: dict[str, Meeting] = {}
        self.finished: deque[Meeting] = deque()
        """Matches that have seen all their frames and where nobody pressed next yet, oldest first."""
        self.on_complete: Callable[[Meeting], None] = self.finished.append
        self._fits = fits
        self._randomness = randomness

    async def enter(self, origins: Sequence[str], wishes: Sequence[Wish]) -> None:
        """Connect one visitor for each wish, evenly over the origins."""
        sockets = await connect(self.dialect, origins, len(wishes))
        self.visitors += [Visitor(self, socket, wish) for socket, wish in zip(sockets, wishes, strict=True)]

    def press(self, meeting: Meeting) -> None:
        """One of the two, by chance, presses next."""
        side = meeting.offerer if self._randomness.random() < 0.5 else meeting.answerer
        assert side  # noqa: S101 # a finished meeting has both
        side.press_next()

    def join(self, visitor: Visitor, matched: Matched) -> None:
        meeting = self.meetings.get(matched.match)
        if meeting is None:
            meeting = self.meetings[matched.match] = Meeting(self, matched.match)
            self.tally.started += 1
        visitor.meeting = meeting
        if matched.polite:
            meeting.answerer = visitor
        else:
            meeting.offerer = visitor
        if meeting.offerer and meeting.answerer:
            self._introduce(meeting.offerer, meeting.answerer)
            meeting.begin(meeting.offerer, "offer")

    def _introduce(self, offerer: Visitor, answerer: Visitor) -> None:
        offerer.partner, answerer.partner = answerer, offerer
        offerer.outbox.clear()
        answerer.outbox.clear()
        if self._fits(offerer.wish, answerer.wish):
            self.tally.match_latency.append(perf_counter() - max(offerer.ready_at, answerer.ready_at))

    def complete(self, meeting: Meeting) -> None:
        self.tally.completed += 1
        self.on_complete(meeting)

    def forget(self, match: str) -> None:
        self.tally.ended += 1
        del self.meetings[match]

    def fault(self, sentence: str) -> None:
        self.tally.faults.append(sentence)

    @property
    def unfinished(self) -> int:
        """Matches that still wait for a frame: of their session, or the `ended` of their end."""
        return len(self.meetings) - len(self.finished)

    def leave(self) -> None:
        for visitor in self.visitors:
            visitor.socket.on_closed = lambda _: None
            visitor.socket.close()


async def connect(dialect: Dialect, origins: Sequence[str], number: int) -> list[Socket]:
    """Sockets that are ready for `find`, evenly over the origins, opened thirty-two at a time."""
    limit = asyncio.Semaphore(32)

    async def one(http: aiohttp.ClientSession, index: int) -> Socket:
        async with limit:
            return await dialect.enter(http, origins[index % len(origins)])

    async with aiohttp.ClientSession() as http:
        return await asyncio.gather(*(one(http, index) for index in range(number)))


def draw_wishes(count: int, randomness: random.Random) -> list[Wish]:
    """Half want two of twenty interests, half want anyone."""
    return [
        Wish(
            mode="video",
            interests=tuple(randomness.sample([f"interest-{n:02}" for n in range(20)], 2))
            if i % 4 < 2
            else (),
            languages=("en",),
        )
        for i in range(count)
    ]
