"""A call in real browsers survives a killed gateway and a lost network, and a rewind restores it."""

import asyncio
import json
import re
from functools import partial

import psutil  # ships no types
import pytest
from playwright.async_api import expect

from ..timing import scaled, until
from .conftest import Come
from .installation import Installation
from .layout import lost_at
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LONGEST_STOP = 1.0
"""Seconds within which two pictures of the stranger come."""

_WATCH = """() => {
    const video = document.querySelector("#remote");
    let last = performance.now();
    window.longestStop = () => Math.max(window.longest, performance.now() - last);
    window.longest = 0;
    const picture = now => {
        window.longest = Math.max(window.longest, now - last);
        last = now;
        video.requestVideoFrameCallback(picture);
    };
    video.requestVideoFrameCallback(picture);
}"""


LOOK_AWAY_AND_BACK = """() => {
    for (const hidden of [true, false]) {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
        document.dispatchEvent(new Event("visibilitychange"));
    }
}"""

SLEEP = """() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
    document.dispatchEvent(new Event("visibilitychange"));
    window.setTimeout = window.setInterval = () => 0;
}"""
"""Stops all timers, as a browser does in a hidden tab, but for longer."""

CLOCK = """(() => {
    const now = Date.now;
    window.late = Number(localStorage.getItem("late"));
    Date.now = () => now() - window.late;
    addEventListener("pagehide", () => localStorage.setItem("late", window.late));
})()"""
"""Sets the page's wall clock `late` milliseconds behind the machine's."""


async def test_when_a_gateway_is_killed_the_video_goes_on_and_so_does_the_chat(
    breakable: Installation, come: Come
) -> None:
    doomed, other, gateway = await strangers_on_two_gateways(breakable, come)
    await asyncio.gather(doomed.sees_moving_pictures(), other.sees_moving_pictures())
    await asyncio.gather(*(one.page.evaluate(_WATCH) for one in (doomed, other)))
    before = doomed.welcome["gateway"]
    await until(lambda: doomed.told_route)  # so the page knows that media arrives
    breakable.kill(gateway)
    await doomed.has_been("reconnecting")
    await doomed.has_been_told("Chat pauses for a moment. You still see and hear each other.")
    await doomed.say("said while nobody carried it")
    await doomed.until("matched")
    assert doomed.welcome["gateway"] != before
    assert doomed.welcome["resumed"]["partner_here"]
    await other.hears("said while nobody carried it")
    await other.say("I heard you")
    await doomed.hears("I heard you")
    await asyncio.gather(doomed.sees_moving_pictures(), other.sees_moving_pictures())
    for one in (doomed, other):
        stopped = await one.page.evaluate("window.longestStop()")
        assert stopped < 1000 * scaled(LONGEST_STOP), f"the video stopped for {stopped:.0f} ms"
        assert await one.page.get_by_role("log").locator("[data-from]").count() == 2, "each line once"
        one.forgive("WebSocket connection")


async def test_when_the_network_of_one_is_gone_lines_wait_and_the_video_comes_back(
    zufall: Installation, come: Come
) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    await call(one, other)
    await one.page.context.set_offline(True)
    await one.has_been("reconnecting")
    await one.say("typed without a network")
    await other.sees("Chat pauses for a moment. You still see and hear each other.")
    await other.say("are you there?")
    await one.page.context.set_offline(False)
    await one.hears("are you there?")
    await other.hears("typed without a network")
    await asyncio.gather(one.sees_moving_pictures(), other.sees_moving_pictures())
    one.forgive("ERR_INTERNET_DISCONNECTED")
    one.forgive("WebSocket connection")


