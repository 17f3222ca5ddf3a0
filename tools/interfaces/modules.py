"""The TypeScript modules of the two pages."""

from typing import get_args

from services.reports.core.policy_replay import ReviewOutcome
from services.reports.core.records import Dismissal, Level
from services.reports.core.roles import Role
from services.reports.shell.console import console_api
from services.reports.shell.console.views import api_name
from services.runtime.endpoint import Endpoint, Problem
from services.signaling.core import messages
from services.signaling.shell import http_api

from .typescript import Module


def frames() -> str:
    """Return the module of the browser protocol: every frame in both directions, and its bounds."""
    incoming, outgoing = get_args(messages.FromBrowser), get_args(messages.ToBrowser)
    both = [kind for kind in incoming if kind in outgoing]
    module = Module("services/signaling/core/messages.py")
    module.constants({"SUBPROTOCOL": messages.SUBPROTOCOL, "MAX_FRAME_BYTES": messages.MAX_FRAME_BYTES})
    for name in ("Mode", "EndReason", "Evidence", "IcePolicy"):
        module.literal_union(name, get_args(getattr(messages, name)))
    structs = module.structs(list(dict.fromkeys([*both, *incoming, *outgoing])))
    module.union("FromBrowser", incoming)
    module.union("ToBrowser", outgoing)
    module.bounds(structs[kind] for kind in incoming)
    return module.text()


def http() -> str:
    """Return the module of a gateway's HTTP API."""
    module = Module("services/signaling/shell/http_api.py")
    shared = {name: get_args(getattr(messages, name)) for name in ("Evidence", "IcePolicy")}
    module.imports(shared, "./messages.generated")
    module.literal_list("REPORT_REASONS", "ReportReason", get_args(http_api.ReportReason))
    module.literal_list("APPEAL_STATES", "AppealState", get_args(http_api.AppealState))
    module.literal_union("Outcome", get_args(http_api.Outcome))
    module.literal_list("CURTAINS", "Curtain", get_args(http_api.Curtain))
    module.structs([*_kinds(http_api.ENDPOINTS), Problem])
    return module.text()


def console() -> str:
    """Return the module of the console's API."""
    module = Module("services/reports/shell/console/console_api.py", suffix="View")
    module.literal_list("ROLES", "Role", [api_name(role) for role in Role])
    module.literal_list("LEVELS", "Level", [api_name(level) for level in Level])
    module.literal_list("DISMISSALS", "Dismissal", [api_name(dismissal) for dismissal in Dismissal])
    module.literal_list("REVIEW_OUTCOMES", "ReviewOutcome", [outcome.value for outcome in ReviewOutcome])
    module.structs(_kinds(console_api.ENDPOINTS))
    return module.text()


def _kinds(endpoints: tuple[Endpoint, ...]) -> list[type]:
    """Return the types of all requests and responses, each once."""
    kinds = [kind for endpoint in endpoints for kind in (endpoint.request, endpoint.response) if kind]
    return list(dict.fromkeys(kinds))
