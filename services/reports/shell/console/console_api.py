"""The endpoints of the console's API as data. `core/roles.py` says who may call them."""

from services.contract import errors
from services.runtime.endpoint import Endpoint, Parameter

from ...core.case_search import PARAMETERS
from .account_views import (
    AcceptInvitationRequest,
    AccountChangeRequest,
    AccountList,
    AccountView,
    ConfirmationRequest,
    InvitationDetails,
    InvitationLink,
    InvitationRequest,
    InviteRequest,
    LoginMethods,
    LoginRequest,
    SessionView,
)
from .alarm_views import AlarmChannels, AlarmTestResults
from .audit_check_api import AuditCheckView, AuditStateView
from .audit_search import AUDIT_PARAMETERS
from .errors import ConfirmationNeeded, Conflict, LoginRefused, NotLoggedIn, TooManyPictures
from .id_finder import FoundIds
from .saved_views import SavedSearch, SavedViews
from .statement_choices import StatementChoices
from .team_endpoints import TEAM_ENDPOINTS
from .transparency import TransparencyReport
from .views import (
    AppealAnswerRequest,
    AppealList,
    AuditEntries,
    CasePage,
    CaseQueue,
    CaseView,
    DecisionRequest,
    DecisionResult,
    HoldRequest,
    HoldResult,
    PolicyText,
    ReplayRequest,
    ReplayView,
    UndoRequest,
    VisitorHistoryView,
)
from .work_api import WorkView

