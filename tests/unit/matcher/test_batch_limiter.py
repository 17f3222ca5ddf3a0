"""Batches go out at once while there are few, and in step when there are many."""

import pytest

from services.matcher.core.batch_limiter import BatchLimiter


def test_a_few_go_at_once_and_many_in_step() -> None:
    pace, now, sent = BatchLimiter(0.02), 100.0, []
    for _ in range(200):
        now = max(now, pace.next_at())
        pace.record_batch(now)
        sent.append(now)
    assert sent[:4] == [100.0] * 4
    assert sent[-1] - sent[4] == pytest.approx(195 * 0.02)


def test_a_rest_saves_up_no_more_than_a_few() -> None:
    pace = BatchLimiter(0.02)
    for _ in range(10):
        pace.record_batch(100.0)
    for _ in range(4):
        assert pace.next_at() <= 200.001
        pace.record_batch(200.0)
    assert pace.next_at() > 200.01
