"""One visit through every phase, with a picture of each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, Playwright, expect

from ..browsers import WITH_CAMERA, launch
from ..classifiers import flag_every_picture
from ..installation import Installation
from ..scripted_speech import RECOGNISER, TRANSLATOR, equip, speak
from ..test_games import begin, draw
from ..visitor import Mode, Visitor

Scheme = Literal["light", "dark"]

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
_NAME_CAMERA = """
    const named = { get: function () { return this.kind === "videoinput" ? "HD Camera" : "Microphone"; } };
    Object.defineProperty(MediaDeviceInfo.prototype, "label", named);
"""
"""Renames the camera, because Chromium names it after the path of its film."""

_SAID, _TRANSLATED = "Ich male am liebsten Häuser, und du?", "I like painting houses best, and you?"
_UNDERSTANDS = f"""
    window.pairs["de en"] = "available";
    window.Translator.prototype.translate = async () => "{_TRANSLATED}";
"""
_ROOF = (0.3, 0.9), (0.3, 0.5), (0.5, 0.3), (0.7, 0.5), (0.7, 0.9), (0.3, 0.9)
_SUN = (0.82, 0.12), (0.9, 0.2), (0.82, 0.28), (0.74, 0.2), (0.82, 0.12)


class Tour:
    def __init__(self, zufall: Installation, size: str, scheme: Scheme, folder: Path) -> None:
        self._zufall = zufall
        self._size = size
        self._scheme = scheme
        self._folder = folder
        self._taken: dict[str, Path] = {}

    async def go(self, playwright: Playwright, films: tuple[Path, Path]) -> dict[str, Path]:
        """Return the picture of each phase. `films` are those of the visitor's and the strangers' cameras."""
        async with _browser(playwright, films[0]) as mine, _browser(playwright, films[1]) as theirs:
            visitor = await self._person(mine)
            await visitor.prefer(curtain="always")
            await self._alone(visitor)
            await self._by_video(visitor, await self._person(theirs))
            for mode in ("Audio", "Text"):
                await self._otherwise(visitor, await self._person(theirs), mode)
            await self._together(await self._person(mine), await self._person(theirs))
            await self._at_the_end(visitor)
            await self._covered(await self._person(mine, service_workers="block"), await self._person(theirs))
            await self._in_arabic(await self._person(mine, locale="ar"), await self._person(theirs))
        return self._taken

    async def _alone(self, visitor: Visitor) -> None:
        await visitor.open()
        await visitor.until("consent")
        await self._take("consent", visitor)
        await visitor.agree()
        await _wish(visitor)
        await visitor.page.wait_for_function("() => document.querySelector('#local').currentTime > 0")
        await self._take("idle", visitor)
        await visitor.press("Settings")
        await expect(visitor.page.get_by_role("dialog")).to_be_visible()
        await self._take("settings", visitor)
        await visitor.press("Close")
        await visitor.start()
        await visitor.sees("Nobody else is waiting")
        await self._take("searching", visitor)

    async def _by_video(self, visitor: Visitor, stranger: Visitor) -> None:
        await stranger.prefer(curtain="always")
        await _come(stranger, "Video")
        await visitor.sees_moving_pictures()
        await self._take("curtain", visitor)
        for one in (visitor, stranger):
            await one.press("Show me now")
        await visitor.page.wait_for_function("() => document.querySelector('#remote').videoWidth >= 480")
        await _talk(visitor, stranger)
        await self._take("video", visitor)
        await visitor.press("Report")
        await self._take("report", visitor)
        await visitor.press("Cancel")
        await visitor.page.context.set_offline(True)
        await visitor.until("reconnecting")
        await expect(visitor.page.locator(".scene")).to_have_css("opacity", "1")
        await self._take("reconnecting", visitor)
        await visitor.page.context.set_offline(False)
        await visitor.until("matched")
        await visitor.press("Next")
        await visitor.until("searching")
        await visitor.sees("Only someone you just met is here")
        await self._take("left", visitor)
        await visitor.page.locator("button.recent").filter(visible=True).click()
        await self._take("recent", visitor)
        await visitor.press("Close")
        await visitor.press("Stop")
        await stranger.page.close()

    async def _together(self, visitor: Visitor, stranger: Visitor) -> None:
        """Show two who draw, and captions in another language, with a scripted recogniser and translator."""
        await equip(stranger.page, RECOGNISER, "window.packs['de-DE'] = 'available'")
        await speak(stranger.page, "de-DE", "de")
        await equip(visitor.page, TRANSLATOR, _UNDERSTANDS)
        for one in (visitor, stranger):
            await one.prefer(curtain="off")
            await _come(one, "Video")
        await expect(visitor.page.locator("#stage")).to_have_attribute("data-shows", "clear")
        for one, name in ((stranger, "Write down what I say"), (visitor, "Captions"), (visitor, "Translate")):
            await one.press("Captions and translation")
            await one.press(name)
            await one.press("Close")
        await stranger.page.evaluate("said => window.hear(said, true)", _SAID)
        await visitor.sees(_TRANSLATED)
        await self._take("captions", visitor)
        await begin(visitor, stranger, "Draw together")
        await draw(visitor, *_ROOF)
        await draw(stranger, *_SUN)
        await stranger.sees("1 stroke is yours.")
        await visitor.sees("1 stroke is yours.")
        await self._take("drawing", visitor)
        for one in (visitor, stranger):
            await one.page.close()

    async def _otherwise(self, visitor: Visitor, stranger: Visitor, mode: Mode) -> None:
        await visitor.start(mode)
        await _come(stranger, mode)
        await _talk(visitor, stranger)
        await self._take(mode.lower(), visitor)
        await visitor.press("Stop")
        await stranger.page.close()

    async def _at_the_end(self, visitor: Visitor) -> None:
        banned = visitor.welcome["visitor"]
        self._zufall.command("moderator", "ban", banned, "--for", "1h", "--rule", "harassment")
        await visitor.until("banned")
        await self._take("banned", visitor)

    async def _covered(self, visitor: Visitor, stranger: Visitor) -> None:
        """Show a covered picture, with a classifier that finds everything indecent."""
        await flag_every_picture(visitor.page)
        for one in (visitor, stranger):
            await one.prefer(curtain="off", check=one is visitor)
            await _come(one, "Video")
        await expect(visitor.page.locator("#self")).to_have_attribute("data-held", "true")
        # Who shows only squares may get no clear picture to check. A phone asks first about theirs.
        await visitor.page.locator("#check-allow").dispatch_event("click")
        await expect(visitor.button("Report and go on")).to_be_visible()
        await self._take("covered", visitor)
        for one in (visitor, stranger):
            await one.page.close()

    async def _in_arabic(self, visitor: Visitor, stranger: Visitor) -> None:
        page = visitor.page
        await visitor.prefer(curtain="off")
        await visitor.open()
        await page.locator("#agree").check()
        await page.locator("#consent [type=submit]").click()
        await page.locator("#start").click()
        await stranger.prefer(curtain="off", check=False)
        await _come(stranger, "Video")
        await expect(page.locator("#stage")).to_have_attribute("data-shows", "clear")
        await expect(page.locator("#remote")).to_have_css("filter", "none")  # it becomes clear softly
        await self._take("arabic", visitor)

    async def _take(self, phase: str, visitor: Visitor) -> None:
        path = self._folder / f"{phase}.png"
        await visitor.page.screenshot(path=path)
        self._taken[phase] = path

    async def _person(self, browser: Browser, locale: str = "en-US", **how: Any) -> Visitor:
        width, height = SIZES[self._size]
        phone = self._size == "phone"
        context = await browser.new_context(
            locale=locale,
            viewport={"width": width, "height": height},
            color_scheme=self._scheme,
            is_mobile=phone,
            has_touch=phone,
            **how,
        )
        await context.add_init_script(_NAME_CAMERA)
        return Visitor(await context.new_page(), self._zufall.shared)


@asynccontextmanager
async def _browser(playwright: Playwright, film: Path) -> AsyncIterator[Browser]:
    browser = await launch(playwright, *WITH_CAMERA, f"--use-file-for-fake-video-capture={film}")
    yield browser
    await browser.close()


async def _wish(person: Visitor) -> None:
    await person.page.get_by_label("Interests", exact=True).fill("hiking, music,")


async def _come(person: Visitor, mode: Mode) -> None:
    await person.agree()
    await _wish(person)
    await person.start(mode)


async def _talk(visitor: Visitor, stranger: Visitor) -> None:
    lines = (
        (stranger, "Hi! Where are you?"),
        (visitor, "Lisbon, on a very small balcony. You?"),
        (stranger, "Kassel, in a kitchen"),
        (visitor, "What are you listening to?"),
    )
    for one in (visitor, stranger):
        await one.until("matched")
        if await one.page.get_by_role("textbox", name="Message", exact=True).is_hidden():
            await one.press("Chat")
    for speaker, line in lines:
        await speaker.say(line)
        await expect(visitor.page.get_by_role("log").get_by_text(line)).to_be_visible()
