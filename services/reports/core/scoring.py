"""What each report counts for, and why not for more: alone first, then as one of its reporter and network."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum

from services.contract.ids import ReportId, VisitorId

from .policy import Policy
from .records import Reason

HOUR_MS = 3_600_000
"""In milliseconds."""

MAX_REPORTS_WEIGHED = 500
"""Of one case that are weighed: those of minors first, then those of people, then flags, each the newest."""


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """A report as triage sees it. Its id is unique; what it says of its reporter was so when it was filed."""

    report: ReportId
    reporter: VisitorId
    network: bytes
    """Keyed hash of the reporter's address prefix; empty when it is unknown."""
    reason: Reason
    filed_at: int
    """Unix milliseconds."""
    upheld: int
    """Of the reporter's earlier reports, or of their browser's flags if it is one: what people decided."""
    dismissed: int
    reported_lately: int
    """How many different visitors the reporter reported in the day before it, this one included."""
    proven: bool
    """Whether the reporter's browser has a device key."""
    flag: bool
    """Whether the classifier in the reporter's browser filed it, without a picture."""
    undressed: float = 0.0
    """How sure our classifier is of that for one of its pictures, from 0 to 1: counts in the queue only."""
    known: bool = False
    """Whether a list of known pictures has one of its pictures: counts in the queue only."""
    device_hours: int = 0
    """For how many hours the device key had been known."""
    flags_lately: int = 0
    """Of a flag: how many came from its reporter or network in the day before it, this one included."""


class ReductionReason(StrEnum):
    """Why a report counts for less than its reason weighs."""

    RELIABILITY = "reliability"
    """How far the reporter is believed, after what people decided on earlier reports."""
    MANY = "many"
    """The reporter reports many different visitors a day."""
    AGE = "age"
    UNPROVEN = "unproven"
    """No device key, or one that is not known for long: anybody can make as many as they like."""
    FLAG = "flag"
    MANY_FLAGS = "many_flags"
    """As many flags as count in a day have come from the reporter or the network already."""
    SAME_REPORTER = "same_reporter"
    """The reporter has another report about this visitor, which counts for more."""
    SAME_NETWORK = "same_network"
    """Somebody in the same network has reported this visitor too, and counts for more."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """`factor` is below 1."""

    why: ReductionReason
    factor: float


@dataclass(frozen=True, slots=True)
class WeightedReport:
    """A complaint and its points: the weight of its reason times the factor of every cut."""

    complaint: ReportFacts
    points: float
    cuts: tuple[Reduction, ...] = ()

    def cut(self, why: ReductionReason, factor: float) -> "WeightedReport":
        if factor >= 1:
            return self
        return WeightedReport(self.complaint, self.points * factor, (*self.cuts, Reduction(why, factor)))


Group = list[WeightedReport]


def weigh_by_network(complaints: Sequence[ReportFacts], policy: Policy, now: int) -> dict[bytes, Group]:
    """What each complaint counts for, under the network in which its reporter first reported.

    Under the first, so that a further report can add to what a reporter counts for but never move it.
    """
    reporters: dict[VisitorId, Group] = defaultdict(list)
    for complaint in complaints:
        reporters[complaint.reporter].append(_alone(complaint, policy, now))
    networks: dict[bytes, list[Group]] = defaultdict(list)
    for reports in reporters.values():
        first = min(reports, key=_filed).complaint
        networks[first.network].append(list(_one_reporter(reports, policy)))
    return {network: list(_one_network(groups, policy)) for network, groups in networks.items()}


def heaviest_first(counted: WeightedReport) -> tuple[float, ReportId]:
    """Sorts without regard to the order in which complaints came in."""
    return -counted.points, counted.complaint.report


def _alone(complaint: ReportFacts, policy: Policy, now: int) -> WeightedReport:
    upheld, dismissed = policy.upheld + complaint.upheld, policy.dismissed + complaint.dismissed
    age = max(0, now - complaint.filed_at) / HOUR_MS
    return (
        WeightedReport(complaint, policy.weights[complaint.reason])
        .cut(ReductionReason.RELIABILITY, upheld / (upheld + dismissed))
        .cut(ReductionReason.MANY, policy.free / max(policy.free, complaint.reported_lately))
        .cut(ReductionReason.AGE, 0.5 ** (age / policy.half_life))
        .cut(ReductionReason.UNPROVEN, _proven(complaint, policy))
        .cut(ReductionReason.FLAG, policy.flag if complaint.flag else 1)
        .cut(
            ReductionReason.MANY_FLAGS,
            0 if complaint.flag and complaint.flags_lately > policy.flags_a_day else 1,
        )
    )


def _proven(complaint: ReportFacts, policy: Policy) -> float:
    """From `unproven` with a key of just now, evenly, to 1: to have many old keys takes patience."""
    if not complaint.proven:
        return policy.unproven
    if complaint.device_hours >= policy.device_hours:
        return 1.0
    return policy.unproven + (1 - policy.unproven) * complaint.device_hours / policy.device_hours


def _filed(counted: WeightedReport) -> tuple[int, ReportId]:
    return counted.complaint.filed_at, counted.complaint.report


def _one_reporter(reports: Group, policy: Policy) -> Iterator[WeightedReport]:
    for rank, one in enumerate(sorted(reports, key=heaviest_first)):
        yield one.cut(ReductionReason.SAME_REPORTER, policy.same_reporter**rank)


def _one_network(reporters: list[Group], policy: Policy) -> Iterator[WeightedReport]:
    """Reporters, not reports, are ranked: who reports twice is still one of the network."""
    for rank, reports in enumerate(sorted(reporters, key=_together)):
        yield from (one.cut(ReductionReason.SAME_NETWORK, policy.same_network**rank) for one in reports)


def _together(reports: Group) -> tuple[float, VisitorId]:
    return -points(reports), reports[0].complaint.reporter


def points(reports: Sequence[WeightedReport]) -> float:
    """Of all together: the same in whatever order they are added up."""
    return fsum(one.points for one in reports)
