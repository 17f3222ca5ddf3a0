"""Every phase of the page keeps WCAG 2.2 AA: rules, sizes, spacing, keyboard and screen readers."""

import calendar
from typing import Literal

import pytest
from playwright.async_api import Page, expect

from .axe import violations
from .classifiers import BLOCKED, flag_every_picture
from .conftest import Come
from .installation import Installation
from .layout import lost_at, lost_when_spaced
from .tour import tour
from .visitor import Visitor
from .words import plain_words, speak_strangely

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_SIZES = ((1280, 800), (390, 844), (640, 400), (320, 256))
"""A desktop, a phone, and the desktop at 200 % and 400 %."""
Scheme = Literal["light", "dark"]
_SCHEMES: tuple[tuple[Scheme, Scheme], ...] = ("light", "dark"), ("dark", "light")
"""The schemes of the desktop and of the phone, which change from stop to stop."""
_TO_THE_END = """() => {
    for (const element of document.querySelectorAll("*"))
        if (element === document.scrollingElement || /auto|scroll/.test(getComputedStyle(element).overflowY))
            element.scrollTo({ top: element.scrollHeight, behavior: "instant" });
}"""
"""Scrolls to the end, because axe cannot measure a box that the fixed button Start covers by half."""
_MONTHS = {calendar.month_name[month] for month in range(1, 13)}
_PLAIN = {
    "Zufall",
    "English",
    "Antarctica",
    "Hello",
    "chess",
    "sec",
    "at",
    "AM",
    "PM",
    "fake",
    "device",
} | _MONTHS
"""Texts that are no words of the page: names, chat, and times that the browser formats."""
_LISTEN = """addEventListener("DOMContentLoaded", () => {
    window.heard = [];
    const note = ({ target }) => target.textContent && window.heard.push(target.textContent);
    const hear = new MutationObserver((changes) => changes.forEach(note));
    for (const id of ["announcer", "toasts"])
        hear.observe(document.getElementById(id), { childList: true });
});"""
_LISTEN_TO_ALL = """addEventListener("DOMContentLoaded", () => {
    window.heard = [];
    const live = "[role=status], [role=log], [aria-live]";
    new MutationObserver((changes) => {
        for (const { target, addedNodes } of changes) {
            const voice = target.closest?.(live);
            if (!voice || voice.ariaLive === "off" || !voice.checkVisibility()) continue;
            const spoken = [...addedNodes].filter((node) => node.ariaLive !== "off");
            const said = spoken.map((node) => node.textContent).join("");
            if (said) window.heard.push(said);
        }
    }).observe(document.body, { childList: true, subtree: true });
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


async def test_every_phase_is_accessible_and_speaks_one_language(zufall: Installation, come: Come) -> None:
    visitor = await come(zufall.first, service_workers="block")
    await flag_every_picture(visitor.page)
    await speak_strangely(visitor.page)
    await visitor.page.emulate_media(reduced_motion="reduce")
    found: dict[str, list[str]] = {}
    async for stop in tour(visitor, zufall, come):
        found[stop] = [
            *[f"plain: {text}" for text in await plain_words(visitor.page, _PLAIN)],
            *await _broken_rules(visitor.page, *_SCHEMES[len(found) % 2]),
            *[what for size in _SIZES for what in await lost_at(visitor.page, *size)],
            *[what for size in _SIZES[:2] for what in await lost_when_spaced(visitor.page, *size)],
        ]
        await visitor.page.set_viewport_size({"width": 1280, "height": 800})
    visitor.forgive(BLOCKED)
    assert {stop: what for stop, what in found.items() if what} == {}
    assert len(found) == 16


async def _broken_rules(page: Page, *schemes: Scheme) -> list[str]:
    """Return the rules that the page breaks in the larger sizes, with one of the schemes in each."""
    found = []
    for (width, height), scheme in zip(_SIZES, schemes, strict=False):
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=scheme)
        await page.evaluate(_TO_THE_END)
        found += [f"{width} {scheme} {what}" for what in await violations(page)]
    return found


async def _tab_to(visitor: Visitor, name: str) -> None:
    """Press Tab until `name` has the focus, and check that each focus on the way can be seen."""
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
    other = await _somebody(zufall, come)
    await visitor.until("matched")
    await expect(visitor.page.locator("#message")).to_be_focused()
    await visitor.page.keyboard.type("Hello")
    await press("Enter")
    await visitor.sees("Hello")
    await _tab_to(visitor, "next")
    await expect(visitor.button("Next")).to_be_enabled()
    await press("Enter")
    await visitor.until("searching")
    await other.press("Stop")  # or they might meet who comes now
    await _somebody(zufall, come)
    await visitor.until("matched")
    await _tab_to(visitor, "report")
    await press("Enter")
    await expect(visitor.page.locator("#report-title")).to_be_focused()
    await press("Tab")
    await press("Tab")  # past the note
    await expect(visitor.button("Nudity or sex")).to_be_focused()
    await press("Enter")
    await visitor.until("searching")
    await visitor.has_been_told("Your report has arrived")
    await _tab_to(visitor, "stop")
    await press("Enter")
    await visitor.until("idle")
    await expect(visitor.page.locator("#idle-title")).to_be_focused()
    met = ["Looking for someone…", "You both speak English"]
    heard = await visitor.page.evaluate("window.heard")
    assert heard[:5] == [*met, *met, "Looking for someone…"]
    assert heard[5].startswith("Thank you. Your report has arrived")


async def test_in_a_call_by_video_one_voice_speaks_and_no_key_press_loses_the_focus(
    zufall: Installation, come: Come
) -> None:
    people = visitor, _ = await come(zufall.first), await come(zufall.second)
    page = visitor.page
    await page.add_init_script(_LISTEN_TO_ALL)
    for person in people:
        await person.prefer(curtain="always", check=False)
        await person.agree()
        await person.start()
    await visitor.until("matched")
    await expect(page.locator("#message")).to_be_focused()
    order = []
    while "next" not in order:
        await page.keyboard.press("Tab")
        order.append(await page.evaluate("document.activeElement.id || document.activeElement.title"))
    assert order == ["react", "Send", "lift", "report", "stop", "mute", "camera", "chat-toggle", "next"]
    await expect(page.locator("#quality")).not_to_be_empty()
    unchecked = "Pictures are not checked. You switched this off in the settings."
    curtains = "You both start blurred, until you are both ready. You can already talk."
    await visitor.has_been_told(unchecked)
    heard = await page.evaluate("window.heard")
    assert [curtains in said for said in heard].count(True) == 1
    assert not {"Connecting…", "You both speak English"} & set(heard)
    assert heard[heard.index(f"You both speak English. {curtains}") :] == [
        f"You both speak English. {curtains}",
        unchecked,
    ]
    await page.locator("#react").press("Enter")
    await expect(page.locator("#reactions button").first).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("#react")).to_be_focused()
    await page.locator("#chat-toggle").press("Enter")
    await page.locator("#lift").press("Enter")
    await expect(page.locator("#stage")).to_be_focused()  # there is no message to write now
    await visitor.has_been_told("Waiting until they are ready to be seen")
    await people[1].press("Show me now")
    await expect(page.locator("#curtain")).to_be_hidden()
    await visitor.has_been_told("You can see each other now.")
    heard = await page.evaluate("window.heard")
    assert heard[heard.index(unchecked) + 1 :] == [
        "Waiting until they are ready to be seen. You can already talk.",
        "You can see each other now.",
    ]
    assert await visitor.phase() == "matched"


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
    icons = [await visitor.button(name).evaluate(style, "color") for name in ("Mute", "Camera")]
    text = await visitor.page.locator("body").evaluate(style, "color")
    assert icons == [text, text], "the icon of what is off has the colour of its ground"
