"""The stage: the first clear picture comes soon, no button jumps, and nothing on it is black."""

import asyncio
import io
import re

import pytest
from PIL import Image
from playwright.async_api import FloatRect, Page, expect

from ..timing import scaled
from .classifiers import BLOCKED, pretend_quick_device
from .conftest import Come
from .installation import Installation
from .layout import lost_at
from .stopwatch import STOPWATCH, time_to_clear
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CLEAR = 2.5
"""Seconds from `matched` to a clear picture at most, in the first meeting and on two busy cores."""

_READY = "Your picture is ready"
_LIGHTEST_GROUND = 225
"""The page is lighter than this, a white picture too, and what shines through from the dark stage is not."""
_WHITE = """selector => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`${selector} { filter: brightness(0) invert(1) !important; }`);
    document.adoptedStyleSheets = [sheet];
}"""
"""Makes a picture all white."""
_BUTTONS = """word => {
    const badge = document.querySelector("#quality");
    badge.textContent = word;
    badge.hidden = !word;
    return ["picture", "full"].map(id => {
        const { left, top } = document.getElementById(id).getBoundingClientRect();
        return [Math.round(left), Math.round(top)];
    });
}"""
"""Shows a word for the connection, and returns where the buttons beside it are."""
_OFF_CENTRE = """() => {
    const middle = (box) => [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const place = document.querySelector("#stage").getBoundingClientRect();
    const [x, y] = middle(document.querySelector("#hint").getBoundingClientRect());
    const [centreX, centreY] = middle(place);
    return [Math.abs(x - centreX) / place.width, Math.abs(y - centreY) / place.height];
}"""
_SIZES = ((1280, 800), (390, 844), (844, 390))
_LOW = ((568, 320), (640, 400), (667, 375), (760, 360))
"""Phones on their side, and the desktop at 200 %."""


async def test_the_first_picture_is_clear_soon_because_the_check_was_ready(
    zufall: Installation, come: Come
) -> None:
    """Both sides use the real classifier, and wait for nothing but the words that their picture is ready."""
    people = [await come(origin, service_workers="block") for origin in (zufall.first, zufall.second)]
    for person in people:
        await pretend_quick_device(person.page)
        await person.page.add_init_script(STOPWATCH)
        await person.agree()
    for person in people:
        await person.sees(_READY)
    assert [what for size in (*_SIZES, (320, 256)) for what in await lost_at(people[0].page, *size)] == []
    await asyncio.gather(*(person.start() for person in people))
    times = await asyncio.gather(*map(time_to_clear, people))
    assert max(times) < 1000 * scaled(CLEAR), times
    for person in people:
        person.forgive(BLOCKED)


async def test_a_camera_that_is_off_shows_a_face_and_no_word_moves_a_button(
    zufall: Installation, come: Come
) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    for person in (one, other):
        await person.prefer(curtain="off", check=False)
        await person.agree()
        await person.start()
    await one.sees_moving_pictures()
    await expect(one.page.locator("#stage")).to_have_attribute("data-shows", "clear")
    await _no_word_moves_a_button(one.page)
    await _no_word_lies_behind_a_button(one.page)

    await other.press("Camera")
    await other.sees("Your camera is off")
    assert await other.page.locator("#self-off .mark").is_visible()
    await one.sees("The stranger's camera is off or covered")
    await expect(one.page.locator("#remote")).to_have_css("opacity", "0")
    await expect(one.page.locator("#avatar")).to_have_css("visibility", "visible")
    for person in (one, other):
        await expect(person.page.locator("#toasts p")).to_have_count(0)  # they lie over what is there
    for width, height in _SIZES[:2]:
        await one.page.set_viewport_size({"width": width, "height": height})
        aside, above = await one.page.evaluate(_OFF_CENTRE)
        assert (aside < 0.02, above < 0.3) == (True, True), (width, aside, above)
        assert [what for page in (one.page, other.page) for what in await lost_at(page, width, height)] == []
    await other.press("Camera")
    await expect(one.page.locator("#remote")).to_have_css("opacity", "1")


async def test_a_bright_picture_has_no_dark_edge(zufall: Installation, come: Come) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    for person in (one, other):
        await person.prefer(curtain="off", check=False)
        await person.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        await person.agree()
    await one.page.evaluate(_WHITE, "#local")
    assert await _darkest_at_a_corner(one) > _LIGHTEST_GROUND
    await asyncio.gather(one.start(), other.start())
    await one.sees_moving_pictures()
    await expect(one.page.locator("#stage")).to_have_attribute("data-shows", "clear")
    await expect(one.page.locator("#remote")).to_have_class(re.compile("fill"))
    await one.page.evaluate(_WHITE, "#remote")
    assert await _darkest_at_a_corner(one) > _LIGHTEST_GROUND


async def _no_word_moves_a_button(page: Page) -> None:
    for width, height in _SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        places = [await page.evaluate(_BUTTONS, word) for word in ("", "Fair", "Sound only")]
        assert places == [places[0]] * len(places), (width, places)


async def _no_word_lies_behind_a_button(page: Page) -> None:
    for width, height in _LOW:
        await page.set_viewport_size({"width": width, "height": height})
        for word in ("Fair", "Только звук", "Yalnızca ses"):
            await page.evaluate(_BUTTONS, word)
            assert await lost_at(page, width, height) == [], word


async def _darkest_at_a_corner(person: Visitor) -> int:
    """Return the darkest value of the lower left corner of the stage, where nothing is on the picture."""
    box = await person.page.locator("#stage").bounding_box()
    assert box is not None
    side = 24
    corner = FloatRect(x=box["x"] - 2, y=box["y"] + box["height"] - side, width=side + 2, height=side + 2)
    picture = Image.open(io.BytesIO(await person.page.screenshot(clip=corner)))
    return min(picture.convert("L").tobytes())
