"""How long nobody comes in with a name after wrong passwords or codes. Pure."""

FREE_FAILURES = 4
"""Failures in a row that have no consequence."""

FORGET_AFTER = 24 * 3_600_000
"""Milliseconds after the last failure, after which it is as if there had been none."""

_FIRST_LOCK = 60_000
_LONGEST_LOCK = 3_600_000


def locked_until(failures: int, now: int) -> int:
    """When somebody can come in again after so many failures in a row: a minute later, up to an hour.

    In Unix milliseconds; 0 if the name is not closed.
    """
    if failures <= FREE_FAILURES:
        return 0
    return now + int(min(_LONGEST_LOCK, _FIRST_LOCK * 2 ** min(failures - FREE_FAILURES - 1, 16)))
