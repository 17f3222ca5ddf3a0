"""Which gateways are taken for dead, and when."""

from services.contract.ids import GatewayId
from services.contract.presence import ALLOWED_MISSES
from services.signaling.shell.failure_detector import FailureDetector

OTHER, THIRD = GatewayId("other"), GatewayId("third")


def test_who_is_silent_for_longer_than_it_may_be_is_lost_once() -> None:
    known = FailureDetector()
    known.heartbeat(OTHER)
    assert [known.tick() for _ in range(ALLOWED_MISSES + 2)] == [[]] * ALLOWED_MISSES + [[OTHER], []]


def test_the_first_beat_is_news_and_one_after_a_loss_or_a_goodbye() -> None:
    known = FailureDetector()
    assert known.heartbeat(OTHER)
    assert not known.heartbeat(OTHER)
    while not known.tick():
        pass
    assert known.heartbeat(OTHER)
    known.remove(OTHER)
    assert known.heartbeat(OTHER)


def test_who_is_heard_in_time_is_not() -> None:
    known = FailureDetector()
    for _ in range(20):
        known.heartbeat(OTHER)
        assert [known.tick() for _ in range(ALLOWED_MISSES)] == [[]] * ALLOWED_MISSES


def test_a_goodbye_counts_at_once_and_once() -> None:
    known = FailureDetector()
    known.heartbeat(OTHER)
    assert known.remove(OTHER)
    assert not known.remove(OTHER)
    assert [known.tick() for _ in range(ALLOWED_MISSES + 2)] == [[]] * (ALLOWED_MISSES + 2)


def test_who_is_expected_and_never_heard_is_lost_too() -> None:
    known = FailureDetector()
    known.watch(OTHER)
    assert [known.tick() for _ in range(ALLOWED_MISSES + 1)] == [[]] * ALLOWED_MISSES + [[OTHER]]
    known.heartbeat(THIRD)
    known.tick()
    known.watch(THIRD)
    assert [known.tick() for _ in range(ALLOWED_MISSES)] == [[]] * (ALLOWED_MISSES - 1) + [[THIRD]], (
        "it is no news of it"
    )


def test_who_was_never_heard_may_live_only_while_we_are_new() -> None:
    known = FailureDetector()
    assert not known.is_suspected(THIRD)
    for _ in range(ALLOWED_MISSES + 1):
        known.tick()
    assert known.is_suspected(THIRD)
    known.heartbeat(THIRD)
    assert not known.is_suspected(THIRD)
