"""Shows the call that a report is about, and what the other side said of the same call."""

from collections.abc import Sequence
from typing import Annotated, Any

import sqlalchemy as sa
from msgspec import Meta, Struct

from ...core.records import Ending, Reason
from ..storage.call_columns import CALL_COLUMNS, call_from_row
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


COUNTER = reports.alias("counter")
"""The report of the other side about the same call."""

OF_SAME_CALL = (COUNTER.c.match == reports.c.match) & (COUNTER.c.reporter == reports.c.accused)

CALL_VIEW_COLUMNS = (
    *(reports.c[name] for name in CALL_COLUMNS),
    COUNTER.c.id.label("counter_id"),
    COUNTER.c.case_id.label("counter_case"),
    COUNTER.c.reason.label("counter_reason"),
    COUNTER.c.flag.label("counter_flag"),
    COUNTER.c.filed_at.label("counter_filed_at"),
)
"""What `call_view` reads. `COUNTER` has to be joined."""


def call_view(row: sa.Row[Any]) -> CallView:
    """Return the call of a row of the columns `CALL_VIEW_COLUMNS`."""
    call = call_from_row(row)
    return CallView(
        mode=call.mode,
        reporter_languages=call.reporter_languages,
        accused_languages=call.accused_languages,
        accused_country=call.accused_country,
        claimed_seconds=call.claimed_seconds,
        claimed_ending=call.claimed_ending.name.lower(),
        counter_report=_counter_report(row) if row.counter_id else None,
    )


def _counter_report(row: sa.Row[Any]) -> CounterReportView:
    return CounterReportView(
        row.counter_id,
        row.counter_case,
        Reason(row.counter_reason).name.lower(),
        row.counter_flag,
        row.counter_filed_at,
    )
