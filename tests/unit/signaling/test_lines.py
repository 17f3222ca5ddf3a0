"""Lines arrive in order and once, over a wire that loses, repeats and delays them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contract.envelopes import Heard, Line
from services.signaling.match.lines import MOST_BYTES, MOST_LINES, Incoming, Outgoing


def took(lines: Outgoing, *frames: bytes) -> list[Line]:
    taken = [lines.take(frame) for frame in frames]
    assert None not in taken
    return [line for line in taken if line is not None]


def frames(count: int) -> list[bytes]:
    return [b"line %d" % number for number in range(count)]


class Reader:
    """A gateway that hears lines, and the browser behind it, which answers when it is asked to."""

    def __init__(self) -> None:
        self.incoming = Incoming()
        self.shown: list[bytes] = []
        self.mark: bytes | None = None

    def hears(self, line: Line) -> None:
        if self.incoming.takes(line) and self.incoming.shows(line):
            self.shown.append(line.frame)
        self.mark = self.incoming.ask() or self.mark

    def answers(self) -> Heard:
        mark, self.mark = self.mark, None
        if mark is not None and self.incoming.answered(mark):
            self.mark = self.incoming.ask()
        return self.incoming.heard


@given(st.data())
def test_whatever_is_lost_repeated_or_late_arrives_in_order_and_once(data: st.DataObject) -> None:
    sender, reader = Outgoing("stream"), Reader()
    said = frames(data.draw(st.integers(1, 20)))
    wire = took(sender, *said)
    for _ in range(data.draw(st.integers(0, 40))):
        if wire and data.draw(st.booleans()):
            reader.hears(wire[data.draw(st.integers(0, len(wire) - 1))])
        elif data.draw(st.booleans()):
            sender.heard(reader.answers())
    while sender:
        for line in sender.unheard():
            reader.hears(line)
        sender.heard(reader.answers())
    assert reader.shown == said


def test_no_more_is_kept_than_may_be() -> None:
    sender = Outgoing("stream")
    took(sender, *frames(MOST_LINES))
    assert sender.take(b"one too many") is None
    sender.heard(Heard("stream", 1))
    assert sender.take(b"again") is not None
    fat = Outgoing("stream")
    took(fat, b"x" * MOST_BYTES)
    assert fat.take(b"x") is None


def test_what_is_heard_of_another_stream_says_nothing_of_this() -> None:
    sender = Outgoing("stream")
    took(sender, b"a", b"b")
    sender.heard(Heard("another", 2))
    assert [line.frame for line in sender.unheard()] == [b"a", b"b"]


def test_one_ping_at_a_time_stands_for_all_that_came_before() -> None:
    incoming = Incoming()
    lines = took(Outgoing("stream"), *frames(3))
    assert incoming.takes(lines[0])
    mark = incoming.ask()
    assert mark
    assert incoming.takes(lines[1])
    assert incoming.ask() is None, "a ping is under way"
    assert not incoming.answered(b"another mark")
    assert incoming.answered(mark)
    assert incoming.heard == Heard("stream", 1)
    assert incoming.ask() not in (None, mark)


def test_what_a_lost_socket_had_not_answered_for_is_heard_again() -> None:
    incoming = Incoming()
    first, second = took(Outgoing("stream"), b"a", b"b")
    assert incoming.takes(first)
    mark = incoming.ask()
    assert mark
    incoming.answered(mark)
    assert incoming.takes(second)
    old = incoming.ask()
    incoming.returned()
    assert old
    assert not incoming.answered(old), "an answer of the socket that is gone"
    assert not incoming.takes(first)
    assert incoming.takes(second)


def test_a_stream_that_begins_again_begins_with_its_first_line() -> None:
    """The partner's gateway died: what came later than the first line that is not heard must wait for it."""
    incoming = Incoming()
    assert incoming.takes(took(Outgoing("old"), b"a")[0])
    anew = Outgoing("new")
    first, second = took(anew, b"b", b"c")
    assert not incoming.takes(second)
    assert incoming.takes(first)
    assert incoming.takes(second)


def test_a_page_that_lost_its_gateway_may_say_its_last_lines_again() -> None:
    reader = Reader()
    for line in took(Outgoing("old"), b"a", b"b"):
        reader.hears(line)
    for line in took(Outgoing("new"), b"a", b"b", b"c", b"a"):
        reader.hears(line)
    assert reader.shown == [b"a", b"b", b"c", b"a"], "the last one is new: it came after something new"


@pytest.mark.parametrize("noticed", ["before", "after"])
def test_what_was_written_to_a_dead_socket_is_shown_when_it_is_said_again(noticed: str) -> None:
    """The gateway of the one who wrote it dies, too: it comes in another stream."""
    reader = Reader()
    first, second = took(Outgoing("old"), b"a", b"b")
    reader.hears(first)
    reader.answers()
    reader.hears(second)
    again = took(Outgoing("new"), b"a", b"b", b"c")
    if noticed == "after":
        for line in again:
            reader.hears(line)
    reader.shown.clear()
    reader.incoming.returned()
    for line in again:
        reader.hears(line)
    assert reader.shown[-2:] == [b"b", b"c"], "more may be shown again: the page knows it by its id"


def test_who_knows_only_the_end_of_it_shows_what_is_older_and_no_repeat() -> None:
    """The gateway of the reader died. Another one that had the writer tells its last lines, in its stream."""
    reader = Reader()
    reader.incoming = Incoming(whole=False)
    for line in took(Outgoing("old"), b"c", b"d"):
        reader.hears(line)
    for line in took(Outgoing("new"), b"b", b"c", b"d", b"e"):
        reader.hears(line)
    assert reader.shown == [b"c", b"d", b"b", b"e"], "the page knows the older one"


def test_a_page_that_lost_its_socket_may_say_its_last_lines_again() -> None:
    sender = Outgoing("stream")
    took(sender, b"a", b"b")
    assert not sender.repeats(b"a"), "it has lost nothing"
    sender.returned()
    assert sender.repeats(b"a")
    assert sender.repeats(b"b")
    assert not sender.repeats(b"c")
    assert not sender.repeats(b"a"), "it says repeats first"


def test_both_ends_come_through_a_hand_over() -> None:
    sender, reader = Outgoing("stream"), Reader()
    for line in took(sender, *frames(3))[:2]:
        reader.hears(line)
    for _ in range(2):
        sender.heard(reader.answers())
    moved = Outgoing.read(*sender.written())
    reader.incoming = Incoming(*reader.incoming.written())
    took(moved, b"more")
    for line in moved.unheard():
        reader.hears(line)
    assert reader.shown == [*frames(3), b"more"]
    assert moved.take(b"x" * (MOST_BYTES - 100)) is not None, "what is heard takes no room"


def test_what_is_remembered_of_large_lines_is_small() -> None:
    """It is kept for every conversation, and told to another gateway in one message."""
    sender, reader = Outgoing("stream"), Reader()
    for number in range(200):
        for line in took(sender, b"%d" % number + b" " * 30_000):
            reader.hears(line)
        sender.heard(reader.answers())
    assert sum(len(digest) for digest in (*sender.written()[3], *reader.incoming.written()[1])) < 2_000
