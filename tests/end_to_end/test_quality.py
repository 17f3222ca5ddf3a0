"""Devices change during a call, a word shows the connection's quality, and videos have other views."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, expect

from .browsers import launch
from .conftest import Come
from .installation import Installation
from .layout import crowded_at
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_RECORD = """
    window.descriptions = 0;
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (frame) {
        if (String(frame).includes('"type":"description"')) window.descriptions += 1;
        return send.call(this, frame);
    };
    const { mediaDevices } = navigator;
    const [ask, list] = [mediaDevices.getUserMedia, mediaDevices.enumerateDevices];
    window.asked = [];
    window.most = window.asking = 0;
    mediaDevices.getUserMedia = async (wanted) => {
        window.asked.push(JSON.stringify(wanted));
        window.most = Math.max(window.most, ++window.asking);
        if (window.gone && wanted.video) {
            const here = (await mediaDevices.enumerateDevices()).find(({ kind }) => kind === "videoinput");
            const deviceId = { exact: here?.deviceId ?? "none is left" };
            wanted = { ...wanted, video: { ...wanted.video, deviceId } };
        }
        return ask.call(mediaDevices, wanted).finally(() => { window.asking -= 1; });
    };
    window.gone = "";
    mediaDevices.enumerateDevices = async () => {
        // The second one of Chromium's takes pictures of depth, which it does not send.
        const gone = ["fake_device_1", ...(window.gone ? [window.gone] : [])];
        const isGone = ({ label }) => gone.some(one => label.startsWith(one));
        return (await list.call(mediaDevices)).filter(device => !isGone(device));
    };
