"""The behaviour of visitors and the state of each. All times are virtual seconds."""

from dataclasses import dataclass
from math import inf

from services.contract.limits import MAX_RECENT_PARTNERS, PARTNERS_REMEMBERED, REMATCH_COOLDOWN

from .crowd_model import OWN_NETWORK, Company, Profile, VisitorKind

_QUICK_TALK = 1.0
"""Seconds after which a quick person presses Next."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The average number of visitors, and what they do. Times are seconds.

    A visitor whose `stay` (exponential) is over leaves when the talk ends. A visitor who has waited for
    `patience` leaves at once. Searches count if they begin in the `duration` after the `warm_up`.
    """

    visitors: int
    stay: float
    talk: float
    patience: float
    warm_up: float
    duration: float

    def mean_talk(self, one: VisitorKind, other: VisitorKind, company: Company) -> float:
        """Return how long two visitors talk on average: as long as the one who is in more of a hurry."""
        talks = {VisitorKind.QUICK: _QUICK_TALK, VisitorKind.BOT: self.talk / company.pace}
        return min(talks.get(one, self.talk), talks.get(other, self.talk))


class SimulatedVisitor:
    """One visitor. `group` has a bit for each population that the visitor belongs to."""

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
        """Every former partner with the time of the parting, the latest last."""

    @property
    def network(self) -> bytes:
        """What the waiting room knows of the visitor's network."""
        shared = self.profile.network
        return b"own %d" % self.key if shared == OWN_NETWORK else b"shared %d" % shared


def partners_to_send(met: dict[int, float], now: float) -> dict[int, float]:
    """Return the former partners that a gateway would send: the latest, and all of the last minute.

    Both have a limit. `met` holds all partners, the latest last.
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
