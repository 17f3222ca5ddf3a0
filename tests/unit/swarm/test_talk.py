"""Two simulated pages whose gateway loses what they say for a while: the checker sees that all arrives."""

from typing import Any

import msgspec

from bench.swarm import events
from bench.swarm.checker import Bounds, check
from bench.swarm.history import History
from bench.swarm.page import Page

from .histories import strike

RELAYED = ("chat", "received")
STEP = 0.1


class Wire:
    """Ann and Bob talk in a match. What they say is lost while `broken`. Everything takes no time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.broken = False
        self.history = History(lambda: self.now)
        self.pages = [Page(name, "video", self.history) for name in ("ann", "bob")]
        for place, page in enumerate(self.pages):
            page.find()
            page.open(lambda frame, to=1 - place: self._relay(frame, to), f"http://g{place}", "token", 1.0)
            self._tell(page, "welcome", visitor=page.name, gateway=f"g{place}", memory="m")
            self._tell(page, "searching", waiting=1, stage=1)
        for page in self.pages:
            self._tell(page, "matched", match="m", polite=page is self.pages[0], memory="m", **{"pass": "p"})

    def talk(self, seconds: float) -> None:
        """Each says a line a second, and as often as their pages want to say something again they may."""
        end = self.now + seconds
        while self.now < end:
            self.now = round(self.now + STEP, 1)
            for page in self.pages:
                page.repeat()
                if self.now % 1 == 0:
                    page.say()

    def lost(self, seconds: float) -> None:
        """Everything, as when NATS hangs: nobody is told."""
        number = len(self.history.events)
        self.history.record(strike(self.now, "pause", "nats", number=number))
        self.broken = True
        self.talk(seconds)
        self.broken = False
        self.history.record(events.Healed(self.now, number))

    def _tell(self, page: Page, kind: str, **fields: Any) -> None:
        page.hear(msgspec.json.encode({"type": kind, **fields}))

    def _relay(self, frame: bytes, to: int) -> None:
        if msgspec.json.decode(frame)["type"] in RELAYED and not self.broken:
            self.pages[to].hear(frame)


def judged(wire: Wire) -> list[str]:
    wire.history.finish()
    return [str(one) for one in check(wire.history.events, Bounds())]


def test_what_was_lost_arrives_soon_after() -> None:
    for seconds in (2, 9, 25):
        wire = Wire()
        wire.talk(5)
        wire.lost(seconds)
        wire.talk(40)
        assert judged(wire) == [], seconds
        heard = [event for event in wire.history.events if isinstance(event, events.Heard)]
        assert len(heard) == 2 * (45 + seconds), seconds


def test_without_a_fault_nothing_may_be_lost_for_long() -> None:
    wire = Wire()
    wire.talk(5)
    wire.broken = True
    wire.talk(10)
    assert "had not heard line" in judged(wire)[0]
