"""Captions of what both say, written down on the device of who speaks, and shown to who wants them."""

import asyncio
import json
import re

import pytest
from playwright.async_api import Locator, expect

from .axe import violations
from .conftest import Come
from .installation import Installation
from .scripted_speech import NOTHING, ONLY_A_CLOUD, RECOGNISER, equip, speak
from .visitor import Mode, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_SENT = "The stranger's speech is written for you."
_WRITING = "Your speech is being written down"


async def _meet(
    come: Come, zufall: Installation, mode: Mode = "Audio", *scripts: str, language: str = "en-US"
) -> tuple[Visitor, Visitor]:
    """Return one who speaks, with a recogniser, and one who reads."""
    speaker, reader = await come(zufall.first), await come(zufall.second)
    await equip(speaker.page, *(scripts or (RECOGNISER,)))
    await equip(reader.page)
    await speak(speaker.page, language)
    for each in (speaker, reader):
        await each.prefer(curtain="off", check=False)
        await each.agree()
        await each.start(mode)
    await asyncio.gather(speaker.until("matched"), reader.until("matched"))
    return speaker, reader


async def _choose(visitor: Visitor, name: str) -> None:
    await visitor.press("Captions and translation")
    await visitor.press(name)
    await visitor.press("Close")


def _lines(reader: Visitor) -> Locator:
    return reader.page.locator(".caption-lines p")


def _note(visitor: Visitor, text: str) -> Locator:
    return visitor.page.locator(".captions .pill", has_text=text)


def _heard(reader: Visitor) -> Locator:
    return reader.page.get_by_role("log", name="Captions").locator("p")


async def test_captions_are_off_and_go_to_the_stranger_only_when_i_write_them(
    zufall: Installation, come: Come
) -> None:
    speaker, reader = await _meet(come, zufall, "Video")
    await reader.sees_moving_pictures()
    await speaker.page.get_by_role("button", name="Captions and translation").wait_for()
    assert await speaker.page.evaluate("[window.asked, window.sessions]") == [[], []]
    await expect(_note(reader, _SENT)).to_be_hidden()

    await _choose(speaker, "Write down what I say")
    await speaker.sees(_WRITING)
    await reader.sees(_SENT)
    await reader.has_been_told(_SENT)
    assert await speaker.page.evaluate("window.asked[0]") == [
        "available", {"langs": ["en-US"], "processLocally": True},
    ]  # fmt: skip
    await speaker.page.evaluate("hear('not read yet', true)")
    await expect(_lines(reader)).to_have_count(0)

    await reader.press("Show")
    await expect(_note(reader, _SENT)).to_be_hidden()
    await speaker.page.evaluate("hear('good mor', false)")
    await expect(_lines(reader).last).to_have_text("good mor")
    await expect(_heard(reader)).to_have_count(0)
    # A partial line is sent four times a second at most.
    await speaker.page.evaluate("window.again = setInterval(() => hear('good morning', false, 1), 50)")
    await expect(_lines(reader).last).to_have_text("good morning")
    await speaker.page.evaluate("clearInterval(window.again)")
    await speaker.page.evaluate("hear('Good morning!', true, 1)")
    await expect(_lines(reader).last).to_have_text("Good morning!")
    await speaker.page.evaluate("hear('How are you?', true)")
    await expect(_lines(reader).last).to_have_text("How are you?")
    await expect(_lines(reader).last.locator("span")).to_have_attribute("lang", "en-US")
    # A screen reader hears each line once, and no partial one.
    await expect(_heard(reader)).to_have_text(["Good morning!", "How are you?"])
    await expect(reader.page.locator(".caption-lines")).to_have_attribute("aria-hidden", "true")

    await speaker.press("Mute")
    await expect(_note(speaker, _WRITING)).to_be_hidden()
    assert not await speaker.page.evaluate("window.sessions.at(-1).open")
    await speaker.press("Mute")
    await speaker.sees(_WRITING)
    await speaker.page.evaluate("window.sessions.at(-1).fall('no-speech')")  # browsers end after a silence
    await speaker.page.wait_for_function("() => window.sessions.at(-1).open && window.sessions.length === 3")
    await speaker.page.evaluate("hear('Still here.', true)")
    await expect(_lines(reader).last).to_have_text("Still here.")
    assert await violations(reader.page) == []

    await _choose(speaker, "Write down what I say")
    await expect(_note(speaker, _WRITING)).to_be_hidden()


async def test_who_wants_captions_asks_for_them_and_the_other_decides(
    zufall: Installation, come: Come
) -> None:
    speaker, reader = await _meet(come, zufall, "Audio")
    wanted = "The stranger would like to read what you say."
    await reader.press("Captions and translation")
    captions = reader.button("Captions")
    await expect(captions).to_have_attribute("aria-pressed", "false")
    await captions.press("Enter")
    await expect(captions).to_have_attribute("aria-pressed", "true")
    await reader.sees("The stranger was asked to turn this on.")
    assert await violations(reader.page) == []
    await reader.press("Close")
    await speaker.sees(wanted)
    await speaker.has_been_told(wanted)
    assert await speaker.page.evaluate("window.sessions") == []
    await (
        speaker.page.get_by_role("region", name="Captions")
        .get_by_role("button", name="Write down what I say")
        .click()
    )
    await speaker.sees(_WRITING)
    await speaker.page.evaluate("hear('Hello there.', true)")
    await expect(_lines(reader)).to_have_text(["Hello there."])


