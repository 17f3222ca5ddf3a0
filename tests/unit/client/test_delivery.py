"""A client sends its lines again, at the right times, so that they arrive."""

from math import inf

from bench.client.delivery import Numbered, SendBuffer
from services.signaling.core.messages import Chat, Reveal


def sent(count: int, now: float = 0.0) -> SendBuffer:
    buffer = SendBuffer()
    for _ in range(count):
        send(buffer, now)
    return buffer


def send(buffer: SendBuffer, now: float) -> None:
    number = buffer.last + 1
    assert buffer.add(Chat("m", number, "hello", str(number))).n == number
    buffer.sent(now)


def numbers(messages: list[Numbered]) -> list[int]:
    return [message.n for message in messages]


def test_the_oldest_is_repeated_after_delays_that_double() -> None:
    buffer = sent(2)
    times = []
    while buffer.due < 200:
        times.append(buffer.due)
        assert numbers(buffer.repeat_oldest(buffer.due)) == [1]
    assert times == [3, 9, 21, 45, 75, 105, 135, 165, 195]


def test_nothing_is_repeated_before_it_is_due_or_after_it_is_acknowledged() -> None:
    buffer = sent(1)
    assert buffer.repeat_oldest(2.9) == []
    assert buffer.acknowledge(1, 2.9) == []
    assert buffer.due == inf
    assert buffer.repeat_oldest(100) == []


def test_an_acknowledgement_starts_the_delays_anew() -> None:
    buffer = sent(3)
    buffer.repeat_oldest(3)
    buffer.repeat_oldest(9)
    buffer.acknowledge(1, 10)
    assert buffer.due == 13


def test_a_later_line_does_not_postpone_the_repeat_of_the_oldest() -> None:
    buffer = sent(1)
    send(buffer, 2)
    assert buffer.due == 3


def test_after_a_repeat_each_acknowledgement_calls_for_the_next_line() -> None:
    buffer = sent(3)
    assert numbers(buffer.repeat_oldest(3)) == [1]
    assert numbers(buffer.acknowledge(1, 3.1)) == [2]
    send(buffer, 3.15)
    assert numbers(buffer.acknowledge(3, 3.2)) == [4]
    assert buffer.acknowledge(4, 3.3) == []
    send(buffer, 4)
    send(buffer, 4)
    assert buffer.acknowledge(5, 4.1) == [], "nothing was lost since"


def test_everything_is_repeated_when_both_are_there_again() -> None:
    buffer = sent(4)
    buffer.acknowledge(2, 1)
    buffer.repeat_oldest(4)
    buffer.repeat_oldest(10)
    assert numbers(buffer.repeat_all(12)) == [3, 4]
    assert buffer.due == 15
    assert buffer.acknowledge(3, 12.1) == []
    assert sent(0).repeat_all(1) == []


def test_everything_is_repeated_at_most_once_in_three_seconds() -> None:
    buffer = sent(3)
    assert numbers(buffer.repeat_all(1)) == [1, 2, 3]
    assert buffer.repeat_all(3.9) == []
    assert buffer.due == 6.9
    assert numbers(buffer.acknowledge(1, 4)) == [2], "the others may be lost, so they follow one by one"
    assert numbers(buffer.repeat_all(7)) == [2, 3]


def test_nothing_is_due_while_the_partner_is_away() -> None:
    buffer = sent(1)
    buffer.pause()
    assert buffer.due == inf
    buffer.add(Chat("m", 0, "later", "2"))
    assert buffer.due == inf


def test_numbers_that_make_no_sense_acknowledge_nothing() -> None:
    buffer = sent(2)
    for number in (-1, 0, 3, 2**60):
        assert buffer.acknowledge(number, 1) == []
    assert buffer.acknowledged == 0
    buffer.acknowledge(2, 1)
    buffer.acknowledge(1, 1)
    assert (buffer.acknowledged, buffer.last) == (2, 2)


def test_sixty_chats_may_wait_and_a_reveal_beside_them() -> None:
    buffer = sent(59)
    buffer.add(Reveal("m", 0))
    full = [buffer.full]
    send(buffer, 0)
    full.append(buffer.full)
    buffer.acknowledge(1, 1)
    full.append(buffer.full)
    assert full == [False, True, False]


def test_later_lines_move_up_when_the_gateway_refuses_one() -> None:
    buffer = sent(3)
    assert [(line.n, line.id) for line in buffer.withdraw("2", 1) if isinstance(line, Chat)] == [(2, "3")]
    assert (buffer.last, numbers(buffer.waiting)) == (2, [1, 2])
    assert buffer.withdraw("3", 1) == [], "it was sent twice, and may have arrived"
    assert buffer.withdraw("unknown", 1) == []
