"""My own picture in a call: it can be hidden and moved, and covers nothing, in full screen either."""

import pytest
from playwright.async_api import Page, expect

from .conftest import Come
from .installation import Installation
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_COVERED = """() => {
    const mine = document.querySelector("#self").getBoundingClientRect();
    const others = document.querySelectorAll(".bar, .chat, .curtain, .corner, .views, .check-card");
    return [...others].filter((one) => {
        const box = one.getBoundingClientRect();
        return box.width && box.left < mine.right && mine.left < box.right && box.top < mine.bottom &&
            mine.top < box.bottom;
    }).map(({ className }) => className);
}"""
_PLACE = """() => {
    const [mine, stage] = ["#self", "#stage"].map((id) => document.querySelector(id).getBoundingClientRect());
    const [x, y] = [mine.left + mine.width / 2 - stage.left, mine.top + mine.height / 2 - stage.top];
    return [y < stage.height / 2 ? "top" : "bottom", x < stage.width / 2 ? "left" : "right"].join(" ");
}"""


async def _is(page: Page, place: str) -> None:
    """Check that my picture comes to this place, and covers nothing there."""
    await page.wait_for_function(f"place => ({_PLACE})() === place && ({_COVERED})().length === 0", arg=place)


async def _meet(*people: Visitor) -> None:
    for person in people:
        await person.prefer(curtain="off", check=False)
        await person.open()
        await person.until("consent")
        await person.page.locator("#agree").check()
        await person.page.locator("#consent [type=submit]").click()
        await person.until("idle")
        await person.page.locator("#start").click()
    for person in people:
        await person.sees_moving_pictures()


async def test_my_picture_can_be_moved_and_hidden_and_covers_nothing(
    zufall: Installation, come: Come
) -> None:
    person = await come(zufall.first)
    await _meet(person, await come(zufall.second))
    page = person.page
    await page.emulate_media(reduced_motion="reduce")  # so that it is at its place at once
    await page.get_by_role("button", name="Move my picture").focus()
    for key, place in (("Up", "top right"), ("Left", "top left"), ("Down", "bottom left")):
        await page.keyboard.press(f"Arrow{key}")
        await _is(page, place)
    box = await page.locator("#self").bounding_box()
    assert box
    await page.mouse.move(box["x"] + 20, box["y"] + 20)
    await page.mouse.down()
    await page.mouse.move(700, 200, steps=4)
    await page.mouse.up()
    await _is(page, "top right")
    await page.get_by_role("button", name="Full screen").click()
    await page.wait_for_function("() => document.fullscreenElement !== null")
    await _is(page, "top right")
    for place in ("bottom right", "bottom left"):
        await page.get_by_role("button", name="Move my picture").press("Enter")
        await _is(page, place)
    await person.say("Can you see the bar?")
    await _is(page, "bottom left")
    await page.get_by_role("button", name="Full screen").click()
    await page.get_by_role("button", name="Hide my picture").press("Enter")
    await expect(page.locator("#local")).to_have_css("visibility", "hidden")
    kept = await page.evaluate("JSON.parse(localStorage.getItem('zufall.self'))")
    assert kept == {"corner": "bottom_start", "hidden": True}
    await expect(page.get_by_role("button", name="Show my picture").locator("svg")).to_be_visible()
    await page.get_by_role("button", name="Show my picture").click()
    await expect(page.locator("#local")).to_have_css("visibility", "visible")
    await _is(page, "bottom left")


async def test_on_an_arabic_phone_a_tap_shows_the_buttons(zufall: Installation, come: Come) -> None:
    person = await come(zufall.first, locale="ar-EG", has_touch=True)
    await person.page.set_viewport_size({"width": 390, "height": 844})
    await _meet(person, await come(zufall.second))
    page = person.page
    await _is(page, "top left")
    await page.locator("#self").tap()
    for place in ("bottom left", "bottom right"):
        await page.get_by_role("button", name="نقل صورتي").tap()
        await _is(page, place)
    await page.get_by_role("button", name="إخفاء صورتي").tap()
    await page.get_by_role("button", name="إظهار صورتي").tap()
    await _is(page, "bottom right")
