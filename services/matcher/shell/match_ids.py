"""Ids for matches, made many at a time: a system call for each would cost as much as making the match."""

import base64
import os
from collections.abc import Iterator

_AT_ONCE = 256


def match_ids() -> Iterator[str]:
    """Yield ids of 22 base64url characters (132 random bits). None begins with a dash, as in `random_id`."""
    while True:
        text = base64.urlsafe_b64encode(os.urandom(18 * _AT_ONCE)).decode()
        for start in range(0, len(text), 24):
            if text[start] != "-":
                yield text[start : start + 22]
