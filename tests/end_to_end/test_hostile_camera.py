"""A stranger with a changed page shows a good picture first, and then another one, a tiny one or none.

Their camera is a canvas in one colour, sent in its full size, and the viewer's classifier finds red indecent.
"""

import pytest
from playwright.async_api import expect

from ..timing import scaled, until
from .classifiers import BLOCKED, flag_red_pictures
from .conftest import Come
from .installation import Installation
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_CAMERA = """
    const canvas = document.createElement("canvas");
    let [shown, bright] = ["green", 0];
    const draw = () => {
        const brush = canvas.getContext("2d");
        brush.fillStyle = shown;
        brush.fillRect(0, 0, canvas.width, canvas.height);
        brush.fillStyle = `rgb(0 0 0 / ${(bright = (bright + 1) % 10)}%)`;
        brush.fillRect(0, 0, 8, 8);
    };
    window.show = (colour, width, height) => {
        shown = colour;
        if (canvas.width !== width) [canvas.width, canvas.height] = [width, height];
        draw();
    };
    window.show("green", 640, 360);
    setInterval(draw, 50);
    const microphone = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async () => {
        const sound = await microphone({ audio: true });
        return new MediaStream([...sound.getTracks(), ...canvas.captureStream(20).getTracks()]);
    };
    const Connection = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Connection {
        constructor(...how) {
            super(...how);
            window.connection = this;
        }
    };
    const stable = () => new Promise((resolve) => {
        connection.addEventListener("signalingstatechange", function done() {
            if (connection.signalingState !== "stable") return;
            connection.removeEventListener("signalingstatechange", done);
            resolve();
        });
    });
    window.changeTrack = async () => {
        const old = connection.getTransceivers().find(({ receiver }) => receiver.track.kind === "video");
        const agreed = stable();
        old.stop();
        await agreed;
        connection.addTransceiver(canvas.captureStream(20).getTracks()[0], { streams: [new MediaStream()] });
        await stable();
    };
    const set = RTCRtpSender.prototype.setParameters;
    RTCRtpSender.prototype.setParameters = function(parameters) {
        for (const encoding of parameters.encodings) encoding.scaleResolutionDownBy = 1;
        return set.call(this, parameters);
    };
"""
"""Replaces the camera by `show(colour, width, height)`, and sends what it shows without making it smaller.

`changeTrack()` sends another track in place of the first.
"""

_WATCH = """
    window.exposed = 0;
    window.verdicts = [];
    const note = () => window.verdicts.push(document.querySelector("#remote").dataset.verdict);
    new MutationObserver(note).observe(document, { subtree: true, attributeFilter: ["data-verdict"] });
    const brush = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    let before = performance.now();
    const look = now => {
        const video = document.querySelector("#remote");
        const clear = video.videoWidth && getComputedStyle(video).filter === "none";
        if (clear) {
            brush.drawImage(video, 0, 0, 1, 1);
            const [red, green] = brush.getImageData(0, 0, 1, 1).data;
            if (red > 100 && green < 60) window.exposed += now - before;
        }
        before = now;
        requestAnimationFrame(look);
    };
    addEventListener("DOMContentLoaded", () => requestAnimationFrame(look));
"""
"""Counts in `exposed` for how many milliseconds a red picture was visible without a blur."""

_WIDTH = "document.querySelector('#remote').videoWidth"
_PREVIEW = 96
"""The most pixels of a picture that is sent to a stranger who shows nothing."""


async def test_a_bad_picture_after_a_good_one_is_covered_soon(zufall: Installation, come: Come) -> None:
    viewer, hostile = await _meet(zufall, come)
    await hostile.page.evaluate("show('red', 640, 360)")
    await _is_covered(viewer)
    exposed = await viewer.page.evaluate("exposed")
    assert exposed < 1_500 * scaled(1)


