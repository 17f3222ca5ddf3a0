"""The client of a simulated visitor keeps to the rules of the page, and records what it does."""

import random
from typing import Any

import msgspec

from bench.swarm import events
from bench.swarm.history import History
from bench.swarm.recording_client import RecordingClient
from services.signaling.core.messages import parse

ICE: dict[str, Any] = {"servers": [], "policy": "all"}
PARTNER: dict[str, Any] = {"languages": [], "shared_interests": []}


class GatewayAndClient:
    """The other end of the socket. `now` is the monotonic time of both, `wall` their wall clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.wall = 1_767_225_600.0
        self.history = History(lambda: self.now)
        self.client = RecordingClient("ann", "video", self.history, token="token")
        self.sent: list[dict[str, Any]] = []
        self.open()

    def open(self, **welcome: Any) -> None:
        self.sent = []
        self.client.dial("http://one")
        self.client.connect(self.wall)
        self.take()
        ice = {"policy": "all"}
        self.say("welcome", visitor="v", gateway="g", ice=ice, **{"memory": "first"} | welcome)

    def lose(self) -> None:
        self.client.disconnect(1006, random.Random(1))

    def take(self) -> None:
        for frame in self.client.frames_to_send():
            parse(frame)  # it is good
            self.sent.append(msgspec.json.decode(frame))

    def come_back(self, partner_here: bool = True) -> None:
        """Open another socket, with the match that goes on."""
        self.lose()
        resumed = {"match": "m", "polite": True, "pass": "another", "partner_here": partner_here, "ice": ICE}
        self.open(resumed=resumed)

    def say(self, kind: str, **fields: Any) -> None:
        self.client.receive(msgspec.json.encode({"type": kind, **fields}), self.now)
        self.take()

    def perform(self, act: Any) -> None:
        self.client.perform(act)
        self.take()

    def pass_time(self, now: float) -> None:
        self.now = now
        self.client.handle_timer(now)
        self.take()

    def match(self, match: str = "m") -> None:
        self.say("searching", waiting=1, stage=1)
        self.matched(match)

    def matched(self, match: str) -> None:
        more = {"pass": f"pass of {match}", "memory": f"memory of {match}"}
        self.say("matched", match=match, polite=True, partner=PARTNER, ice=ICE, **more)

    def line(self, number: int, match: str = "m", text: str = "") -> None:
        self.say("chat", match=match, n=number, text=text or f"bob {match} {number}", id=str(number))

    @property
    def kinds(self) -> list[str]:
        return [frame["type"] for frame in self.sent]

    def numbers(self, kind: str = "chat") -> list[int]:
        """Return the numbers of all frames of this kind on the present socket."""
        return [frame["n"] for frame in self.sent if frame["type"] == kind]

    def recorded(self, kind: type[events.Event]) -> list[Any]:
        return [event for event in self.history.events if isinstance(event, kind)]


def test_it_finds_after_its_welcome() -> None:
    gateway = GatewayAndClient()
    assert gateway.kinds == ["hello", "find"]
    assert gateway.client.phase == "searching"


def test_each_hello_has_a_higher_epoch_also_when_the_clock_goes_back() -> None:
    gateway = GatewayAndClient()
    first = gateway.sent[0]["epoch"]
    assert first == 1_767_225_600_000
    gateway.wall -= 3600
    gateway.open()
    assert gateway.sent[0]["epoch"] == first + 1
    gateway.wall += 7200
    gateway.open()
    assert gateway.sent[0]["epoch"] == first + 3_600_000


def test_each_hello_shows_the_newest_memory() -> None:
    gateway = GatewayAndClient()
    assert "memory" not in gateway.sent[0]
    gateway.open()
    assert gateway.sent[0]["memory"] == "first"
    gateway.match()
    gateway.open()
    assert gateway.sent[0]["memory"] == "memory of m"
    gateway.say("memory", memory="third")
    gateway.open()
    assert gateway.sent[0]["memory"] == "third"


def test_it_resumes_its_match_and_says_again_what_is_not_acknowledged() -> None:
    gateway = GatewayAndClient()
    gateway.match()
    for _ in range(3):
        gateway.perform("say")
    gateway.say("received", match="m", n=1)
    gateway.come_back()
    assert gateway.kinds == ["hello", "chat", "chat", "chat"]
    assert gateway.sent[0]["pass"] == "pass of m"
    assert gateway.numbers() == [2, 3, 4], "who is back says something"
    assert gateway.client.latest[1] == "another"
    assert [(event.number, event.again) for event in gateway.recorded(events.Said)] == [
        (1, False), (2, False), (3, False), (4, False), (2, True), (3, True),
    ]  # fmt: skip
    gateway.perform("say")
    assert gateway.numbers() == [2, 3, 4, 5], "numbers go on across sockets"


def test_it_says_nothing_to_a_partner_who_is_away() -> None:
    gateway = GatewayAndClient()
    gateway.match()
    gateway.say("partner_away", match="m")
    gateway.perform("say")
    gateway.pass_time(60)
    assert gateway.numbers() == []
    assert [event.held for event in gateway.recorded(events.Said)] == [True]
    gateway.say("partner_back", match="m")
    assert gateway.numbers() == [1, 2]
    gateway.come_back(partner_here=False)
    gateway.perform("say")
    assert gateway.numbers() == []
    gateway.now = 63
    gateway.say("partner_back", match="m")
    assert gateway.numbers() == [1, 2, 3, 4]


def test_it_says_again_what_nobody_answers() -> None:
    gateway = GatewayAndClient()
    gateway.match()
    for _ in range(3):
        gateway.perform("say")
    assert gateway.client.next_due() == 3
    gateway.pass_time(3)
    assert gateway.numbers() == [1, 2, 3, 1]
    gateway.pass_time(9)
    assert gateway.numbers() == [1, 2, 3, 1, 1]
    gateway.lose()
    gateway.pass_time(60)
    assert gateway.numbers() == [1, 2, 3, 1, 1], "nothing without a socket"


def test_at_most_so_many_lines_wait() -> None:
    gateway = GatewayAndClient()
    gateway.match()
    for _ in range(61):
        gateway.perform("say")
    assert gateway.numbers() == list(range(1, 61))
    assert len(gateway.recorded(events.Said)) == 60
    gateway.say("received", match="m", n=1)
    gateway.perform("say")
    assert gateway.numbers()[-1] == 61


def test_a_match_that_is_over_is_not_resumed() -> None:
    gateway = GatewayAndClient()
    gateway.match()
    gateway.lose()
    gateway.open()
    assert gateway.kinds == ["hello", "find"]
    assert gateway.client.phase == "searching"


def test_it_takes_the_next_line_alone_and_answers_each() -> None:
    gateway = GatewayAndClient()
    gateway.match()
    for number in (1, 1, 3, 2, 3):
        gateway.line(number)
    assert [event.number for event in gateway.recorded(events.Heard)] == [1, 2, 3]
    assert [event.number for event in gateway.recorded(events.Ignored)] == [1, 3]
    assert gateway.numbers("received") == [1, 1, 1, 2, 3]
    gateway.come_back()
    gateway.line(4)
    assert gateway.numbers("received") == [4]
    gateway.match("n")
    gateway.line(1, "n")
    assert gateway.numbers("received") == [4, 1]


def test_a_line_of_another_match_is_not_answered() -> None:
    gateway = GatewayAndClient()
    gateway.match()
    gateway.line(1, "before")
    assert gateway.numbers("received") == []
    (stray,) = gateway.recorded(events.Ignored)
    assert (stray.match, stray.said_in, stray.number) == ("before", "before", 1)


def test_the_fields_of_a_line_are_recorded() -> None:
    gateway = GatewayAndClient()
    gateway.match()
    gateway.line(1, text="eve n 7")
    (line,) = gateway.recorded(events.Heard)
    assert (line.of, line.said_in, line.number) == ("eve", "n", 7)


def test_answers_that_say_something_are_recorded() -> None:
    gateway = GatewayAndClient()
    gateway.match()
    gateway.perform("say")
    for match, number in [("m", 0), ("m", 1), ("m", 1), ("m", 2), ("before", 1)]:
        gateway.say("received", match=match, n=number)
    told = [(event.match, event.number) for event in gateway.recorded(events.Acknowledged)]
    assert told == [("m", 1), ("m", 2), ("before", 1)]


def test_a_match_for_a_search_taken_back_is_skipped() -> None:
    gateway = GatewayAndClient()
    gateway.perform("stop")
    gateway.perform("find")
    gateway.matched("m")
    assert gateway.client.phase == "searching"
    gateway.say("searching", waiting=1, stage=1)
    gateway.match("n")
    assert gateway.client.latest[0] == "n"
    assert [event.match for event in gateway.recorded(events.Skipped)] == ["m"]


def test_frames_sent_before_the_gateway_read_the_stop_are_ignored() -> None:
    """The gateway had matched the two former strangers again, because both asked for it."""
    gateway = GatewayAndClient()
    gateway.match()
    gateway.perform("stop")
    gateway.perform("find")
    gateway.say("ended", match="m", reason="next")
    gateway.match("former")
    assert gateway.client.phase == "searching"
    gateway.match("n")
    assert gateway.client.latest[0] == "n"


def test_a_visitor_whose_next_crosses_a_stop_searches_again() -> None:
    gateway = GatewayAndClient()
    gateway.match()
    gateway.perform("next")
    gateway.say("ended", match="m", reason="stop")
    assert gateway.kinds[-2:] == ["next", "find"]
    gateway.match("n")
    assert gateway.client.latest[0] == "n"


def test_blocks_are_said_again_until_a_memory_names_them() -> None:
    gateway = GatewayAndClient()
    gateway.match()
    gateway.perform("block")
    gateway.lose()
    gateway.open()
    assert gateway.kinds == ["hello", "block", "find"]
    assert gateway.sent[1]["pass"] == "pass of m"
    gateway.say("memory", memory="another", blocked="m")
    gateway.lose()
    gateway.open()
    assert gateway.kinds == ["hello", "find"]
    assert [event.match for event in gateway.recorded(events.Remembered)] == ["m"]


def test_the_present_partner_is_left_before_they_are_blocked() -> None:
    gateway = GatewayAndClient()
    gateway.match()
    gateway.sent = []
    gateway.perform("block")
    assert gateway.kinds == ["next", "block"]
    assert len(gateway.recorded(events.Pressed)) == 1


def test_a_rewind_is_possible_for_a_while_after_parting() -> None:
    gateway = GatewayAndClient()
    gateway.match()
    gateway.say("ended", match="m", reason="next")
    assert gateway.client.rewindable == "m"
    gateway.now = 31
    assert gateway.client.rewindable == ""


def test_frames_outside_of_the_protocol_are_recorded() -> None:
    gateway = GatewayAndClient()
    gateway.say("nonsense")
    gateway.say("welcome", visitor="v", gateway="g")  # without a memory
    assert len(gateway.recorded(events.Unreadable)) == 2
