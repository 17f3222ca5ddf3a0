"""Sends the queue and the state of the team to open pages as they change, by server-sent events."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from math import inf

import msgspec
from aiohttp import web

from services.contract.errors import Unavailable

from ...core.roles import Role
from .auth import ConsoleAuth, Routes, actor
from .case_queue import SqlCaseQueue
from .errors import NotLoggedIn
from .login_sessions import SqlLoginSessions
from .team_state import SqlTeamState

POLL_INTERVAL = 1.0
"""Seconds between two checks of the queue and the session."""

MAX_STREAMS = 20
"""An account may have this many streams. Each asks the database every second."""

_KEEPALIVE_POLLS = 15
"""A comment is sent after this many checks without a change, so that a dead connection is noticed."""


class SnapshotCache:
    """Keeps the queue, or the team's state, as JSON for half a second, so that streams share one read."""

    def __init__(self, source: SqlCaseQueue | SqlTeamState) -> None:
        self._source = source
        self._reading = asyncio.Lock()
        self._snapshot, self._at = b"", -inf

    async def read(self) -> bytes:
        """Return what the source says as JSON; raise `Unavailable`."""
        async with self._reading:
            now = asyncio.get_running_loop().time()
            if now >= self._at + POLL_INTERVAL / 2:
                self._snapshot = msgspec.json.encode(await self._source.read())
                self._at = now
            return self._snapshot


class LiveQueueApi:
    """Serves one stream to each open page. It ends with the session, or when the service stops."""

    def __init__(
        self,
        auth: ConsoleAuth,
        sessions: SqlLoginSessions,
        queue: SqlCaseQueue,
        team: SqlTeamState,
        audit_problems: Callable[[], int],
        now: Callable[[], int],
    ) -> None:
        """`audit_problems` returns how many problems the last check of the audit log found."""
        self._audit_problems = audit_problems
        self._auth = auth
        self._sessions = sessions
        self._snapshots = {"queue": SnapshotCache(queue), "team": SnapshotCache(team)}
        self._now = now
        self._stopping = asyncio.Event()
        self._open: Counter[str] = Counter()

    def routes(self) -> Routes:
        return {("GET", "/events"): self.events}

    def stop(self) -> None:
        """End every stream. Pages reconnect, to another replica."""
        self._stopping.set()

    async def events(self, request: web.Request) -> web.StreamResponse:
        token, name = self._auth.session_token(request), actor(request).name
        if self._open[name] >= MAX_STREAMS:
            raise Unavailable("too many of your pages are open: close some")
        self._open[name] += 1
        try:
            return await self._stream(request, token)
        finally:
            self._open[name] -= 1

    async def _stream(self, request: web.Request, token: str) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        response.content_type = "text/event-stream"
        await response.prepare(request)
        with suppress(NotLoggedIn, ConnectionError):  # the page learns why when it reconnects
            await self._send_changes(request, response, token)
        return response

    async def _send_changes(self, request: web.Request, response: web.StreamResponse, token: str) -> None:
        told: Mapping[str, bytes] = {}
        silent, problems = 0, -1
        while request.transport is not None and not self._stopping.is_set():
            drawn, silent = await self._poll(token, told), silent + 1
            for name in [name for name in drawn if drawn[name] != told.get(name)]:
                await response.write(b"event: %s\ndata: %s\n\n" % (name.encode(), drawn[name]))
                silent = 0
            told = drawn
            if silent >= _KEEPALIVE_POLLS:
                await response.write(b": still here\n\n")
                silent = 0
            problems = await self._send_problems(request, response, problems)
            await self._pause()

    async def _send_problems(self, request: web.Request, response: web.StreamResponse, told: int) -> int:
        """Tell seniors how many problems the audit log has, at first and when that changes."""
        found = self._audit_problems()
        if found != told and actor(request).role >= Role.SENIOR:
            await response.write(b"event: audit\ndata: %d\n\n" % found)
        return found

    async def _poll(self, token: str, told: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """Return the events by their names, or what was sent last while the database does not answer."""
        try:
            await self._sessions.find(token, self._now())
            return {name: await snapshot.read() for name, snapshot in self._snapshots.items()}
        except Unavailable:
            return told

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_INTERVAL):
                await self._stopping.wait()
