"""Camera and microphone: what is wrong with them is named, what is off is off, and both sides are told."""

import re

import pytest
from playwright.async_api import expect

from .conftest import Come
from .installation import Installation
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_ALLOWED = ["camera", "microphone"]
_NO_SOUND = """
    window.refusal = "REFUSAL";
    const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        if (wanted.audio && window.refusal === "TypeError") throw new TypeError("no reason");
        if (wanted.audio && window.refusal) throw new DOMException("denied by system", window.refusal);
        return getUserMedia(wanted);
    };
"""
"""Refuses the microphone as a system does that the browser itself has no permission of."""
_CAMERA = "document.querySelector('#local').srcObject.getVideoTracks()[0]"


async def _without_sound(visitor: Visitor, refusal: str) -> None:
    await visitor.page.add_init_script(_NO_SOUND.replace("REFUSAL", refusal))
    await visitor.agree()


async def _meet(*people: Visitor) -> None:
    for one in people:
        await one.prefer(curtain="off", check=False)
        await one.agree()
        await one.start()
    for one in people:
        await one.sees_moving_pictures()


async def test_a_blocked_microphone_is_named_and_the_picture_goes_on_without_it(
    zufall: Installation, come: Come
) -> None:
    visitor, other = await come(zufall.first, permissions=_ALLOWED), await come(zufall.second)
    await _without_sound(visitor, "NotAllowedError")
    await visitor.sees("Zufall is not allowed to use your microphone.")
    await visitor.has_been_told("Zufall is not allowed to use your microphone.")
    await expect(visitor.button("Start")).to_be_disabled()
    await visitor.press("Go on without microphone")
    await visitor.sees("No microphone: you will not be heard.")
    await visitor.start()
    await other.agree()
    await other.start()
    await other.sees_moving_pictures()
    await other.sees("The stranger's microphone is off.")


async def test_an_error_that_no_page_knows_is_no_dead_end(zufall: Installation, come: Come) -> None:
    visitor = await come(zufall.shared)
    await _without_sound(visitor, "TypeError")
    await visitor.sees("Your microphone could not be started.")
    await expect(visitor.button("Use text")).to_be_visible()
    await visitor.page.evaluate("window.refusal = ''")
    await visitor.press("Try again")
    await expect(visitor.button("Start")).to_be_enabled()


async def test_a_camera_that_is_off_stops_and_comes_back_without_a_question(
    zufall: Installation, come: Come
) -> None:
    visitor, other = await come(zufall.first, permissions=_ALLOWED), await come(zufall.second)
    await _meet(visitor, other)
    await visitor.page.evaluate(f"window.camera = {_CAMERA}")
    await visitor.press("Camera")
    await visitor.page.wait_for_function("() => window.camera.readyState === 'ended'")
    await visitor.sees("Your camera is off")
    await other.sees_black()
    await other.sees("The stranger's camera is off or covered")
    await visitor.press("Camera")
    await other.sees_light()
    await expect(other.page.get_by_text("The stranger's camera is off or covered")).to_be_hidden()
    assert await visitor.page.evaluate(f"{_CAMERA}.label === window.camera.label")


async def test_a_muted_stranger_is_told_and_a_loud_one_can_be_muted_by_keyboard(
    zufall: Installation, come: Come
) -> None:
    visitor, other = await come(zufall.first), await come(zufall.second)
    await _meet(visitor, other)
    await visitor.press("Mute")
    await other.sees("The stranger's microphone is off.")
    await visitor.press("Mute")
    await expect(other.page.get_by_text("The stranger's microphone is off.")).to_be_hidden()

    muted = "document.querySelector('#remote').muted"
    mute = other.button("Mute the stranger")
    await mute.press("Enter")
    assert await other.page.evaluate(muted)
    await expect(mute).to_have_attribute("aria-pressed", "true")
    await other.page.keyboard.press("Tab")
    await other.page.keyboard.press("ArrowLeft")
    volume = other.page.get_by_role("slider", name="Volume of the stranger")
    await expect(volume).to_be_focused()
    assert await other.page.evaluate("document.querySelector('#remote').volume") == pytest.approx(0.95)
    assert not await other.page.evaluate(muted), "who changes the volume wants to hear"
    await mute.press("Enter")
    await other.press("Next")
    await visitor.press("Go back")
    await other.press("Yes")
    await other.until("matched")
    await expect(mute).to_have_attribute("aria-pressed", "false")  # with each stranger


async def test_before_start_one_sentence_each_says_what_works(zufall: Installation, come: Come) -> None:
    visitor = await come(zufall.shared)
    await visitor.agree()
    lines = visitor.page.get_by_role("list", name="Before you start").get_by_role("listitem")
    await expect(lines).to_have_text(
        [
            "Your camera works.",
            re.compile("Your microphone works."),
            re.compile("You are connected. Calls go directly"),
        ]
    )
    await visitor.press("Camera")
    await visitor.press("Mute")
    await expect(lines).to_have_text(
        ["Your camera is off", re.compile("Your microphone is muted."), re.compile("You are connected.")]
    )
    await visitor.page.get_by_role("radio", name="Text").check()
    await expect(lines).to_have_text(["You are connected."])
