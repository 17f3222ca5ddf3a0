"""The page keeps its other promises: consent, texts, keyboard, and a way without a camera."""

import re

import pytest
from playwright.async_api import Browser, Error, expect

from .conftest import Come
from .installation import Installation
from .layout import crowded_at

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_COUNT_CAMERA_REQUESTS = """
    window.cameraRequests = 0;
    const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (...wish) => {
        window.cameraRequests += 1;
        return getUserMedia(...wish);
    };
"""


async def test_consent_is_asked_once_and_only_given_with_the_box_ticked(
    zufall: Installation, come: Come
) -> None:
    visitor = await come(zufall.shared)
    await visitor.open()
    await visitor.until("consent")
    await visitor.press("Agree and continue")
    assert await visitor.phase() == "consent"
    await visitor.agree()
    await visitor.page.reload()
    await visitor.until("idle")


async def test_a_refused_camera_is_explained_and_writing_is_offered(
    zufall: Installation, come: Come, forbidding: Browser
) -> None:
    visitor, other = await come(zufall.first, forbidding), await come(zufall.second)
    await visitor.agree()
    await visitor.sees("Zufall is not allowed to use your camera and microphone.")
    await expect(visitor.button("Start")).to_be_disabled()
    await expect(visitor.button("Use audio")).to_be_visible()
    await visitor.press("Use text")
    await visitor.press("Start")
    await other.agree()
    await other.start("Text")
    await visitor.until("matched")
    await expect(visitor.page).to_have_title("● You met someone. Say hello!")
    await visitor.say("No camera, but words")
    await other.hears("No camera, but words")


async def test_a_missing_camera_is_explained_and_talking_is_offered(
    zufall: Installation, come: Come, without_camera: Browser
) -> None:
    visitor, other = await come(zufall.first, without_camera), await come(zufall.second)
    await visitor.agree()
    await visitor.sees("No camera was found.")
    await expect(visitor.button("Use text")).to_be_visible()
    await visitor.press("Go on without camera")
    await visitor.press("Start")
    await other.agree()
    await other.start("Audio")
    for one in (visitor, other):
        await one.hears_sound()


async def test_text_mode_never_asks_for_a_camera(zufall: Installation, come: Come) -> None:
    visitor, other = await come(zufall.first), await come(zufall.second)
    await visitor.agree()
    await visitor.page.get_by_role("radio", name="Text").check()
    await visitor.page.add_init_script(_COUNT_CAMERA_REQUESTS)
    await visitor.page.reload()
    await visitor.press("Start")
    await other.agree()
    await other.start("Text")
    await other.say("Hello")
    await visitor.hears("Hello")
    await expect(visitor.button("Camera")).to_be_hidden()
    assert await visitor.page.evaluate("window.cameraRequests") == 0


async def test_escape_is_next_and_closes_the_report_first(zufall: Installation, come: Come) -> None:
    visitor, other = await come(zufall.first), await come(zufall.second)
    for one in (visitor, other):
        await one.agree()
        await one.start("Text")
    await other.until("matched")
    assert await crowded_at(visitor.page, 320, 390, 480, 600) == []
    await visitor.press("Report")
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.page.get_by_role("dialog")).to_be_hidden()
    assert await visitor.phase() == "matched"
    message = visitor.page.get_by_role("textbox", name="Message", exact=True)
    await message.fill("my name is")
    await visitor.page.keyboard.press("Escape")
    await expect(message).to_have_value("")
    assert await visitor.phase() == "matched"
    await expect(visitor.button("Next")).to_be_enabled()
    await visitor.page.keyboard.press("Escape")
    await visitor.until("searching")
    await other.sees("The stranger left")


async def test_escape_clears_the_note_of_a_report_before_it_closes_the_dialog(
    zufall: Installation, come: Come
) -> None:
    visitor, other = await come(zufall.first), await come(zufall.second)
    for one in (visitor, other):
        await one.agree()
        await one.start("Text")
    await visitor.press("Report")
    dialog = visitor.page.get_by_role("dialog")
    note = dialog.get_by_role("textbox")
    await note.fill("they said")
    await visitor.page.keyboard.press("Escape")
    await expect(note).to_have_value("")
    await expect(dialog).to_be_visible()
    await visitor.page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    assert await visitor.phase() == "matched"


async def test_mute_and_camera_reach_the_stranger(zufall: Installation, come: Come) -> None:
    visitor, other = await come(zufall.first), await come(zufall.second)
    for one in (visitor, other):
        await one.prefer(curtain="off", check=False)
        await one.agree()
        await one.start()
    await other.sees_moving_pictures()
    await visitor.press("Camera")
    await visitor.sees("Your camera is off")
    await other.sees_black()
    await other.sees("The stranger's camera is off or covered")
    await visitor.press("Mute")
    await expect(visitor.button("Mute")).to_have_attribute("aria-pressed", "true")
    assert await crowded_at(visitor.page, 320, 375, 390, 1024) == []
    await visitor.press("Stop")
    await visitor.until("idle")
    await other.sees("The stranger left")


async def test_without_a_relay_the_page_says_once_that_strangers_see_the_address(
    zufall: Installation, come: Come
) -> None:
    visitor = await come(zufall.shared)
    await visitor.agree()
    notice = visitor.page.get_by_text("strangers can see your IP address")
    await expect(notice).to_be_visible()
    await expect(visitor.button("Start")).to_have_accessible_description(re.compile("IP address"))
    for mode, seen in (("Text", False), ("Audio", True)):
        await visitor.page.get_by_role("radio", name=mode).check()
        await expect(notice).to_be_visible(visible=seen)
    await visitor.page.reload()
    await expect(notice).to_be_visible()
    await visitor.start("Audio")
    await visitor.until("searching")
    await visitor.press("Stop")
    await visitor.until("idle")
    await expect(notice).to_be_hidden()
    await visitor.page.reload()
    await visitor.until("idle")
    await expect(notice).to_be_hidden()


async def test_a_german_browser_gets_a_german_page(zufall: Installation, come: Come) -> None:
    visitor = await come(zufall.shared, locale="de-AT")
    await visitor.open()
    await visitor.until("consent")
    await expect(visitor.page.locator("html")).to_have_attribute("lang", "de")
    await visitor.sees("Die Regeln")


async def test_no_text_becomes_markup_or_a_script(zufall: Installation, come: Come) -> None:
    visitor = await come(zufall.shared)
    visitor.forgive("Trusted")
    await visitor.open()
    await visitor.until("consent")
    for sink in (
        "document.body.innerHTML = '<p>text</p>'",
        "new Worker('/sw.js')",
        "navigator.serviceWorker.register('/sw.js')",
        "trustedTypes.createPolicy('other', {})",
        "trustedTypes.createPolicy('zufall', {})",
    ):
        with pytest.raises(Error, match="TypeError"):
            await visitor.page.evaluate(sink)
