"""Computes the points of each report: the weight of its reason, reduced where there is reason for doubt.

A report is reduced by what is known of it alone, then as one of several of its reporter and its network.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum

from services.contract.ids import ReportId, VisitorId
from services.contract.limits import MAX_DEVICE_HOURS

from .policy import Policy, ReporterHistory
from .records import Reason

HOUR_MS = 3_600_000

MAX_REPORTS_WEIGHED = 500
"""The number of reports of one case that are weighed, chosen by `choose_weighed`."""


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Holds what triage knows of a report. Facts about the reporter are from when the report was filed."""

    id: ReportId
    reporter: VisitorId
    network: bytes
    """A keyed hash of the reporter's address prefix, empty when the prefix is unknown."""
    reason: Reason
    filed_at: int
    """Unix milliseconds."""
    upheld: int
    """The number of the reporter's earlier reports that people upheld; for a flag, of earlier flags."""
    dismissed: int
    """The number of the reporter's earlier reports that people dismissed; for a flag, of earlier flags."""
    reported_lately: int
    """How many different visitors the reporter reported in the day before it, this one included."""
    proven: bool
    """Whether the reporter's browser has a device key."""
    flag: bool
    """Whether the classifier in the reporter's browser filed it, without a picture."""
    undressed: float = 0.0
    """How sure our classifier is of one of its pictures, from 0 to 1. It only orders the queue."""
    known: bool = False
    """Whether a list of known pictures has one of its pictures. It only orders the queue."""
    device_hours: int = 0
    """For how many hours the device key had been known."""
    alike_lately: int = 1
    """How many reports alike came from its reporter or network in the day before, this one included.

    Two flags are alike, and two reports of people with the same reason. Counting ends a little above
    `MAX_ALIKE_COUNTED`.
    """


