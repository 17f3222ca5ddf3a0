"""How long an account is closed."""

from services.reports.core.lockout import FREE, closed_until


def test_a_few_slips_have_no_consequence() -> None:
    assert [closed_until(failures, 5) for failures in range(FREE + 1)] == [0] * (FREE + 1)


def test_a_minute_is_doubled_up_to_an_hour() -> None:
    minutes = [(closed_until(failures, 5) - 5) / 60_000 for failures in range(FREE + 1, FREE + 9)]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]
    assert closed_until(10**9, 5) == closed_until(FREE + 8, 5), "and stays there"
