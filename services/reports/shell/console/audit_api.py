"""The API for reading the audit log: page by page, or as a file."""

from aiohttp import web

from services.contract.errors import InvalidRequest
from services.runtime.http_responses import json_response

from ...core.audit_chain import AuditEvent
from ..storage.audit_log import SqlAuditLog
from .audit_search import (
    AUDIT_PARAMETERS,
    SqlAuditSearch,
    as_csv_lines,
    as_json,
    entry_view,
    parse_audit_filter,
)
from .auth import Routes, actor
from .http import attachment_response
from .views import AuditEntries

_MAX_ENTRIES = 500


class AuditApi:
    """Handles requests for entries. Whoever exports some is in the log as well."""

    def __init__(self, search: SqlAuditSearch, audit: SqlAuditLog) -> None:
        self._search = search
        self._audit = audit

    def routes(self) -> Routes:
        return {("GET", "/audit"): self.entries, ("GET", "/audit/export"): self.export}

    async def entries(self, request: web.Request) -> web.Response:
        """Return audit entries before a number, the newest first."""
        before = _number(request, "before", 2**62, 2**62)
        limit = _number(request, "limit", 100, _MAX_ENTRIES)
        entries = await self._search.entries(parse_audit_filter(request.query), before, limit)
        return json_response(AuditEntries([entry_view(entry) for entry in entries]))

    async def export(self, request: web.Request) -> web.Response:
        """Return all entries that the filter finds, this export included."""
        wanted, kind = parse_audit_filter(request.query), request.query.get("format") or "json"
        if kind not in ("json", "csv"):
            raise InvalidRequest("format is json or csv")
        by = actor(request)
        details = {name: value for name in AUDIT_PARAMETERS if (value := request.query.get(name, ""))}
        await self._audit.record(AuditEvent(by.now, by.name, "audit.exported", "", details))
        pages = self._search.pages(wanted)
        if kind == "csv":
            return attachment_response(as_csv_lines(pages), "text/csv", "audit.csv")
        return attachment_response(as_json(pages), "application/json", "audit.json")


def _number(request: web.Request, name: str, default: int, most: int) -> int:
    text = request.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 20) or not 1 <= int(text) <= most:
        raise InvalidRequest(f"{name} is a number from 1 to {most}")
    return int(text)
