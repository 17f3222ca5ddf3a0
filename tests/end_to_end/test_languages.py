"""The page loads one language, sets its direction, and lets the visitor choose another one."""

import json
import re

import pytest
from playwright.async_api import WebSocket, expect

from .conftest import Come
from .installation import Installation
from .layout import lost_at

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_arabic_runs_from_right_to_left_and_another_language_ends_no_call(
    zufall: Installation, come: Come
) -> None:
    visitor, other = await come(zufall.first, locale="ar-EG"), await come(zufall.second)
    page, html = visitor.page, visitor.page.locator("html")
    texts: list[str] = []
    hellos: list[str] = []

    def note(frame: str | bytes) -> None:
        if "hello" in str(frame):
            hellos.append(json.loads(frame)["locale"])

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", note)

    page.on("websocket", listen)
    page.on(
        "request", lambda request: texts.extend(re.findall(r"/assets/([a-z]{2})-[\w-]{8}\.js", request.url))
    )
    await visitor.open()
    await visitor.until("consent")
    await expect(html).to_have_attribute("lang", "ar")
    await expect(html).to_have_attribute("dir", "rtl")
    await page.locator("#agree").check()
    await page.locator("#consent [type=submit]").click()
    await visitor.until("idle")
    await page.locator("#setup [value=text]").check(force=True)
    await page.locator("#start").click()
    await other.agree()
    await other.start("Text")
    await visitor.until("matched")
    assert (set(texts), hellos) == ({"ar"}, ["ar"])
    stop, next_ = await page.locator("#stop").bounding_box(), await page.locator("#next").bounding_box()
    assert stop
    assert next_
    assert next_["x"] < stop["x"], "Next comes last, which is on the left"
    assert await page.locator(".next svg").evaluate("icon => getComputedStyle(icon).scale") == "-1 1"
    assert [*await lost_at(page, 390, 844), *await lost_at(page, 1280, 800)] == []
    message = page.locator("#message")
    await expect(message).to_have_css("direction", "rtl")  # its hint, whose dots are on the left
    await message.fill("Hello")
    await expect(message).to_have_css("direction", "ltr")
    await message.fill("")

    await page.locator("header button.settings").click()
    await page.locator("#page-language").select_option("de")
    await expect(page.locator("#page-language-later")).not_to_be_empty()
    await page.locator("#settings-close").click()
    await other.say("Still here?")
    await visitor.hears("Still here?")
    await page.locator("#stop").click()
    await expect(html).to_have_attribute("lang", "de")
    await expect(html).to_have_attribute("dir", "ltr")
    await visitor.until("idle")
    await page.goto(f"{zufall.first}/status")
    await visitor.sees("Die letzte Stunde")


async def test_a_visitor_can_choose_a_language_before_reading_the_rules(
    zufall: Installation, come: Come
) -> None:
    visitor = await come(zufall.shared)
    await visitor.open()
    await visitor.page.locator("#consent-language").select_option(label="Türkçe")
    await visitor.sees("Tesadüfen biriyle tanış")
    await visitor.page.locator("#consent-language").select_option(label="Tarayıcının dili")
    await visitor.sees("Meet someone by chance")
