"""Between two real browsers the curtain hides pictures until both sides have lifted it."""

import asyncio
import io

import pytest
from PIL import Image
from playwright.async_api import expect

from .classifiers import BLOCKED, pretend_quick_device
from .conftest import Come
from .installation import Installation
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

COARSE = 64
"""The most pixels of a coarse picture on its longer side."""

WATCH_FRAMES = """
    window.largest = 0;
    const Connection = window.RTCPeerConnection;
    const watch = async track => {
        const frames = new MediaStreamTrackProcessor({ track: track.clone() }).readable.getReader();
        for (let next = await frames.read(); !next.done; next = await frames.read()) {
            window.largest = Math.max(window.largest, next.value.displayWidth, next.value.displayHeight);
            next.value.close();
        }
    };
    window.RTCPeerConnection = class extends Connection {
        constructor(...how) {
            super(...how);
            this.addEventListener("track", ({ track }) => track.kind === "video" && watch(track));
        }
    };
"""
"""Records in `largest` the size of every frame that arrives from the stranger, shown or not."""

_SMALL = "document.pictureInPictureElement?.videoWidth"
_EMPTY = 320
"""The pixels on a side of the placeholder for a hidden stranger."""

_SENDS_ALL = """
    const set = RTCRtpSender.prototype.setParameters;
    RTCRtpSender.prototype.setParameters = function(parameters) {
        for (const encoding of parameters.encodings) encoding.scaleResolutionDownBy = 1;
        return set.call(this, parameters);
    };
"""
"""Makes a browser send sharp pictures before it may."""

_PICTURES = """
    SELECT evidence.content FROM evidence JOIN reports ON reports.id = evidence.report
    WHERE reports.reporter = ? AND reports.accused = ?
"""


async def test_only_coarse_pictures_arrive_until_both_have_lifted(zufall: Installation, come: Come) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    await _meet(one, other)
    await asyncio.gather(_is_down(one), _is_down(other))
    await one.sees("You both start blurred, until you are both ready. You can already talk.")
    assert await one.page.evaluate("document.querySelector('#remote').disablePictureInPicture")
    await one.press("Picture in picture")
    await one.page.wait_for_function(f"() => {_SMALL} === {_EMPTY}")
    await one.button("Show me now").focus()
    await one.page.keyboard.press("Enter")
    await one.sees("Waiting until they are ready to be seen")
    await expect(one.button("Show me now")).to_be_hidden()
    await expect(one.page.get_by_role("textbox", name="Message", exact=True)).to_be_focused()
    await other.sees("They are ready to be seen")
    await asyncio.gather(_is_down(one), _is_down(other))

    await other.page.context.set_offline(True)
    await other.has_been("reconnecting")
    await other.press("Show me now")
    await _is_down(one)
    await other.page.context.set_offline(False)
    await asyncio.gather(_is_up(one), _is_up(other))
    other.forgive("ERR_INTERNET_DISCONNECTED")
    other.forgive("WebSocket connection")
    await one.page.wait_for_function(f"() => {_SMALL} > {_EMPTY}")

    await one.press("Next")
    for person in (one, other):
        await person.until("searching")
        await person.page.evaluate("window.largest = 0")
    await other.press("Go back")
    await one.press("Yes")
    await asyncio.gather(one.until("matched"), other.until("matched"))
    await asyncio.gather(_is_down(one), _is_down(other))
    assert await one.page.evaluate(_SMALL) == _EMPTY, "the small window is still open, and empty"
    assert max(max(size) for size in await _reported(zufall, one, other)) <= COARSE


async def test_a_sharp_picture_sent_too_early_is_not_shown(zufall: Installation, come: Come) -> None:
    honest, pushing = await come(zufall.first), await come(zufall.second)
    await pushing.page.add_init_script(_SENDS_ALL)
    await _meet(honest, pushing)
    await expect(honest.page.locator("#stage")).to_have_attribute("data-shows", "hidden")
    await expect(honest.page.locator("#remote")).to_have_css("opacity", "0")
    assert await honest.page.evaluate("window.largest") > COARSE
    await _is_down(pushing)
    reported = await _reported(zufall, honest, pushing)  # a busy sender may have sent a coarse one meanwhile
    assert all(max(size) <= COARSE for size in reported), "a picture that nobody saw is in the report"


async def test_the_curtain_lifts_when_both_devices_find_both_pictures_fine(
    zufall: Installation, come: Come
) -> None:
    """Both sides use the real classifier."""
    people = [await come(origin, service_workers="block") for origin in (zufall.first, zufall.second)]
    for person in people:
        await pretend_quick_device(person.page)
        await person.agree()
    await _start(*people)
    await asyncio.gather(*map(_is_up, people))
    for person in people:
        person.forgive(BLOCKED)


async def test_two_who_want_no_curtain_see_each_other_at_once(zufall: Installation, come: Come) -> None:
    people = await come(zufall.first), await come(zufall.second)
    for person in people:
        await person.agree()
        await person.press("Settings")
        curtain = person.page.get_by_role("combobox", name="Curtain")
        await expect(curtain).to_have_value("")
        await person.sees("Your curtain lifts by itself")
        await curtain.select_option("No curtain")
        await person.sees("Your curtain is up from the start")
        await person.press("Close")
    await _start(*people)
    await asyncio.gather(*map(_is_up, people))


async def _meet(*people: Visitor) -> None:
    for person in people:
        await person.page.add_init_script(WATCH_FRAMES)
        await person.prefer(curtain="always")
        await person.agree()
    await _start(*people)


async def _start(*people: Visitor) -> None:
    for person in people:
        await person.start()
    for person in people:
        await person.until("matched")


async def _is_down(person: Visitor) -> None:
    """Check that the picture moves behind the curtain, and that every frame of the match was coarse."""
    await person.sees_moving_pictures()
    await expect(person.page.locator("html")).to_have_attribute("data-curtain", "down")
    assert 0 < await person.page.evaluate("window.largest") <= COARSE


async def _is_up(person: Visitor) -> None:
    await expect(person.page.locator("html")).to_have_attribute("data-curtain", "up")
    await person.page.wait_for_function(f"() => document.querySelector('#remote').videoWidth > {COARSE}")
    await expect(person.page.locator("#curtain")).to_be_hidden()


async def _reported(zufall: Installation, reporter: Visitor, accused: Visitor) -> list[tuple[int, int]]:
    """File a report now, and return the sizes of its pictures."""
    await reporter.press("Report")
    await reporter.press("Nudity or sex")
    await reporter.has_been_told("Your report has arrived")
    pictures = zufall.query(_PICTURES, reporter.welcome["visitor"], accused.welcome["visitor"])
    return [Image.open(io.BytesIO(content)).size for (content,) in pictures]
