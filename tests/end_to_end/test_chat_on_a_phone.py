"""On a phone the chat lies on the picture, and covers the face for a moment only."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from .conftest import Come
from .installation import Installation
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SEEN = """() => [...document.querySelectorAll("#lines [data-from]")]
    .filter((line) => Number(getComputedStyle(line).opacity) > 0.5)
    .map((line) => line.lastChild.textContent)"""
"""Returns the lines that can be seen."""

LATER = """() => {
    for (const animation of document.getAnimations())
        if (animation.animationName === "fade") animation.finish();
}"""
"""Lets the seconds pass in which a line is shown."""


async def meet(come: Come, zufall: Installation, reduced_motion: bool = False) -> tuple[Visitor, Visitor]:
    phone, other = await come(zufall.first), await come(zufall.second)
    await phone.page.set_viewport_size({"width": 390, "height": 844})
    if reduced_motion:
        await phone.page.emulate_media(reduced_motion="reduce")
    for each in (phone, other):
        await each.prefer(curtain="off", check=False)
        await each.agree()
        await each.start()
    await asyncio.gather(phone.until("matched"), other.until("matched"))
    return phone, other


async def see(page: Page, *lines: str) -> None:
    await page.wait_for_function(f"lines => String(({SEEN})()) === String(lines)", arg=list(lines))


async def test_the_last_two_lines_are_seen_for_a_while_and_all_after_a_tap(
    zufall: Installation, come: Come
) -> None:
    phone, other = await meet(come, zufall)
    for text in ("one", "two", "three"):
        await other.say(text)
        await phone.hears(text)
    await see(phone.page, "two", "three")
    await phone.page.evaluate(LATER)
    await see(phone.page)
    log = phone.page.get_by_role("log")
    for text in ("one", "two", "three"):  # screen readers have them all the time
        await expect(log).to_contain_text(f"Stranger: {text}")
    await phone.page.locator("#stage").click(position={"x": 190, "y": 300})
    await see(phone.page, "one", "two", "three")
    await phone.page.locator("#stage").click(position={"x": 190, "y": 300})
    await see(phone.page, "two", "three")
    await phone.page.evaluate(LATER)
    await other.say("four")
    await see(phone.page, "four")


async def test_without_motion_the_last_two_lines_stay(zufall: Installation, come: Come) -> None:
    phone, other = await meet(come, zufall, reduced_motion=True)
    for text in ("one", "two", "three"):
        await other.say(text)
        await phone.hears(text)
    await phone.page.evaluate(LATER)
    await see(phone.page, "two", "three")


async def test_who_reads_above_is_told_of_new_lines(zufall: Installation, come: Come) -> None:
    phone, other = await meet(come, zufall)
    for number in range(12):
        await other.say(f"line {number} " * 12)
    await expect(phone.page.locator("#lines [data-from]")).to_have_count(12)
    new = phone.button("New messages")
    await expect(new).to_be_hidden()
    await phone.page.locator("#lines").evaluate("lines => lines.scrollTo(0, 0)")
    await phone.page.wait_for_function("() => document.documentElement.dataset.lines === 'all'")
    await other.say("the newest")
    await phone.hears("the newest")
    await new.press("Enter")
    await expect(new).to_be_hidden()
    await expect(phone.page.locator("#lines")).to_be_focused()
    await expect(phone.page.get_by_text("the newest")).to_be_in_viewport()
    await other.say("and one more")
    await expect(phone.page.get_by_text("and one more")).to_be_in_viewport()
    await expect(new).to_be_hidden()


async def test_only_a_line_that_waits_says_so(zufall: Installation, come: Come) -> None:
    phone, other = await meet(come, zufall)
    await phone.say("this arrives")
    await other.hears("this arrives")
    mine = phone.page.locator("#lines [data-from=me]")
    await expect(mine).to_have_attribute("data-state", "delivered")
    await phone.page.context.set_offline(True)
    await phone.has_been("reconnecting")
    await phone.say("this waits")
    await expect(mine.last.get_by_text("Sending")).to_be_visible()
    await expect(mine.first).to_have_attribute("data-state", "delivered")
    await expect(mine.first).to_have_text("You: this arrives")
    await phone.page.context.set_offline(False)
    await expect(mine.last).to_have_text("You: this waits")
    phone.forgive("ERR_INTERNET_DISCONNECTED")
    phone.forgive("WebSocket connection")
