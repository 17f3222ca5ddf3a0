"""What can be refused: a stable code for programs, a sentence for people; and WebSocket close codes."""

from enum import IntEnum
from typing import ClassVar


class CloseCode(IntEnum):
    """Why a gateway closes a socket, and so whether the page should come back."""

    RESTART = 1012  # come back with the pass, after full jitter
    BAD_FRAME = 4400  # the client is broken: do not come back by yourself
    TOKEN_REFUSED = 4401  # get a new token, then come back
    BANNED = 4403  # do not come back
    NO_HELLO = 4408  # come back
    CONNECTED_ELSEWHERE = 4409  # do not come back: another tab goes on
    TOO_LARGE = 4413  # do not come back by yourself
    TOO_FAST = 4429  # come back later


class ZufallError(Exception):
    """Something that a caller asked for and that is refused."""

    code: ClassVar[str] = "internal"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidRequest(ZufallError):
    """The request is not of the promised form."""

    code = "invalid_request"


class TokenRefused(ZufallError):
    """The token is forged, expired or not a token."""

    code = "token_refused"


class PassRefused(ZufallError):
    """The pass is forged, too old, of an unknown key, or somebody else's."""

    code = "pass_refused"


class MemoryRefused(ZufallError):
    """The memory is forged, too old, of an unknown key, or somebody else's: the visitor comes without it."""

    code = "memory_refused"


class StaleEpoch(ZufallError):
    """The visitor has a newer connection; `epoch` is its number. The socket is closed with 4409."""

    code = "stale_epoch"

    def __init__(self, epoch: int) -> None:
        super().__init__("this visitor is connected elsewhere")
        self.epoch = epoch


class ProofRefused(ZufallError):
    """A device did not prove that it holds its key, or the token names another one."""

    code = "proof_refused"


class ChallengeRefused(ZufallError):
    """The challenge is forged, too old, or was used before: get another."""

    code = "challenge_refused"


class PermissionRefused(ZufallError):
    """The caller may not do this."""

    code = "permission_refused"


class NotFound(ZufallError):
    """There is no such thing."""

    code = "not_found"


class TooLate(ZufallError):
    """There was a time for it, and it is over."""

    code = "too_late"


class EvidenceRefused(ZufallError):
    """A picture is too large, broken or of a kind that is not taken."""

    code = "evidence_refused"


class DescriptionRefused(ZufallError):
    """An SDP that no honest browser makes, or one too many; `why` is the word under which it is counted."""

    code = "description_refused"

    def __init__(self, message: str, why: str = "description") -> None:
        super().__init__(message)
        self.why = why


class Unavailable(ZufallError):
    """A service that is needed does not answer; ask again later."""

    code = "unavailable"


class BanInForce(ZufallError):
    """The visitor may not come in now."""

    code = "banned"


class BadFrame(ZufallError):
    """A frame is not of the protocol; the connection is closed with 4400."""

    code = "bad_frame"


class NoHello(ZufallError):
    """The first frame did not come in time; the connection is closed with 4408."""

    code = "no_hello"


class TooFast(ZufallError):
    """Too many frames, and the connection is closed with 4429; or too many requests of one network."""

    code = "too_fast"

    def __init__(self, message: str, retry_after: float = 1.0) -> None:
        """`retry_after` in seconds."""
        super().__init__(message)
        self.retry_after = retry_after


class RequestTooSlow(ZufallError):
    """The body of a request did not come in time."""

    code = "too_slow"


class NoWish(ZufallError):
    """`next` without a `find` before it."""

    code = "no_wish"


class RewindRefused(ZufallError):
    """The last partner cannot be had back: it is too late, or they were parted from otherwise."""

    code = "rewind_refused"
