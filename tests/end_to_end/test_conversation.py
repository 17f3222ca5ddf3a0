"""A conversation has reactions, safe lines, an unread mark, popular interests and recent partners."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from playwright.async_api import Locator, WebSocketRoute, expect

from ..timing import until
from .conftest import Come
from .installation import Installation, installation
from .visitor import Mode, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HIDE = """hidden => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
"""Makes the page believe that it is hidden, because a headless browser never hides it by itself."""

PASTE = """text => {
    const field = document.querySelector("#message");
    field.focus();
    const data = { inputType: "insertFromPaste", data: text, bubbles: true, cancelable: true };
    field.dispatchEvent(new InputEvent("beforeinput", data));
}"""


WATCH_FLOATS = """() => {
    const sky = document.querySelector("#floats");
    window.floated = [];
    window.mostAfloat = 0;
    new MutationObserver((changes) => {
        window.mostAfloat = Math.max(window.mostAfloat, sky.children.length);
        for (const one of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
            const moves = one.isConnected && getComputedStyle(one).animationName !== "none";
            window.floated.push(`${one.dataset.from} ${one.textContent}${moves ? " rises" : ""}`);
        }
    }).observe(sky, { childList: true });
}"""
"""Records the reactions in the page, because they stay only for a moment that a slow machine may miss."""

AT_END = """() => {
    const { scrollHeight, scrollTop, clientHeight } = document.querySelector("#lines");
    return scrollHeight > clientHeight && scrollHeight - scrollTop - clientHeight < 2;
}"""

LATE_SCROLL = """(lines) => {
    lines.style.maxHeight = "20px";
    lines.dispatchEvent(new Event("scroll"));
}"""
"""Shrinks the list of lines before the event of an earlier scroll arrives."""


@pytest.fixture(scope="module")
def frank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Provide an installation in which every interest is popular."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ZUFALL_POPULAR_FROM", "1")
        with installation(tmp_path_factory.mktemp("frank")) as running:
            yield running


def refuse_first(page: WebSocketRoute) -> None:
    """Refuse the first line of this page, as a gateway does that is newer than the page."""
    gateway, refused = page.connect_to_server(), set[str]()

    def from_page(frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] != "chat" or refused:
            gateway.send(frame)
            return
        refused.add(message["id"])
        error = {"type": "error", "code": "from_the_future", "message": "No.", "id": message["id"]}
        page.send(json.dumps(error))

    page.on_message(from_page)


async def meet(*people: Visitor, mode: Mode) -> None:
    for person in people:
        await person.prefer(curtain="off", check=False)
        await person.agree()
        await person.page.get_by_role("textbox", name="Interests").fill("Chess,")
        await person.start(mode)
    await asyncio.gather(*(person.until("matched") for person in people))


