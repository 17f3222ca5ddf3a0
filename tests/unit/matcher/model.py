"""What the waiting room must keep, in the plainest way: no index, all compared with all."""

from dataclasses import dataclass, field
from itertools import combinations

from services.matcher.tickets import Pairing, Ticket


def refused_for_good(one: Ticket, other: Ticket) -> bool:
    wrong_language = not set(one.languages) & set(other.languages)
    return (
        one.pool is not other.pool
        or one.visitor_key == other.visitor_key
        or other.visitor_key in one.blocked
        or (bool(one.country) and one.country in other.avoid_countries)
        or (one.strict_language and wrong_language)
    )


def partings(one: Ticket, other: Ticket) -> list[float]:
    memories = one.partners.get(other.visitor_key), other.partners.get(one.visitor_key)
    return [at for at in memories if at is not None]


@dataclass
class Model:
    """The tickets that wait, and when each came. Stages follow from age alone."""

    ages: tuple[float, float, float]
    waiting: dict[int, Ticket] = field(default_factory=dict)
    came: dict[int, float] = field(default_factory=dict)

    def stage(self, ticket: Ticket, now: float) -> int:
        by_age = sum(now - ticket.since >= age - 1e-6 for age in self.ages)
        return max(by_age, 0 if ticket.interests else 1)

    def forbidden(self, one: Ticket, other: Ticket, now: float) -> bool:
        just_now = any(now - at < 60 for at in partings(one, other))
        return refused_for_good(one, other) or refused_for_good(other, one) or just_now

    def needs(self, one: Ticket, other: Ticket) -> int:
        """The stage that both must have reached."""
        if partings(one, other):
            return 3
        language = not one.languages or not other.languages or bool(set(one.languages) & set(other.languages))
        interest = bool(one.interests & other.interests)
        return (0 if interest else 1) if language else 2

    def acceptable(self, one: Ticket, other: Ticket, now: float) -> bool:
        stage = min(self.stage(one, now), self.stage(other, now))
        return not self.forbidden(one, other, now) and stage >= self.needs(one, other)

    def missed(self, since: float) -> list[tuple[Ticket, Ticket]]:
        """Pairs that wait though they accepted each other at `since` already."""
        return [
            (one, other)
            for one, other in combinations(self.waiting.values(), 2)
            if max(self.came[one.number], self.came[other.number]) <= since
            and self.acceptable(one, other, since)
        ]

    def take(self, pairing: Pairing) -> tuple[Ticket, Ticket]:
        """Both sides, who wait no longer; raises `KeyError` when one did not wait."""
        return self.waiting.pop(pairing.polite.number), self.waiting.pop(pairing.other.number)
