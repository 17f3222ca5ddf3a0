"""The crowd notices what a server does wrong: only sessions with every frame intact count."""

import random
from collections import deque

from bench.client import Socket
from bench.crowd import Crowd, Visitor, draw_wishes
from bench.dialects import Script, Zufall


class Wire(Socket):
    """A socket whose sent frames wait in `sent` until the test delivers them."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: deque[bytes] = deque()

    def send(self, frame: bytes) -> None:
        self.sent.append(frame)


def take(frames: deque[bytes]) -> list[bytes]:
    taken = list(frames)
    frames.clear()
    return taken


class Table:
    """Two visitors of one crowd and the test as their server."""

    def __init__(self) -> None:
        dialect = Zufall()
        self.crowd = Crowd(
            dialect,
            Script(dialect, bundled=False),
            pause=0,
            fits=lambda _one, _other: True,
            randomness=random.Random(1),
        )
        self.wires = (Wire(), Wire())
        wishes = draw_wishes(2, random.Random(1))
        self.visitors = [Visitor(self.crowd, w, wish) for w, wish in zip(self.wires, wishes, strict=True)]

    def match(self) -> None:
        for wire, polite in zip(self.wires, (b"false", b"true"), strict=True):
            wire.inbox(b'{"type":"matched","match":"m1","polite":%b,"pass":"p"}' % polite)

    def relay_all(self) -> None:
        one, other = self.wires
        while one.sent or other.sent:
            for sender, receiver in ((one, other), (other, one)):
                for frame in take(sender.sent):
                    receiver.inbox(frame)


def test_a_whole_session_counts() -> None:
    table = Table()
    table.match()
    table.relay_all()
    assert table.crowd.tally.completed == 1
    assert len(table.crowd.tally.relay_latency) == 12
    assert len(table.crowd.tally.match_latency) == 1
    assert table.crowd.unfinished == 0

    table.crowd.press(table.crowd.finished.popleft())
    assert table.crowd.unfinished == 1, "the partner was not told yet"
    presser = table.wires.index(next(wire for wire in table.wires if wire.sent))
    assert table.wires[presser].sent.popleft() == b'{"type":"next","match":"m1"}'
    table.wires[1 - presser].inbox(b'{"type":"ended","match":"m1","reason":"next"}')
    assert table.crowd.tally.sessions == 1
    assert table.crowd.unfinished == 0
    assert table.crowd.tally.faults == []


def test_a_lost_frame_leaves_the_session_unfinished() -> None:
    table = Table()
    table.match()
    table.wires[0].sent.pop()
    table.relay_all()
    assert table.crowd.tally.completed == 0
    assert table.crowd.unfinished == 1


def test_a_changed_frame_is_a_fault() -> None:
    table = Table()
    table.match()
    offer = table.wires[0].sent.popleft()
    table.wires[1].inbox(offer.replace(b"actpass", b"passive"))
    assert len(table.crowd.tally.faults) == 1


def test_a_repeated_frame_is_a_fault() -> None:
    table = Table()
    table.match()
    offer = table.wires[0].sent[0]
    table.relay_all()
    table.wires[1].inbox(offer)
    assert len(table.crowd.tally.faults) == 1


def test_a_second_match_at_once_is_a_fault() -> None:
    table = Table()
    table.match()
    table.wires[0].inbox(b'{"type":"matched","match":"m2","polite":false,"pass":"p"}')
    assert table.crowd.tally.faults == ["matched while in a match"]


def test_an_error_frame_is_a_fault() -> None:
    table = Table()
    table.wires[0].inbox(b'{"type":"error","code":"bad_frame","message":"no"}')
    assert len(table.crowd.tally.faults) == 1
