"""Shows the call that a report is about, and what the other side said of the same call."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import sqlalchemy as sa
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from services.contract.ids import ReportId

from ...core.records import Ending, Reason
from ..storage.call_columns import call_from_row
from ..storage.tables import reports

EndingName = Annotated[str, Meta(extra_json_schema={"enum": [one.name.lower() for one in Ending]})]
CounterReason = Annotated[str, Meta(extra_json_schema={"enum": [one.name.lower() for one in Reason]})]


class CounterReportView(Struct, frozen=True):
    """The report that the accused filed about the reporter and the same call. `flag`: their browser did."""

    id: str
    case: str
    reason: CounterReason
    flag: bool
    filed_at: int


class CallView(Struct, frozen=True):
    """The call that a report is about. Gateways know all but how long it lasted and how it ended.

    `claimed_seconds` and `claimed_ending` are what the reporter's page says. What is not known is empty, 0 or
    `unknown`. The languages are those that each side says it speaks.
    """

    mode: str
    reporter_languages: Sequence[str]
    accused_languages: Sequence[str]
    accused_country: str
    claimed_seconds: int
    claimed_ending: EndingName
    counter_report: CounterReportView | None


def call_view(row: sa.Row[Any], counter: CounterReportView | None) -> CallView:
    """Return the call of a row of the table `reports`."""
    call = call_from_row(row)
    return CallView(
        mode=call.mode,
        reporter_languages=call.reporter_languages,
        accused_languages=call.accused_languages,
        accused_country=call.accused_country,
        claimed_seconds=call.claimed_seconds,
        claimed_ending=call.claimed_ending.name.lower(),
        counter_report=counter,
    )


async def counter_reports(
    connection: AsyncConnection, of: Iterable[ReportId]
) -> Mapping[str, CounterReportView]:
    """Return the report of the other side about the same call, for those of these reports that have one."""
    own, other = reports.alias("own"), reports.alias("other")
    both = (other.c.match == own.c.match) & (other.c.reporter == own.c.accused)
    found = sa.select(own.c.id.label("of"), other).join(other, both).where(own.c.id.in_(of))
    return {
        row.of: CounterReportView(
            row.id, row.case_id, Reason(row.reason).name.lower(), row.flag, row.filed_at
        )
        for row in await connection.execute(found)
    }
