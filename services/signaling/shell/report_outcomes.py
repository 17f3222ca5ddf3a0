"""The body and the answer of `POST /api/reports/outcomes`."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from services.contract.decoding import describe
from services.contract.errors import InvalidRequest

Outcome = Literal["acted", "nothing_found", "not_sure"]

_ReportName = Annotated[str, Meta(min_length=1, max_length=64)]


class OutcomesRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The ids of reports, at most 20, that came with the answers to `POST /api/reports`."""

    reports: Annotated[Sequence[_ReportName], Meta(max_length=20)]


class FiledReportOutcome(Struct, frozen=True):
    """What became of a report that a person has looked at."""

    report: str
    outcome: Outcome


class ReportOutcomeList(Struct, frozen=True):
    """The outcomes. Reports that nobody has looked at, or that are not kept any more, are missing."""

    outcomes: Sequence[FiledReportOutcome]


_decoder = msgspec.json.Decoder(OutcomesRequest)


def parse_outcomes_request(body: bytes) -> OutcomesRequest:
    """Parse the request in `body`. Raises `InvalidRequest`."""
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"the request cannot be read: {describe(error)}") from None