_PUBLIC = (errors.InvalidRequest, errors.RequestTooSlow, errors.Unavailable)
_READ = (NotLoggedIn, errors.PermissionRefused, errors.NotFound, errors.Unavailable)
_WRITE = (errors.InvalidRequest, errors.RequestTooSlow, Conflict, errors.TooLate, *_READ)

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/ways",
        summary="Return the ways to log in.",
        response=LoginMethods,
        errors=_PUBLIC,
    ),
    Endpoint(
        method="POST",
        path="/session",
        summary="Log in with a password and a one-time code.",
        request=LoginRequest,
        response=SessionView,
        status=201,
        errors=(LoginRefused, *_PUBLIC),
    ),
    Endpoint(
        method="GET",
        path="/oidc",
        summary="Send the browser to the identity provider.",
        status=302,
        errors=(LoginRefused, *_PUBLIC),
    ),
    Endpoint(
        method="GET",
        path="/oidc/return",
        summary="Take the browser back from the identity provider, logged in.",
        status=302,
        errors=(LoginRefused, *_PUBLIC),
    ),
    Endpoint(
        method="POST",
        path="/invitation",
        summary="Return what an invited person puts into their authenticator.",
        request=InvitationRequest,
        response=InvitationDetails,
        errors=(LoginRefused, errors.TooLate, *_PUBLIC),
    ),
    Endpoint(
        method="POST",
        path="/invitation/accept",
        summary="Set the password of an invited person and log them in.",
        request=AcceptInvitationRequest,
        response=SessionView,
        status=201,
        errors=(LoginRefused, errors.TooLate, *_PUBLIC),
    ),
    Endpoint(
        method="GET", path="/session", summary="Return who is logged in.", response=SessionView, errors=_READ
    ),
    Endpoint(method="DELETE", path="/session", summary="Log out.", status=204, errors=_READ),
    Endpoint(
        method="POST",
        path="/session/confirm",
        summary="Give a code again, for exports and for changes of accounts in the next five minutes.",
        request=ConfirmationRequest,
        status=204,
        errors=(LoginRefused, errors.InvalidRequest, *_READ),
    ),
    Endpoint(
        method="GET",
        path="/queue",
        summary="Return the open cases, the most urgent first.",
        response=CaseQueue,
        errors=_READ,
    ),
    Endpoint(
        method="GET",
        path="/cases",
        summary="Return the cases that a search finds, open or decided.",
        response=CasePage,
        query=tuple(Parameter(name, meaning) for name, meaning in PARAMETERS.items()),
        errors=(errors.InvalidRequest, *_READ),
    ),
    Endpoint(
        method="GET",
        path="/ids",
        summary="Return the visitors, cases, decisions and reports whose id begins with these characters.",
        response=FoundIds,
        query=(Parameter("start", "The whole id, or at least its first 8 characters."),),
        errors=(errors.InvalidRequest, *_READ),
    ),
    Endpoint(
        method="GET",
        path="/views",
        summary="Return the searches that this account has saved.",
        response=SavedViews,
        errors=_READ,
    ),
    Endpoint(
        method="POST",
        path="/views",
        summary="Save a search, in place of one with the same name, and return all.",
        request=SavedSearch,
        response=SavedViews,
        status=201,
        errors=_WRITE,
    ),
    Endpoint(
        method="DELETE",
        path="/views/{name}",
        summary="Delete a saved search, and return the others.",
        response=SavedViews,
        errors=_WRITE,
    ),
    Endpoint(
        method="GET",
        path="/events",
        summary="Send an event when the queue, the team or the audit log changes (server-sent events).",
        media_type="text/event-stream",
        errors=_READ,
    ),
    Endpoint(
        method="GET",
        path="/cases/{case}",
        summary="Return a case with all of its reports. The audit log records it.",
        response=CaseView,
        errors=_READ,
    ),
    Endpoint(
        method="GET",
        path="/visitors/{visitor}",
        summary="Return what is known of a visitor. The audit log records it.",
        response=VisitorHistoryView,
        errors=_READ,
    ),
    Endpoint(
        method="GET",
        path="/appeals",
        summary="Return the open appeals, the oldest first. The audit log records it.",
        response=AppealList,
        errors=_READ,
    ),
    Endpoint(
        method="GET", path="/policy", summary="Return the policy in force.", response=PolicyText, errors=_READ
    ),
    Endpoint(
        method="GET",
        path="/transparency",
        summary="Return what was reported, decided and appealed in a period.",
        response=TransparencyReport,
        query=(
            Parameter("from", "The first day, such as 2026-01-01."),
            Parameter("to", "The last day."),
            Parameter("format", "json or csv."),
        ),
        errors=(errors.InvalidRequest, *_READ),
    ),
    Endpoint(
        method="GET",
        path="/work",
        summary="Return what waits, and what was decided in the last 30 days.",
        response=WorkView,
        errors=_READ,
    ),
    Endpoint(
        method="GET",
        path="/reports/{report}/frames/{number}",
        summary="Return a picture of a report. The audit log records it.",
        media_type="image/jpeg",
        errors=(errors.InvalidRequest, TooManyPictures, *_READ),
    ),
    Endpoint(
        method="GET",
        path="/statements",
        summary="Return the templates of what visitors are told.",
        response=StatementChoices,
        errors=_READ,
    ),
    Endpoint(
        method="POST",
        path="/cases/{case}/decision",
        summary="Decide a case.",
        request=DecisionRequest,
        response=DecisionResult,
        status=201,
        errors=_WRITE,
    ),
    Endpoint(
        method="POST",
        path="/decisions/{decision}/undo",
        summary="Undo a decision and open its case again.",
        request=UndoRequest,
        response=DecisionResult,
        status=201,
        errors=_WRITE,
    ),
    Endpoint(
        method="POST",
        path="/appeals/{decision}",
        summary="Answer the appeal against another moderator's decision.",
        request=AppealAnswerRequest,
        response=DecisionResult,
        status=201,
        errors=_WRITE,
    ),
    Endpoint(
        method="POST",
        path="/cases/{case}/hold",
        summary="Keep everything about a case for some days.",
        request=HoldRequest,
        response=HoldResult,
        status=201,
        errors=_WRITE,
    ),
    Endpoint(
        method="GET",
        path="/cases/{case}/export",
        summary="Return everything about a case in one file, for an authority.",
        media_type="application/zip",
        query=(
            Parameter("reason", "The reason for the export, for the audit log."),
            Parameter("recipient", "Who gets it, for the audit log."),
            Parameter("zone", "A time zone such as Europe/Berlin, in which times are given beside UTC."),
        ),
        errors=(errors.InvalidRequest, ConfirmationNeeded, *_READ),
    ),
    Endpoint(
        method="POST",
        path="/policy/replay",
        summary="Return what another policy would have done in past cases. The audit log records it.",
        request=ReplayRequest,
        response=ReplayView,
        errors=_WRITE,
    ),
    Endpoint(
        method="GET",
        path="/audit",
        summary="Return entries of the audit log, the newest first.",
        response=AuditEntries,
        query=(
            *(Parameter(name, meaning) for name, meaning in AUDIT_PARAMETERS.items()),
            Parameter("before", "Only entries with a lower sequence.", "integer"),
            Parameter("limit", "The number of entries, at most 500.", "integer"),
        ),
        errors=(errors.InvalidRequest, *_READ),
    ),
    Endpoint(
        method="GET",
        path="/audit/export",
        summary="Return the entries of the audit log, the newest first, as a file. The audit log records it.",
        media_type="application/json",
        query=(
            *(Parameter(name, meaning) for name, meaning in AUDIT_PARAMETERS.items()),
            Parameter("format", "json or csv."),
        ),
        errors=(errors.InvalidRequest, ConfirmationNeeded, *_READ),
    ),
    Endpoint(
        method="GET",
        path="/audit/check",
        summary="Check the audit log now, and compare the decisions with it.",
        response=AuditCheckView,
        errors=_READ,
    ),
    Endpoint(
        method="GET",
        path="/alarms",
        summary="Return how an operator is told of alarms.",
        response=AlarmChannels,
        errors=_READ,
    ),
    Endpoint(
        method="POST",
        path="/alarms/test",
        summary="Send a test message over each channel. The audit log records it.",
        response=AlarmTestResults,
        status=201,
        errors=_READ,
    ),
    Endpoint(
        method="GET",
        path="/audit/state",
        summary="Return what the last check of the audit log found, without a new one.",
        response=AuditStateView,
        errors=_READ,
    ),
    Endpoint(
        method="GET", path="/accounts", summary="Return all accounts.", response=AccountList, errors=_READ
    ),
    Endpoint(
        method="POST",
        path="/accounts",
        summary="Invite somebody.",
        request=InviteRequest,
        response=InvitationLink,
        status=201,
        errors=(ConfirmationNeeded, *_WRITE),
    ),
    Endpoint(
        method="PATCH",
        path="/accounts/{name}",
        summary="Change the role of an account, or disable it.",
        request=AccountChangeRequest,
        response=AccountView,
        errors=(ConfirmationNeeded, *_WRITE),
    ),
    Endpoint(
        method="POST",
        path="/accounts/{name}/invitation",
        summary="Invite again: end the password, the code, all sessions and the binding to an identity.",
        response=InvitationLink,
        status=201,
        errors=(ConfirmationNeeded, *_WRITE),
    ),
    *TEAM_ENDPOINTS,
)
"""All endpoints, below `API_PREFIX`."""
