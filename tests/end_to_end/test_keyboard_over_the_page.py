"""A keyboard that lies over the page, as on an iPhone, hides neither the message field nor the buttons."""

import pytest
from playwright.async_api import expect

from .conftest import Come
from .installation import Installation
from .visitor import Mode, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_SCRIPTED = """
    const seen = Object.assign(new EventTarget(), { height: innerHeight, offsetTop: 0, scale: 1 });
    Object.defineProperty(window, "visualViewport", { value: seen });
    window.show = (part) => {
        Object.assign(seen, part);
        seen.dispatchEvent(new Event("resize"));
    };
"""
"""Replaces what the browser says of the visible part of the page. Only a phone has such a keyboard."""

_PLACES = """() => ["#say input", "#stop", "#next"].map((name) => {
    const { top, bottom } = document.querySelector(name).getBoundingClientRect();
    return [top, bottom];
})"""


@pytest.mark.parametrize(("mode", "width", "height"), [("Video", 390, 844), ("Text", 820, 1180)])
async def test_field_and_buttons_stay_above_it(
    zufall: Installation, come: Come, mode: Mode, width: int, height: int
) -> None:
    phone, other = await come(zufall.first), await come(zufall.second)
    await phone.page.set_viewport_size({"width": width, "height": height})
    await phone.page.add_init_script(_SCRIPTED)
    for person in (phone, other):
        await person.prefer(curtain="off", check=False)
        await person.agree()
        await person.start(mode)
    await phone.until("matched")
    await phone.until_a_call_is_loaded()
    before = await phone.page.evaluate(_PLACES)
    await _shows(phone, 0, height - 336)
    await _shows(phone, 210, height - 336)
    await _shows(phone, 0, 190)  # on its side
    await phone.page.evaluate(f"show({{ height: {height}, offsetTop: 0 }})")
    await expect(phone.page.locator("html[data-keyboard]")).to_have_count(0)
    assert await phone.page.evaluate(_PLACES) == before


async def _shows(phone: Visitor, top: int, height: int) -> None:
    """Check that all can be reached while only this part of the page is visible."""
    await phone.page.evaluate(f"show({{ height: {height}, offsetTop: {top} }})")
    for above, below in await phone.page.evaluate(_PLACES):
        assert top <= above < below <= top + height
    field = phone.page.get_by_role("textbox", name="Message", exact=True)
    await field.click()
    await expect(field).to_be_focused()
