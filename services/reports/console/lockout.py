"""How long an account is closed after wrong passwords or codes. Pure."""

FREE = 4
"""Failures in a row that have no consequence."""

_FIRST = 60_000
_MOST = 3_600_000


def closed_until(failures: int, now: int) -> int:
    """When somebody can come in again after so many failures in a row: a minute later, up to an hour.

    In Unix milliseconds; 0 if the account is not closed.

    An attempt counts as failed when it begins, so that a hundred at the same moment are no hundred attempts.
    """
    if failures <= FREE:
        return 0
    return now + int(min(_MOST, _FIRST * 2 ** min(failures - FREE - 1, 16)))
