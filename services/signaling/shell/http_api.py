"""The HTTP API of a gateway as data: its JSON types and its endpoints, in the order of the reference page."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from services.contract import errors
from services.contract.errors import ZufallError
from services.runtime.endpoint import JSON, Endpoint, Parameter

from ..config import Curtain as Curtain
from ..core.messages import Evidence, IcePolicy
from .appeal_request import AppealRequest, AppealStatus
from .appeal_request import AppealState as AppealState
from .meeting_requests import (
    AskedInvitation,
    InvitationCheck,
    InvitationState,
    MadeInvitation,
    MeetingsRequest,
    WaitingPartners,
)
from .pools.named_pool import PoolDescription
from .report_outcomes import Outcome as Outcome
from .report_outcomes import OutcomesRequest, ReportOutcomeList
from .report_request import ReportReason as ReportReason
from .report_request import ReportRequest
from .site.site import SiteDescription
from .stats.cluster_stats import ClusterStatus
from .token_issuer import Challenge, IssuedToken, TokenRequest

STATUSES: dict[type[ZufallError], int] = {
    errors.InvalidRequest: 400,
    errors.EvidenceRefused: 400,
    errors.TokenRefused: 401,
    errors.PermissionRefused: 403,
    errors.PassRefused: 403,
    errors.MeetingRefused: 403,
    errors.ProofRefused: 403,
    errors.ChallengeRefused: 403,
    errors.WorkRefused: 403,
    errors.BanInForce: 403,
    errors.NotFound: 404,
    errors.TooLate: 410,
    errors.RequestTooSlow: 408,
    errors.Unavailable: 503,
}
"""The HTTP status of each error. A `TooFast` is a 429, and every other one of ours is a 500."""


class PageLimits(Struct, frozen=True):
    """The most that the page may send: interests, characters of one and of a line, bytes of a report."""

    interests: int
    interest_length: int
    chat_length: int
    report_bytes: int


class PageConfig(SiteDescription, frozen=True, kw_only=True):
    """The configuration that a page loads before it starts.

    `relay` tells whether there is a TURN server, and `stun` names the STUN servers, with which a page finds
    out whether its network lets direct calls through. `curtain` tells when two who met by video see each
    other clearly, unless they chose otherwise. `status` tells whether `/api/status` is public.
    """

    protocol: str
    limits: PageLimits
    ice_policy: IcePolicy
    relay: bool
    stun: list[str]
    curtain: Curtain
    status: bool


class ConnectionFacts(Struct, frozen=True):
    """How a gateway sees the caller's connection: from which address, and which gateway and version it is."""

    address: str
    gateway: str
    version: str


class VisitorStanding(Struct, frozen=True):
    """A visitor's standing. All fields but `level` belong to a ban and are those of the frame `banned`."""

    level: Literal["good", "restricted", "banned"]
    rule: str | UnsetType = UNSET
    automated: bool | UnsetType = UNSET
    decision: str | UnsetType = UNSET
    appeal: str | UnsetType = UNSET
    until: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    evidence: list[Evidence] | UnsetType = UNSET


class FiledReport(Struct, frozen=True):
    """The id of a report that the database has committed."""

    report: str


class FiledAppeal(Struct, frozen=True):
    """The state of an appeal that was just filed."""

    state: AppealState


_BODY = (errors.InvalidRequest, errors.RequestTooSlow)
_VISITOR = "the visitor's token"