class ReductionReason(StrEnum):
    """Why a report counts for less than its reason weighs."""

    RELIABILITY = "reliability"
    """People dismissed earlier reports of the reporter, or have not yet upheld many."""
    MANY = "many"
    """The reporter reports many different visitors a day."""
    AGE = "age"
    UNPROVEN = "unproven"
    """The browser has no device key, or a new one: anybody can make as many as they like."""
    FLAG = "flag"
    MANY_FLAGS = "many_flags"
    """The reporter or the network has already filed as many flags as count in a day."""
    SAME_REPORTER = "same_reporter"
    """The reporter has another report about this visitor, which counts for more."""
    SAME_NETWORK = "same_network"
    """Somebody in the same network has reported this visitor too, and counts for more."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """One factor below 1, and why it applies."""

    reason: ReductionReason
    factor: float


@dataclass(frozen=True, slots=True)
class WeightedReport:
    """A report and its points: the weight of its reason times the factor of every reduction."""

    report: ReportFacts
    points: float
    reductions: tuple[Reduction, ...] = ()

    def reduced(self, reason: ReductionReason, factor: float) -> "WeightedReport":
        """Multiply the points by `factor`; a factor of 1 or more changes nothing."""
        if factor >= 1:
            return self
        reductions = (*self.reductions, Reduction(reason, factor))
        return WeightedReport(self.report, self.points * factor, reductions)


WeightedReports = list[WeightedReport]


def weigh_by_network(
    reports: Sequence[ReportFacts], policy: Policy, now: int
) -> dict[bytes, WeightedReports]:
    """Weigh all reports about one visitor, and group them by network. `now` is in Unix milliseconds.

    A reporter belongs to the network of their first report: a later report from elsewhere can add to what
    the reporter counts for, but it never moves them.
    """
    by_reporter: dict[VisitorId, WeightedReports] = defaultdict(list)
    for report in reports:
        by_reporter[report.reporter].append(_weigh_alone(report, policy, now))
    by_network: dict[bytes, list[WeightedReports]] = defaultdict(list)
    for own in by_reporter.values():
        first = min(own, key=_filing_order).report
        by_network[first.network].append(list(_reduce_same_reporter(own, policy)))
    return {network: list(_reduce_same_network(all, policy)) for network, all in by_network.items()}


def has_history(report: ReportFacts, asked: ReporterHistory) -> bool:
    """Tell whether its reporter had, when filing it, what can neither be made nor bought at once."""
    old_key = report.proven and report.device_hours >= asked.device_hours
    return old_key or (report.upheld >= asked.upheld and report.upheld > report.dismissed)


def in_flood(report: ReportFacts, policy: Policy) -> bool:
    """Tell whether its reporter or network had already sent as many reports alike as count in a day."""
    return report.alike_lately > policy.most_a_day(report.reason, flag=report.flag)


def choose_weighed(reports: Sequence[ReportFacts]) -> list[ReportFacts]:
    """Choose the reports of a large case that are weighed. The store chooses in the same way.

    Half are reports of minors and half are others, so that neither kind pushes out the other. Of both, those
    with a known picture come first, which nothing may push out. Those of people come before flags, then those
    from week-old device keys, then the newest.
    """
    if len(reports) <= MAX_REPORTS_WEIGHED:
        return list(reports)
    kinds = [[one for one in reports if (one.reason is Reason.MINOR) is minor] for minor in (True, False)]
    placed = [
        (place, one) for kind in kinds for place, one in enumerate(sorted(kind, key=_most_telling_first))
    ]
    return [one for _, one in sorted(placed, key=lambda each: each[0])[:MAX_REPORTS_WEIGHED]]


def _most_telling_first(report: ReportFacts) -> tuple[bool, bool, bool, int]:
    return not report.known, report.flag, report.device_hours < MAX_DEVICE_HOURS, -report.filed_at


def heaviest_first(weighted: WeightedReport) -> tuple[float, ReportId]:
    """Return a sort key that does not depend on the order in which reports came in."""
    return -weighted.points, weighted.report.id


def total_points(reports: Sequence[WeightedReport]) -> float:
    """Return the sum, which is the same in whatever order the reports are added up."""
    return fsum(one.points for one in reports)


def _weigh_alone(report: ReportFacts, policy: Policy, now: int) -> WeightedReport:
    upheld, dismissed = policy.prior_upheld + report.upheld, policy.prior_dismissed + report.dismissed
    age = max(0, now - report.filed_at) / HOUR_MS
    too_many_flags = report.flag and in_flood(report, policy)
    return (
        WeightedReport(report, policy.weight(report.reason, flag=report.flag))
        .reduced(ReductionReason.RELIABILITY, upheld / (upheld + dismissed))
        .reduced(ReductionReason.MANY, policy.free_a_day / max(policy.free_a_day, report.reported_lately))
        .reduced(ReductionReason.AGE, 0.5 ** (age / policy.half_life_hours))
        .reduced(ReductionReason.UNPROVEN, _device_factor(report, policy))
        .reduced(ReductionReason.FLAG, policy.flag_factor if report.flag else 1)
        .reduced(ReductionReason.MANY_FLAGS, 0 if too_many_flags else 1)
    )


def _device_factor(report: ReportFacts, policy: Policy) -> float:
    """Rise linearly with the age of the device key to 1: a crowd of old keys takes patience."""
    if not report.proven:
        return policy.unproven_factor
    if report.device_hours >= policy.device_hours:
        return 1.0
    return policy.unproven_factor + (1 - policy.unproven_factor) * report.device_hours / policy.device_hours


def _filing_order(weighted: WeightedReport) -> tuple[int, ReportId]:
    return weighted.report.filed_at, weighted.report.id


def _reduce_same_reporter(reports: WeightedReports, policy: Policy) -> Iterator[WeightedReport]:
    for rank, one in enumerate(sorted(reports, key=heaviest_first)):
        yield one.reduced(ReductionReason.SAME_REPORTER, policy.same_reporter_factor**rank)


def _reduce_same_network(reporters: list[WeightedReports], policy: Policy) -> Iterator[WeightedReport]:
    """Rank reporters, not reports: somebody who reports twice is still one reporter of the network."""
    for rank, reports in enumerate(sorted(reporters, key=_heaviest_reporter_first)):
        factor = policy.same_network_factor**rank
        yield from (one.reduced(ReductionReason.SAME_NETWORK, factor) for one in reports)


def _heaviest_reporter_first(reports: WeightedReports) -> tuple[float, VisitorId]:
    return -total_points(reports), reports[0].report.reporter
