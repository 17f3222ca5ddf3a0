"""The endpoints for work in a team as data, a part of the console's API."""

from services.contract import errors
from services.runtime.endpoint import Endpoint, Parameter

from .errors import Conflict, NotLoggedIn
from .team_views import (
    AssignmentRequest,
    ClaimRequest,
    ClaimView,
    ExposureView,
    NoteRequest,
    SecondLookRequest,
    TeamState,
    WorkloadReport,
)
from .views import DecisionResult, NoteView

_READ = (NotLoggedIn, errors.PermissionRefused, errors.NotFound, errors.Unavailable)
_WRITE = (errors.InvalidRequest, errors.RequestTooSlow, Conflict, *_READ)

TEAM_ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/team",
        summary="Return who has which case, and what waits for whom. `/events` tells of every change.",
        response=TeamState,
        errors=_READ,
    ),
    Endpoint(
        method="POST",
        path="/cases/{case}/claim",
        summary="Claim a case for two minutes, and return who has it. The audit log records a take-over.",
        request=ClaimRequest,
        response=ClaimView,
        errors=_WRITE,
    ),
    Endpoint(
        method="DELETE",
        path="/cases/{case}/claim",
        summary="End one's own claim.",
        status=204,
        errors=_WRITE,
    ),
    Endpoint(
        method="POST",
        path="/cases/{case}/assignment",
        summary="Hand a case over to a colleague or to the seniors.",
        request=AssignmentRequest,
        status=204,
        errors=_WRITE,
    ),
    Endpoint(
        method="DELETE",
        path="/cases/{case}/assignment",
        summary="Give a case back to everybody.",
        status=204,
        errors=_WRITE,
    ),
    Endpoint(
        method="POST",
        path="/cases/{case}/second-look",
        summary="Confirm a decision that a colleague proposed, or send it back to them.",
        request=SecondLookRequest,
        response=DecisionResult,
        status=201,
        errors=_WRITE,
    ),
    Endpoint(
        method="POST",
        path="/cases/{case}/notes",
        summary="Write a note about a case.",
        request=NoteRequest,
        response=NoteView,
        status=201,
        errors=_WRITE,
    ),
    Endpoint(
        method="POST",
        path="/visitors/{visitor}/notes",
        summary="Write a note about a visitor.",
        request=NoteRequest,
        response=NoteView,
        status=201,
        errors=_WRITE,
    ),
    Endpoint(
        method="POST",
        path="/visitors/{visitor}/notes/seen",
        summary="Mark the notes about a visitor that mention the caller as seen.",
        status=204,
        errors=_WRITE,
    ),
    Endpoint(
        method="GET",
        path="/exposure",
        summary="Return how many pictures the caller has opened.",
        response=ExposureView,
        query=(Parameter("since", "The start of the caller's day, in Unix milliseconds.", "integer"),),
        errors=(errors.InvalidRequest, *_READ),
    ),
    Endpoint(
        method="GET",
        path="/workload",
        summary="Return what each moderator decided in a period, and what became of it.",
        response=WorkloadReport,
        query=(
            Parameter("from", "The first day, such as 2026-01-01."),
            Parameter("to", "The last day."),
        ),
        errors=(errors.InvalidRequest, *_READ),
    ),
)
"""These endpoints, below `API_PREFIX`."""
