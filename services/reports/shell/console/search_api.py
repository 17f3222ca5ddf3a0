"""The API for finding cases again: the search, the box for ids, and the views that accounts save."""

from aiohttp import web

from services.contract.errors import InvalidRequest
from services.runtime.http_responses import json_response

from ...core.case_search import parse_case_search
from .auth import Routes, actor
from .case_queue import SqlCaseQueue
from .http import read_json
from .id_finder import SqlIdFinder
from .saved_views import SavedSearch, SqlSavedViews, checked


class SearchApi:
    """Handles searches. Lists hold ids and counts, so the audit log records only what is then opened."""

    def __init__(self, queue: SqlCaseQueue, ids: SqlIdFinder, views: SqlSavedViews) -> None:
        self._queue = queue
        self._ids = ids
        self._views = views

    def routes(self) -> Routes:
        return {
            ("GET", "/cases"): self.cases,
            ("GET", "/ids"): self.ids,
            ("GET", "/views"): self.views,
            ("POST", "/views"): self.save_view,
            ("DELETE", "/views/{name}"): self.delete_view,
        }

    async def cases(self, request: web.Request) -> web.Response:
        if len(request.query) != len(set(request.query)):
            raise InvalidRequest("give each parameter once")
        search = parse_case_search(request.query)
        return json_response(await self._queue.search(search, actor(request).now))

    async def ids(self, request: web.Request) -> web.Response:
        return json_response(await self._ids.find(request.query.get("start", "")))

    async def views(self, request: web.Request) -> web.Response:
        return json_response(await self._views.of(actor(request).name))

    async def save_view(self, request: web.Request) -> web.Response:
        view = checked(await read_json(request, SavedSearch))
        return json_response(await self._views.save(actor(request).name, view), 201)

    async def delete_view(self, request: web.Request) -> web.Response:
        return json_response(await self._views.delete(actor(request).name, request.match_info["name"]))
