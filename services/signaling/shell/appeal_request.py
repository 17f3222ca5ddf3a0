"""The body of `POST /api/appeals`, and the answer of `GET /api/appeals`."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from services.contract.decoding import describe
from services.contract.errors import InvalidRequest
from services.contract.limits import MAX_APPEAL_LENGTH

from ..core.messages import MAX_SEALED_LENGTH, Evidence

AppealState = Literal["none", "open", "upheld", "overturned"]


class AppealRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """An appeal against a decision. `appeal` is the token from a `banned` message."""

    appeal: Annotated[str, Meta(min_length=1, max_length=MAX_SEALED_LENGTH)]
    text: Annotated[str, Meta(min_length=1, max_length=MAX_APPEAL_LENGTH)]


class AppealStatus(Struct, frozen=True, omit_defaults=True):
    """A decision and the appeal against it. Times are in ISO 8601 and UTC.

    `reason` is what the visitor is told of why, in `reason_language`; `addition` is what the moderator typed
    beside it. Their languages are empty if they are unknown.
    """

    state: AppealState
    rule: str
    automated: bool
    decided: str
    appeal_until: str
    answer: str = ""
    reason: str = ""
    reason_language: str = ""
    addition: str = ""
    addition_language: str = ""
    evidence: tuple[Evidence, ...] = ()
    until: str | UnsetType = UNSET


_decoder = msgspec.json.Decoder(AppealRequest)


def parse_appeal_request(body: bytes) -> AppealRequest:
    """Parse the appeal in `body`. Raises `InvalidRequest`."""
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"the appeal cannot be read: {describe(error)}") from None