"""
_TRACKS = "(document.querySelector('#local')?.srcObject?.getTracks() ?? [])"
_CAMERA = f"{_TRACKS}.find(({{ kind }}) => kind === 'video')"
_BESIDE_THE_CHAT = """() => {
    const chat = document.querySelector("#chat").getBoundingClientRect().width;
    return { x: 0, y: 0, width: innerWidth - chat, height: innerHeight };
}"""
_NOW_RUNS = f"label => {_CAMERA}?.label === label && {_CAMERA}.readyState === 'live'"


@pytest_asyncio.fixture(loop_scope="session")
async def two_cameras(playwright: Playwright) -> AsyncIterator[Browser]:
    devices = "--use-fake-device-for-media-stream=device-count=3"
    browser = await launch(playwright, devices, "--use-fake-ui-for-media-stream")
    yield browser
    await browser.close()


async def _call(zufall: Installation, come: Come, browser: Browser) -> tuple[Visitor, Visitor]:
    one, other = await come(zufall.first, browser), await come(zufall.second, browser)
    for each in (one, other):
        await each.page.add_init_script(_RECORD)
        await each.prefer(curtain="off", check=False)
        await each.agree()
        await each.start()
    for each in (one, other):
        await each.sees_moving_pictures()
    return one, other


async def _now_runs(visitor: Visitor, label: str) -> None:
    await visitor.page.wait_for_function(_NOW_RUNS, arg=label)


async def _unplug(visitor: Visitor, label: str) -> None:
    """Remove the devices whose names begin with `label`, and end their track, as a browser does."""
    await visitor.page.evaluate(
        f"""label => {{
            window.gone = label;
            const track = {_CAMERA};
            const ends = label && track?.label.startsWith(label);
            if (ends) {{ track.stop(); track.dispatchEvent(new Event("ended")); }}
            navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
        }}""",
        label,
    )


async def test_devices_change_and_go_away_while_the_call_goes_on(
    zufall: Installation, come: Come, two_cameras: Browser
) -> None:
    one, other = await _call(zufall, come, two_cameras)
    before = [await each.page.evaluate("window.descriptions") for each in (one, other)]
    await one.press("Mute")

    await _now_runs(one, "fake_device_0")
    await one.press("Other camera")
    await _now_runs(one, "fake_device_2")
    await other.sees_moving_pictures()

    await one.press("Settings")
    await one.page.get_by_role("combobox", name="Camera").select_option(label="fake_device_0")
    await _now_runs(one, "fake_device_0")
    await one.page.get_by_role("combobox", name="Microphone").select_option(label="Fake Audio Input 2")
    await one.page.wait_for_function(f"() => {_TRACKS}.some(({{ label }}) => label === 'Fake Audio Input 2')")
    await one.page.get_by_role("combobox", name="Speaker").select_option(label="Fake Audio Output 1")
    await one.page.wait_for_function("() => document.querySelector('#remote').sinkId !== ''")
    await one.press("Close")
    await other.sees_moving_pictures()

    await _unplug(one, "fake_device_0")
    await one.has_been_told("Your camera was disconnected. Now using: fake_device_2")
    await _now_runs(one, "fake_device_2")
    await other.sees_moving_pictures()
    await one.press("Settings")
    await expect(one.page.get_by_role("combobox", name="Camera")).not_to_contain_text("fake_device_0")
    await one.press("Close")
    await _unplug(one, "")  # which plugs it in again
    await _now_runs(one, "fake_device_0")
    await other.sees_moving_pictures()
    await _unplug(one, "fake_device")
    await one.has_been_told("Your camera was disconnected. The stranger cannot see you until it is back.")
    await expect(one.page.locator("#trouble")).to_be_hidden()
    await _unplug(one, "")
    await _now_runs(one, "fake_device_0")
    await other.sees_moving_pictures()

    assert await one.page.evaluate(f"{_TRACKS}.find(({{ kind }}) => kind === 'audio').enabled") is False
    await expect(one.button("Mute")).to_have_attribute("aria-pressed", "true")
    assert await one.page.evaluate("window.most") == 1  # never two at once
    assert [await each.page.evaluate("window.descriptions") for each in (one, other)] == before


async def test_a_word_for_the_connection_and_other_ways_to_look(
    zufall: Installation, come: Come, two_cameras: Browser
) -> None:
    one, other = await _call(zufall, come, two_cameras)
    assert await crowded_at(one.page, 320, 390, 960, 1024, 1100) == []
    badge = one.page.get_by_role("button", name=re.compile("^Connection: "))
    # Which word is right depends on how busy this machine is.
    await expect(badge).to_have_text(re.compile("^(Good|Fair|Weak|Sound only)$"))
    await expect(badge).to_have_accessible_description(re.compile("Video|gets lost|connection|busy"))
    await badge.press("Enter")
    await expect(one.page.locator("#quality-meaning")).to_be_visible()
    await one.page.keyboard.press("Escape")
    await expect(one.page.locator("#quality-meaning")).to_be_hidden()
    assert await one.phase() == "matched", "this Escape was not for Next"
    await expect(one.page.locator("html")).to_have_attribute("data-quality", re.compile("[a-z]"))

    await one.press("Full screen")
    await expect(one.button("Full screen")).to_have_attribute("aria-pressed", "true")
    stage = await one.page.locator("#stage").bounding_box()
    assert stage == await one.page.evaluate(_BESIDE_THE_CHAT), "the picture has the whole screen"
    await one.page.keyboard.press("Escape")
    await expect(one.button("Full screen")).to_have_attribute("aria-pressed", "false")
    assert await one.phase() == "matched"

    await one.press("Picture in picture")
    await expect(one.button("Picture in picture")).to_have_attribute("aria-pressed", "true")
    await other.press("Next")
    await one.until("searching")
    await one.page.wait_for_function(
        "() => document.pictureInPictureElement?.videoWidth === 320"  # empty
    )
    await expect(badge).to_be_hidden()
    await one.press("Go back")
    await other.press("Yes")
    await one.until("matched")
    await one.page.wait_for_function("() => document.pictureInPictureElement?.videoWidth > 320")
    await one.press("Stop")
    await one.page.wait_for_function("() => !document.pictureInPictureElement")


async def test_sign_language_favours_motion_and_starts_muted(
    zufall: Installation, come: Come, two_cameras: Browser
) -> None:
    visitor = await come(zufall.shared, two_cameras)
    await visitor.page.add_init_script(_RECORD)
    await visitor.agree()
    await visitor.press("Settings")
    await visitor.page.get_by_role("checkbox", name="Sign language").check()
    await visitor.press("Close")
    await visitor.page.wait_for_function(f"() => {_CAMERA}?.contentHint === 'motion'")
    await expect(visitor.button("Mute")).to_have_attribute("aria-pressed", "true")
    await visitor.page.reload()
    await visitor.page.wait_for_function(f"() => {_CAMERA}?.contentHint === 'motion'")
    await expect(visitor.button("Mute")).to_have_attribute("aria-pressed", "true")
    assert '"frameRate":{"ideal":60}' in await visitor.page.evaluate("window.asked[0]")

    await visitor.page.evaluate("window.asked = []")
    await visitor.page.get_by_role("radio", name="Audio").check()
    await visitor.page.wait_for_function("() => document.documentElement.dataset.media === 'ready'")
    await visitor.page.get_by_role("radio", name="Text").check()
    assert ["video" in asked for asked in await visitor.page.evaluate("window.asked")] == [False]
