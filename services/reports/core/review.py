"""Reviews all open reports about one visitor: how urgent they are, and what follows until a person looks.

`policy.toml` says the rules in words, `docs/triage.md` explains them with an example.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import reduce
from math import inf, log2
from operator import or_

from .policy import ActionThreshold, Policy
from .records import Evidence, Level, Reason
from .scoring import (
    HOUR_MS,
    ReportFacts,
    WeightedReport,
    WeightedReports,
    has_history,
    heaviest_first,
    in_flood,
    total_points,
    weigh_by_network,
)


class QueueGroup(IntEnum):
    """Orders cases before anything else does: the greatest group is looked at first."""

    FLOOD = 0
    """All its reports and flags came from reporters or networks that had sent too many alike that day."""
    FLAGS = 1
    """No person reported, or only as part of a flood."""
    PEOPLE = 2
    MINOR = 3
    """Somebody reported a minor."""
    KNOWN = 4
    """A list of known pictures has one of its pictures."""


@dataclass(frozen=True, slots=True, order=True)
class Urgency:
    """Orders the queue: the largest is looked at first.

    `heat` grows with the score, and with the time of the review at just the rate at which scores decay. So
    urgencies of different times compare as if all were computed now, and a stored one never goes stale until
    the half-life in the policy changes.
    """

    group: QueueGroup
    heat: float
    """The unit is half-lives: one more means twice the score, or an equal score one half-life later.

    The classifier adds up to `Policy.picture_half_lives` for pictures, and changes nothing else.
    """


@dataclass(frozen=True, slots=True)
class Action:
    """Describes what triage does without a person. It holds from the time of the review on."""

    level: Level
    seconds: int
    rule: Reason
    """The reason that has most points."""
    evidence: Evidence
    """The kinds of reports that were weighed for it."""

    def exceeds(self, level: Level, until: int, now: int) -> bool:
        """Tell whether this adds to what holds: `level` until `until` (Unix milliseconds; 0 has no end).

        A person's decision, or an earlier action, is never shortened or made milder: a ban of a day would
        otherwise end a restriction of a week. Only `WATCHED` is replaced in any case, for it changes nothing
        for the visitor. An action of the same level counts only if it lasts an hour longer, so that not every
        report leads to a new decision.
        """
        over = level is Level.GOOD or 0 < until <= now
        if over or (level is Level.WATCHED and self.level > level):
            return True
        end = now + self.seconds * 1000 - (HOUR_MS if self.level is level else 0)
        return self.level >= level and 0 < until <= end


@dataclass(frozen=True, slots=True)
class Verdict:
    """Holds the advice of triage about a visitor. A person decides."""

    policy: str
    """The version of the policy."""
    score: float
    networks: int
    """From how many different networks the reports come, at least."""
    urgency: Urgency
    action: Action | None
    weighted: tuple[WeightedReport, ...]
    """Every report with its points, which add up to the score; the heaviest comes first."""


def review(reports: Sequence[ReportFacts], policy: Policy, now: int) -> Verdict:
    """Weigh all reports about one visitor since a person last decided about them.

    `now` is in Unix milliseconds. The order of the reports does not matter. An action counts from the newest
    report of a person that may lead to it, or from the newest flag if there are only flags: a later review of
    the same reports makes nothing last longer.
    """
    weighed = _weigh(reports, policy, now)
    return Verdict(
        policy=policy.version,
        score=weighed.score,
        networks=weighed.networks,
        urgency=_urgency(reports, weighed.score, policy, now),
        action=_action(reports, policy, now),
        weighted=weighed.reports,
    )


@dataclass(frozen=True, slots=True)
class _WeighedReports:
    """Holds reports with their points, the heaviest first, and what they come to together."""

    reports: tuple[WeightedReport, ...]
    score: float
    networks: int


def _weigh(reports: Sequence[ReportFacts], policy: Policy, now: int) -> _WeighedReports:
    by_network = weigh_by_network(reports, policy, now)
    weighted = sorted((one for group in by_network.values() for one in group), key=heaviest_first)
    return _WeighedReports(tuple(weighted), total_points(weighted), _count_networks(by_network, policy))


def _count_networks(by_network: dict[bytes, WeightedReports], policy: Policy) -> int:
    """Count the unknown network only where there is no other, for it may be any of the others."""
    heavy = [
        network for network, group in by_network.items() if total_points(group) >= policy.min_network_points
    ]
    return sum(map(bool, heavy)) or len(heavy)


def _action(reports: Sequence[ReportFacts], policy: Policy, now: int) -> Action | None:
    """Return the strictest action that follows without a person.

    A report of a minor leads to none: it only orders the queue. Reports of anybody may have a visitor
    watched, which changes nothing for them. Only those of reporters with a history may restrict or ban, and
    they are weighed alone, so that nobody else's reports add to what follows, or take from it. A flag of spam
    leads to no more than watched.
    """
    accusing, trusted = reports, reports
    if policy.history is not None:
        accusing = [one for one in reports if one.reason is not Reason.MINOR]
        trusted = [one for one in accusing if has_history(one, policy.history)]
    trusted = [one for one in trusted if not (one.flag and one.reason is Reason.SPAM)]
    mild = [one for one in policy.thresholds if one.level is Level.WATCHED]
    strict = [one for one in policy.thresholds if one.level is not Level.WATCHED]
    return _reach(strict, trusted, policy, now) or _reach(mild, accusing, policy, now)


def _reach(
    thresholds: Sequence[ActionThreshold], reports: Sequence[ReportFacts], policy: Policy, now: int
) -> Action | None:
    """Return the action of the last threshold that these reports reach, if it is not over by now."""
    if not thresholds or not reports:
        return None
    weighed = _weigh(reports, policy, now)
    reached = [one for one in thresholds if weighed.score >= one.score and weighed.networks >= one.networks]
    if not reached:
        return None
    # A flag is a guess: it adds its little weight, but makes old reports of people no younger.
    newest = max(one.filed_at for one in [one for one in reports if not one.flag] or reports)
    seconds = (round(reached[-1].hours * HOUR_MS) - max(0, now - newest)) // 1000
    if seconds <= 0:
        return None
    return Action(reached[-1].level, seconds, _heaviest_reason(weighed.reports), _evidence(weighed.reports))


def _urgency(reports: Sequence[ReportFacts], score: float, policy: Policy, now: int) -> Urgency:
    group = max((_group(one, policy) for one in reports), default=QueueGroup.PEOPLE)
    pictures = policy.picture_half_lives * max((one.undressed for one in reports), default=0.0)
    heat = log2(score) + now / HOUR_MS / policy.half_life_hours + pictures if score else -inf
    return Urgency(group, heat)


def _group(report: ReportFacts, policy: Policy) -> QueueGroup:
    """Return the group into which this report alone would bring its case."""
    if report.known:
        return QueueGroup.KNOWN
    if in_flood(report, policy):
        return QueueGroup.FLOOD
    if report.reason is Reason.MINOR:
        return QueueGroup.MINOR
    return QueueGroup.FLAGS if report.flag else QueueGroup.PEOPLE


def _heaviest_reason(weighted: Sequence[WeightedReport]) -> Reason:
    by_reason: dict[Reason, WeightedReports] = defaultdict(list)
    for one in weighted:
        by_reason[one.report.reason].append(one)
    return max(sorted(by_reason), key=lambda reason: total_points(by_reason[reason]))


def _evidence(weighted: Sequence[WeightedReport]) -> Evidence:
    kinds = (Evidence.FLAGS if one.report.flag else Evidence.REPORTS for one in weighted if one.points)
    return reduce(or_, kinds, Evidence(0))
