"""What catches the eye: the card of the wish, hints beside their labels, and a page from right to left."""

import pytest
from playwright.async_api import expect

from .axe import violations
from .conftest import Come
from .installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_FOOT = """() => {
    scrollTo(0, document.documentElement.scrollHeight);
    const [card, foot] = [".setup", ".setup .last"].map(it => document.querySelector(it));
    card.scrollTo(0, card.scrollHeight);
    const [of, is] = [card, foot].map(it => it.getBoundingClientRect());
    return [is.left - of.left, is.right - of.right, is.bottom - of.bottom].map(Math.round);
}"""
"""How far the foot of the card, with Start, stands out of it or stops before its end."""
_GAPS = """() => [...document.querySelectorAll("#settings-dialog .check")].map(label => {
    const words = document.createRange();
    words.selectNodeContents(label.querySelector("span"));
    return label.nextElementSibling.getBoundingClientRect().top - words.getBoundingClientRect().bottom;
})"""


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (390, 844)])
async def test_start_is_the_foot_of_the_card(zufall: Installation, come: Come, size: tuple[int, int]) -> None:
    person = await come(zufall.first)
    await person.page.set_viewport_size({"width": size[0], "height": size[1]})
    await person.agree()
    assert await person.page.evaluate(_FOOT) == [0, 0, 0]
    await person.page.get_by_text("Preferences · English", exact=True).click()
    assert await person.page.evaluate(_FOOT) == [0, 0, 0]


async def test_on_a_narrow_phone_no_label_of_the_settings_runs_into_its_hint(
    zufall: Installation, come: Come
) -> None:
    person = await come(zufall.first)
    await person.page.set_viewport_size({"width": 320, "height": 640})
    await person.agree()
    await person.press("Settings")
    await expect(person.page.get_by_role("dialog", name="Settings")).to_be_visible()
    await expect(person.page.locator("#settings-dialog .check")).to_have_count(7)
    gaps: list[float] = await person.page.evaluate(_GAPS)
    assert min(gaps) >= 2


async def test_an_arabic_phone_has_its_hints_on_the_right_and_every_target_large_enough(
    zufall: Installation, come: Come
) -> None:
    person = await come(zufall.first, locale="ar-EG")
    await person.page.set_viewport_size({"width": 390, "height": 844})
    await person.open()
    await person.until("consent")
    await person.page.locator("#agree").check()
    await person.page.locator("#consent [type=submit]").click()
    await person.until("idle")
    interest = person.page.locator("#interest")
    await expect(interest).to_have_css("direction", "rtl")
    await interest.fill("chess")
    await expect(interest).to_have_css("direction", "ltr")
    await interest.fill("")
    assert await violations(person.page) == []
