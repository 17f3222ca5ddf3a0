"""Few batches go out at once, and many go out in step."""

import pytest

from services.matcher.core.batch_limiter import BatchLimiter


def test_a_few_batches_go_at_once_and_many_in_step() -> None:
    pace, now, sent = BatchLimiter(0.02), 100.0, []
    for _ in range(200):
        now = max(now, pace.next_at())
        pace.record_batch(now)
        sent.append(now)
    assert sent[:4] == [100.0] * 4
    assert sent[-1] - sent[4] == pytest.approx(195 * 0.02)


def test_a_pause_saves_up_only_a_few_batches() -> None:
    pace = BatchLimiter(0.02)
    for _ in range(10):
        pace.record_batch(100.0)
    for _ in range(4):
        assert pace.next_at() <= 200.001
        pace.record_batch(200.0)
    assert pace.next_at() > 200.01
