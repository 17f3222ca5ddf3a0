"""The API for alarms to an operator. Times are in Unix milliseconds."""

from collections.abc import Sequence

from aiohttp import web
from msgspec import Struct

from services.runtime.http_responses import json_response

from ..ports import AlarmTester
from .auth import Routes, actor


class AlarmChannelView(Struct, frozen=True):
    """A way to an operator, and how messages fared on it.

    `delivered_at` is 0 for never. `problem` says why the last one that did not arrive did not.
    """

    name: str
    target: str
    delivered_at: int
    waiting: int
    given_up: int
    problem: str


class AlarmChannels(Struct, frozen=True):
    """All channels. Without any, nobody is told of anything outside the console."""

    channels: Sequence[AlarmChannelView]


class AlarmTestResult(Struct, frozen=True):
    """How a test message fared on a channel. `problem` is empty if it arrived."""

    name: str
    problem: str


class AlarmTestResults(Struct, frozen=True):
    """How a test message fared on all channels."""

    results: Sequence[AlarmTestResult]


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
