"""WCAG 2.2 AA in every phase of the page: by rules, at any size and spacing, by keyboard, and for the ear."""

import calendar

import pytest
from playwright.async_api import Page, expect

from .axe import violations
from .conftest import Come
from .installation import Installation
from .layout import lost_at, lost_when_spaced
from .tour import tour
from .visitor import Visitor
from .words import plain_words, speak_strangely

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_SIZES = ((1280, 800), (390, 844), (640, 400), (320, 256))
"""A desktop, a phone, and the desktop at 200 % and 400 %."""
_MONTHS = {calendar.month_name[month] for month in range(1, 13)}
_PLAIN = {
    "Zufall",
    "English",
    "Antarctica",
    "Hello",
    "chess",
    "this",
    "minute",
    "sec",
    "at",
    "AM",
    "PM",
} | _MONTHS
"""Names, what people wrote, and what the browser itself says of times."""
_LISTEN = """addEventListener("DOMContentLoaded", () => {
    window.heard = [];
    const note = ({ target }) => target.textContent && window.heard.push(target.textContent);
    const hear = new MutationObserver((changes) => changes.forEach(note));
    for (const id of ["announcer", "toasts"])
        hear.observe(document.getElementById(id), { childList: true });
});"""
_FOCUS = """() => {
    const focused = document.activeElement;
    const { left, top, width, height } = focused.getBoundingClientRect();
    const above = document.elementFromPoint(left + width / 2, top + height / 2);
    const ringed = focused.matches("[type=radio]") ? focused.parentElement : focused;
    const ring = getComputedStyle(ringed).outlineStyle;
    const inSight = above !== null && (focused.contains(above) || above.contains(focused));
    return { id: focused.id, seen: ring !== "none" && inSight };
}"""


@pytest.mark.timeout(300)  # twelve stops, at each of which axe looks through the whole page four times
async def test_every_phase_is_accessible_and_speaks_one_language(zufall: Installation, come: Come) -> None:
    visitor = await come(zufall.first)
    await speak_strangely(visitor.page)
    await visitor.page.emulate_media(reduced_motion="reduce")
    found = {}
    async for stop in tour(visitor, zufall, come):
        found[stop] = [
            *[f"plain: {text}" for text in await plain_words(visitor.page, _PLAIN)],
            *await _broken_rules(visitor.page),
            *[what for size in _SIZES for what in await lost_at(visitor.page, *size)],
            *[what for size in _SIZES[:2] for what in await lost_when_spaced(visitor.page, *size)],
        ]
        await visitor.page.set_viewport_size({"width": 1280, "height": 800})
    assert {stop: what for stop, what in found.items() if what} == {}
    assert len(found) == 12


async def _broken_rules(page: Page) -> list[str]:
    """All rules once for each size, and those of colours for the other scheme, too."""
    found = []
    for (width, height), scheme, other in ((*_SIZES[0],), "light", "dark"), ((*_SIZES[1],), "dark", "light"):
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
        found += [f"{width} {scheme} {what}" for what in await violations(page)]
        await page.emulate_media(color_scheme=other)  # type: ignore[arg-type]
        found += [f"{width} {other} {what}" for what in await violations(page, "color-contrast")]
    return found


async def _tab_to(visitor: Visitor, name: str) -> None:
    """Tab until `name` has the focus, which can be seen wherever it is on the way."""
    for _ in range(40):
        await visitor.page.keyboard.press("Tab")
        focus = await visitor.page.evaluate(_FOCUS)
        if focus["id"] not in ("", "lines"):
            assert focus["seen"], f"nobody sees the focus on {focus['id']}"
        if focus["id"] == name:
            return
    raise AssertionError(f"the keyboard does not reach {name}")


async def _somebody(zufall: Installation, come: Come) -> Visitor:
    other = await come(zufall.second)
    await other.agree()
    await other.start("Text")
    return other


async def test_without_a_mouse_from_the_consent_to_the_end_and_what_is_heard(
    zufall: Installation, come: Come
) -> None:
    visitor = await come(zufall.first)
    press = visitor.page.keyboard.press
    await visitor.page.add_init_script(_LISTEN)
    await visitor.open()
    await visitor.until("consent")
    await _tab_to(visitor, "agree")
    await press("Space")
    await press("Enter")
    await visitor.until("idle")
    await expect(visitor.page.locator("#idle-title")).to_be_focused()
    await press("Tab")
    await press("ArrowLeft")  # from the first way of talking round to the last: writing
    await expect(visitor.page.locator("html")).to_have_attribute("data-mode", "text")
    await _tab_to(visitor, "start")
    await press("Enter")
    await visitor.until("searching")
    await expect(visitor.page.locator("#scene-title")).to_be_focused()
    await _somebody(zufall, come)
    await visitor.until("matched")
    await expect(visitor.page.locator("#message")).to_be_focused()
    await visitor.page.keyboard.type("Hello")
    await press("Enter")
    await visitor.sees("Hello")
    await _tab_to(visitor, "next")
    await press("Enter")
    await visitor.until("searching")
    await _somebody(zufall, come)
    await visitor.until("matched")
    await _tab_to(visitor, "report")
    await press("Enter")
    await expect(visitor.button("Nudity or sex")).to_be_focused()
    await press("Enter")
    await visitor.until("searching")
    await visitor.sees("The report has arrived")
    await _tab_to(visitor, "stop")
    await press("Enter")
    await visitor.until("idle")
    await expect(visitor.page.locator("#idle-title")).to_be_focused()
    met = ["Looking for someone …", "You both speak English"]
    heard = await visitor.page.evaluate("window.heard")
    assert heard[:5] == [*met, *met, "Looking for someone …"]
    assert heard[5].startswith("Thank you. The report has arrived")


async def test_forced_colours_still_tell_what_is_on_and_what_is_off(zufall: Installation, come: Come) -> None:
    visitor = await come(zufall.first)
    await visitor.page.emulate_media(forced_colors="active", color_scheme="dark")
    await visitor.agree()
    style = "(element, name) => getComputedStyle(element)[name]"
    modes = visitor.page.locator(".modes label")
    assert [await mode.evaluate(style, "outlineStyle") for mode in await modes.all()] == [
        "solid",
        "none",
        "none",
    ]
    await visitor.press("Mute")
    looks = [await visitor.button(name).evaluate(style, "borderTopStyle") for name in ("Mute", "Camera")]
    assert looks == ["dashed", "solid"]
    await expect(visitor.button("Mute").locator(".strike")).to_be_visible()
