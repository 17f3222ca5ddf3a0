"""Both see the same four emoji, unless somebody sits between them."""

import asyncio

import pytest
from playwright.async_api import Browser, Locator, expect

from .conftest import Come
from .in_between import InBetween
from .installation import Installation
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def _meet(*people: Visitor) -> None:
    for person in people:
        await person.prefer(curtain="off", check=False)
        await person.agree()
        await person.start()
    await asyncio.gather(*(person.until("matched") for person in people))


def _at_connection(person: Visitor) -> Locator:
    """Return the emoji where the word for the connection is explained, also while that is closed."""
    return person.page.locator("#quality-meaning [role=img]")


async def _pictures(person: Visitor) -> tuple[str, str]:
    """Return the emoji and their names."""
    shown = _at_connection(person)
    await expect(shown).to_be_attached()
    emoji, names = await shown.text_content() or "", await shown.get_attribute("aria-label") or ""
    assert (len(emoji.split()), len(names.split(", "))) == (4, 4)
    return emoji, names


async def test_both_see_the_same_four_and_other_ones_after_a_reload(zufall: Installation, come: Come) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    await _meet(one, other)
    first = await _pictures(one)
    assert first == await _pictures(other)
    await one.page.locator("#understanding-open").press("Enter")
    sheet = one.page.get_by_role("dialog")
    await expect(sheet.get_by_role("img", name=first[1], exact=True)).to_be_visible()
    await expect(sheet).to_contain_text("Compare them aloud.")
    await sheet.get_by_role("button", name="Close").press("Enter")
    other.page.on("dialog", lambda dialog: dialog.accept())
    await other.page.reload()
    await other.until("matched")
    again = await _pictures(other)
    await expect(_at_connection(one)).to_have_attribute("aria-label", again[1])
    await expect(one.page.locator("#quality-meaning")).to_contain_text("The connection is new")
    assert again != first


async def test_with_somebody_in_between_they_see_others(
    zufall: Installation, come: Come, chromium: Browser
) -> None:
    """Sound, pictures and messages go through two connections, and everything else works as ever."""
    one, other = await come(zufall.first), await come(zufall.second)
    async with await chromium.new_context() as context:
        nobody = await context.new_page()
        await nobody.goto(zufall.first)
        man = InBetween(nobody)
        await man.between(one, other)
        await _meet(one, other)
        await one.sees_moving_pictures()
        await other.sees_moving_pictures()
        assert await _pictures(one) != await _pictures(other)
        steps = [said["step"] for said in await man.forwarded() if said["type"] == "safety"]
        assert steps == ["commit", "nonce", "nonce"]
