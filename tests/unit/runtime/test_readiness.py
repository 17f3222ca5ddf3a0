"""A process is ready once all that its start waits for was there, and then until it stops."""

from services.runtime.readiness import Readiness


class Part:
    def __init__(self) -> None:
        self.there = False

    def is_there(self) -> bool:
        return self.there


def test_the_start_waits_until_each_part_was_there_once() -> None:
    nats, matcher = Part(), Part()
    readiness = Readiness(
        {"NATS is away": nats.is_there, "no matcher answers": matcher.is_there}, stopping=lambda: False
    )
    assert readiness.problems() == ["NATS is away", "no matcher answers"]
    nats.there = True
    assert readiness.problems() == ["no matcher answers"]
    nats.there, matcher.there = False, True
    assert readiness.problems() == [], "NATS was there"


def test_what_goes_away_later_changes_nothing_until_the_process_stops() -> None:
    nats, shutdown = Part(), Part()
    readiness = Readiness({"NATS is away": nats.is_there}, stopping=shutdown.is_there)
    nats.there = True
    assert readiness.problems() == []
    nats.there = False
    assert readiness.problems() == []
    shutdown.there = True
    assert readiness.problems() == ["stopping"]


def test_a_process_that_stops_before_it_was_ready_says_both() -> None:
    readiness = Readiness({"NATS is away": lambda: False}, stopping=lambda: True)
    assert readiness.problems() == ["stopping", "NATS is away"]
