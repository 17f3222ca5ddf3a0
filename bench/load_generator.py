"""Visitors who meet, exchange a description and candidates, and press next, over real sockets.

Every relayed frame is compared byte for byte with what the partner sent.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Sequence
from time import perf_counter

import aiohttp

from bench.client.events import ClientEvent, SearchStarted, SignalReceived
from bench.client.transports import ConnectionClosed
from bench.client.transports.picows import PicowsTransport
from bench.dialects import Dialect, LoadClient, Script
from bench.tally import Tally
from bench.trickle import Trickle
from services.signaling.core.messages import Ended, Find, Matched, Searching

Fits = Callable[[Find, Find], bool]
"""Returns whether two wishes fit at once, without waiting for a search to widen."""


class LoadVisitor:
    """One connection, its wish, and the match it is in."""

    __slots__ = (
        "client",
        "generator",
        "handlers",
        "meeting",
        "outbox",
        "partner",
        "ready_at",
        "transport",
        "wish",
    )

    def __init__(
        self, generator: "LoadGenerator", transport: PicowsTransport, client: LoadClient, wish: Find
    ) -> None:
        self.generator = generator
        self.transport = transport
        self.client = client
        self.wish = wish
        self.meeting: Meeting | None = None
        self.partner: LoadVisitor | None = None
        self.ready_at = 0.0
        self.outbox: deque[tuple[bytes, float]] = deque()
        """Frames on their way to the partner, with the time they were sent."""
        self.handlers: dict[type, Callable[..., None]] = {
            Matched: self._on_matched,
            SignalReceived: self._on_signal,
            Ended: self._on_ended,
            Searching: lambda _: None,
            SearchStarted: lambda _: None,
        }
        transport.on_frame = self._on_frame
        transport.on_closed = self._on_closed

    def find(self) -> None:
        self.ready_at = perf_counter()
        self.client.find(self.wish)
        self._flush()

    def press_next(self) -> None:
        """Leave a finished match; both search again from now on."""
        partner = self.partner
        assert partner is not None  # noqa: S101 # only pressed in a match
        self.ready_at = partner.ready_at = perf_counter()
        self.meeting = self.partner = None
        self.client.next()
        self._flush()

    def relay(self, frame: bytes) -> None:
        self.outbox.append((frame, perf_counter()))
        self.generator.tally.frames += 1
        self.transport.send_now(frame)

    def _flush(self) -> None:
        for frame in self.client.frames_to_send():
            self.generator.tally.frames += 1
            self.transport.send_now(frame)

    def _on_frame(self, frame: bytes) -> None:
        partner, meeting = self.partner, self.meeting
        if partner and meeting and partner.outbox and partner.outbox[0][0] == frame:  # as most are
            tally = self.generator.tally
            tally.frames += 1
            tally.relay_latency.append(perf_counter() - partner.outbox.popleft()[1])
            meeting.relayed(self)
            return
        happened = self.client.receive(frame, 0.0)  # nothing is repeated, so the time does not matter
        if not happened:  # a ping
            for answer in self.client.frames_to_send():
                self.transport.send_now(answer)
            return
        self.generator.tally.frames += 1
        for event in happened:
            self.handlers.get(type(event), self._on_unexpected)(event)

    def _on_matched(self, matched: Matched) -> None:
        if self.meeting:
            self.generator.fault("matched while in a match")
        self.generator.join(self, matched)

    def _on_signal(self, signal: SignalReceived) -> None:
        partner, meeting = self.partner, self.meeting
        if not partner or not meeting or not partner.outbox:
            self.generator.fault(f"a relayed frame that nobody sent: {signal.frame[:120]!r}")
            return
        sent, _ = partner.outbox.popleft()
        self.generator.fault(f"relayed {signal.frame[:120]!r} for {sent[:120]!r}")
        meeting.relayed(self)

    def _on_ended(self, ended: Ended) -> None:
        if not self.meeting or ended.match != self.meeting.match:
            self.generator.fault(f"the end of a match that is not mine: {ended.match}")
            return
        self.meeting = self.partner = None
        self.generator.forget(ended.match)

    def _on_unexpected(self, event: ClientEvent) -> None:
        self.generator.fault(f"unexpected {event!r}"[:200])

    def _on_closed(self, closed: ConnectionClosed) -> None:
        self.generator.fault(str(closed))


class Meeting:
    """One match as both of its visitors see it."""

    __slots__ = ("answered", "answerer", "generator", "left", "match", "offerer", "script")

    def __init__(self, generator: "LoadGenerator", match: str) -> None:
        self.generator = generator
        self.script = generator.script
        self.match = match
        self.offerer: LoadVisitor | None = None
        self.answerer: LoadVisitor | None = None
        self.answered = False
        self.left = 2 * self.script.frames_each_way

    def begin(self, side: LoadVisitor, role: str) -> None:
        """Send this side's description now, its candidates one by one after it."""
        description, *candidates = self.script.frames(self.match, role)
        side.relay(description)
        self.generator.trickle.add(side.relay, candidates)

    def relayed(self, to: LoadVisitor) -> None:
        """Count a frame that arrived; the first one is the offer, which is answered."""
        self.left -= 1
        if to is self.answerer and not self.answered:
            self.answered = True
            self.begin(to, "answer")
        if not self.left:
            self.generator.complete(self)