async def resize(person: Visitor, height: int) -> None:
    """Resize the window, and return when the page has been drawn."""
    await person.page.set_viewport_size({"width": 1280, "height": height})
    await person.page.wait_for_function("height => innerHeight === height", arg=height)
    await person.page.evaluate(
        "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def last_line(person: Visitor) -> Locator:
    return person.page.get_by_role("log").locator("[data-from]").last


async def pasted(person: Visitor) -> str:
    """Paste the clipboard into a page that is allowed nothing and says nothing, and return its lines."""
    page = await person.page.context.new_page()
    await page.set_content("<textarea autofocus></textarea>")
    await page.locator("textarea").press("ControlOrMeta+V")
    text = await page.locator("textarea").input_value()
    await page.close()
    return text


async def react(person: Visitor, name: str) -> None:
    await person.press("React")
    await person.page.get_by_role("group", name="Reactions").get_by_role("button", name=name).click()


async def test_a_reaction_rises_over_the_picture_and_stays_in_the_chat(
    zufall: Installation, come: Come
) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    await meet(one, other, mode="Video")
    for person in (one, other):
        await person.page.evaluate(WATCH_FLOATS)
    await react(one, "clapping")
    await other.hears("👏")
    await expect(last_line(other).get_by_role("img", name="The stranger reacted: clapping")).to_be_visible()
    assert await one.page.evaluate("floated") == ["me 👏 rises"] * 4  # an applause
    assert await other.page.evaluate("floated") == ["stranger 👏 rises"] * 4
    await expect(last_line(one).get_by_role("img", name="You reacted: clapping")).to_be_visible()
    await expect(one.button("React")).to_be_focused()
    await expect(other.page.locator("#floats span")).to_have_count(0)

    # The keyboard is enough, and Escape closes the row without leaving the match.
    await one.button("React").press("Enter")
    await expect(one.button("thumbs up")).to_be_focused()
    await one.page.keyboard.press("ArrowRight")
    await expect(one.button("heart")).to_be_focused()
    await one.page.keyboard.press("Escape")
    await expect(one.page.get_by_role("group", name="Reactions")).to_be_hidden()
    await expect(one.button("React")).to_be_focused()
    assert await one.phase() == "matched"

    # While the chat is closed a reaction is announced once and is no unread line, but a line is.
    await other.page.emulate_media(reduced_motion="reduce")
    await other.button("Chat").click()
    await one.say("🐙🎉")
    await other.has_been_told("The stranger reacted: 🐙, party")
    assert await other.page.evaluate("floated.slice(4)") == ["stranger 🐙", "stranger 🎉"]
    await expect(other.page.locator("#unread")).to_be_hidden()
    await one.say("not only 🎉")
    await expect(other.page.locator("#unread")).to_be_visible()
    await other.button("Chat").click()
    await expect(other.page.locator("#unread")).to_be_hidden()

    # Only a few reactions float at once.
    for _ in range(4):
        await one.say("👋👋👋")
    await expect(other.page.get_by_role("log").get_by_role("img", name="waving")).to_have_count(4)
    assert await other.page.evaluate("mostAfloat") <= 6

    # When there is less room the visitor still sees the line that they were reading.
    await one.say("a long story " * 150)
    lines = other.page.locator("#lines")
    await expect(other.page.get_by_text("a long story")).to_be_visible()
    for height in (500, 800, 500):
        await resize(other, height)
        await other.page.wait_for_function(AT_END)
    await lines.evaluate(LATE_SCROLL)
    await other.page.wait_for_function(AT_END)
    await lines.evaluate("lines => lines.scrollTo(0, 40)")
    await other.page.wait_for_function("() => document.querySelector('#lines').scrollTop === 40")
    await resize(other, 440)
    assert await lines.evaluate("lines => lines.scrollTop") == 40
    await one.press("Stop")


async def test_a_line_is_text_whatever_it_says(zufall: Installation, come: Come) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    await one.page.route_web_socket("**/ws", refuse_first)
    await meet(one, other, mode="Text")
    await one.say("try me again")
    await one.sees("Not delivered")
    await one.say("see https://evil.example/x.png <img src=https://evil.example/y.png>")
    await other.hears("see https://evil.example/x.png <img src=https://evil.example/y.png>")
    await one.say("https://\u202egpj.elpmaxe\u200b.example")
    await other.hears("https://gpj.elpmaxe.example")
    log = other.page.get_by_role("log")
    assert await log.locator("a, img, [src], [href], [style]").count() == 0
    await one.say("שלום, what is this?")
    await other.hears("שלום, what is this?")
    assert await last_line(other).evaluate("line => getComputedStyle(line).unicodeBidi") in (
        "isolate",
        "plaintext",
    )
    await expect(last_line(other)).to_have_css("direction", "rtl")
    await one.say("and this runs from the left")
    await other.hears("and this runs from the left")
    await expect(last_line(other)).to_have_css("direction", "ltr")
    await other.page.get_by_role("textbox", name="Message").fill("שלום")
    assert (
        await other.page.locator("#message").evaluate("field => getComputedStyle(field).direction") == "rtl"
    )

    # A refused line can be sent again, and is the last line then.
    await one.press("Try again")
    await other.hears("try me again")
    await expect(last_line(one)).to_have_text("You: try me again")
    await expect(one.button("Try again")).to_have_count(0)
    await expect(one.page.get_by_role("textbox", name="Message")).to_be_focused()

    # While the page is hidden the title counts unread lines.
    title = await other.page.title()
    await other.page.evaluate(HIDE, True)
    for number in (1, 2):
        await one.say(f"line {number}")
        await expect(other.page).to_have_title(f"({number}) {title}")
    await other.page.evaluate(HIDE, False)
    await expect(other.page).to_have_title(title)

    # The page says when a line is too long, and a draft outlives a lost connection.
    await other.page.evaluate(PASTE, "x" * 1990)
    await expect(other.page.locator("#toasts")).to_be_empty()
    await other.page.evaluate(PASTE, "x" * 2001)
    await other.has_been_told("A message can have at most 2000 characters")
    draft = other.page.get_by_role("textbox", name="Message")
    await draft.fill("a draft")
    await other.page.context.set_offline(True)
    await other.page.evaluate("dispatchEvent(new Event('offline'))")
    await other.until("reconnecting")
    await other.page.context.set_offline(False)
    await other.page.evaluate("dispatchEvent(new Event('online'))")
    await other.until("matched")
    await expect(draft).to_have_value("a draft")
    other.forgive("ERR_INTERNET_DISCONNECTED")
    other.forgive("WebSocket is closed before the connection is established")

    # When the stranger leaves, what was written stays, and a draft with it.
    await one.press("Stop")
    await other.until("over")
    await other.sees("The stranger left")
    await expect(other.page).to_have_title("The stranger left · Zufall")
    await other.hears("line 2")
    await expect(draft).to_have_value("a draft")
    await draft.press("Enter")
    await expect(draft).to_have_value("a draft")
    await other.press("Copy the conversation")
    await other.has_been_told("The conversation was copied.")
    copied = await pasted(other)
    assert copied.splitlines()[-2:] == ["Stranger: line 1", "Stranger: line 2"]

    # The list of recent partners shows the shared interests, and the conversation until the page is closed.
    await other.press("Next")
    await other.until("searching")
    await expect(draft).to_be_hidden()
    await other.press("Stop")
    await other.page.locator("button.recent:visible").click()
    entry = other.page.get_by_role("dialog", name="Recent strangers").get_by_role("listitem")
    await expect(entry).to_contain_text("chess")
    await expect(entry.locator(".said")).to_have_text("line 2")
    await expect(entry.get_by_role("button", name="Report")).to_be_visible()
    await expect(entry.get_by_role("button", name="Block")).to_be_visible()
    await entry.get_by_text("Conversation", exact=True).click()
    await expect(entry.locator("[data-from=stranger]").last).to_have_text("Stranger: line 2")
    await expect(entry.get_by_role("button", name="Copy the conversation")).to_be_visible()
    await other.page.reload()
    await other.page.locator("button.recent:visible").click()
    await expect(entry.locator(".said")).to_have_text("line 2")
    await expect(entry.get_by_text("Conversation", exact=True)).to_have_count(0)


async def test_a_tap_adds_a_popular_interest(frank: Installation, come: Come) -> None:
    one, other = await come(frank.first), await come(frank.second)
    await one.agree()
    await one.page.get_by_role("textbox", name="Interests").fill("Chess, мёд, http://evil.example, @joe,")
    await one.start("Text")
    await one.until("searching")

    async def both_are_popular() -> bool:
        answer = await other.page.request.get(f"{frank.second}/api/status")
        return bool((await answer.json())["popular"] == ["chess", "мёд"])

    await until(both_are_popular, pause=0.2)
    await other.agree()
    popular = other.page.get_by_role("region", name="Popular now")
    await expect(popular.get_by_role("button")).to_have_text(["chess", "мёд"])
    chip = popular.get_by_role("button", name="Add chess")
    size = await chip.bounding_box()
    assert size is not None
    assert size["height"] >= 44
    await chip.press("Enter")
    await expect(other.button("Remove chess")).to_be_visible()
    await expect(popular.get_by_role("button")).to_have_text(["мёд"])
    await expect(popular.get_by_role("button", name="Add мёд")).to_be_focused()
    await other.page.keyboard.press("Enter")
    await expect(popular).to_be_hidden()
    await expect(other.page.get_by_role("textbox", name="Interests")).to_be_focused()
    await other.start("Text")
    await asyncio.gather(one.until("matched"), other.until("matched"))
    await other.sees("You both like chess and мёд")
