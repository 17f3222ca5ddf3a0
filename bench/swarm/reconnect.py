"""A plan after a closed socket, by the rules of the page. Delays in seconds.

They are those of `web/src/core/reconnect.ts`.
"""

import random
from dataclasses import dataclass

FIRST, LONGEST = 0.5, 15.0
RESTART = 2.0
TOO_FAST = 20.0

STAY_AWAY = frozenset((4400, 4401, 4403, 4409, 4413))
"""4401 asks for a new token: with it comes a new visitor, and this one is gone."""


@dataclass(frozen=True, slots=True)
class Plan:
    back: bool
    delay: float = 0.0


def jitter(attempt: int, randomness: random.Random) -> float:
    """Full jitter: anything from at once to the doubled bound."""
    return randomness.random() * min(LONGEST, FIRST * 2.0 ** min(attempt, 10))


def plan_after(code: int, attempt: int, randomness: random.Random) -> Plan:
    """After close `code`, on the `attempt`-th try in a row (from 0) that was not welcomed."""
    if code in STAY_AWAY:
        return Plan(back=False)
    if code == 1012 and attempt == 0:
        return Plan(back=True, delay=randomness.random() * RESTART)
    extra = TOO_FAST if code == 4429 else 0.0
    return Plan(back=True, delay=extra + jitter(attempt, randomness))
