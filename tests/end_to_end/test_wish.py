"""A visitor makes a wish, the page says when nobody fits, and one tap drops a condition."""

import asyncio
import json
from typing import Any

import pytest
from playwright.async_api import WebSocketRoute, expect

from ..timing import scaled
from .conftest import Come
from .installation import Installation
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


class Line:
    """Stands between a page and its gateway. It receives wishes and sends the state of the search."""

    def __init__(self) -> None:
        self._finds: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._page: WebSocketRoute | None = None

    def connect(self, page: WebSocketRoute) -> None:
        gateway = page.connect_to_server()
        self._page = page

        def from_page(frame: str | bytes) -> None:
            message = json.loads(frame)
            if message.pop("type") == "find":
                self._finds.put_nowait(message)
            gateway.send(frame)

        def from_gateway(frame: str | bytes) -> None:
            if json.loads(frame)["type"] != "searching":
                page.send(frame)

        page.on_message(from_page)
        gateway.on_message(from_gateway)

    async def find(self) -> dict[str, Any]:
        """Return the next wish of the page."""
        async with asyncio.timeout(scaled(15)):
            return await self._finds.get()

    def searching(self, **fields: Any) -> None:
        assert self._page is not None
        self._page.send(json.dumps({"type": "searching", "waiting": 2, "stage": 0, **fields}))


async def tapped(person: Visitor) -> Line:
    """Return the line of a person who has agreed to the rules."""
    line = Line()
    await person.page.route_web_socket("**/ws", line.connect)
    await person.agree()
    return line


async def test_every_language_and_country_on_offer_has_a_name(zufall: Installation, come: Come) -> None:
    person = await come(zufall.first)
    await person.agree()
    offered = await person.page.evaluate(
        "[...document.querySelectorAll('#language option, #country option')].map(it => [it.value, it.text])"
    )
    assert len(offered) > 300
    assert [code for code, name in offered if code == name] == []


async def test_a_key_that_is_held_removes_no_interest(zufall: Installation, come: Come) -> None:
    person = await come(zufall.first)
    await person.agree()
    keys, chips = person.page.keyboard, person.page.locator("#interests button")
    await person.page.get_by_role("textbox", name="Interests").fill("chess, go, ab")
    await expect(chips).to_have_count(2)
    for _ in range(6):  # each further one is a repeat, until the key is let go
        await keys.down("Backspace")
    await keys.up("Backspace")
    await expect(person.page.get_by_role("textbox", name="Interests")).to_have_value("")
    await expect(chips).to_have_count(2)
    await keys.press("Backspace")
    await expect(chips).to_have_count(1)


async def test_near_me_and_avoided_countries_are_sent_and_remembered(
    zufall: Installation, come: Come
) -> None:
    person = await come(zufall.first)
    line = await tapped(person)
    near = person.page.get_by_role("checkbox", name="People from my country first")
    avoid = person.page.get_by_role("combobox", name="Add a country")
    await expect(near).to_be_hidden()
    await expect(avoid).to_be_hidden()
    await person.page.get_by_text("Preferences · English", exact=True).click()
    await near.check()
    await avoid.select_option(label="Wallis & Futuna")
    await avoid.select_option("CH")
    await person.press("Remove Wallis & Futuna")
    await person.page.reload()
    await expect(near).to_be_checked()
    await expect(person.button("Remove Switzerland")).to_be_visible()
    await person.start("Text")
    assert await line.find() == {
        "mode": "text", "interests": [], "languages": ["en"], "nearby": True,
        "avoid_countries": ["CH"], "once": True,
    }  # fmt: skip
    await person.press("Stop")
    await near.uncheck()
    await person.press("Remove Switzerland")
    await person.start("Text")
    assert await line.find() == {"mode": "text", "interests": [], "languages": ["en"], "once": True}


