"""How long nobody comes in with a name after wrong passwords or codes. Pure."""

FREE = 4
"""Failures in a row that have no consequence."""

FORGOTTEN = 24 * 3_600_000
"""Milliseconds after the last failure, after which it is as if there had been none."""

_FIRST = 60_000
_MOST = 3_600_000


def closed_until(failures: int, now: int) -> int:
    """When somebody can come in again after so many failures in a row: a minute later, up to an hour.

    In Unix milliseconds; 0 if the name is not closed.
    """
    if failures <= FREE:
        return 0
    return now + int(min(_MOST, _FIRST * 2 ** min(failures - FREE - 1, 16)))
