"""The page of a simulated visitor keeps to the rules of the real one."""

from typing import Any

import msgspec

from bench.swarm import events
from bench.swarm.history import History
from bench.swarm.page import Page
from services.signaling.core.messages import parse


class Gateway:
    """The other end of the page's socket; `now` is the time of both, and `wall` what their clock shows."""

    def __init__(self) -> None:
        self.now = 0.0
        self.wall = 1_767_225_600.0
        self.history = History(lambda: self.now)
        self.page = Page("ann", "video", self.history)
        self.page.find()
        self.sent: list[dict[str, Any]] = []
        self.open()

    def open(self, **welcome: Any) -> None:
        self.sent = []
        self.page.open(self._take, "http://one", "token", self.wall)
        self.say("welcome", visitor="v", gateway="g", **{"memory": "first"} | welcome)

    def _take(self, frame: bytes) -> None:
        parse(frame)  # it is good
        self.sent.append(msgspec.json.decode(frame))

    def come_back(self, partner_here: bool = True) -> None:
        """On another socket, with the match that goes on."""
        self.page.lost(1006)
        self.open(resumed={"match": "m", "polite": True, "pass": "another", "partner_here": partner_here})

    def say(self, kind: str, **fields: Any) -> None:
        self.page.hear(msgspec.json.encode({"type": kind, **fields}))

    def match(self, match: str = "m") -> None:
        self.say("searching", waiting=1, stage=1)
        self.matched(match)

    def matched(self, match: str) -> None:
        more = {"pass": f"pass of {match}", "memory": f"memory of {match}"}
        self.say("matched", match=match, polite=True, partner={}, **more)

    def line(self, number: int, match: str = "m", text: str = "") -> None:
        self.say("chat", match=match, n=number, text=text or f"bob {match} {number}", id=str(number))

    @property
    def kinds(self) -> list[str]:
        return [frame["type"] for frame in self.sent]

    def numbers(self, kind: str = "chat") -> list[int]:
        """The numbers of all frames of this kind on the present socket."""
        return [frame["n"] for frame in self.sent if frame["type"] == kind]

    def recorded(self, kind: type[events.Event]) -> list[Any]:
        return [event for event in self.history.events if isinstance(event, kind)]


def test_it_finds_after_its_welcome() -> None:
    gateway = Gateway()
    assert gateway.kinds == ["hello", "find"]
    assert gateway.page.state == "searching"


def test_each_hello_has_a_higher_epoch_also_when_the_clock_goes_back() -> None:
    gateway = Gateway()
    first = gateway.sent[0]["epoch"]
    assert first == 1_767_225_600_000
    gateway.wall -= 3600
    gateway.open()
    assert gateway.sent[0]["epoch"] == first + 1
    gateway.wall += 7200
    gateway.open()
    assert gateway.sent[0]["epoch"] == first + 3_600_000


def test_each_hello_shows_the_newest_memory() -> None:
    gateway = Gateway()
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
    gateway = Gateway()
    gateway.match()
    for _ in range(3):
        gateway.page.say()
    gateway.say("received", match="m", n=1)
    gateway.come_back()
    assert gateway.kinds == ["hello", "chat", "chat"]
    assert gateway.sent[0]["pass"] == "pass of m"
    assert gateway.numbers() == [2, 3]
    assert gateway.page.passes["m"] == "another"
    assert [(event.number, event.again) for event in gateway.recorded(events.Said)] == [
        (1, False), (2, False), (3, False), (2, True), (3, True),
    ]  # fmt: skip
    gateway.page.say()
    assert gateway.numbers() == [2, 3, 4], "numbers go on across sockets"


def test_it_says_nothing_to_a_partner_who_is_away() -> None:
    gateway = Gateway()
    gateway.match()
    gateway.say("partner_away", match="m")
    gateway.page.say()
    gateway.now = 60
    assert gateway.page.repeat() > 0
    assert gateway.numbers() == []
    assert [event.held for event in gateway.recorded(events.Said)] == [True]
    gateway.say("partner_back", match="m")
    assert gateway.numbers() == [1]
    gateway.come_back(partner_here=False)
    gateway.page.say()
    assert gateway.numbers() == []
    gateway.say("partner_back", match="m")
    assert gateway.numbers() == [1, 2]


