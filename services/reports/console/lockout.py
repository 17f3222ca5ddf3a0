"""How long an account is closed after wrong passwords or codes. Pure."""

FREE = 4
"""Failures in a row that have no consequence."""

_FIRST = 60_000
_MOST = 3_600_000


def pause(failures: int) -> int:
    """Milliseconds for which nobody can come in after so many failures in a row: a minute up to an hour.

    An attempt counts as failed when it begins, so that a hundred at the same moment are no hundred attempts.
    """
    if failures <= FREE:
        return 0
    return int(min(_MOST, _FIRST * 2 ** min(failures - FREE - 1, 16)))
