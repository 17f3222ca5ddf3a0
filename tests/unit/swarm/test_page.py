"""The page of a simulated visitor keeps to the rules of the real one."""

from typing import Any

import msgspec

from bench.swarm import events
from bench.swarm.history import History
from bench.swarm.page import Page


class Gateway:
    """The other end of the page's socket; `now` is the time of both."""

    def __init__(self) -> None:
        self.now = 0.0
        self.history = History(lambda: self.now)
        self.page = Page("ann", "video", self.history)
        self.page.find()
        self.sent: list[dict[str, Any]] = []
        self.open()

    def open(self, **welcome: Any) -> None:
        self.sent = []
        self.page.open(lambda frame: self.sent.append(msgspec.json.decode(frame)), "http://one", "token")
        self.say("welcome", visitor="v", gateway="g", **welcome)

    def say(self, kind: str, **fields: Any) -> None:
        self.page.hear(msgspec.json.encode({"type": kind, **fields}))

    def match(self, match: str = "m") -> None:
        self.say("searching", waiting=1, stage=1)
        self.say("matched", match=match, polite=True, **{"pass": f"pass of {match}"}, partner={})

    @property
    def kinds(self) -> list[str]:
        return [frame["type"] for frame in self.sent]

    def recorded(self, kind: type[events.Event]) -> list[Any]:
        return [event for event in self.history.events if isinstance(event, kind)]


def test_it_finds_after_its_welcome() -> None:
    gateway = Gateway()
    assert gateway.kinds == ["hello", "find"]
    assert gateway.page.state == "searching"


def test_it_resumes_its_match_and_says_again_what_may_be_lost() -> None:
    gateway = Gateway()
    gateway.match()
    gateway.page.say()
    gateway.now = 30
    gateway.page.say()
    said = gateway.sent[-1]
    gateway.page.lost(1006)
    gateway.now = 31
    gateway.open(resumed={"match": "m", "polite": True, "pass": "another", "partner_here": False})
    assert gateway.sent == [{"type": "hello", "token": "token", "pass": "pass of m"}, said]
    assert gateway.page.passes["m"] == "another"
    assert [(event.number, event.again) for event in gateway.recorded(events.Said)] == [
        (1, False), (2, False), (2, True),
    ]  # fmt: skip


def test_a_match_that_is_over_is_not_resumed() -> None:
    gateway = Gateway()
    gateway.match()
    gateway.page.lost(1006)
    gateway.open()
    assert gateway.kinds == ["hello", "find"]
    assert gateway.page.state == "searching"


def test_repeats_are_hidden_only_after_a_loss() -> None:
    gateway = Gateway()
    gateway.match()
    line = {"match": "m", "text": "bob m 1", "id": "1"}
    gateway.say("chat", **line)
    gateway.say("chat", **line)
    gateway.say("partner_back", match="m")
    gateway.say("chat", **line)
    assert [event.again for event in gateway.recorded(events.Heard)] == [False, False, True]


def test_a_stray_line_with_a_known_number_is_no_repeat() -> None:
    gateway = Gateway()
    gateway.match()
    gateway.say("chat", match="m", text="bob m 1", id="1")
    gateway.say("partner_back", match="m")
    gateway.say("chat", match="m", text="bob before 1", id="1")
    gateway.say("chat", match="before", text="bob m 1", id="1")
    assert [event.again for event in gateway.recorded(events.Heard)] == [False, False, False]


def test_a_match_for_a_search_taken_back_is_passed_over() -> None:
    gateway = Gateway()
    gateway.page.stop()
    gateway.page.find()
    gateway.say("matched", match="m", polite=True, **{"pass": "p"}, partner={})
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


def test_blocks_are_said_again() -> None:
    gateway = Gateway()
    gateway.match()
    gateway.page.block()
    gateway.page.lost(1006)
    gateway.open()
    assert gateway.kinds == ["hello", "block", "find"]


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
    assert gateway.recorded(events.Unreadable)
