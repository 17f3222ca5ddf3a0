"""Errors with a stable code for programs and a sentence for people, and the WebSocket close codes."""

from collections.abc import Mapping
from enum import IntEnum
from typing import ClassVar


class CloseCode(IntEnum):
    """The reason why a gateway closes a socket. It tells the page whether to come back."""

    RESTART = 1012  # come back with the pass, after full jitter
    BAD_FRAME = 4400  # the client is broken: do not come back without a person's action
    TOKEN_REFUSED = 4401  # get a new token, then come back
    BANNED = 4403  # do not come back
    NO_HELLO = 4408  # come back
    CONNECTED_ELSEWHERE = 4409  # do not come back: another tab has the visitor now
    TOO_LARGE = 4413  # do not come back without a person's action
    TOO_FAST = 4429  # come back later


class ZufallError(Exception):
    """A caller asked for something that is refused."""

    code: ClassVar[str] = "internal"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.members: Mapping[str, object] = {}
        """The members that an HTTP response has beside the code and the sentence."""


class InvalidRequest(ZufallError):
    """The request does not have the documented form."""

    code = "invalid_request"


class TokenRefused(ZufallError):
    """The token is forged, was revoked, has expired, or is not a token."""

    code = "token_refused"


class PassRefused(ZufallError):
    """The pass is forged, too old, sealed with an unknown key, or somebody else's."""

    code = "pass_refused"


class MemoryRefused(ZufallError):
    """The memory is forged, too old, sealed with an unknown key, or somebody else's. It is ignored."""

    code = "memory_refused"


class MeetingRefused(ZufallError):
    """A pass or an invitation with which to meet somebody is forged, too old, or somebody else's."""

    code = "meeting_refused"


class StaleEpoch(ZufallError):
    """The visitor has a newer connection, whose number is `epoch`. The socket is closed with 4409."""

    code = "stale_epoch"

    def __init__(self, epoch: int) -> None:
        super().__init__("this visitor is connected elsewhere")
        self.epoch = epoch


class ProofRefused(ZufallError):
    """A device did not prove that it holds its key, or the token names another device."""

    code = "proof_refused"


class ChallengeRefused(ZufallError):
    """The challenge is forged, too old, or was used before. Get another one."""

    code = "challenge_refused"


class WorkRefused(ZufallError):
    """The proof of work for a token is missing or wrong. Get a challenge and solve it."""

    code = "work_refused"


class PermissionRefused(ZufallError):
    """The caller may not do this."""

    code = "permission_refused"


class NotFound(ZufallError):
    """There is no such thing."""

    code = "not_found"


class TooLate(ZufallError):
    """The time for it is over."""

    code = "too_late"


class EvidenceRefused(ZufallError):
    """A picture is too large, broken, or of a format that is not accepted."""

    code = "evidence_refused"


class DescriptionRefused(ZufallError):
    """The SDP is not one that a browser makes, or there were too many. `reason` is the metric's label."""

    code = "description_refused"

    def __init__(self, message: str, reason: str = "description") -> None:
        super().__init__(message)
        self.reason = reason


class Unavailable(ZufallError):
    """A service that is needed does not answer. Ask again later."""

    code = "unavailable"


class BanInForce(ZufallError):
    """The visitor is banned. `ban` is the message `banned`, for those whom no gateway has told of the ban."""

    code = "banned"

    def __init__(self, message: str, ban: object) -> None:
        super().__init__(message)
        self.members = {"ban": ban}


class BadFrame(ZufallError):
    """A frame breaks the protocol. The connection is closed with 4400."""

    code = "bad_frame"


class NoHello(ZufallError):
    """The first frame did not come in time. The connection is closed with 4408."""

    code = "no_hello"


class TooFast(ZufallError):
    """Too many frames came, which closes the connection with 4429, or too many requests of one network."""

    code = "too_fast"

    def __init__(self, message: str, retry_after: float = 1.0) -> None:
        """Create the error; `retry_after` is in seconds."""
        super().__init__(message)
        self.retry_after = retry_after


class RequestTooSlow(ZufallError):
    """The body of a request did not come in time."""

    code = "too_slow"


class NoWish(ZufallError):
    """There was a `next` without a `find` before it."""

    code = "no_wish"


class PoolUnknown(ZufallError):
    """There is no pool with this name. The `find` changes nothing."""

    code = "pool_unknown"


class PoolClosed(ZufallError):
    """The pool is closed. Nobody is paired in it until it opens; conversations go on."""

    code = "pool_closed"


class AgeRefused(ZufallError):
    """The operator's check of ages does not admit the visitor to this pool."""

    code = "pool_age"


class RewindRefused(ZufallError):
    """It is too late to go back to the last partner, or the match did not end by `next`."""

    code = "rewind_refused"