async def test_the_focus_stays_where_somebody_goes_on(zufall: Installation, come: Come) -> None:
    person = await come(zufall.first)
    line = await tapped(person)
    interests = person.page.get_by_role("textbox", name="Interests")
    strict = person.page.get_by_role("checkbox", name="Only people who speak one of these")
    await interests.fill("Chess, bees")
    await expect(interests).to_have_value("bees")
    await interests.press("Enter")
    await expect(interests).to_be_focused()
    await person.press("Remove chess")
    await expect(person.button("Remove bees")).to_be_focused()
    await person.press("Remove bees")
    await expect(interests).to_be_focused()
    await interests.fill("a very long interest in old trains, tea,")
    await expect(person.button("Remove tea")).to_be_visible()
    await expect(interests).to_have_accessible_description("At most 32 characters. Please make it shorter.")
    await person.has_been_told("At most 32 characters.")
    await person.press("Start")
    await expect(interests).to_be_focused()
    await expect(interests).to_have_value("a very long interest in old trains")
    await interests.fill("old trains")
    await expect(interests).to_have_accessible_description("Optional. Press Enter or comma to add one.")
    await interests.fill("")
    await person.press("Remove tea")
    await interests.fill(",".join("abcdefghij"))
    await interests.press("Enter")
    await expect(interests).to_be_hidden()
    await expect(person.button("Remove j")).to_be_focused()
    await person.page.get_by_text("Preferences · English", exact=True).click()
    await strict.check()
    await person.press("Remove English")
    await expect(strict).to_be_disabled()
    await expect(person.page.locator("summary")).to_have_text("Preferences")
    await person.start("Text")
    assert "strict_language" not in await line.find()
    await person.press("Stop")
    await expect(person.page.get_by_role("heading", name="Who will you meet?")).to_be_focused()


@pytest.mark.parametrize("size", [(1280, 800), (1366, 650), (390, 844)])
async def test_start_is_in_sight(zufall: Installation, come: Come, size: tuple[int, int]) -> None:
    person = await come(zufall.first)
    await person.page.set_viewport_size({"width": size[0], "height": size[1]})
    await person.agree()
    await expect(person.button("Start")).to_be_in_viewport(ratio=1)
    await person.page.get_by_text("Preferences · English", exact=True).click()
    await expect(person.button("Start")).to_be_in_viewport(ratio=1)


async def test_one_tap_drops_a_condition_that_nobody_meets(zufall: Installation, come: Come) -> None:
    person = await come(zufall.first)
    line = await tapped(person)
    await person.page.get_by_role("textbox", name="Interests").fill("chess, <b>cats</b>")
    await person.page.get_by_text("Preferences · English", exact=True).click()
    await person.page.get_by_role("checkbox", name="People from my country first").check()
    await person.start("Text")
    await line.find()
    line.searching(hint="interests:chess,<b>cats</b>", widens_in=30)
    await person.sees("Nobody here likes chess or <b>cats</b>")
    await person.sees("1 other person is waiting · The search widens in ")
    await person.press("Search without interests")
    await expect(person.button("Search without interests")).to_be_hidden()
    await expect(person.page.get_by_role("heading", name="Looking for someone")).to_be_focused()
    assert await line.find() == {"mode": "text", "languages": ["en"], "nearby": True, "once": True}
    line.searching(hint="something a newer gateway says", stage=2)
    await person.sees("Anyone you have not met yet")
    await person.press("Stop")
    await expect(person.button("Remove chess")).to_be_visible()
    await person.start("Text")
    assert (await line.find())["interests"] == ["chess", "<b>cats</b>"]


async def test_two_who_have_just_met_and_are_alone_hear_why_they_wait(
    zufall: Installation, come: Come
) -> None:
    people = [await come(zufall.first), await come(zufall.second)]
    for person in people:
        await person.agree()
        await person.start("Text")
    for person in people:
        await person.until("matched")
    for person in people:
        await person.press("Next")
    for person in people:
        await person.sees("Only someone you just met is here")
        await person.sees("1 other person is waiting · You can meet again in ")


async def test_a_wish_that_nobody_fits_is_explained_and_one_tap_leads_to_a_match(
    zufall: Installation, come: Come
) -> None:
    welsh, english = await come(zufall.first, locale="cy-GB"), await come(zufall.second)
    for person in (english, welsh):
        await person.agree()
    await english.start("Text")
    await english.sees("Nobody else is waiting right now")
    await welsh.page.get_by_text("Preferences · Welsh", exact=True).click()
    await welsh.page.get_by_role("checkbox", name="Only people who speak one of these").check()
    await welsh.start("Text")
    await welsh.sees("Nobody here speaks Welsh")
    await welsh.sees("1 other person is waiting")
    await welsh.press("Search in any language")
    for person in (english, welsh):
        await person.until("matched")