class LoadGenerator:
    """All visitors of one product."""

    def __init__(
        self, dialect: Dialect, script: Script, *, pause: float, fits: Fits, randomness: random.Random
    ) -> None:
        self.dialect = dialect
        self.script = script
        self.trickle = Trickle(pause)
        self.tally = Tally()
        self.visitors: list[LoadVisitor] = []
        self.meetings: dict[str, Meeting] = {}
        self.finished: deque[Meeting] = deque()
        """Matches that have seen all their frames and where nobody pressed next yet, oldest first."""
        self.on_complete: Callable[[Meeting], None] = self.finished.append
        self._fits = fits
        self._randomness = randomness

    async def enter(self, origins: Sequence[str], wishes: Sequence[Find]) -> None:
        """Connect one visitor for each wish, evenly over the origins."""
        entered = await connect(self.dialect, origins, len(wishes))
        self.visitors += [
            LoadVisitor(self, transport, client, wish)
            for (transport, client), wish in zip(entered, wishes, strict=True)
        ]

    def press(self, meeting: Meeting) -> None:
        """Let one of the two, chosen by chance, press Next."""
        side = meeting.offerer if self._randomness.random() < 0.5 else meeting.answerer
        assert side  # noqa: S101 # a finished meeting has both
        side.press_next()

    def join(self, visitor: LoadVisitor, matched: Matched) -> None:
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

    def _introduce(self, offerer: LoadVisitor, answerer: LoadVisitor) -> None:
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
            visitor.transport.on_closed = lambda _: None
            visitor.transport.close_now()


async def connect(
    dialect: Dialect, origins: Sequence[str], number: int
) -> list[tuple[PicowsTransport, LoadClient]]:
    """Return clients that are ready for `find`, evenly over the origins, opened thirty-two at a time."""
    limit = asyncio.Semaphore(32)

    async def one(http: aiohttp.ClientSession, index: int) -> tuple[PicowsTransport, LoadClient]:
        async with limit:
            return await dialect.enter(http, origins[index % len(origins)])

    async with aiohttp.ClientSession() as http:
        return await asyncio.gather(*(one(http, index) for index in range(number)))


def draw_wishes(count: int, randomness: random.Random) -> list[Find]:
    """Return wishes of which half want two of twenty interests, and half want anyone."""
    known = [f"interest-{n:02}" for n in range(20)]
    return [
        Find("video", interests=randomness.sample(known, 2) if i % 4 < 2 else [], languages=["en"])
        for i in range(count)
    ]
