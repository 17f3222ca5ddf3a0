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


CallEnding = Literal["report", "reporter", "next", "stop", "lost", "blocked", "banned"]


class ReportedCall(Struct, frozen=True, forbid_unknown_fields=True):
    """How long the two were connected, in seconds, and how the call ended.

    `report`: it goes on, and this report ends it. `reporter`: the reporter left. The others are the reasons
    in the `ended` that the reporter's page got. Without an `ending` the page does not know.
    """

    seconds: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    ending: CallEnding | None = None


class ReportRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A report about the partner of a pass. `frames` are pictures of what the reporter saw, in base64.

    `flag` marks a report of the classifier in the reporter's browser, which has no pictures and no text.
    Nothing proves what `call` says.
    """

    pass_: Annotated[str, Meta(min_length=1, max_length=MAX_SEALED_LENGTH)] = msgspec.field(name="pass")
    reason: ReportReason = msgspec.field()
    note: Annotated[str, Meta(max_length=1000)] = ""
    frames: Annotated[list[bytes], Meta(max_length=3)] = []
    chat: Annotated[list[ReportedChatLine], Meta(max_length=20)] = []
    flag: bool = False
    call: ReportedCall | None = None


_decoder = msgspec.json.Decoder(ReportRequest)


def parse_report_request(body: bytes) -> ReportRequest:
    """Parse the report in `body`. Raises `InvalidRequest`."""
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"the report cannot be read: {describe(error)}") from None
