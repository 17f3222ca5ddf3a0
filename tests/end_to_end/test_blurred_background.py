"""A blurred background: the stranger never sees another, and the camera is off where it cannot be blurred."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, Route, expect

from .browsers import ALLOWED, FAKE_CAMERA, launch
from .classifiers import BLOCKED
from .conftest import Come
from .installation import Installation
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_SCRIPT = "**/assets/blur-worker-*.js"
_PATIENT = """
    const milliseconds = performance.now.bind(performance);
    performance.now = () => milliseconds() / 8;
"""
"""Slows the clock of the real worker, which rightly gives up when it measures a busy machine."""
_FINDS_NOBODY = """
    const { putImageData } = OffscreenCanvasRenderingContext2D.prototype;
    OffscreenCanvasRenderingContext2D.prototype.putImageData = function (person, ...place) {
        person.data.fill(0);
        putImageData.call(this, person, ...place);
    };
"""
"""Takes away the person that the network finds: at some angles, the figure of the second test camera."""
_BEFORE_THE_REAL_WORKER = _PATIENT + _FINDS_NOBODY
_FAILS = """
    onmessage = ({ data }) => void data.readable.pipeTo(data.writable);
    postMessage({ type: "made" });
    new BroadcastChannel("fail").onmessage = () => postMessage({ type: "failed", why: "a test" });
"""
_SHARPNESS = """
    window.sharpness = (id) => {
        const [width, height] = [96, 54];
        const canvas = new OffscreenCanvas(width, height).getContext("2d");
        canvas.drawImage(document.querySelector(id), 0, 0, width, height);
        const { data } = canvas.getImageData(0, 0, width, height);
        let most = 0;
        for (let place = 4; place < data.length; place += 4)
            if (place / 4 % width) for (const color of [0, 1, 2])
                most = Math.max(most, Math.abs(data[place + color] - data[place - 4 + color]));
        return most;
    };
    window.watchSharpness = () => {
        window.sharpest = 0;
        setInterval(() => { window.sharpest = Math.max(window.sharpest, sharpness("#remote")); }, 50);
    };
"""
"""Measures the greatest difference between neighbours in a row of a small copy, from 0 to 255."""
_SHARP, _BLURRED = 90, 60
"""The test cameras have a figure on a plain ground and no person, so all of their picture is blurred."""
_CAMERAS = """
    window.cameras = [];
    const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await getUserMedia(wanted);
        window.cameras.push(...stream.getVideoTracks());
        return stream;
    };
"""
_RUN = "window.cameras.filter(({ readyState }) => readyState === 'live').length"


@pytest_asyncio.fixture(loop_scope="session")
async def two_cameras(playwright: Playwright) -> AsyncIterator[Browser]:
    browser = await launch(playwright, f"{FAKE_CAMERA}=device-count=2,fps=5", ALLOWED)
    yield browser
    await browser.close()


async def _bring(come: Come, origin: str, browser: Browser, script: str = _BEFORE_THE_REAL_WORKER) -> Visitor:
    """Return a person whose page blurs with the real worker, after `script`, or with `script` alone."""

    async def answer(route: Route) -> None:
        if script == _BEFORE_THE_REAL_WORKER:
            real = await route.fetch()
            await route.fulfill(response=real, body=script + await real.text())
        else:
            await route.fulfill(body=script, content_type="text/javascript")

    permissions = ["camera", "microphone"]
    person = await come(origin, browser=browser, service_workers="block", permissions=permissions)
    person.forgive(BLOCKED)
    await person.page.add_init_script(_SHARPNESS + _CAMERAS)
    await person.page.route(_SCRIPT, answer)
    return person


async def _meet(*people: Visitor) -> None:
    for person in people:
        await person.prefer(curtain="off", check=False)
        await person.agree()
        await person.start()
    for person in people:
        await person.sees_moving_pictures()


async def _blur(person: Visitor, on: bool) -> None:
    await person.page.get_by_role("button", name="Settings").filter(visible=True).click()
    await person.page.get_by_role("checkbox", name="Blur my background").set_checked(on)
    await person.press("Close")


async def _sees_sharp(person: Visitor) -> None:
    await person.page.wait_for_function(f"() => sharpness('#remote') > {_SHARP}")


async def _sees_blurred(person: Visitor) -> None:
    await person.page.wait_for_function(f"() => sharpness('#remote') < {_BLURRED}")
    await person.sees_light()


async def test_the_stranger_sees_a_blurred_background_also_after_a_change_of_the_camera(
    zufall: Installation, come: Come, two_cameras: Browser
) -> None:
    person = await _bring(come, zufall.first, two_cameras)
    other = await _bring(come, zufall.second, two_cameras)
    await _meet(person, other)
    await _sees_sharp(other)
    await _blur(person, on=True)
    await _sees_blurred(other)
    await other.page.evaluate("watchSharpness()")
    await person.press("Other camera")
    await person.page.wait_for_function("() => window.cameras.length === 3")
    await other.sees_moving_pictures()
    await other.sees_light()
    assert await other.page.evaluate("window.sharpest") < _SHARP
    assert await person.page.evaluate(_RUN) == 1
    await person.press("Camera")
    await person.page.wait_for_function(f"() => {_RUN} === 0")
    await other.sees_black()
    await person.press("Camera")
    await _sees_blurred(other)
    assert await other.page.evaluate("window.sharpest") < _SHARP, "no picture was clear meanwhile"
    await _blur(person, on=False)
    await _sees_sharp(other)


async def test_where_the_blur_fails_the_camera_is_off_until_somebody_chooses(
    zufall: Installation, come: Come, two_cameras: Browser
) -> None:
    person = await _bring(come, zufall.first, two_cameras, _FAILS)
    other = await _bring(come, zufall.second, two_cameras)
    await _meet(person, other)
    await _blur(person, on=True)
    await person.page.wait_for_function("() => window.cameras.length === 2")
    await person.page.evaluate("new BroadcastChannel('fail').postMessage(0)")
    dialog = person.page.get_by_role("dialog", name="Your camera is off")
    await expect(dialog).to_contain_text("Your background could not be blurred.")
    await other.sees_black()
    await other.sees("The stranger's camera is off or covered")
    assert await person.page.evaluate(_RUN) == 0
    await person.press("Show me without blur")
    await _sees_sharp(other)
    await person.page.get_by_role("button", name="Settings").filter(visible=True).click()
    await expect(person.page.get_by_role("checkbox", name="Blur my background")).not_to_be_checked()


async def test_browsers_without_streams_of_pictures_blur_too(
    zufall: Installation, come: Come, two_cameras: Browser
) -> None:
    """Firefox and Safari copy each picture."""
    person = await _bring(come, zufall.first, two_cameras)
    await person.page.add_init_script("delete window.MediaStreamTrackGenerator")
    await person.prefer(blur=True, check=False)
    await person.agree()
    shown = "document.querySelector('#local').videoWidth > 100 && sharpness('#local')"
    await person.page.wait_for_function(f"() => {shown} < {_BLURRED} && sharpness('#local') > 0")
    frames = "document.querySelector('#local').getVideoPlaybackQuality().totalVideoFrames"
    before = await person.page.evaluate(frames)
    await person.page.wait_for_function(f"before => {frames} > before + 2", arg=before)
    assert await person.page.evaluate("sharpness('#local')") < _BLURRED
