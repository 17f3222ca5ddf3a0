"""Firefox meets Chromium and Firefox: pictures, chat, curtain, Next, a reload, a lost gateway, a relay."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, expect

from services.signaling.core.sdp import parse_sdp, write_sdp

from ..requirements import require
from ..timing import until
from ..turn_server import own_address, turn_server
from .browsers import launch_firefox
from .classifiers import pretend_quick_device
from .conftest import Come
from .installation import Installation, installation
from .test_curtain import COARSE, WATCH_FRAMES
from .test_descriptions import OFFER_AND_ANSWER
from .test_relay_pod import in_a_pod
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_WIDTH = "document.querySelector('#remote').videoWidth"
_CAMERA = "document.querySelector('#local').srcObject.getVideoTracks()[0]"
_TOKEN = "sessionStorage.getItem('zufall.token')"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def firefox(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """Has a camera and a microphone that are drawn, and lets the page use them."""
    require("firefox")
    browser = await launch_firefox(playwright, tmp_path_factory.mktemp("firefox"))
    yield browser
    await browser.close()


@pytest.fixture
def relayed(tmp_path: Path) -> Iterator[Installation]:
    """Provide an installation with the policy `relay`, which a test may break."""
    require("coturn")
    with (
        turn_server(tmp_path, own_address(), settings=in_a_pod()) as turn,
        installation(tmp_path, turn.environment | {"ZUFALL_ICE_POLICY": "relay"}) as running,
    ):
        yield running


async def test_behind_the_curtain_firefox_sends_a_coarse_picture_only(
    zufall: Installation, come: Come, firefox: Browser
) -> None:
    fox, other = await come(zufall.first, firefox), await come(zufall.second)
    await other.page.add_init_script(WATCH_FRAMES)
    await _meet(fox, other, curtain="always")
    for one in (fox, other):
        await expect(one.page.locator("html")).to_have_attribute("data-curtain", "down")
    assert 0 < await fox.page.evaluate(_WIDTH) <= COARSE
    await fox.press("Show me now")
    await other.sees("They are ready to be seen")
    await _talk(fox, other)
    assert 0 < await other.page.evaluate("window.largest") <= COARSE, "from the first frame on"
    await other.press("Show me now")
    await _see_clearly(fox, other)
    await fox.press("Next")
    for one in (fox, other):
        await one.until("searching")
    await other.press("Go back")
    await fox.press("Yes")
    await asyncio.gather(fox.sees_moving_pictures(), other.sees_moving_pictures())


async def test_two_firefoxes_check_their_pictures_and_a_reload_comes_back(
    zufall: Installation, come: Come, firefox: Browser
) -> None:
    """Both use the real classifier."""
    one, other = await come(zufall.first, firefox), await come(zufall.second, firefox)
    for person in (one, other):
        await pretend_quick_device(person.page)
    await _meet(one, other, curtain="auto")
    await _see_clearly(one, other)
    await _talk(one, other)
    await one.press("Mute")
    await other.sees("The stranger's microphone is off.")
    token = await one.page.evaluate(_TOKEN)
    one.page.on("dialog", lambda dialog: dialog.accept())
    await one.page.reload()
    await one.has_been("reconnecting")
    await one.until("matched")
    assert await one.page.evaluate(_TOKEN) == token
    await _talk(other, one, "after the reload")
    await _see_clearly(one, other)
    await expect(one.button("Mute")).to_have_attribute("aria-pressed", "true")


async def test_a_camera_that_is_off_stops_in_firefox_and_comes_back(
    zufall: Installation, come: Come, firefox: Browser
) -> None:
    fox, other = await come(zufall.first, firefox), await come(zufall.second)
    await _meet(fox, other, curtain="off", check=False)
    await fox.page.evaluate(f"window.camera = {_CAMERA}")
    await fox.press("Camera")
    await fox.page.wait_for_function("() => window.camera.readyState === 'ended'")
    await other.sees_black()
    await other.sees("The stranger's camera is off or covered")
    await fox.press("Camera")
    await other.sees_light()
    await _see_clearly(fox, other)
    await other.press("Camera")
    await fox.sees_black()
    await fox.sees("The stranger's camera is off or covered")


async def test_firefox_goes_on_by_audio_and_video_in_one_conversation(
    zufall: Installation, come: Come, firefox: Browser
) -> None:
    fox, other = await come(zufall.first, firefox), await come(zufall.second)
    for person in (fox, other):
        await person.prefer(curtain="off", check=False)
        await person.agree()
        await person.start("Text")
    for asker, asked, mode in ((fox, other, "audio"), (other, fox, "video")):
        await asker.press(f"Add {mode}")
        await asked.page.locator(".mode-card").get_by_role("button", name=f"Add {mode}").click()
        for person in (fox, other):
            await expect(person.page.locator("html")).to_have_attribute("data-mode", mode)
            await person.hears_sound()
    await asyncio.gather(fox.sees_moving_pictures(), other.sees_moving_pictures())
    await _talk(fox, other)


async def test_through_a_relay_a_call_survives_the_gateway_of_firefox(
    relayed: Installation, come: Come, firefox: Browser
) -> None:
    fox = await come(relayed.shared, firefox)
    await _start(fox, curtain="off", check=False)
    await fox.until("searching")
    gateway = relayed.gateway_of_visitors()
    other = await come(relayed.other_than(gateway))
    await _start(other, curtain="off", check=False)
    await _see_clearly(fox, other)
    await until(lambda: relayed.calls("relay") == 2)
    relayed.kill(gateway)
    await fox.has_been_told("Chat pauses for a moment. You still see and hear each other.")
    await fox.say("said while nobody carried it")
    await fox.until("matched")
    await other.hears("said while nobody carried it")
    await _talk(other, fox)
    await _see_clearly(fox, other)
    fox.forgive("can’t establish a connection")


async def test_the_gateway_relays_a_description_of_firefox_unchanged(firefox: Browser) -> None:
    page = await firefox.new_page()
    descriptions = await page.evaluate(OFFER_AND_ANSWER)
    await page.close()
    assert len(descriptions) == 3
    for sdp in descriptions:
        assert _without_origin(write_sdp(parse_sdp(sdp))) == _without_origin(sdp)


async def _start(one: Visitor, **settings: str | bool) -> None:
    await one.page.bring_to_front()  # Firefox gives a camera to the window in front
    await one.prefer(**settings)
    await one.agree()
    await one.start()


async def _meet(*people: Visitor, **settings: str | bool) -> None:
    for one in people:
        await _start(one, **settings)
    await asyncio.gather(*(one.until("matched") for one in people))
    await asyncio.gather(*(one.sees_moving_pictures() for one in people))


async def _see_clearly(*people: Visitor) -> None:
    for one in people:
        await expect(one.page.locator("html")).to_have_attribute("data-curtain", "up")
        await one.page.wait_for_function(f"() => {_WIDTH} > {COARSE * 2}")
    await asyncio.gather(*(one.sees_moving_pictures() for one in people))


async def _talk(one: Visitor, other: Visitor, text: str = "hello") -> None:
    await one.say(text)
    await other.hears(text)
    await other.say(f"{text} to you")
    await one.hears(f"{text} to you")


def _without_origin(sdp: str) -> list[str]:
    """Return all lines but the one in which a browser writes its version, which gateways do not relay."""
    return [line for line in sdp.splitlines() if not line.startswith("o=")]
