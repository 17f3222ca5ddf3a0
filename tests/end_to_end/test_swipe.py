"""On a phone a swipe over the picture means Next."""

import asyncio

import pytest
from playwright.async_api import expect

from .conftest import Come
from .installation import Installation
from .touch import Hand
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_FREE = """([start, end]) => {
    const pictures = ["stage", "remote"];
    const free = (x, y) => pictures.includes(document.elementFromPoint(x, y)?.id);
    for (let y = 560; y > 60; y -= 10) if (free(start, y) && free(end, y)) return y;
    return null;
}"""
"""Returns how far down there is nothing but the picture at both places. At the top, signs come and go."""


async def _meet(zufall: Installation, come: Come, locale: str) -> tuple[Visitor, Hand]:
    phone = await come(zufall.first, locale=locale, has_touch=True)
    other = await come(zufall.second, locale=locale)
    await phone.page.set_viewport_size({"width": 390, "height": 844})
    for each in (phone, other):
        await each.prefer(curtain="off", check=False)
        await each.open()
        await each.until("consent")
        await each.page.locator("#agree").check()
        await each.page.locator("#consent [type=submit]").click()
        await each.until("idle")
        await each.page.locator("#start").click()
    await asyncio.gather(phone.until("matched"), other.until("matched"))
    await phone.sees_moving_pictures()
    await phone.page.wait_for_function("() => document.querySelector('#stage').classList.contains('swipes')")
    return phone, await Hand.over(phone.page)


@pytest.mark.parametrize(("locale", "start", "end"), [("en-US", 330, 120), ("ar-EG", 60, 270)])
async def test_a_swipe_is_next_and_other_moves_are_not(
    zufall: Installation, come: Come, locale: str, start: int, end: int
) -> None:
    phone, hand = await _meet(zufall, come, locale)
    high: float | None = await phone.page.evaluate(_FREE, [start, end])
    assert high, "there is a place to swipe"
    shown = "() => { window.signs = []; new MutationObserver((all) => all.forEach(({ target }) =>"
    shown += " window.signs.push(!target.hidden))).observe(document.querySelector('.swipe'),"
    await phone.page.evaluate(shown + " { attributeFilter: ['hidden'] }); }")
    for from_x, from_y, to_x, to_y in (
        (end, high, start, high),  # back
        (start, high, start, high + 200),  # down
        (10 if locale == "ar-EG" else 380, high, end, high),  # from the edge
        (start, high, start - (start - end) // 3, high),  # too short
    ):
        await hand.draw([(from_x, from_y)], [(to_x, to_y)])
    await hand.draw([(start, high), (start, high + 80)], [(end, high), (end, high + 80)])  # two fingers
    assert await phone.phase() == "matched"
    await expect(phone.page.locator(".swipe")).to_be_hidden()
    await hand.draw([(start, high)], [(end, high)])
    await phone.until("searching")
    assert await phone.page.evaluate("signs.includes(true)"), "it shows where it leads"
