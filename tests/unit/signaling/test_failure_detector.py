"""Tests of when the failure detector takes a gateway for lost."""

from services.contract.ids import GatewayId
from services.contract.presence import ALLOWED_MISSES
from services.signaling.shell.failure_detector import FailureDetector

OTHER, THIRD = GatewayId("other"), GatewayId("third")


def test_a_gateway_that_misses_too_many_heartbeats_is_lost_once() -> None:
    known = FailureDetector()
    known.heartbeat(OTHER)
    assert [known.tick() for _ in range(ALLOWED_MISSES + 2)] == [[]] * ALLOWED_MISSES + [[OTHER], []]


def test_a_first_heartbeat_is_news_also_after_a_loss_or_a_shutdown() -> None:
    known = FailureDetector()
    assert known.heartbeat(OTHER)
    assert not known.heartbeat(OTHER)
    while not known.tick():
        pass
    assert known.heartbeat(OTHER)
    known.remove(OTHER)
    assert known.heartbeat(OTHER)


def test_the_return_of_a_lost_gateway_is_news_also_if_somebody_has_asked_it_meanwhile() -> None:
    known = FailureDetector()
    known.heartbeat(OTHER)
    while not known.tick():
        pass
    known.watch(OTHER)
    assert known.heartbeat(OTHER)
    assert not known.heartbeat(OTHER)


def test_a_gateway_that_is_heard_in_time_is_not_lost() -> None:
    known = FailureDetector()
    for _ in range(20):
        known.heartbeat(OTHER)
        assert [known.tick() for _ in range(ALLOWED_MISSES)] == [[]] * ALLOWED_MISSES


def test_a_shutdown_counts_at_once_and_once() -> None:
    known = FailureDetector()
    known.heartbeat(OTHER)
    assert known.remove(OTHER)
    assert not known.remove(OTHER)
    assert [known.tick() for _ in range(ALLOWED_MISSES + 2)] == [[]] * (ALLOWED_MISSES + 2)


def test_a_watched_gateway_that_never_sends_is_lost() -> None:
    known = FailureDetector()
    known.watch(OTHER)
    assert [known.tick() for _ in range(ALLOWED_MISSES + 1)] == [[]] * ALLOWED_MISSES + [[OTHER]]
    known.heartbeat(THIRD)
    known.tick()
    known.watch(THIRD)
    assert [known.tick() for _ in range(ALLOWED_MISSES)] == [[]] * (ALLOWED_MISSES - 1) + [[THIRD]], (
        "it is no news of it"
    )


def test_an_unknown_gateway_is_suspected_once_this_one_has_run_for_a_while() -> None:
    known = FailureDetector()
    assert not known.is_suspected(THIRD)
    for _ in range(ALLOWED_MISSES + 1):
        known.tick()
    assert known.is_suspected(THIRD)
    known.heartbeat(THIRD)
    assert not known.is_suspected(THIRD)
