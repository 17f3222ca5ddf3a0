"""Lines of two simulated clients arrive although their gateway loses frames for a while."""

from typing import Any

import msgspec

from bench.swarm import events
from bench.swarm.checker import Bounds, check
from bench.swarm.history import History
from bench.swarm.recording_client import RecordingClient

from .histories import strike
from .test_recording_client import ICE, PARTNER

RELAYED = (b'{"type":"chat"', b'{"type":"received"')
STEP = 0.1


class LossyConversation:
    """Ann and Bob talk in a match. What they say is lost while `broken`. Everything takes no time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.broken = False
        self.history = History(lambda: self.now)
        self.clients = [RecordingClient(name, "video", self.history) for name in ("ann", "bob")]
        for place, client in enumerate(self.clients):
            client.dial(f"http://g{place}")
            ice = {"policy": "all"}
            self._tell(client, "welcome", visitor=client.name, gateway=f"g{place}", memory="m", ice=ice)
            self._tell(client, "searching", waiting=1, stage=1)
        for client in self.clients:
            match = {"match": "m", "polite": client is self.clients[0], "pass": "p", "memory": "m"}
            self._tell(client, "matched", **match, partner=PARTNER, ice=ICE)

    def talk(self, seconds: float) -> None:
        """Let each say a line a second, and repeat lines when that is due."""
        end = self.now + seconds
        while self.now < end:
            self.now = round(self.now + STEP, 1)
            for client in self.clients:
                client.handle_timer(self.now)
                if self.now % 1 == 0:
                    client.say_line()
                self._relay()

    def lose(self, seconds: float) -> None:
        """Lose everything for a while, as when NATS hangs: nobody is told."""
        number = len(self.history.events)
        self.history.record(strike(self.now, "pause", "nats", number=number))
        self.broken = True
        self.talk(seconds)
        self.broken = False
        self.history.record(events.Healed(self.now, number))

    def _tell(self, client: RecordingClient, kind: str, **fields: Any) -> None:
        client.receive(msgspec.json.encode({"type": kind, **fields}), self.now)

    def _relay(self) -> None:
        one, other = self.clients
        for sender, receiver in ((one, other), (other, one), (one, other)):
            for frame in sender.frames_to_send():
                if frame.startswith(RELAYED) and not self.broken:
                    receiver.receive(frame, self.now)


def judged(conversation: LossyConversation) -> list[str]:
    conversation.history.finish()
    return [str(one) for one in check(conversation.history.events, Bounds())]


def test_lost_lines_arrive_soon_after() -> None:
    for seconds in (2, 9, 25):
        conversation = LossyConversation()
        conversation.talk(5)
        conversation.lose(seconds)
        conversation.talk(40)
        assert judged(conversation) == [], seconds
        heard = [event for event in conversation.history.events if isinstance(event, events.Heard)]
        assert len(heard) == 2 * (45 + seconds), seconds


def test_without_a_fault_nothing_may_be_lost_for_long() -> None:
    conversation = LossyConversation()
    conversation.talk(5)
    conversation.broken = True
    conversation.talk(10)
    assert "had not heard line" in judged(conversation)[0]
