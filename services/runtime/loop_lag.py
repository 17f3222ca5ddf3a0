"""Measures how late the event loop is, because something else held it up."""

import asyncio
from time import monotonic

from . import metrics

_STEP = 0.25
"""Seconds between two looks."""


async def measure() -> None:
    """Measure forever."""
    while True:
        due = monotonic() + _STEP
        await asyncio.sleep(_STEP)
        metrics.LOOP_LAG.observe(max(0.0, monotonic() - due))