def test_it_says_again_what_nobody_answers() -> None:
    gateway = Gateway()
    gateway.match()
    for _ in range(3):
        gateway.page.say()
    assert gateway.page.repeat() == 3
    gateway.now = 3
    gateway.page.repeat()
    assert gateway.numbers() == [1, 2, 3, 1]
    gateway.now = 9
    gateway.page.repeat()
    assert gateway.numbers() == [1, 2, 3, 1, 1]
    gateway.page.lost(1006)
    gateway.now = 60
    assert gateway.page.repeat() > 0
    assert gateway.numbers() == [1, 2, 3, 1, 1], "nothing without a socket"


def test_at_most_so_many_lines_wait() -> None:
    gateway = Gateway()
    gateway.match()
    for _ in range(61):
        gateway.page.say()
    assert gateway.numbers() == list(range(1, 61))
    assert len(gateway.recorded(events.Said)) == 60
    gateway.say("received", match="m", n=1)
    gateway.page.say()
    assert gateway.numbers()[-1] == 61


def test_a_match_that_is_over_is_not_resumed() -> None:
    gateway = Gateway()
    gateway.match()
    gateway.page.lost(1006)
    gateway.open()
    assert gateway.kinds == ["hello", "find"]
    assert gateway.page.state == "searching"


def test_it_takes_the_next_line_alone_and_answers_each() -> None:
    gateway = Gateway()
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
    gateway = Gateway()
    gateway.match()
    gateway.line(1, "before")
    assert gateway.numbers("received") == []
    (stray,) = gateway.recorded(events.Ignored)
    assert (stray.match, stray.said_in, stray.number) == ("before", "before", 1)


def test_what_a_line_says_of_itself_is_recorded() -> None:
    gateway = Gateway()
    gateway.match()
    gateway.line(1, text="eve n 7")
    (line,) = gateway.recorded(events.Heard)
    assert (line.of, line.said_in, line.number) == ("eve", "n", 7)


def test_answers_that_say_something_are_recorded() -> None:
    gateway = Gateway()
    gateway.match()
    gateway.page.say()
    for match, number in [("m", 0), ("m", 1), ("m", 1), ("m", 2), ("before", 1)]:
        gateway.say("received", match=match, n=number)
    told = [(event.match, event.number) for event in gateway.recorded(events.Acknowledged)]
    assert told == [("m", 1), ("m", 2), ("before", 1)]


def test_a_match_for_a_search_taken_back_is_passed_over() -> None:
    gateway = Gateway()
    gateway.page.stop()
    gateway.page.find()
    gateway.matched("m")
    assert gateway.page.state == "searching"
    gateway.say("searching", waiting=1, stage=1)
    gateway.match("n")
    assert gateway.page.match == "n"
    assert [event.match for event in gateway.recorded(events.Passed)] == ["m"]


def test_what_a_gateway_said_before_it_read_the_stop_is_passed_over() -> None:
    """It had gone back to the former stranger, whom both wanted."""
    gateway = Gateway()
    gateway.match()
    gateway.page.stop()
    gateway.page.find()
    gateway.say("ended", match="m", reason="next")
    gateway.match("former")
    assert gateway.page.state == "searching"
    gateway.match("n")
    assert gateway.page.match == "n"


def test_who_pressed_next_when_the_other_stopped_finds_again() -> None:
    gateway = Gateway()
    gateway.match()
    gateway.page.next()
    gateway.say("ended", match="m", reason="stop")
    assert gateway.kinds[-2:] == ["next", "find"]
    gateway.match("n")
    assert gateway.page.match == "n"


def test_blocks_are_said_again_until_a_memory_names_them() -> None:
    gateway = Gateway()
    gateway.match()
    gateway.page.block()
    gateway.page.lost(1006)
    gateway.open()
    assert gateway.kinds == ["hello", "block", "find"]
    assert gateway.sent[1]["pass"] == "pass of m"
    gateway.say("memory", memory="another", blocked="m")
    gateway.page.lost(1006)
    gateway.open()
    assert gateway.kinds == ["hello", "find"]
    assert [event.match for event in gateway.recorded(events.Remembered)] == ["m"]


def test_one_may_have_back_whom_one_parted_from_for_a_while() -> None:
    gateway = Gateway()
    gateway.match()
    gateway.say("ended", match="m", reason="next")
    assert gateway.page.rewindable == "m"
    gateway.now = 31
    assert gateway.page.rewindable == ""


def test_what_is_not_of_the_protocol_is_recorded() -> None:
    gateway = Gateway()
    gateway.say("nonsense")
    gateway.say("welcome", visitor="v", gateway="g")  # without a memory
    assert len(gateway.recorded(events.Unreadable)) == 2
