"""The lock of a name after wrong passwords or codes."""

FREE_FAILURES = 4
"""This many failures in a row have no consequence."""

FORGET_AFTER = 24 * 3_600_000
"""Failures are forgotten this many milliseconds after the last one."""

_FIRST_LOCK = 60_000
_LONGEST_LOCK = 3_600_000


def locked_until(failures: int, now: int) -> int:
    """Return until when a name is locked after this many failures, in Unix milliseconds; 0 means not locked.

    The first lock takes a minute, each further one twice as long, up to an hour.
    """
    if failures <= FREE_FAILURES:
        return 0
    return now + int(min(_LONGEST_LOCK, _FIRST_LOCK * 2 ** min(failures - FREE_FAILURES - 1, 16)))
