"""Sums up the calls of the cases in a list: which languages, which kind of call, which country."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ..storage.tables import reports

MAX_LANGUAGES = 6
"""The most languages of a case in a list."""

_COLUMNS = (
    reports.c.case_id,
    reports.c.mode,
    reports.c.accused_languages,
    reports.c.reporter_languages,
    reports.c.accused_country,
)


@dataclass(frozen=True, slots=True)
class ListedCalls:
    """What most calls of a case have in common, empty if it is unknown.

    `languages` are those of the accused, and behind them those of reporters, the most frequent first.
    """

    languages: tuple[str, ...] = ()
    mode: str = ""
    country: str = ""


async def listed_calls(connection: AsyncConnection, names: Sequence[str]) -> dict[str, ListedCalls]:
    """Return what is known of the calls of these cases, by their ids."""
    kinds = sa.select(*_COLUMNS, sa.func.count().label("number")).where(reports.c.case_id.in_(names))
    found: dict[str, _CallCounts] = defaultdict(_CallCounts)
    for row in await connection.execute(kinds.group_by(*_COLUMNS)):
        found[row.case_id].add(row)
    return {case: counts.result() for case, counts in found.items()}


@dataclass(frozen=True, slots=True)
class _CallCounts:
    modes: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)
    accused: Counter[str] = field(default_factory=Counter)
    reporters: Counter[str] = field(default_factory=Counter)

    def add(self, row: sa.Row[Any]) -> None:
        self.modes[row.mode] += row.number
        self.countries[row.accused_country] += row.number
        for language in row.accused_languages.split(","):
            self.accused[language] += row.number
        for language in row.reporter_languages.split(","):
            self.reporters[language] += row.number

    def result(self) -> ListedCalls:
        languages = [*dict.fromkeys((*_by_count(self.accused), *_by_count(self.reporters)))]
        return ListedCalls(tuple(languages[:MAX_LANGUAGES]), _first(self.modes), _first(self.countries))


def _by_count(counts: Counter[str]) -> list[str]:
    """Return the known values, the most frequent first."""
    return sorted(filter(None, counts), key=lambda one: (-counts[one], one))


def _first(counts: Counter[str]) -> str:
    return next(iter(_by_count(counts)), "")