async def test_a_language_is_loaded_first_and_right_to_left_stays_so(
    zufall: Installation, come: Come
) -> None:
    speaker, reader = await _meet(come, zufall, "Audio", language="ar-EG")
    await reader.press("Captions and translation")
    await reader.press("Captions")
    await reader.press("Close")
    await (
        speaker.page.get_by_role("region", name="Captions")
        .get_by_role("button", name="Write down what I say")
        .click()
    )
    await speaker.page.wait_for_function("() => window.sessions.length === 1")
    await speaker.page.evaluate("hear('مرحبا بك', true)")
    await expect(_lines(reader)).to_have_text(["مرحبا بك"])
    line = _lines(reader).locator("span")
    await expect(line).to_have_attribute("lang", "ar-EG")
    await expect(line).to_have_css("direction", "rtl")


async def test_a_pack_that_must_be_loaded_says_so(zufall: Installation, come: Come) -> None:
    speaker, reader = await _meet(come, zufall, "Audio", RECOGNISER, "packs['en-US'] = 'downloadable'")
    await speaker.press("Captions and translation")
    await speaker.press("Write down what I say")
    await speaker.sees("The language is being loaded.")
    await expect(_note(speaker, _WRITING)).to_be_hidden()
    await speaker.page.evaluate("window.installed()")
    await expect(speaker.page.get_by_text("The language is being loaded.")).to_be_hidden()
    await speaker.press("Close")
    await speaker.sees(_WRITING)
    await speaker.page.evaluate("window.sessions.at(-1).fall('not-allowed')")
    await expect(_note(speaker, _WRITING)).to_be_hidden()
    await expect(_note(reader, _SENT)).to_be_hidden()
    await speaker.press("Captions and translation")
    await speaker.sees("Your browser did not allow it.")


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (NOTHING, "This browser cannot write down what you say on your device."),
        (ONLY_A_CLOUD, "This browser would send your voice to another company to write it down"),
    ],
    ids=["without a recogniser", "with a cloud"],
)
async def test_a_browser_without_one_says_so_and_shows_no_dead_button(
    zufall: Installation, come: Come, script: str, sentence: str
) -> None:
    speaker, reader = await _meet(come, zufall, "Audio", script)
    await reader.press("Captions and translation")
    await expect(reader.button("Translate")).to_be_hidden()
    await expect(reader.button("Write down what I say")).to_be_hidden()
    await reader.press("Captions")
    await reader.sees("The stranger's browser cannot write down what they say.")
    await reader.press("Close")
    await speaker.page.get_by_role("button", name="Settings").locator("visible=true").click()
    await speaker.sees(sentence)
    await speaker.sees("This browser cannot translate on your device.")
    assert await speaker.page.evaluate("window.sent") is None


async def test_bad_captions_are_nothing_or_plain_text(zufall: Installation, come: Come) -> None:
    keep = """
        const create = RTCPeerConnection.prototype.createDataChannel;
        RTCPeerConnection.prototype.createDataChannel = function (...all) {
            return (window.channel = create.apply(this, all));
        };
    """
    speaker, reader = await _meet(come, zufall, "Audio", NOTHING, keep)
    await _choose(reader, "Captions")
    await speaker.page.wait_for_function("() => window.channel.readyState === 'open'")

    async def send(*messages: object) -> None:
        texts = [json.dumps(message) for message in messages]
        await speaker.page.evaluate("texts => { for (const one of texts) window.channel.send(one); }", texts)

    fine = {"type": "caption", "n": 1, "text": "<img src=x onerror=alert(1)> <b>hi</b>", "final": True}
    await send(
        fine,
        {**fine, "text": "a final line does not change"},
        {**fine, "n": "2"},
        {**fine, "n": -2},
        {**fine, "n": 1.5},
        {**fine, "n": 2, "text": ["list"]},
        {**fine, "n": 2, "text": "   "},
        {**fine, "n": 2, "final": "yes"},
        {**fine, "n": 2, "text": "x" * 100_000},
        {"type": "captions", "sends": "yes", "wanted": 1},
        {"type": "caption"},
    )
    await expect(_lines(reader)).to_have_text(["<img src=x onerror=alert(1)> <b>hi</b>"])
    await expect(_lines(reader).locator("img")).to_have_count(0)
    await send({**fine, "n": 3, "text": "long " * 700 + "end", "language": "<script>"})
    await expect(_lines(reader).last).to_have_text(re.compile("long end$"))
    last = await _lines(reader).last.inner_text()
    assert len(last) <= 300
    await expect(_lines(reader).last.locator("span")).not_to_have_attribute("lang", "<script>")
    for n in range(4, 400):
        await send({**fine, "n": n, "text": f"flood {n}"})
    assert await _lines(reader).count() <= 2
    assert await _heard(reader).count() <= 20
    await reader.say("and the call goes on")
    await speaker.hears("and the call goes on")


async def test_the_page_may_use_what_it_needs(zufall: Installation, come: Come) -> None:
    visitor = await come(zufall.first)
    answer = await visitor.page.goto(zufall.first)
    assert answer
    policy = (await answer.all_headers())["permissions-policy"].split(", ")
    for feature in ("on-device-speech-recognition", "translator", "language-detector"):
        assert f"{feature}=(self)" in policy
