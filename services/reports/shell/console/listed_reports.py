"""Sums up the reports of the cases in a list: how many of whom and why, and what their calls were like."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ...core.records import Reason
from ..storage.tables import cases, reports

MAX_LANGUAGES = 6
"""The most languages of a case in a list."""


@dataclass(frozen=True, slots=True)
class ListedReports:
    """The reports of a case. They may be deleted, and of old calls little is known: that is empty or 0."""

    reasons: Mapping[Reason, int] = field(default_factory=dict)
    """How many have each reason, the most frequent first."""
    flags: int = 0
    newest_at: int = 0
    """Unix milliseconds."""
    reporters: int = 0
    networks: int = 0
    languages: tuple[str, ...] = ()
    """The languages of the accused, and behind them those of reporters, the most frequent first."""
    mode: str = ""
    """The kind of most calls."""
    country: str = ""
    """Where the accused was in most calls."""

    @property
    def count(self) -> int:
        return sum(self.reasons.values())


async def listed_reports(connection: AsyncConnection, listed: Sequence[str]) -> dict[str, ListedReports]:
    """Return what is known of the reports of these cases, by their ids. A case may be deleted meanwhile."""
    counts: dict[str, _ValueCounts] = defaultdict(_ValueCounts)
    for what, case, value, number in await connection.execute(_COUNTS, {"listed": listed}):
        counts[case].add(what, value, number)
    return {
        row.id: counts[row.id].result(row) for row in await connection.execute(_SIZES, {"listed": listed})
    }


class _ValueCounts:
    """Counts how often the reports of a case have each value of the columns `_COUNTED`."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {name: Counter() for name in _COUNTED}

    def add(self, column: str, value: str, number: int) -> None:
        self._counts[column][value] += number

    def result(self, sizes: sa.Row[str, int, int, int, int]) -> ListedReports:
        found = self._counts
        languages = (*_languages(found["accused_languages"]), *_languages(found["reporter_languages"]))
        return ListedReports(
            reasons={Reason(int(reason)): count for reason, count in found["reason"].most_common()},
            flags=sizes.flags,
            newest_at=sizes.newest_at or 0,
            reporters=sizes.reporters,
            networks=sizes.networks,
            languages=tuple(dict.fromkeys(languages))[:MAX_LANGUAGES],
            mode=_first(found["mode"]),
            country=_first(found["accused_country"]),
        )


def _languages(lists: Counter[str]) -> list[str]:
    """Return the languages of these lists, the most frequent first. Commas separate them in a list."""
    counts: Counter[str] = Counter()
    for languages, number in lists.items():
        for language in languages.split(","):
            counts[language] += number
    return _by_count(counts)


def _first(counts: Counter[str]) -> str:
    return next(iter(_by_count(counts)), "")


def _by_count(counts: Counter[str]) -> list[str]:
    """Return the known values, the most frequent first."""
    return sorted(filter(None, counts), key=lambda one: (-counts[one], one))


def _counted(of: sa.CTE, name: str) -> sa.Select[str, str, str, int]:
    case, value = of.c.case_id, of.c[name]
    which: sa.ColumnElement[str] = sa.literal_column(f"'{name}'", sa.Text)
    return sa.select(which, case, sa.cast(value, sa.Text), sa.func.count()).group_by(case, value)


def _count_distinct(column: sa.Column[str] | sa.Column[bytes]) -> sa.ScalarSelect[int]:
    """Count the values in one case. For each case alone that takes half the time that it takes for all."""
    values = sa.select(column).where(_OF_CASE).distinct().correlate(cases).subquery()
    return sa.select(sa.func.count(values.c[column.name])).scalar_subquery()


# Statements are built once, for building takes longer than executing.
_COUNTED = ("reason", "mode", "accused_languages", "reporter_languages", "accused_country")
_LISTED: sa.BindParameter[str] = sa.bindparam("listed", expanding=True)
_OF_CASE = reports.c.case_id == cases.c.id
_COUNTED_REPORTS = (
    sa.select(reports.c.case_id, *(reports.c[name] for name in _COUNTED))
    .where(reports.c.case_id.in_(_LISTED))
    .cte("counted_reports")
)
_COUNTS = sa.union_all(*(_counted(_COUNTED_REPORTS, name) for name in _COUNTED))
"""Reads the reports once, and sends few rows: a thousand reports have few values, and many combinations."""

_SIZES: sa.Select[str, int, int, int, int] = sa.select(
    cases.c.id,
    _count_distinct(reports.c.reporter).label("reporters"),
    _count_distinct(reports.c.reporter_network).label("networks"),
    sa.select(sa.func.count()).where(_OF_CASE, reports.c.flag).scalar_subquery().label("flags"),
    sa.select(sa.func.max(reports.c.filed_at)).where(_OF_CASE).scalar_subquery().label("newest_at"),
).where(cases.c.id.in_(_LISTED))
