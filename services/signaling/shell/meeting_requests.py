"""The JSON of invitations and of meetings with somebody again, at the HTTP API."""

from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from services.contract import invitations
from services.contract.decoding import describe
from services.contract.errors import InvalidRequest

from ..core.messages import InvitationText, Mode, SealedText

MAX_PASSES = 16
"""The number of passes in one question."""

Kind = TypeVar("Kind")


class AskedInvitation(Struct, frozen=True, forbid_unknown_fields=True):
    """Asks for an invitation to a call by this mode, good for so many `seconds`.

    With `line` the host meets one guest after the other, and otherwise one.
    """

    mode: Mode
    seconds: Annotated[int, Meta(ge=invitations.SHORTEST, le=invitations.LONGEST)] = invitations.USUAL
    line: bool = False


class MadeInvitation(Struct, frozen=True):
    """A new invitation, and the seconds for which it is good."""

    invitation: str
    expires_in: int


class InvitationCheck(Struct, frozen=True, forbid_unknown_fields=True):
    """An invitation that somebody has got."""

    invitation: InvitationText


class InvitationState(Struct, frozen=True):
    """What an invitation is for, and for how many seconds it is still good.

    `host_waits` tells whether the host waits for a guest now.
    """

    mode: Mode
    line: bool
    expires_in: int
    host_waits: bool


class MeetingsRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The passes of former matches."""

    passes: Annotated[list[SealedText], Meta(max_length=MAX_PASSES)]


class WaitingPartners(Struct, frozen=True):
    """The matches whose partners wait now to meet this visitor again."""

    waiting: list[str]


def parse_invitation_request(body: bytes) -> AskedInvitation:
    """Parse the body of `POST /api/invitations`. Raises `InvalidRequest`."""
    return _parse(body, _invitation_requests)


def parse_invitation_check(body: bytes) -> InvitationCheck:
    """Parse the body of `POST /api/invitations/check`. Raises `InvalidRequest`."""
    return _parse(body, _invitation_checks)


def parse_meetings_request(body: bytes) -> MeetingsRequest:
    """Parse the body of `POST /api/meetings`. Raises `InvalidRequest`."""
    return _parse(body, _meetings_requests)


_invitation_requests = msgspec.json.Decoder(AskedInvitation)
_invitation_checks = msgspec.json.Decoder(InvitationCheck)
_meetings_requests = msgspec.json.Decoder(MeetingsRequest)


def _parse(body: bytes, decoder: msgspec.json.Decoder[Kind]) -> Kind:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRequest(f"the request cannot be read: {describe(error)}") from None
