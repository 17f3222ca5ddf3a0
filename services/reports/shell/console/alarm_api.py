"""The API for alarms to an operator."""

from aiohttp import web

from services.runtime.http_responses import json_response

from ..ports import AlarmTester
from .alarm_views import AlarmChannels, AlarmChannelView, AlarmTestResult, AlarmTestResults
from .auth import Routes, actor


class AlarmApi:
    """Handles requests of administrators about alarms."""

    def __init__(self, tester: AlarmTester) -> None:
        self._tester = tester

    def routes(self) -> Routes:
        return {("GET", "/alarms"): self.channels, ("POST", "/alarms/test"): self.test}

    async def channels(self, _: web.Request) -> web.Response:
        views = [
            AlarmChannelView(
                one.name,
                one.target,
                one.summary.delivered_at,
                one.summary.waiting,
                one.summary.given_up,
                one.summary.problem,
            )
            for one in await self._tester.states()
        ]
        return json_response(AlarmChannels(views))

    async def test(self, request: web.Request) -> web.Response:
        """Send a test message over each channel, and return how it fared."""
        tried = await self._tester.test(actor(request).name)
        return json_response(AlarmTestResults([AlarmTestResult(one.name, one.problem) for one in tried]), 201)
