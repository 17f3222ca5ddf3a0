"""The check of pictures on the device uses the real classifier, and the page acts on a bad score."""

import pytest
from playwright.async_api import Page, expect

from .classifiers import BLOCKED, flag_every_picture, pretend_quick_device
from .conftest import Come
from .installation import Installation
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_FILED = "SELECT id, flag, reason, note, chat FROM reports WHERE reporter = ? AND accused = ?"
_PICTURES = "SELECT count(*) FROM evidence WHERE report = ?"
_FLAG = (1, 1, "", "[]")
_WIDTH = "document.querySelector('#remote').videoWidth"
_SMALL = "document.pictureInPictureElement?.videoWidth"
_EMPTY = 320


_SCORED = """async script => {
    const { startClassifier } = await import(script);
    const classifier = await startClassifier();
    const pixels = new Uint8ClampedArray(224 * 224 * 4).map((_, place) => {
        const [x, y] = [(place >> 2) % 224, Math.floor((place >> 2) / 224)];
        const [red, green] = [200 + 30 * Math.sin(x / 20), 150 + 30 * Math.sin(y / 17)];
        return [red, green, 130, 255][place % 4];
    });
    const { score } = await classifier.classify(await createImageBitmap(new ImageData(pixels, 224, 224)));
    classifier.close();
    return score;
}"""
_SCORE = 0.04795
"""The score of that picture by the model that nsfwjs ships, on TensorFlow's plain backend."""


async def _start(*people: Visitor) -> None:
    """Start without a curtain, because the check judges nothing behind it."""
    for person in people:
        await person.prefer(curtain="off")
        await person.agree()
        await person.start()
    for person in people:
        await person.until("matched")


async def _thinks(page: Page, of: str, verdict: str) -> None:
    await expect(page.locator(of)).to_have_attribute("data-verdict", verdict)


async def test_the_classifier_finds_a_test_picture_fine_and_a_bad_one_is_covered_and_reported(
    zufall: Installation, come: Come
) -> None:
    calm = await come(zufall.first, service_workers="block")
    alarmed = await come(zufall.second, service_workers="block")
    scripts: list[str] = []
    calm.page.on("request", lambda request: scripts.append(request.url))
    await pretend_quick_device(calm.page)
    await flag_every_picture(alarmed.page)
    await _start(calm, alarmed)
    cover = alarmed.page.get_by_role("region", name="This may be nudity.")
    mine = alarmed.page.get_by_role("region", name="Your picture may break the rules.")
    await expect(mine).to_be_visible()

    await _thinks(calm.page, "#local", "fine")  # by the real one, in a worker, under the gateway's policy
    await calm.page.wait_for_function(f"() => {_WIDTH} > 0 && {_WIDTH} < 64")  # what is held back
    await calm.press("Camera")
    await _thinks(calm.page, "#local", "unknown")  # whatever it shows when it is on again
    await calm.press("Camera")
    await _thinks(calm.page, "#local", "fine")

    (script,) = [url for url in scripts if "/classifier-" in url]
    assert await calm.page.evaluate(_SCORED, script) == pytest.approx(_SCORE, abs=0.0005)

    await alarmed.press("It is fine")  # a visitor who shows only squares gets no clear picture
    await expect(mine).to_be_hidden()
    await expect(cover).to_be_visible()
    assert "blur" in await alarmed.page.locator("#remote").evaluate("video => getComputedStyle(video).filter")
    await calm.page.wait_for_function(f"() => {_WIDTH} > 64")
    await _thinks(calm.page, "#remote", "fine")
    await expect(calm.page.get_by_role("region", name="This may be nudity.")).to_be_hidden()
    await alarmed.press("Picture in picture")
    await alarmed.page.wait_for_function(f"() => {_SMALL} === {_EMPTY}")
    await alarmed.press("Show anyway")
    await expect(cover).to_be_hidden()
    await alarmed.page.wait_for_function(f"() => {_SMALL} > {_EMPTY}")
    await expect(alarmed.page.locator("#remote")).to_have_css("filter", "none")
    first = alarmed.welcome["visitor"], calm.welcome["visitor"]
    ((flag, *said),) = zufall.query(_FILED, *first)
    assert (tuple(said), zufall.query(_PICTURES, flag)) == (_FLAG, [(0,)])

    await alarmed.press("Next")
    await calm.press("Stop")
    other = await come(zufall.first)
    await _start(other)
    await alarmed.until("matched")
    await expect(cover).to_be_visible()  # that one was shown; this is another stranger
    await expect(mine).to_be_hidden()
    await alarmed.press("Report and go on")
    await alarmed.until("searching")
    await alarmed.has_been_told("Your report has arrived")
    ((report, flag, *_),) = zufall.query(_FILED, alarmed.welcome["visitor"], other.welcome["visitor"])
    assert flag == 0
    assert zufall.query(_PICTURES, report) > [(0,)]
    for one in (calm, alarmed):
        one.forgive(BLOCKED)


async def test_a_check_that_is_off_says_so_and_loads_nothing(zufall: Installation, come: Come) -> None:
    person, other = await come(zufall.first), await come(zufall.second, service_workers="block")
    loaded: list[str] = []
    person.page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
    await other.page.route("**/assets/weights-*.bin", lambda route: route.fulfill(status=503))
    await person.prefer(curtain="off", check=False)
    await person.agree()
    await person.press("Settings")
    await expect(person.page.get_by_role("checkbox", name="Blur nudity")).not_to_be_checked()
    await person.sees("Pictures are not checked. You switched this off")
    await person.press("Close")
    await person.start()
    await _start(other)
    await person.until("matched")
    await person.has_been_told("Pictures are not checked. You switched this off")
    await other.has_been_told("Pictures are not checked. The check could not be loaded")
    assert not [name for name in loaded if name.startswith(("classifier", "worker", "weights"))]
    other.forgive("503")
    other.forgive(BLOCKED)
