"""Spreads in time what many processes do again and again."""

import random


def jittered(seconds: float) -> float:
    """Return `seconds` times a random factor of 0.5 to 1.5, so that replicas do not meet."""
    return seconds * random.uniform(0.5, 1.5)  # noqa: S311 -- no secret
