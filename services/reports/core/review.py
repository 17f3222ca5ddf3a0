"""Triage: what the open reports about one visitor come to, and what follows by itself until a person looks.

Pure. `policy.toml` says the rules in words, `docs/moderation.md` explains them with an example.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log2

from .policy import Policy, Step
from .records import Level, Reason
from .scoring import HOUR_MS, Group, ReportFacts, WeightedReport, heaviest_first, points, weigh_by_network

__all__ = ["Action", "ReportFacts", "Urgency", "Verdict", "review"]


@dataclass(frozen=True, slots=True, order=True)
class Urgency:
    """Orders the queue: the largest is looked at first.

    `heat` grows with the score and with the time of the review in just the way in which scores decay. So
    verdicts of different times compare as if all were made now, and a stored queue never goes stale, until
    the half-life in the policy changes.
    """

    minor: bool
    """Somebody reported a minor, or a list knows a picture: before everything else, whatever the score."""
    person: bool
    """False where there is nothing but flags: those stand beneath what a person says, whatever the score."""
    heat: float
    """In half-lives: one more is twice the score, or as recent a score one half-life later.

    What the classifier says of the pictures adds up to `Policy.pictures` to it, and to nothing else.
    """


@dataclass(frozen=True, slots=True)
class Action:
    """What shall hold by itself, from the time of the review on."""

    level: Level
    seconds: int
    rule: Reason
    """The reason that counts for most."""

    def exceeds(self, level: Level, until: int, now: int) -> bool:
        """Whether it adds to what holds, which is `level` until then (Unix milliseconds; 0: without an end).

        What a person decided, or what follows from an earlier review, is never cut short or made milder; and
        who is reported all the time is not decided about with each report.
        """
        if level is Level.GOOD or 0 < until <= now or self.level > level:
            return True
        return self.level is level and 0 < until <= now + self.seconds * 1000 - HOUR_MS


@dataclass(frozen=True, slots=True)
class Verdict:
    """What triage says about a visitor; a person decides."""

    policy: str
    """The version of the policy."""
    score: float
    networks: int
    """From how many different networks the complaints come, at least."""
    urgency: Urgency
    action: Action | None
    counted: tuple[WeightedReport, ...]
    """Every complaint with what it counts for, which add up to the score; the strongest first."""


def review(complaints: Sequence[ReportFacts], policy: Policy, now: int) -> Verdict:
    """What follows from all complaints about one visitor since a person last decided about them.

    `now` in Unix milliseconds. The order of the complaints does not matter. An action counts from the newest
    complaint of a person, or flag if there are only flags: to review again later, without a new one, makes
    nothing last longer.
    """
    groups = weigh_by_network(complaints, policy, now)
    counted = sorted((one for group in groups.values() for one in group), key=heaviest_first)
    score, networks = points(counted), _networks(groups, policy)
    step = _step(score, networks, policy)
    return Verdict(
        policy=policy.version,
        score=score,
        networks=networks,
        urgency=_urgency(complaints, score, policy, now),
        action=_action(step, counted, now) if step else None,
        counted=tuple(counted),
    )


def _networks(groups: dict[bytes, Group], policy: Policy) -> int:
    """An unknown network may be any of the others, so it counts only where there is no other."""
    telling = [network for network, group in groups.items() if points(group) >= policy.least]
    return sum(map(bool, telling)) or len(telling)


def _step(score: float, networks: int, policy: Policy) -> Step | None:
    reached = [one for one in policy.steps if score >= one.score and networks >= one.networks]
    return reached[-1] if reached else None


def _urgency(complaints: Sequence[ReportFacts], score: float, policy: Policy, now: int) -> Urgency:
    first = any(one.reason is Reason.MINOR or one.known for one in complaints)
    person = not complaints or not all(one.flag for one in complaints)
    seen = policy.pictures * max((one.undressed for one in complaints), default=0.0)
    heat = log2(score) + now / HOUR_MS / policy.half_life + seen if score else -inf
    return Urgency(first, person, heat)


def _action(step: Step, counted: Sequence[WeightedReport], now: int) -> Action | None:
    complaints = [one.complaint for one in counted]
    # A guess of somebody's browser adds its little weight, but makes old reports of people no younger.
    newest = max(one.filed_at for one in [one for one in complaints if not one.flag] or complaints)
    seconds = (round(step.hours * HOUR_MS) - max(0, now - newest)) // 1000
    return Action(step.level, seconds, _rule(counted)) if seconds > 0 else None


def _rule(counted: Sequence[WeightedReport]) -> Reason:
    groups: dict[Reason, Group] = defaultdict(list)
    for one in counted:
        groups[one.complaint.reason].append(one)
    return max(sorted(groups), key=lambda reason: points(groups[reason]))
