"""The lock of a name after failures."""

from services.reports.core.lockout import FREE_FAILURES, locked_until


def test_a_few_failures_lock_nothing() -> None:
    assert [locked_until(failures, 5) for failures in range(FREE_FAILURES + 1)] == [0] * (FREE_FAILURES + 1)


def test_each_lock_is_twice_as_long_up_to_an_hour() -> None:
    minutes = [
        (locked_until(failures, 5) - 5) / 60_000 for failures in range(FREE_FAILURES + 1, FREE_FAILURES + 9)
    ]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]
    assert locked_until(10**9, 5) == locked_until(FREE_FAILURES + 8, 5), "and stays there"
