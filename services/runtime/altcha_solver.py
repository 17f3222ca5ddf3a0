"""Does the proof of work that a gateway asks of newcomers (ALTCHA, version 2), as a page does it."""

import asyncio
from typing import Any

import altcha


async def solve(work: dict[str, Any]) -> dict[str, Any]:
    """Return a challenge with its solution, which is found in a thread.

    Raises `TimeoutError` when that takes 90 seconds.
    """
    solution = await asyncio.to_thread(altcha.solve_challenge, altcha.Challenge.from_dict(work))
    if solution is None:
        raise TimeoutError("the work for a token took too long")
    found = {"counter": solution.counter, "derivedKey": solution.derived_key}
    return {"challenge": work, "solution": found}
