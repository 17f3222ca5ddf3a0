"""The chat and captions in the visitor's language, translated on their device beside the original."""

import asyncio

import pytest
from playwright.async_api import Locator, expect

from .axe import violations
from .conftest import Come
from .installation import Installation
from .scripted_speech import RECOGNISER, TRANSLATOR, equip, speak
from .visitor import Mode, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def _meet(
    come: Come, zufall: Installation, mode: Mode = "Text", *scripts: str
) -> tuple[Visitor, Visitor]:
    """Return one who writes in their language, with an English page, and one who has a translator."""
    writer, reader = await come(zufall.first), await come(zufall.second)
    await speak(writer.page, "de-DE", "en")
    await equip(writer.page, RECOGNISER)
    await equip(reader.page, TRANSLATOR, *scripts)
    for each in (writer, reader):
        await each.prefer(curtain="off", check=False)
        await each.agree()
        await each.start(mode)
    await asyncio.gather(writer.until("matched"), reader.until("matched"))
    return writer, reader


def _line(reader: Visitor) -> Locator:
    return reader.page.locator("#lines [data-from=stranger]").last


async def test_a_line_is_translated_after_a_press_and_the_original_is_one_press_away(
    zufall: Installation, come: Come
) -> None:
    writer, reader = await _meet(come, zufall)
    await writer.say("Guten Tag")
    await reader.hears("Guten Tag")
    assert await reader.page.evaluate("window.made") == []
    await reader.press("Translate")
    await expect(reader.button("Captions and translation")).to_be_hidden()  # nobody speaks here
    await expect(reader.button("Translate")).to_have_attribute("aria-pressed", "true")
    await reader.sees("Loading German: 40%")
    await reader.page.evaluate("window.loaded()")
    translation = _line(reader).locator(".translation")
    await expect(translation).to_have_text("en<b>: gaT netuG")
    await expect(translation).to_have_attribute("lang", "en")
    await expect(reader.page.get_by_text("Loading German")).to_be_hidden()
    original = _line(reader).get_by_text("Guten Tag")
    await expect(original).to_be_hidden()
    await reader.press("Original")
    await expect(original).to_be_visible()
    await expect(original).to_have_attribute("lang", "de")
    await expect(translation).to_be_hidden()
    await expect(reader.button("Original")).to_have_attribute("aria-pressed", "true")
    assert await violations(reader.page) == []

    await writer.say("my language already")
    await reader.hears("my language already")
    await writer.say("wie geht es")
    await expect(_line(reader).locator(".translation")).to_have_text("en<b>: se theg eiw")
    await expect(reader.page.locator(".translation")).to_have_count(2)
    await reader.say("and what I write stays as it is")
    await reader.press("Translate")
    await expect(reader.button("Translate")).to_have_attribute("aria-pressed", "false")
    await expect(reader.page.locator("#lines").get_by_text("wie geht es")).to_be_visible()
    await expect(reader.page.get_by_role("button", name="Original")).to_have_count(0)


async def test_a_language_that_must_be_loaded_asks_for_a_press(zufall: Installation, come: Come) -> None:
    writer, reader = await _meet(come, zufall, "Text", "pairs['de en'] = 'unavailable'")
    await reader.press("Translate")
    await reader.sees("Your browser cannot translate German.")
    await writer.say("Guten Tag")
    await reader.hears("Guten Tag")
    # The press of Translate is forgotten by the time the next language comes.
    await reader.page.wait_for_function("() => !window.isActive()")
    await reader.page.evaluate("window.pairs['ar en'] = 'downloadable'")
    await writer.say("مرحبا")
    await reader.sees("To translate Arabic, your browser must load it first.")
    await reader.press("Load")
    await reader.page.evaluate("window.loaded()")
    await expect(_line(reader).locator(".translation")).to_have_text("en<b>: ابحرم")
    await reader.press("Original")
    original = _line(reader).locator(".original")
    await expect(original).to_have_attribute("lang", "ar")
    await expect(original).to_have_css("direction", "rtl")


@pytest.mark.parametrize("broken", ["translator", "detector"])
async def test_a_translator_that_throws_leaves_the_original(
    zufall: Installation, come: Come, broken: str
) -> None:
    writer, reader = await _meet(
        come, zufall, "Text", "pairs['de en'] = 'available'", f"window.broken = '{broken}'"
    )
    await reader.press("Translate")
    await writer.say("Guten Tag")
    if broken == "translator":
        await reader.sees("A line could not be translated. You see the original.")
    await reader.hears("Guten Tag")
    await reader.say("hello")
    await writer.hears("hello")
    await reader.page.evaluate("window.broken = ''")
    await writer.say("Wie geht es")
    await expect(_line(reader).locator(".translation")).to_have_text("en<b>: se theg eiW")
    await expect(reader.page.get_by_text("A line could not be translated.")).to_be_hidden()


async def test_captions_are_translated_too(zufall: Installation, come: Come) -> None:
    writer, reader = await _meet(come, zufall, "Audio", "pairs['de en'] = 'available'")
    await reader.press("Captions and translation")
    await reader.press("Captions")
    await reader.press("Translate")
    await reader.press("Close")
    await writer.page.evaluate("window.packs['de-DE'] = 'available'")
    await (
        writer.page.get_by_role("region", name="Captions")
        .get_by_role("button", name="Write down what I say")
        .click()
    )
    await writer.page.wait_for_function("() => window.sessions.length === 1")
    assert await writer.page.evaluate("window.sessions[0].lang") == "de-DE"
    await writer.page.evaluate("hear('wer bist du', true)")
    heard = reader.page.get_by_role("log", name="Captions").locator("p")
    await expect(heard).to_have_text(["en<b>: ud tsib rew"])
    await writer.page.evaluate("window.again = setInterval(() => hear('ein Satz', true), 2000)")
    line = reader.page.locator(".caption-lines p").last
    await expect(line).to_have_text("en<b>: ztaS nie")
    await reader.press("Original")
    await expect(line).to_have_text("ein Satz")
    await expect(line.locator("span")).to_have_attribute("lang", "de-DE")
    await writer.page.evaluate("clearInterval(window.again)")