async def test_lines_that_a_vanished_stranger_did_not_acknowledge_are_marked(
    zufall: Installation, come: Come
) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    await call(one, other)
    await one.say("this arrives")
    await other.hears("this arrives")
    await other.page.context.set_offline(True)
    await one.sees("Chat pauses for a moment")
    await one.say("this does not")
    await one.until("searching", grace=15)
    await one.has_been_told("Your last messages may not have arrived")
    lost = one.page.get_by_role("region", name="Messages that may not have arrived")
    await expect(lost.locator("p")).to_have_text(["You: this does not" + "May not have arrived"])
    await other.page.context.set_offline(False)
    other.forgive("ERR_INTERNET_DISCONNECTED")
    other.forgive("WebSocket connection")


async def test_two_who_both_want_to_go_back_to_each_other(zufall: Installation, come: Come) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    await call(one, other)
    await one.press("Next")
    await other.sees("The stranger left")
    await other.press("Go back")
    await other.sees("Asked. You meet again if they say yes.")
    await one.sees("The last stranger wants to come back. Meet them again?")
    await expect(one.page.locator("#go-back")).to_have_text(re.compile(r"^\s*Yes\s*\d+s\s*$"))
    await expect(one.button("Report the last stranger")).to_be_visible()
    await one.page.locator("#toasts").evaluate("notes => notes.replaceChildren()")  # they go by themselves
    for width, height in ((320, 568), (360, 640), (375, 667), (568, 320), (1280, 800)):
        assert await lost_at(one.page, width, height) == []  # such as that link below the offer
    await one.press("Yes")
    await asyncio.gather(one.until("matched"), other.until("matched"))
    await asyncio.gather(one.sees_moving_pictures(), other.sees_moving_pictures())
    await one.say("Hello again")
    await other.hears("Hello again")


async def test_a_visitor_who_comes_back_too_late_for_a_rewind_is_told(
    zufall: Installation, come: Come
) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    await write(one, other)
    await one.press("Next")
    await other.press("Go back")
    await other.sees("Asked. You meet again if they say yes.")
    await other.page.context.set_offline(True)
    await other.page.context.set_offline(False)
    await other.has_been_told("Too late to meet the last stranger again.")
    await other.until("over")
    await expect(other.button("Go back")).to_be_hidden()
    await expect(other.page.locator("#rewind")).to_be_hidden()
    other.forgive("ERR_INTERNET_DISCONNECTED")
    other.forgive("WebSocket connection")


async def test_a_second_tab_takes_over_and_the_first_says_so(zufall: Installation, come: Come) -> None:
    first = await come(zufall.first)
    await first.agree()
    await first.start("Text")
    await first.sees("Nobody else is waiting")
    token = await first.page.evaluate("sessionStorage.getItem('zufall.token')")
    second = await come(zufall.first)
    await second.page.add_init_script(f"sessionStorage.setItem('zufall.token', {json.dumps(token)})")
    await second.agree()
    await second.start("Text")
    await first.has_been_told("Zufall is open in another tab or window")
    await first.until("idle")
    stopped = first.page.locator("#stopped")
    await expect(stopped).to_have_text(
        "Zufall is open in another tab or window. Press Start to continue here."
    )
    await second.until("searching")
    assert second.welcome["visitor"] == first.welcome["visitor"]

    # A tab connects only when its person wants that, also after it was hidden or offline.
    await first.page.evaluate(LOOK_AWAY_AND_BACK)
    await first.page.context.set_offline(True)
    await first.page.context.set_offline(False)
    for _ in range(10):  # long enough for a socket to be opened, if the page wanted one
        assert (await first.page.request.get(f"{zufall.first}/api/config")).ok
    assert len(first.epochs) == 1
    await expect(stopped).to_be_visible()
    await first.start("Text")
    await first.until("searching")
    await expect(stopped).to_be_hidden()
    await second.has_been_told("Zufall is open in another tab or window")
    await second.until("idle")
    first.forgive("ERR_INTERNET_DISCONNECTED")


