"""Maps the context of a call to columns of the table `reports`, which the console filters by."""

from typing import Any

import sqlalchemy as sa

from ...core.records import CallContext, Ending

CALL_COLUMNS = (
    "mode",
    "reporter_languages",
    "accused_languages",
    "accused_country",
    "claimed_seconds",
    "claimed_ending",
)


def call_to_columns(call: CallContext) -> dict[str, object]:
    """Return the values of the columns. Languages are joined by commas."""
    return {
        "mode": call.mode,
        "reporter_languages": ",".join(call.reporter_languages),
        "accused_languages": ",".join(call.accused_languages),
        "accused_country": call.accused_country,
        "claimed_seconds": call.claimed_seconds,
        "claimed_ending": int(call.claimed_ending),
    }


def call_from_row(row: sa.Row[Any]) -> CallContext:
    """Read the context of a row of the table `reports`. Versions before 0016 kept none."""
    return CallContext(
        mode=row.mode,
        reporter_languages=_split(row.reporter_languages),
        accused_languages=_split(row.accused_languages),
        accused_country=row.accused_country,
        claimed_seconds=row.claimed_seconds,
        claimed_ending=Ending(row.claimed_ending),
    )


def _split(languages: str) -> tuple[str, ...]:
    return tuple(filter(None, languages.split(",")))
