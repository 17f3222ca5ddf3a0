"""The transparency report: how much was reported, decided and appealed in a period."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil
from statistics import median

from msgspec import Struct, to_builtins
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import InvalidRequest

from ...core.dsa_categories import by_category
from ...core.records import DAY_MS, AppealState, Level, Reason
from ..storage import decision_figures
from ..storage.database import raising_unavailable
from ..storage.decision_figures import MadeDecisions, ProposalOutcome
from .views import api_name

_MINUTE = 60_000

MAX_DAYS = 3_660
"""A period has at most this many days: ten years."""


class ReportCounts(Struct, frozen=True):
    """Reports of people. `by_category` counts them in the categories of the DSA Transparency Database."""

    total: int
    by_reason: Mapping[str, int]
    by_category: Mapping[str, int]


class FlagCounts(Struct, frozen=True):
    """Reports that programs in browsers filed by themselves."""

    total: int
    by_reason: Mapping[str, int]


class AutomaticCounts(Struct, frozen=True):
    """The decisions that triage made, and how many of them a person has overturned by now.

    They overturn one by dismissing its case, or by answering its appeal. Shares are from 0 to 1, and `null`
    if there was no decision.
    """

    total: int
    share: float | None
    overturned: int
    overturned_share: float | None


class DismissalCounts(Struct, frozen=True):
    """The decisions of level good: dismissed cases, lifts without an appeal, and lifts because of one."""

    dismissed: int
    lifted: int
    overturned: int


class SecondLookCounts(Struct, frozen=True):
    """The decisions that were proposed in the period, each counted once by what has become of it by now.

    `otherwise`: somebody undid it, sent it back or decided otherwise. `ended`: it does not hold any more, and
    nobody has looked at it a second time. `waiting`: it holds, and nobody has looked yet.
    """

    confirmed: int
    otherwise: int
    ended: int
    waiting: int


class DecisionCounts(Struct, frozen=True):
    """The decisions, without those that were `undone`, and without what an undo or a dismissal restored.

    One that was proposed is only in `second_look`, and counts as a decision when it is confirmed. `automated`
    is also in `automatic.total`.
    """

    total: int
    automated: int
    by_level: Mapping[str, int]
    by_rule: Mapping[str, int]
    by_category: Mapping[str, int]
    good: DismissalCounts
    undone: int
    automatic: AutomaticCounts
    second_look: SecondLookCounts


class CaseCounts(Struct, frozen=True):
    """The cases that people reported: those decided in the period, and those that are open now.

    `visitors` is how many different visitors people reported in the period.
    """

    decided: int
    open: int
    oldest_open_minutes: float | None
    visitors: int


class AppealCounts(Struct, frozen=True):
    """The appeals that were filed in the period, and their state now."""

    filed: int
    upheld: int
    overturned: int
    open: int
    oldest_open_minutes: float | None


class ResponseTimes(Struct, frozen=True):
    """Minutes, rounded to a tenth. They are of what was decided or answered; what is open is not in them.

    From a person's first report of a case to a person's decision; to the first restriction, also an automatic
    one; and from an appeal to its answer.
    """

    to_decision_median: float | None
    to_decision_p90: float | None
    to_action_median: float | None
    to_answer_median: float | None


class DayCounts(Struct, frozen=True):
    """What came in and was decided on a day in UTC."""

    day: str
    reports: int
    decisions: int


class TransparencyReport(Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """The report. `first` and `last` are days in UTC, both included."""

    first: str
    last: str
    reports: ReportCounts
    flags: FlagCounts
    decisions: DecisionCounts
    cases: CaseCounts
    appeals: AppealCounts
    minutes: ResponseTimes
    by_day: Sequence[DayCounts]
    pictures_looked_at: int


class Period(Struct, frozen=True):
    """A period. `start` and `end` are in Unix milliseconds, the end excluded."""

    first: str
    last: str
    start: int
    end: int


def parse_period(first: str, last: str) -> Period:
    """Return the period of whole days in UTC; raise `InvalidRequest`."""
    try:
        start, end = (datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC) for day in (first, last))
        after = end + timedelta(days=1)
    except (ValueError, OverflowError):
        raise InvalidRequest("give the first and the last day as 2026-11-30") from None
    if end < start:
        raise InvalidRequest("the last day is before the first")
    if after - start > timedelta(days=MAX_DAYS):
        raise InvalidRequest(f"a period has at most {MAX_DAYS} days")
    return Period(first, last, int(start.timestamp() * 1000), int(after.timestamp() * 1000))


class SqlTransparency:
    """Counts what is in the database. Reports that were deleted by age are no longer counted."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], int]) -> None:
        """`now` returns Unix milliseconds."""
        self._engine = engine
        self._now = now

    async def read(self, period: Period) -> TransparencyReport:
        with raising_unavailable():
            async with self._engine.connect() as connection:
                return await _read(connection, period, self._now())


