"""A visitor who is asked to wait sends their report again."""

import random
from collections.abc import Iterator

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bench.swarm import events
from bench.swarm.filing import file
from bench.swarm.history import History


async def filed_with(answers: Iterator[web.Response]) -> list[type[events.Event]]:
    """Return the kinds of events of one report whose attempts get these answers."""

    async def answer(_: web.Request) -> web.Response:
        return next(answers)

    app = web.Application()
    app.router.add_post("/api/reports", answer)
    history = History()
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        origin = str(server.make_url("")).rstrip("/")
        await file(http, [origin], "token", ("ann", "m", "pass"), history, random.Random(1))
    return [type(event) for event in history.events]


async def test_it_is_sent_until_it_is_acknowledged() -> None:
    answers = [
        web.json_response({"code": "too_fast"}, status=429),
        web.json_response({"code": "unavailable"}, status=503),
        web.json_response({"report": "r1"}, status=201),
    ]
    assert await filed_with(iter(answers)) == [events.Filing, events.Postponed, events.Filed]


async def test_a_refusal_is_the_end_of_it() -> None:
    refused = web.json_response({"code": "pass_refused"}, status=403)
    assert await filed_with(iter([refused])) == [events.Filing, events.Dismissed]
