"""A queue keeps its order and loses its tombstones, and a walk that pauses misses no ticket."""

import random

from services.matcher.core.ticket_queue import QueuedTicket, TicketQueue

from .tickets import ticket


def entry(since: float) -> QueuedTicket:
    return QueuedTicket(ticket(1, since), 0)


def take_out(gone: QueuedTicket) -> None:
    gone.waiting = False


def test_the_longest_wait_comes_first_whenever_it_was_added() -> None:
    queue = TicketQueue()
    entries = [entry(since) for since in (3.0, 1.0, 2.0, 2.0, 0.0)]
    for each in entries:
        queue.add(each)
    assert [each.ticket.since for each in queue.walk()] == [0.0, 1.0, 2.0, 2.0, 3.0]


def test_a_first_ticket_that_stays_keeps_no_tombstones_behind_it() -> None:
    queue = TicketQueue()
    entries = [entry(float(since)) for since in range(40)]
    for each in entries:
        queue.add(each)
    for gone in entries[1:19]:
        take_out(gone)
    assert [each.ticket.since for each in queue.walk()] == [0.0, *map(float, range(19, 40))]
    walk = queue.walk()
    next(walk)
    next(walk)
    assert next(iter(walk)).ticket.since == 20.0
    del walk  # ends the generator
    assert queue._head == 18  # the first was moved up to the others, past the tombstones


def test_a_walk_that_pauses_misses_no_ticket() -> None:
    rng = random.Random(7)
    for _ in range(200):
        queue = TicketQueue()
        entries = [entry(float(since)) for since in range(150)]
        for each in entries:
            queue.add(each)
        walk, seen = queue.walk(), set[int]()
        alive = list(entries)
        while (found := next(walk, None)) is not None:
            seen.add(id(found))
            for _ in range(rng.randrange(4)):
                if alive:
                    take_out(alive.pop(rng.randrange(len(alive))))
            if rng.random() < 0.3:
                queue.add(entry(rng.uniform(0.0, 200.0)))
            if rng.random() < 0.3:
                list(queue.walk())
        assert {id(each) for each in alive} <= seen


def test_tombstones_are_few() -> None:
    queue = TicketQueue()
    for since in range(10):
        queue.add(entry(float(since)))
    for since in range(10, 10_000):
        gone = entry(float(since))
        queue.add(gone)
        take_out(gone)
        assert len(queue.items) <= 2 * 10 + 32
    assert len(list(queue.walk())) == 10
