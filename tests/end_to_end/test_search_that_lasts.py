"""While nobody comes, there is something to see and to do, and another mode where people are."""

import re

import pytest
from playwright.async_api import expect

from ..timing import until
from .conftest import Come
from .installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_GROUND = """() => {
    const [mine, stage] = ["#self", "#stage"].map((it) => document.querySelector(it).getBoundingClientRect());
    const { readyState, paused } = document.querySelector("#local");
    const same = ["left", "top", "width", "height"].every((side) => Math.abs(mine[side] - stage[side]) < 1);
    return same && readyState >= 2 && !paused;
}"""
"""Says whether my own picture plays, and is as large as the stage."""


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
async def test_my_own_picture_is_the_ground_and_there_are_dice(
    zufall: Installation, come: Come, size: tuple[int, int]
) -> None:
    person = await come(zufall.first)
    await person.page.set_viewport_size({"width": size[0], "height": size[1]})
    await person.agree()
    await person.start()
    await person.until("searching")
    await person.page.wait_for_function(_GROUND)
    meanwhile = person.page.get_by_role("region", name="While you wait")
    await meanwhile.get_by_role("button", name="Roll the dice").click()
    await expect(meanwhile.get_by_role("status")).to_have_text(re.compile(r"^[1-6] and [1-6]$|a double!$"))
    await expect(meanwhile).to_contain_text("Doubles: ")


async def test_one_press_searches_where_people_are(zufall: Installation, come: Come) -> None:
    person, *writers = [await come(zufall.first), await come(zufall.first), await come(zufall.second)]
    for writer in writers:
        await writer.agree()
        await writer.start("Text")
    for writer in writers:
        await writer.until("matched")

    async def are_counted() -> bool:
        answer = await person.page.request.get(f"{zufall.first}/api/status?hour=no")
        return bool((await answer.json())["people"]["text"] == 2)

    await until(are_counted, pause=0.2)
    await person.agree()
    await person.start()
    await person.sees("People in Text right now: 2")
    await person.press("Search in Text")
    await expect(person.page.locator("html")).to_have_attribute("data-mode", "text")
    await expect(person.page.locator("#scene-title")).to_be_focused()
    await person.until("searching")
    await writers[0].press("Next")
    await person.until("matched")
