"""What visitors do, and what one is at a time. All times are virtual seconds."""

from dataclasses import dataclass
from math import inf

from services.contract.limits import MAX_RECENT_PARTNERS, PARTNERS_REMEMBERED, REMATCH_COOLDOWN

from .crowd_model import Profile


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How many are present on average, and what they do. Times are seconds.

    Who has stayed for `stay` (exponential) leaves when that talk ends, who has waited for `patience` at once.
    Searches count that begin in the `duration` after the `warm_up`.
    """

    visitors: int
    stay: float
    talk: float
    patience: float
    warm_up: float
    duration: float


class SimulatedVisitor:
    """Somebody who came. `group` has a bit for each population that they belong to."""

    __slots__ = ("counted", "group", "key", "leaves_at", "matches", "met", "profile", "since", "wish")

    def __init__(self, key: int, profile: Profile, wish: Profile, group: int, leaves_at: float) -> None:
        self.key = key
        self.profile = profile
        self.wish = wish
        self.group = group
        self.leaves_at = leaves_at
        self.since = -inf
        self.matches = 0
        self.counted = False
        self.met: dict[int, float] = {}
        """Everybody met, with when they were parted from, the latest last."""


def remembered(met: dict[int, float], now: float) -> dict[int, float]:
    """What a gateway tells of former partners: the last ones, and all of the last minute up to a limit.

    `met` has them all, the latest last.
    """
    if len(met) <= PARTNERS_REMEMBERED:
        return dict(met)
    latest: dict[int, float] = {}
    for key in reversed(met):
        recent = now - met[key] <= REMATCH_COOLDOWN
        if len(latest) >= (MAX_RECENT_PARTNERS if recent else PARTNERS_REMEMBERED):
            break
        latest[key] = met[key]
    return latest
