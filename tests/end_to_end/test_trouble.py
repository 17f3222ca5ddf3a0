"""When a part fails or a moderator acts, the page tells the visitor and goes on."""

import pytest

from .conftest import Come
from .installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_when_a_gateway_dies_the_page_comes_back_by_itself(breakable: Installation, come: Come) -> None:
    visitor = await come(breakable.shared)
    await visitor.agree()
    await visitor.start("Text")
    await visitor.sees("Nobody else is waiting")
    before = visitor.welcome["gateway"]
    breakable.kill_gateway_of_visitors()
    await visitor.has_been("reconnecting")
    await visitor.until("searching")
    await visitor.sees("Nobody else is waiting")
    assert visitor.welcome["gateway"] != before
    visitor.forgive("WebSocket connection")
    visitor.forgive("ERR_CONTENT_LENGTH_MISMATCH")  # of a part that was being loaded
    other = await come(breakable.shared)
    await other.agree()
    await other.start("Text")
    await other.say("Welcome back")
    await visitor.hears("Welcome back")


async def test_a_ban_ends_the_call_and_says_by_which_rule(zufall: Installation, come: Come) -> None:
    visitor, other = await come(zufall.first), await come(zufall.second)
    for one in (visitor, other):
        await one.agree()
        await one.start("Text")
    await other.until("matched")
    await zufall.ban(visitor.welcome["visitor"])
    await visitor.until("banned")
    await visitor.sees("Rule: Harassment")
    await visitor.sees("This was decided by a moderator.")
    await other.until("over")
    await other.sees("The stranger was removed for breaking the rules")
    await visitor.page.reload()
    await visitor.until("banned")
    await visitor.sees("Rule: Harassment")
