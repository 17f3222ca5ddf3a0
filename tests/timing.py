"""Timeouts of the tests, all scaled by one factor for slow machines."""

import os

FACTOR = float(os.environ.get("ZUFALL_TEST_TIMEOUT_FACTOR", "1"))


def scaled(seconds: float) -> float:
    """`seconds` times ZUFALL_TEST_TIMEOUT_FACTOR (1 by default)."""
    return seconds * FACTOR