async def test_a_visitor_who_sets_the_clock_back_can_reconnect(zufall: Installation, come: Come) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    await one.page.add_init_script(CLOCK)
    await write(one, other)
    await one.page.evaluate("late = 3_600_000")
    await one.page.context.set_offline(True)
    await one.has_been("reconnecting")
    await one.page.context.set_offline(False)
    await one.until("matched")
    await other.say("still here?")
    await one.hears("still here?")
    await one.page.reload()
    await one.until("matched")
    await until(lambda: len(one.epochs) >= 3)
    assert one.epochs == sorted(set(one.epochs)), "each dial has a higher epoch than the one before"
    one.forgive("ERR_INTERNET_DISCONNECTED")
    one.forgive("WebSocket connection")


async def test_a_token_is_renewed_and_the_call_goes_on(zufall: Installation, come: Come) -> None:
    """The page's clock jumps: to after half of the token's life, and then to long after its end."""
    one, other = await come(zufall.first), await come(zufall.second)
    await one.page.clock.install()
    await write(one, other)
    visitor = one.welcome["visitor"]
    for number, jump in enumerate(("36:00", "02:00:00")):
        token = await _token(one)
        await one.page.clock.fast_forward(jump)
        await until(partial(_has_another_token, one, token))
        await one.until("matched")
        await other.say(f"still here? {number}")
        await one.hears(f"still here? {number}")
        assert one.welcome["visitor"] == visitor


async def _token(person: Visitor) -> str:
    return str(await person.page.evaluate("sessionStorage.getItem('zufall.token')"))


async def _has_another_token(person: Visitor, token: str) -> bool:
    return await _token(person) != token


async def test_a_page_that_the_browser_kept_goes_on_with_its_match(zufall: Installation, come: Come) -> None:
    """The visitor goes back and forth in the history. The kept page may not know that its socket is dead."""
    one, other = await come(zufall.first), await come(zufall.second)
    await write(one, other)
    await one.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    await one.has_been("reconnecting")
    await one.until("matched")
    assert one.welcome["resumed"]["match"]
    first, second = one.epochs
    assert second > first
    await other.say("still here?")
    await one.hears("still here?")
    await one.say("of course")
    await other.hears("of course")


async def test_a_hidden_page_acknowledges_what_it_is_told(zufall: Installation, come: Come) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    await write(one, other)
    await other.page.evaluate(SLEEP)
    await one.say("are you looking?")
    line = one.page.get_by_role("log").locator("[data-from=me]")
    await expect(line).to_have_attribute("data-state", "delivered")


async def call(one: Visitor, other: Visitor) -> None:
    """Bring the two into a video call without curtains and picture checks, and wait until the pages are calm.

    A Chromium that is set offline holds what its page still says, and never closes that socket.
    """
    for each in (one, other):
        await each.prefer(curtain="off", check=False)
        await each.agree()
    for each in (one, other):
        await each.start()
    await asyncio.gather(one.until("matched"), other.until("matched"))
    await asyncio.gather(one.sees_moving_pictures(), other.sees_moving_pictures())
    await until(lambda: one.told_route and other.told_route)


async def write(one: Visitor, other: Visitor) -> None:
    """Bring the two into a text conversation."""
    for each in (one, other):
        await each.agree()
        await each.start("Text")
    await asyncio.gather(one.until("matched"), other.until("matched"))


async def strangers_on_two_gateways(
    zufall: Installation, come: Come
) -> tuple[Visitor, Visitor, psutil.Process]:
    """Bring two into a call. The first came to the shared address. Return its gateway, too."""
    first = await come(zufall.shared)
    await first.prefer(curtain="off", check=False)
    await first.agree()
    await first.start()
    await first.until("searching")
    gateway = zufall.gateway_of_visitors()
    second = await come(zufall.other_than(gateway))
    await second.prefer(curtain="off", check=False)
    await second.agree()
    await second.start()
    await asyncio.gather(first.until("matched"), second.until("matched"))
    assert first.welcome["gateway"] != second.welcome["gateway"]
    return first, second, gateway
