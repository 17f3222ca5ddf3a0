"""The body of `POST /api/reports`."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from services.contract.decoding import describe
from services.contract.errors import InvalidRequest

from ..core.messages import MAX_SEALED_LENGTH

ReportReason = Literal["nudity", "minor", "harassment", "hate", "violence", "spam", "self_harm", "other"]


class ReportedChatLine(Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the conversation, and who wrote it."""

    by: Literal["reporter", "accused"] = msgspec.field(name="from")
    text: Annotated[str, Meta(max_length=2000)] = msgspec.field()


class ReportRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A report about the partner of a pass. `frames` are pictures of what the reporter saw, in base64.

    `flag` marks a report of the classifier in the reporter's browser, which has no pictures and no text.
    """

    pass_: Annotated[str, Meta(min_length=1, max_length=MAX_SEALED_LENGTH)] = msgspec.field(name="pass")
    reason: ReportReason = msgspec.field()
    note: Annotated[str, Meta(max_length=1000)] = ""
    frames: Annotated[list[bytes], Meta(max_length=3)] = []
    chat: Annotated[list[ReportedChatLine], Meta(max_length=20)] = []
    flag: bool = False


_decoder = msgspec.json.Decoder(ReportRequest)


def parse_report_request(body: bytes) -> ReportRequest:
    """Parse the report in `body`. Raises `InvalidRequest`."""
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"the report cannot be read: {describe(error)}") from None
