"""What catches the eye: the card of the wish, hints beside labels, a search by text, and notes in a call."""

import pytest
from playwright.async_api import ViewportSize, expect

from .axe import violations
from .conftest import Come
from .installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_SIZES: list[ViewportSize] = [
    {"width": width, "height": height}
    for width, height in ((1280, 800), (960, 600), (390, 844), (320, 568), (740, 360))
]
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
_LOOK = """selector => {
    const element = document.querySelector(selector);
    const { left, top, width, height } = element.getBoundingClientRect();
    const drawn = getComputedStyle(element, "::before").display !== "none";
    const { backgroundColor } = getComputedStyle(element);
    return [drawn && selector === "#stage" ? "the dark stage" : backgroundColor, left, top, width, height];
}"""
"""Says what is the ground of an element, and where it is."""
_SETTLED = """(of) => new Promise((done) => {
    const look = (frames) => {
        const found = of();
        if (found.length === 0 || frames === 0) done(found);
        else requestAnimationFrame(() => look(frames - 1));
    };
    requestAnimationFrame(() => look(60));
})"""
_COVERED = f"""text => {{
    const note = document.createElement("p");
    note.textContent = text;
    document.querySelector("#toasts").replaceChildren(note);
    const badge = document.querySelector("#quality");
    badge.textContent = "Sound only";
    badge.hidden = false;
    return ({_SETTLED})(() => {{
        const {{ left, top, right, bottom }} = note.getBoundingClientRect();
        const others = document.querySelectorAll("#self, .corner button, .views > *, #call-time, .bar, #say");
        const over = [...others].filter((other) => {{
            const box = other.getBoundingClientRect();
            const beside = box.right <= left || right <= box.left || box.bottom <= top || bottom <= box.top;
            return box.width > 1 && !beside;
        }}).map((other) => other.id || other.ariaLabel || other.className);
        const within = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
        return within && right - left >= 150 ? over : [...over, "no room for the note"];
    }});
}}"""
"""Shows a note and a word for the connection, and lists what the note covers when my picture has moved."""
_LONG_NOTE = "Your connection is weak. The stranger can hear you, and will see you again when it gets better."


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_search_by_text_is_on_the_card_of_the_conversation(
    zufall: Installation, come: Come, scheme: str
) -> None:
    one, other = await come(zufall.first, color_scheme=scheme), await come(zufall.second)
    await one.agree()
    await one.start("Text")
    await one.until("searching")
    await expect(one.page.get_by_role("region", name="While you wait")).to_be_visible()
    assert await violations(one.page) == []
    looks = {}
    for size in _SIZES[:-1]:  # in the last, a search pushes the page down
        await one.page.set_viewport_size(size)
        looks[size["width"]] = await one.page.evaluate(_LOOK, "#stage")
    await other.agree()
    await other.start("Text")
    await one.until("matched")
    for size in _SIZES[:-1]:
        await one.page.set_viewport_size(size)
        assert looks[size["width"]] == await one.page.evaluate(_LOOK, "#chat")


async def test_a_note_in_a_call_covers_neither_my_picture_nor_a_button(
    zufall: Installation, come: Come
) -> None:
    one, other = await come(zufall.first, has_touch=True), await come(zufall.second)
    await one.page.emulate_media(reduced_motion="reduce")  # so that my picture is at its place at once
    for person in (one, other):
        await person.prefer(curtain="off", check=False)
        await person.agree()
        await person.start()
    await one.sees_moving_pictures()
    await expect(one.page.locator("#call-time")).to_be_visible()
    covered: dict[str, list[str]] = {}
    for size in _SIZES:
        await one.page.set_viewport_size(size)
        for key in ("Up", "Left", "Down", "Right"):
            await one.page.get_by_role("button", name="Move my picture").press(f"Arrow{key}")
            found = await one.page.evaluate(_COVERED, _LONG_NOTE)
            if found:
                covered[f"{size['width']} {key}"] = found
    assert covered == {}