CONFIG = Endpoint(
    method="GET",
    path="/api/config",
    summary="Return what a page needs before it starts.",
    response=PageConfig,
)
CONNECTION = Endpoint(
    method="GET",
    path="/api/connection",
    summary="Return how the gateway that answers sees the caller.",
    response=ConnectionFacts,
    notes="""\
It tells callers nothing but their own address, and stores nothing. `zufall doctor` learns from it whether the
gateways believe the right proxies, and whether all of them are of one version.""",
)
POOL = Endpoint(
    method="GET",
    path="/api/pools/{name}",
    summary="Return a named pool: its words, its picture, and when it is open.",
    response=PoolDescription,
    errors=(errors.NotFound,),
    notes="""\
The page `/p/NAME` shows it. A `find` with `pool` searches there.""",
)
CHALLENGE = Endpoint(
    method="GET",
    path="/api/challenge",
    summary="Return what a browser must solve for a token, and what its device signs. Both serve once.",
    response=Challenge,
    bearer="a token to renew, if there is one",
    query=(Parameter("device", "`yes` if the key of a device will be proved, which takes less work"),),
    errors=(errors.TokenRefused,),
    notes="""\
A challenge comes from any gateway and serves once. A used, old or foreign one is `challenge_refused`; get
another. `work` is there if the gateway wants a proof of work. It is a challenge of ALTCHA (PoW v2), which its
libraries solve: derive the keys of the counters 0, 1, 2 … until one begins with `keyPrefix`. It is good for
the asker's network, and for the visitor of the token or for a new one. The gateway asks for more work when
many visitors come, when banned ones came from that network, or without `device=yes`; for a token that is half
an hour old it always asks for the least. Work for `device=yes` is good only with a proof of a device.""",
)
SESSION = Endpoint(
    method="POST",
    path="/api/session",
    summary="Issue a token for a new visitor, or a fresh one for the visitor of another token.",
    request=TokenRequest,
    response=IssuedToken,
    status=201,
    bearer="a token to renew, if there is one",
    errors=(
        *_BODY,
        errors.TokenRefused,
        errors.ProofRefused,
        errors.ChallengeRefused,
        errors.WorkRefused,
        errors.BanInForce,
        errors.Unavailable,
    ),
    notes="""\
A token is good for an hour. If it names no device, it can be renewed in that hour. Anyone who proves the key
of its device renews it for a day. A token that was revoked is never renewed.

`work` is the solution of the challenge's `work`, if that had one. Without it, or with a wrong one, the answer
is `work_refused`.

A proof of a device is optional, also for a token that names no device yet. With one, the token names the
device, and only whoever proves the same key renews it; anybody else gets `proof_refused`. `key` is a public
key of P-256, the 65 bytes of WebCrypto's `raw` format. `signature` is made by ECDSA with SHA-256, in
WebCrypto's form of 64 bytes, over these three lines without a newline at the end:

    zufall device proof 1
    <challenge>
    <the token of the Authorization header, or nothing>

`voucher` comes from the last response. It shows since when the key is known.

The problem `banned` has a member `ban`: the frame `banned`, with all that an appeal needs. A banned visitor
gets it, and a new one whose device had a visitor who is banned.""",
)
FILE_REPORT = Endpoint(
    method="POST",
    path="/api/reports",
    summary="File a report. It is answered once the database has committed it.",
    request=ReportRequest,
    response=FiledReport,
    status=201,
    bearer=_VISITOR,
    errors=(
        *_BODY, errors.EvidenceRefused, errors.TokenRefused, errors.PassRefused, errors.BanInForce,
        errors.TooLate, errors.Unavailable,
    ),
    notes="""\
The token is of the visitor whom the pass names, and a day old at most. The same pass again gives the same
report. `frames` are JPEG pictures in base64. With `"flag": true` the check in the visitor's browser files the
report by itself: `nudity`, without anything else. A report of the visitor's own with the same pass takes its
place.""",
)  # fmt: skip
OUTCOMES = Endpoint(
    method="POST",
    path="/api/reports/outcomes",
    summary="Return what became of reports, as far as a person has looked at them.",
    request=OutcomesRequest,
    response=ReportOutcomeList,
    errors=(*_BODY, errors.Unavailable),
    notes="""\
It needs no token: the id of a report is a secret of the page that filed it. An outcome is told ten minutes
after the decision at the earliest, and as long as the report is kept.""",
)
STANDING = Endpoint(
    method="GET",
    path="/api/standing",
    summary="Return how the visitor of the token stands.",
    response=VisitorStanding,
    bearer=_VISITOR,
    errors=(errors.TokenRefused,),
)
FILE_APPEAL = Endpoint(
    method="POST",
    path="/api/appeals",
    summary="File an appeal. It is answered once the database has committed it. Repeats are harmless.",
    request=AppealRequest,
    response=FiledAppeal,
    status=201,
    errors=(*_BODY, errors.PassRefused, errors.NotFound, errors.TooLate, errors.Unavailable),
    notes="""\
An appeal needs no account and no token but the `appeal` of the frame `banned`. Six months after the
decision it is `too_late`.""",
)
APPEAL_STATUS = Endpoint(
    method="GET",
    path="/api/appeals",
    summary="Return a decision and how the appeal against it stands.",
    response=AppealStatus,
    bearer="the `appeal` of the frame `banned`",
    query=(Parameter("language", "The language of the page, such as `fr`, for `reason`."),),
    errors=(errors.TokenRefused, errors.PassRefused, errors.NotFound, errors.TooLate, errors.Unavailable),
    notes="""\
`state` is `none`, `open`, `upheld` (the decision stays) or `overturned` (it is lifted, and `answer` says
why). `until` lies in the past when another decision replaced this one. A `reason` that comes in several
languages is here only, and not in the frame `banned`; it is in English if the language is missing.""",
)
STATUS = Endpoint(
    method="GET",
    path="/api/status",
    summary="Return the status of the whole cluster. Caches may keep it for ten seconds.",
    query=(Parameter("hour", "`no` if the minutes of the last hour are not needed"),),
    response=ClusterStatus,
    errors=(errors.NotFound,),
    notes="""\
`popular` holds at most twelve interests, the most wanted first. Visitors typed them, so show them as text.
It is empty with `ZUFALL_POPULAR_FROM=0`.""",
)
INVITE = Endpoint(
    method="POST",
    path="/api/invitations",
    summary="Make an invitation, which brings guests to the visitor of the token.",
    request=AskedInvitation,
    response=MadeInvitation,
    status=201,
    bearer=_VISITOR,
    errors=(*_BODY, errors.TokenRefused, errors.BanInForce),
    notes="""\
The host and their guests send it with `find`. No gateway remembers it: it brings guests only while the host
waits. So an invitation for one guest is used up when the host's page no longer waits with it.""",
)
INVITATION = Endpoint(
    method="POST",
    path="/api/invitations/check",
    summary="Return what an invitation is for, and whether the host waits now.",
    request=InvitationCheck,
    response=InvitationState,
    errors=(*_BODY, errors.MeetingRefused, errors.TooLate),
    notes="""\
It needs no token: whoever has the invitation may know this. One that has expired is `too_late`, and one that
is forged or of another installation is `meeting_refused`.""",
)
MEETINGS = Endpoint(
    method="POST",
    path="/api/meetings",
    summary="Return whose partners of former matches wait now to meet the visitor again.",
    request=MeetingsRequest,
    response=WaitingPartners,
    bearer=_VISITOR,
    errors=(*_BODY, errors.TokenRefused, errors.BanInForce),
    notes="""\
A partner waits who has sent `find` with `again`. Passes that are too old or somebody else's are left out.""",
)
OPENAPI = Endpoint(
    method="GET",
    path="/api/openapi.json",
    summary="Return this API as an OpenAPI document. Production serves it only with ZUFALL_API_DOCS=on.",
    media_type=JSON,
    errors=(errors.NotFound,),
)

ENDPOINTS = (
    CONFIG, CONNECTION, POOL, CHALLENGE, SESSION, FILE_REPORT, OUTCOMES, STANDING, FILE_APPEAL, APPEAL_STATUS,
    STATUS, INVITE, INVITATION, MEETINGS, OPENAPI,
)  # fmt: skip
"""All endpoints but the socket (`GET /ws`), the pages, and the operator's pictures."""