async def test_a_bad_picture_in_another_size_is_blurred_at_once(zufall: Installation, come: Come) -> None:
    viewer, hostile = await _meet(zufall, come)
    await hostile.page.evaluate("show('red', 64, 36)")
    await _shows(viewer, "blurred")
    await hostile.page.evaluate("show('green', 640, 360)")
    await _shows(viewer, "clear")
    await viewer.page.evaluate("verdicts.length = 0")
    await hostile.page.evaluate("show('red', 320, 180)")
    await _is_covered(viewer)
    verdicts = await viewer.page.evaluate("verdicts")
    assert "doubted" in verdicts[: verdicts.index("bad")]
    exposed = await viewer.page.evaluate("exposed")
    assert exposed < 250 * scaled(1)


async def test_another_track_is_doubted_although_its_size_is_known(zufall: Installation, come: Come) -> None:
    viewer, hostile = await _meet(zufall, come)
    track = "document.querySelector('#remote').srcObject.getVideoTracks()[0].id"
    before = await viewer.page.evaluate(f"verdicts.length = 0; {track}")
    await hostile.page.evaluate("changeTrack()")
    await viewer.page.wait_for_function(f"before => {track} !== before", arg=before)
    await viewer.page.wait_for_function("() => verdicts.includes('doubted')")
    await _shows(viewer, "clear")
    await expect(viewer.page.locator("#remote")).to_have_attribute("data-verdict", "fine")


async def test_who_shows_nothing_gets_no_clear_picture(zufall: Installation, come: Come) -> None:
    viewer, hostile = await _meet(zufall, come)
    for colour, width, height, told in (
        ("black", 640, 360, "The stranger's camera is off or covered. They see you blurred."),
        ("green", 64, 36, "The stranger's picture is blurred right now. They see you blurred, too."),
    ):
        await hostile.page.evaluate("([...how]) => show(...how)", [colour, width, height])
        await _receives(hostile, f"<= {_PREVIEW}")
        await viewer.sees(told)
        await hostile.sees("You see the stranger clearly when they can see you. Is your camera on?")
        await hostile.page.evaluate("show('green', 640, 360)")
        await _receives(hostile, "> 128")
        await _shows(viewer, "clear")
        await _shows(hostile, "clear")


@pytest.mark.long
async def test_a_picture_that_never_changes_is_flagged_after_the_match(
    zufall: Installation, come: Come
) -> None:
    """The camera sends the same picture all the time, but for a corner of a few pixels."""
    viewer, hostile = await _meet(zufall, come)
    both = [person.welcome["visitor"] for person in (viewer, hostile)]
    await viewer.page.wait_for_timeout(20_000)  # five seconds to settle, and ten that look the same
    await viewer.press("Next")
    await viewer.until("searching")
    filed = "SELECT reporter, reason, flag FROM reports WHERE accused IN (?, ?)"
    await until(lambda: zufall.query(filed, *both))
    assert zufall.query(filed, *both) == [(both[0], 6, 1)]


async def _meet(zufall: Installation, come: Come) -> tuple[Visitor, Visitor]:
    """Return a viewer with our page and a stranger with a changed one, who see each other."""
    viewer = await come(zufall.first, service_workers="block")
    hostile = await come(zufall.second)
    await flag_red_pictures(viewer.page)
    await viewer.page.add_init_script(_WATCH)
    await hostile.page.add_init_script(_CAMERA)
    await hostile.prefer(curtain="off", check=False)
    for person in (viewer, hostile):
        await person.agree()
        await person.start()
    for person in (viewer, hostile):
        await person.until("matched")
    viewer.forgive(BLOCKED)
    await _shows(viewer, "clear")
    await _shows(hostile, "clear")
    await expect(viewer.page.locator("#remote")).to_have_css("filter", "none")  # the curtain lifts softly
    return viewer, hostile


async def _receives(person: Visitor, width: str) -> None:
    """Wait until the picture of the stranger has this width, such as `> 128`."""
    await person.page.wait_for_function(f"() => {_WIDTH} {width}")


async def _shows(person: Visitor, shows: str) -> None:
    await expect(person.page.locator("#stage")).to_have_attribute("data-shows", shows)


async def _is_covered(person: Visitor) -> None:
    await expect(person.page.get_by_role("region", name="This may be nudity.")).to_be_visible()