def as_csv(report: TransparencyReport) -> str:
    """Write a line for each number: its name with dots between the parts, and its value."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("figure", "value"))
    writer.writerows(_flatten("", to_builtins(report)))
    return file.getvalue()


def _flatten(name: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _flatten(f"{name}.{key}" if name else key, part)
    elif isinstance(value, list):
        for one in value:
            yield from _flatten(f"{name}.{one.pop('day')}", one)
    else:
        yield name, "" if value is None else value


async def _read(connection: AsyncConnection, of: Period, now: int) -> TransparencyReport:
    within = (of.start, of.end)
    filed = await decision_figures.filed_reports(connection, *within)
    visitors = await decision_figures.reported_visitors(connection, *within)
    made = await decision_figures.made_decisions(connection, *within)
    proposed = await decision_figures.proposed_decisions(connection, *within, now)
    appealed = await decision_figures.appeal_times(connection, *within)
    waiting = await decision_figures.open_cases(connection)
    decided = await decision_figures.times_to_decision(connection, *within)
    acted = await decision_figures.times_to_action(connection, *within)
    answered = [at - filed_at for _, filed_at, at in appealed if at]
    unanswered = [filed_at for state, filed_at, _ in appealed if state == AppealState.OPEN]
    return TransparencyReport(
        first=of.first,
        last=of.last,
        reports=_report_counts(filed.people),
        flags=FlagCounts(sum(filed.devices.values()), _by_reason(filed.devices)),
        decisions=_decision_counts(made, proposed),
        cases=CaseCounts(len(decided), waiting.count, _age(waiting.oldest, now), visitors),
        appeals=_appeal_counts([state for state, _, _ in appealed], _age(min(unanswered, default=None), now)),
        minutes=ResponseTimes(_median(decided), _p90(decided), _median(acted), _median(answered)),
        by_day=_by_day(of, filed.by_day, made.by_day),
        pictures_looked_at=await decision_figures.picture_views(connection, *within),
    )


def _report_counts(counts: Mapping[Reason, int]) -> ReportCounts:
    by_reason = _by_reason(counts)
    return ReportCounts(sum(by_reason.values()), by_reason, by_category(by_reason))


def _by_reason(counts: Mapping[Reason, int]) -> dict[str, int]:
    return {api_name(one): counts.get(one, 0) for one in Reason}


def _decision_counts(made: MadeDecisions, proposed: Mapping[ProposalOutcome, int]) -> DecisionCounts:
    levels = Counter({api_name(level): made.by_level.get(level, 0) for level in Level})
    total, automated = levels.total(), made.automated
    good = DismissalCounts(made.dismissed, made.lifted, made.appealed)
    automatic = AutomaticCounts(
        automated, _share(automated, total), made.overturned, _share(made.overturned, automated)
    )
    rules = dict(sorted(made.by_rule.items()))
    looks = SecondLookCounts(**{one.value: proposed.get(one, 0) for one in ProposalOutcome})
    return DecisionCounts(
        total, automated, dict(levels), rules, by_category(rules), good, made.undone, automatic, looks
    )


def _appeal_counts(states: Sequence[int], oldest: float | None) -> AppealCounts:
    counts = Counter(states)
    of = [counts[state] for state in (AppealState.UPHELD, AppealState.OVERTURNED, AppealState.OPEN)]
    upheld, overturned, unanswered = of
    return AppealCounts(len(states), upheld, overturned, unanswered, oldest)


def _by_day(of: Period, filed: Mapping[int, int], made: Mapping[int, int]) -> list[DayCounts]:
    days = range(of.start // DAY_MS, of.end // DAY_MS)
    return [DayCounts(_day(day), filed.get(day, 0), made.get(day, 0)) for day in days]


def _day(number: int) -> str:
    return datetime.fromtimestamp(number * DAY_MS / 1000, UTC).strftime("%Y-%m-%d")


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _age(since: int | None, now: int) -> float | None:
    return None if since is None else _minutes(max(0, now - since))


def _minutes(milliseconds: float) -> float:
    return round(milliseconds / _MINUTE, 1)


def _median(times: Sequence[int]) -> float | None:
    return _minutes(median(times)) if times else None


def _p90(times: Sequence[int]) -> float | None:
    return _minutes(sorted(times)[ceil(0.9 * len(times)) - 1]) if times else None
