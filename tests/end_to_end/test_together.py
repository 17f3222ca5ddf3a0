"""Two strangers do something together: cards, proposals and the stage. A stranger's page may lie."""

import asyncio
import json

import pytest
from playwright.async_api import Locator, expect

from .classifiers import BLOCKED
from .conftest import Come
from .installation import Installation
from .layout import lost_at
from .visitor import Mode, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_STAGE = "Go on stage for 30 seconds"
_ASKS = "The stranger would like to show you something."
_NO = "The stranger would rather not."
_KEEP_CHANNEL = """
    const open = RTCPeerConnection.prototype.createDataChannel;
    RTCPeerConnection.prototype.createDataChannel = function (...args) {
        return (window.channel = open.apply(this, args));
    };
"""
"""Lets a test speak for a stranger's page."""
_PART = "**/assets/controller-*.js"
_SIZES = ((1280, 800), (390, 844), (320, 568), (844, 390))


async def meet(*people: Visitor, mode: Mode) -> None:
    """Let them meet. They have nothing in common but their language."""
    for person in people:
        await person.prefer(curtain="off", check=False)
        await person.agree()
        await person.start(mode)
    await asyncio.gather(*(person.until("matched") for person in people))


def cards(person: Visitor) -> Locator:
    """Return the cards among the lines. The first stands in an empty chat."""
    return person.page.get_by_role("log").locator(".ice-card > span:not(.row)")


def panel(person: Visitor) -> Locator:
    return person.page.locator("#together")


async def connected(*people: Visitor) -> None:
    for person in people:
        await person.page.wait_for_function("() => window.channel?.readyState === 'open'")


async def propose_stage(person: Visitor) -> None:
    await person.press("Together")
    await person.press(_STAGE)


async def lost(person: Visitor) -> list[str]:
    """List what is lost at any of the sizes, once the short notes are gone, which lie over the top."""
    await expect(person.page.locator("#toasts p")).to_have_count(0)
    found = [what for size in _SIZES for what in await lost_at(person.page, *size)]
    await person.page.set_viewport_size({"width": 1280, "height": 800})
    return found


def _lie(**fields: object) -> dict[str, object]:
    return {"type": "together", "what": "stage", "step": "propose", "n": 1, **fields}


async def test_both_see_the_same_card_and_either_asks_another_one(zufall: Installation, come: Come) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    for person in (one, other):
        await person.page.add_init_script(_KEEP_CHANNEL)
    await meet(one, other, mode="Video")
    await connected(one, other)
    first = await cards(one).inner_text()
    await expect(cards(other)).to_have_text(first)

    await one.press("Another question")
    await expect(cards(one)).not_to_have_text(first)
    second = await cards(one).inner_text()
    await expect(cards(other)).to_have_text(second)

    await other.say("Good question!")
    await one.hears("Good question!")
    await one.press("Together")
    await expect(panel(one).get_by_role("heading")).to_be_focused()
    assert await lost(one) == []
    third = await panel(one).locator("p").first.inner_text()
    await one.press("Ask this")
    await expect(cards(other).last).to_have_text(third)
    await expect(cards(one).last).to_have_text(third)
    assert third not in (first, second)

    for _ in range(21):
        await one.press("Together")
        await one.press("Ask this")
    await expect(cards(one)).to_have_count(21)  # the first one of the chat, and the last twenty


async def test_in_a_text_chat_a_card_goes_into_the_field(zufall: Installation, come: Come) -> None:
    """A text conversation has no connection between the two pages, and so hides both addresses."""
    one, other = await come(zufall.first), await come(zufall.second)
    await meet(one, other, mode="Text")
    first = await cards(one).inner_text()
    await expect(cards(other)).to_have_text(first)
    await one.press("Together")
    await expect(panel(one).get_by_role("button")).to_have_text(["Close", "Ask this", "Another question"])
    assert await lost(one) == []
    chosen = await panel(one).locator("p").first.inner_text()
    await panel(one).get_by_role("button", name="Ask this").click()
    field = one.page.get_by_role("textbox", name="Message", exact=True)
    await expect(field).to_be_focused()
    await expect(field).to_have_value(chosen)
    await one.press("Send")
    await other.hears(chosen)


async def test_a_proposal_is_declined_accepted_and_ended_by_the_keyboard(
    zufall: Installation, come: Come
) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    for person in (one, other):
        await person.page.add_init_script(_KEEP_CHANNEL)
    await meet(one, other, mode="Video")
    await connected(one, other)

    await propose_stage(one)
    await other.has_been_told(_ASKS)
    assert await lost(other) == []
    await other.page.keyboard.press("Escape")  # this is a No, and not Next
    await one.has_been_told(_NO)
    await expect(panel(one)).to_be_hidden()
    await one.press("Together")
    await expect(one.button(_STAGE)).to_be_disabled()
    await one.sees("Can be asked again in a minute")
    await one.page.keyboard.press("Escape")
    await expect(one.button("Together")).to_be_focused()

    await propose_stage(other)
    await one.press("Join")
    await expect(one.page.locator("html")).to_have_attribute("data-performs", "them")
    await expect(other.page.locator("html")).to_have_attribute("data-performs", "me")
    for person in (one, other):
        assert await lost(person) == []
    await one.page.get_by_role("button", name="Applause").click()
    await other.hears("👏")
    await one.page.keyboard.press("Escape")
    await expect(other.page.locator("html")).not_to_have_attribute("data-performs", "me")
    await other.has_been_told("The stranger has ended it.")
    for person in (one, other):
        await expect(panel(person)).to_be_hidden()
        assert await person.phase() == "matched"


async def test_a_press_after_one_that_failed_loads_it_again(zufall: Installation, come: Come) -> None:
    one, other = await come(zufall.first, service_workers="block"), await come(zufall.second)
    one.forgive("ERR_FAILED")
    one.forgive(BLOCKED)
    await one.page.route(_PART, lambda route: route.abort())
    await meet(one, other, mode="Video")
    async with one.page.expect_event("console", lambda said: "could not be loaded" in said.text):
        await one.press("Together")
    await one.page.unroute(_PART)
    await one.press("Together")
    await expect(one.button(_STAGE)).to_be_visible()


async def test_a_stranger_whose_page_lies_changes_nothing(zufall: Installation, come: Come) -> None:
    one, liar = await come(zufall.first), await come(zufall.second)
    for person in (one, liar):
        await person.page.add_init_script(_KEEP_CHANNEL)
    await meet(one, liar, mode="Video")
    await connected(one, liar)
    first = await cards(one).inner_text()
    lies = [
        *(_lie(what=what) for what in ("sing", "<img src=x>", 7, "s" * 3_000, None)),
        *(_lie(step=step) for step in ("accept", "end", "decline", "force", None)),
        *(_lie(n=n) for n in (-1, 1.5, "1", None, 1e99)),
        *({"type": "card", "n": n} for n in (-1, 60, 1e99, "1", [3], None, {"n": 1})),
        *({"type": "stage", "vote": vote} for vote in ("again", "change", "<b>", 1)),
    ]
    for lie in lies * 5:
        await liar.page.evaluate("text => channel.send(text)", json.dumps(lie))
    flood = "text => { for (let n = 0; n < 1_000; n++) channel.send(text) }"
    await liar.page.evaluate(flood, json.dumps(lies[0]))
    await liar.say("Is anything wrong?")
    await one.hears("Is anything wrong?")
    await expect(panel(one)).to_be_hidden()
    await expect(cards(one)).to_have_text([first])
    assert await one.phase() == "matched"
    assert await one.page.locator("html").get_attribute("data-performs") is None
