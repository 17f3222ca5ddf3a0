"""Two visitors at two gateways do the main job."""

from collections.abc import Callable
from contextlib import AsyncExitStack

import aiohttp

from ..visitor import OFFER, ManualVisitor, visitor


async def two_strangers_meet(
    first_url: str, second_url: str, reach: Callable[[], aiohttp.BaseConnector | None] = lambda: None
) -> str:
    """Let two meet, negotiate and chat. One reports the other and goes on. Return the report's id."""
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(visitor(first_url, connector=reach()))
        second = await stack.enter_async_context(visitor(second_url, connector=reach()))
        for one in (first, second):
            await one.find(interests=["containers"], languages=["en"])
        for one in (first, second):
            await one.meet()
        _agree(first, second)
        await _negotiate(first, second)
        await _chat(first, second)
        await _chat(second, first)
        report = await first.report("spam")
        await _part(first, second)
        return report


def _agree(first: ManualVisitor, second: ManualVisitor) -> None:
    assert first.match.id == second.match.id
    assert first.match.polite is not second.match.polite
    assert first.match.partner.shared_interests == ["containers"]


async def _negotiate(first: ManualVisitor, second: ManualVisitor) -> None:
    match = first.match.id
    await first.say("description", match=match, description={"type": "offer", "sdp": OFFER})
    assert (await second.hear("description"))["description"]["type"] == "offer"
    answer = OFFER.replace("actpass", "active")
    await second.say("description", match=match, description={"type": "answer", "sdp": answer})
    assert (await first.hear("description"))["description"]["type"] == "answer"


async def _chat(speaker: ManualVisitor, listener: ManualVisitor) -> None:
    await speaker.chat("schön, dich zu treffen")
    heard = await listener.hear("chat")
    assert heard["text"] == "schön, dich zu treffen"
    assert heard["match"] == listener.match.id
    await listener.received(heard["n"])
    assert (await speaker.hear("received"))["n"] == heard["n"]


async def _part(leaver: ManualVisitor, left: ManualVisitor) -> None:
    await leaver.say("next", match=leaver.match.id)
    ended = await left.hear("ended")
    assert (ended["match"], ended["reason"]) == (left.match.id, "next")
    for one in (leaver, left):
        await one.hear("searching")
