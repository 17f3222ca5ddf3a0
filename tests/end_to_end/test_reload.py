"""A slip in a call does not end it: Back stays, closing asks first, and a reload comes back into the call."""

import asyncio

import pytest
from playwright.async_api import Dialog, expect

from .conftest import Come
from .installation import Installation
from .test_survival import call, write
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_RECORD_HINTS = """() => {
    const hint = document.querySelector("#hint");
    window.hints = [];
    new MutationObserver(() => window.hints.push(hint.textContent))
        .observe(hint, { childList: true, characterData: true, subtree: true });
}"""
"""Records what is said about the stranger, which may stay for less than a second."""

_PULLING_DOWN = "getComputedStyle(document.documentElement).overscrollBehaviorY"
"""Says whether a phone loads the page again when it is pulled down."""


async def test_a_reload_in_a_video_call_comes_back_into_the_call(zufall: Installation, come: Come) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    await call(one, other)
    await one.press("Mute")
    await one.say("before the reload")
    await other.hears("before the reload")
    await other.page.evaluate(_RECORD_HINTS)
    match, asked = one.match, answer_dialogs(one)

    await asyncio.gather(one.page.reload(), other.say("at that moment"))
    await one.has_been("reconnecting")
    await one.until("matched")
    assert asked == ["beforeunload"]
    assert one.welcome["resumed"]["match"] == match
    hints = await other.page.evaluate("window.hints")
    assert any("for a moment" in hint or "be back in a moment" in hint for hint in hints)
    await asyncio.gather(one.sees_moving_pictures(), other.sees_moving_pictures())
    await expect(one.button("Mute")).to_have_attribute("aria-pressed", "true")

    await one.say("after it")
    await other.hears("after it")
    await other.say("as if nothing had been")
    await one.hears("as if nothing had been")
    assert await _lines(one) == ["before the reload", "at that moment", "after it", "as if nothing had been"]
    assert sorted(await _lines(other)) == sorted(await _lines(one)), "each line once"


async def test_back_stays_in_a_call_and_leaves_the_page_after_it(zufall: Installation, come: Come) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    await one.page.goto(f"{zufall.first}/status")
    await write(one, other)
    assert await one.page.evaluate(_PULLING_DOWN) == "none"
    await one.page.evaluate("history.back()")
    await one.has_been_told("You are still talking to the stranger")
    await one.say("still here")
    await other.hears("still here")
    await one.press("Stop")
    await one.until("idle")
    assert await one.page.evaluate(_PULLING_DOWN) == "auto"
    await one.page.evaluate("history.back()")
    await one.page.wait_for_url("**/status")


async def test_who_comes_back_too_late_is_told_in_one_sentence(zufall: Installation, come: Come) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    await write(one, other)
    await one.until_a_call_is_loaded()
    await one.page.goto("about:blank")
    await other.press("Next")
    await one.page.goto(zufall.first)
    await one.has_been_told("You came back too late")
    await one.until("idle")
    await other.until("searching")


async def test_a_closed_tab_ends_the_call_before_the_whole_grace(zufall: Installation, come: Come) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    await write(one, other)
    await one.page.close()
    await other.sees("They may be back in a moment")
    await other.until("over", grace=6)


def answer_dialogs(person: Visitor) -> list[str]:
    """Accept what the browser asks, and return the kinds of its questions, which come later."""
    asked: list[str] = []

    async def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.accept()

    person.page.on("dialog", answer)
    return asked


async def _lines(person: Visitor) -> list[str]:
    said = await person.page.get_by_role("log").locator("[data-from]").all_inner_texts()
    return [text.rpartition("\n")[2] for text in said]  # before it stands who said it
