"""The load generator notices what a server does wrong: only sessions with every frame intact count."""

import random
from collections import deque

from bench.client.client import ZufallClient
from bench.client.transports.picows import PicowsTransport
from bench.dialects import Script, ZufallDialect
from bench.load_generator import LoadGenerator, LoadVisitor, draw_wishes

WELCOME = b'{"type":"welcome","visitor":"v","gateway":"g","memory":"x","ice":{"policy":"all"}}'
SEARCHING = b'{"type":"searching","waiting":1,"stage":1}'
MATCHED = (
    b'{"type":"matched","match":"%b","polite":%b,"pass":"p","memory":"x",'
    b'"partner":{"languages":[],"shared_interests":[]},"ice":{"servers":[],"policy":"all"}}'
)


def welcomed_client() -> ZufallClient:
    client = ZufallClient("token")
    client.receive(WELCOME, 0.0)
    return client


class QueuedTransport(PicowsTransport):
    """A connection whose sent frames wait in `sent` until the test delivers them."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: deque[bytes] = deque()

    def send_now(self, frame: bytes) -> None:
        self.sent.append(frame)


def take(frames: deque[bytes]) -> list[bytes]:
    taken = list(frames)
    frames.clear()
    return taken


class TwoVisitors:
    """Two visitors of one load generator, and the test as their server."""

    def __init__(self) -> None:
        dialect = ZufallDialect()
        self.generator = LoadGenerator(
            dialect,
            Script(dialect, bundled=False),
            pause=0,
            fits=lambda _one, _other: True,
            randomness=random.Random(1),
        )
        self.transports = (QueuedTransport(), QueuedTransport())
        wishes = draw_wishes(2, random.Random(1))
        for transport, wish in zip(self.transports, wishes, strict=True):
            LoadVisitor(self.generator, transport, welcomed_client(), wish).find()
            transport.sent.clear()

    def match(self) -> None:
        for transport, polite in zip(self.transports, (b"false", b"true"), strict=True):
            transport.on_frame(SEARCHING)
            transport.on_frame(MATCHED % (b"m1", polite))

    def relay_all(self) -> None:
        one, other = self.transports
        while one.sent or other.sent:
            for sender, receiver in ((one, other), (other, one)):
                for frame in take(sender.sent):
                    receiver.on_frame(frame)


def test_a_whole_session_counts() -> None:
    two = TwoVisitors()
    two.match()
    two.relay_all()
    assert two.generator.tally.completed == 1
    assert len(two.generator.tally.relay_latency) == 12
    assert len(two.generator.tally.match_latency) == 1
    assert two.generator.unfinished == 0

    two.generator.press(two.generator.finished.popleft())
    assert two.generator.unfinished == 1, "the partner was not told yet"
    presser = two.transports.index(next(one for one in two.transports if one.sent))
    assert two.transports[presser].sent.popleft() == b'{"type":"next","match":"m1"}'
    two.transports[1 - presser].on_frame(b'{"type":"ended","match":"m1","reason":"next"}')
    assert two.generator.tally.sessions == 1
    assert two.generator.unfinished == 0
    assert two.generator.tally.faults == []


def test_a_lost_frame_leaves_the_session_unfinished() -> None:
    two = TwoVisitors()
    two.match()
    two.transports[0].sent.pop()
    two.relay_all()
    assert two.generator.tally.completed == 0
    assert two.generator.unfinished == 1


def test_a_changed_frame_is_a_fault() -> None:
    two = TwoVisitors()
    two.match()
    offer = two.transports[0].sent.popleft()
    two.transports[1].on_frame(offer.replace(b"actpass", b"passive"))
    assert len(two.generator.tally.faults) == 1


def test_a_repeated_frame_is_a_fault() -> None:
    two = TwoVisitors()
    two.match()
    offer = two.transports[0].sent[0]
    two.relay_all()
    two.transports[1].on_frame(offer)
    assert len(two.generator.tally.faults) == 1


def test_a_second_match_at_once_is_a_fault() -> None:
    two = TwoVisitors()
    two.match()
    two.transports[0].on_frame(MATCHED % (b"m2", b"false"))
    assert two.generator.tally.faults == ["matched while in a match"]


def test_an_error_frame_is_a_fault() -> None:
    two = TwoVisitors()
    two.transports[0].on_frame(b'{"type":"error","code":"bad_frame","message":"no"}')
    assert len(two.generator.tally.faults) == 1
