"""Goes through every phase and dialog of the page. It uses ids alone, so it works in every language."""

from collections.abc import AsyncIterator

from playwright.async_api import expect

from .conftest import Come
from .installation import Installation
from .visitor import Mode, Visitor

_VALUES: dict[Mode, str] = {"Video": "video", "Audio": "audio", "Text": "text"}


async def tour(visitor: Visitor, zufall: Installation, come: Come) -> AsyncIterator[str]:
    """Yield the name of each stop, at which the page stands still. `visitor` is on its first page.

    They have a device that finds every picture indecent, as `flag_every_picture` makes one.
    """
    await visitor.prefer(curtain="always")
    await visitor.open()
    await visitor.until("consent")
    yield "consent"
    await visitor.page.locator("#agree").check()
    await visitor.page.locator("#consent [type=submit]").click()
    await visitor.until("idle")
    await expect(visitor.page.locator("#start")).to_be_enabled()
    await _wish_much(visitor)
    await visitor.page.context.set_offline(True)
    await expect(visitor.page.locator("#offline")).to_be_visible()
    yield "idle offline"
    await visitor.page.context.set_offline(False)
    await expect(visitor.page.locator("#offline")).to_be_hidden()
    async for stop in _dialog(visitor, "settings"):
        yield stop
    await _start(visitor, "Text")
    await expect(visitor.page.locator("#scene-more")).not_to_be_empty()
    yield "searching"
    other = await _somebody(zufall, come, "Text")
    await _until_heard(visitor, other)
    yield "matched text"
    await visitor.page.locator("#react").click()
    await expect(visitor.page.locator("#reactions")).to_be_visible()
    yield "reactions"
    await visitor.page.keyboard.press("Escape")
    await other.press("Add audio")
    await expect(visitor.page.locator(".mode-card")).to_be_visible()
    yield "asked for audio"
    await visitor.page.locator(".mode-card button").last.click()
    await visitor.page.locator("#report").click()
    yield "report"
    await visitor.page.locator("#report-cancel").click()
    await other.press("Next")
    await expect(visitor.page.locator("#over-text")).to_be_visible()
    yield "left"
    async for stop in _dialog(visitor, "recent"):
        yield stop
    await visitor.page.locator("#stop").click()
    await visitor.until("idle")
    await _start(visitor, "Audio")
    await _until_heard(visitor, await _somebody(zufall, come, "Audio"))
    yield "matched audio"
    await visitor.page.locator("#stop").click()
    await visitor.until("idle")
    await _start(visitor, "Video")
    other = await _somebody(zufall, come, "Video")
    async for stop in _seeing(visitor, other):
        yield stop
    await visitor.page.context.set_offline(True)
    await visitor.until("reconnecting")
    yield "reconnecting"
    await visitor.page.context.set_offline(False)
    visitor.forgive("ERR_INTERNET_DISCONNECTED")
    visitor.forgive("WebSocket connection")  # the page may give up a dial that began without a network
    visitor.forgive("403")  # what the page sends before it knows of the ban
    await zufall.ban(visitor.welcome["visitor"])
    await visitor.until("banned", grace=10)
    await expect(visitor.page.locator("#appeal-form")).to_be_visible()
    yield "banned"


async def _seeing(visitor: Visitor, other: Visitor) -> AsyncIterator[str]:
    """Go from two curtains and a held-back picture to the covered and then the visible stranger.

    By keyboard: the focus is never lost with the button that had it, and never on another.
    """
    await _until_heard(visitor, other)
    page = visitor.page
    await expect(page.locator("#check-held")).to_be_visible()
    await expect(page.locator("#lift")).to_be_visible()
    yield "curtains, and mine held back"
    await page.locator("#check-allow").press("Enter")
    await expect(page.locator("#message")).to_be_focused()
    await page.locator("#lift").press("Enter")
    await expect(page.locator("#lift")).to_be_hidden()
    await expect(page.locator("#message")).to_be_focused()
    yield "one curtain"
    await other.page.locator("#lift").click()
    await expect(page.locator("#check-cover")).to_be_visible()
    yield "covered"
    await page.locator("#check-show").press("Enter")
    await expect(page.locator("#message")).to_be_focused()


async def _somebody(zufall: Installation, come: Come, mode: Mode) -> Visitor:
    """Bring a new person with the same wish, because strangers who just parted do not meet again."""
    other = await come(zufall.second)
    await other.prefer(curtain="always", check=False)
    await other.agree()
    await other.start(mode)
    return other


async def _until_heard(visitor: Visitor, other: Visitor) -> None:
    await visitor.until("matched")
    await other.say("Hello")
    await visitor.hears("Hello")
    await visitor.page.locator("#message").fill("Hello")
    await visitor.page.locator("#message").press("Enter")
    await expect(visitor.page.locator("#lines [data-from=me]")).to_be_visible()


async def _wish_much(visitor: Visitor) -> None:
    page = visitor.page
    await page.locator("#interest").fill("chess,")
    await page.locator("#more summary").click()
    await page.locator("#country").select_option("AQ")


async def _dialog(visitor: Visitor, name: str) -> AsyncIterator[str]:
    await visitor.page.locator(f"button.{name}").filter(visible=True).click()
    await expect(visitor.page.locator(f"#{name}-dialog")).to_be_visible()
    yield name
    await visitor.page.locator(f"#{name}-close").click()


async def _start(visitor: Visitor, mode: Mode) -> None:
    await visitor.page.locator(f"#setup [value={_VALUES[mode]}]").check(force=True)
    await visitor.page.locator("#start").click()
