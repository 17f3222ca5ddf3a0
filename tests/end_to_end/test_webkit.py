"""WebKitGTK, which has no calls, meets Chromium by text: layout, chat, Next, a reload, and what it stores."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from ..requirements import require
from .conftest import Come
from .installation import Installation
from .visitor import Visitor
from .webkit import DESKTOP, PHONE, WebKit, WebKitVisitor, webkit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

Arrive = Callable[..., Awaitable[WebKitVisitor]]
"""Calls `arrive(origin, …)` return a person who sees the rules. What else is given is for the browser."""

_NO_CALLS = (
    "Video and audio calls do not work in this browser, or are switched off in it. You can still use text."
)
_TROUBLE = "document.querySelector('#trouble-text').textContent"
_OFFERED = """[...document.querySelectorAll("#trouble button, #start")]
    .filter((button) => button.checkVisibility() && !button.disabled).map((button) => button.id)"""
_CONNECTION = "document.querySelector('#ready-connection').textContent"
_DIRECTION = "[document.documentElement.lang, getComputedStyle(document.body).direction]"
_FROM_LEFT = """["next", "report", "stop"].map((id) => document.getElementById(id))
    .sort((one, other) => one.getBoundingClientRect().left - other.getBoundingClientRect().left)
    .map(({ id }) => id)"""
_DARK = "matchMedia('(prefers-color-scheme: dark)').matches"
_STORED = """() => {
    const visitor = localStorage.getItem("zufall.memory.");
    const kept = (name) => localStorage.getItem(`zufall.${name}.${visitor}`);
    const { token } = JSON.parse(sessionStorage.getItem("zufall.token"));
    return { token, visitor, epoch: Number(kept("epoch")), memory: JSON.parse(kept("memory")) };
}"""
_REFUSE_REPORTS = """() => {
    const { fetch } = window;
    window.fetch = (...request) =>
        request[0] === "/api/reports" ? Promise.reject(new TypeError("no network")) : fetch(...request);
}"""
_SHOWN = "(selector) => document.querySelector(selector)?.checkVisibility() ?? false"
_TOLD = "(text) => window.notices.some((notice) => notice.includes(text))"
_BEEN = "(phase) => window.phases.includes(phase)"
_LAST_SAID = "[...document.querySelectorAll('#recents .said')].map(({ textContent }) => textContent)"
_TAKE_AWAY = """
    for (const name of ["indexedDB", "WebAssembly", "AudioContext", "caches", "Notification"])
        delete window[name];
    for (const name of ["locks", "mediaDevices", "serviceWorker"]) delete Navigator.prototype[name];
"""
"""Takes interfaces from a page, as the Lockdown Mode of iPhones does (docs/browsers.md)."""
_LEFT = "[typeof indexedDB, typeof WebAssembly, typeof navigator.locks, typeof navigator.serviceWorker]"
_NOTES = "SELECT note FROM reports WHERE reporter = ?"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def kit(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebKit]:
    require("webkit")
    async with webkit(tmp_path_factory.mktemp("webkit")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def arrive(kit: WebKit, come: Come) -> AsyncIterator[Arrive]:
    """Provide a person with WebKitGTK. They leave before `come` waits for empty gateways."""
    people: list[WebKitVisitor] = []

    async def bring(origin: str, *options: str) -> WebKitVisitor:
        person = WebKitVisitor(await kit.page(*options), origin)
        people.append(person)
        await person.resize(*PHONE)
        await person.open()
        await person.until("consent")
        return person

    yield bring
    try:
        assert [problem for person in people for problem in await person.problems()] == []
    finally:
        for person in people:
            await person.leave()


async def test_a_browser_without_calls_says_so_and_offers_text(zufall: Installation, arrive: Arrive) -> None:
    one = await arrive(zufall.first)
    await one.agree()
    for mode in ("video", "audio"):
        await one.choose(mode)
        await one.sees(_NO_CALLS, _TROUBLE)
        await one.sees(["trouble-text-mode"], _OFFERED)
        await one.sees("You are connected.", _CONNECTION)  # and nothing of the way of calls
        assert await one.lost() == []
    await one.resize(*PHONE)
    await one.page.click("#trouble-text-mode")
    await one.sees(["start"], _OFFERED)


async def test_everything_fits_both_write_in_order_and_next_brings_another(
    zufall: Installation, arrive: Arrive, come: Come
) -> None:
    one, other = await arrive(zufall.first), await come(zufall.second)
    faults = {"consent": await one.faults()}
    await one.agree()
    await one.choose("text")
    await one.page.type("#interest", "chess,")
    await one.page.click("#more summary")
    faults["idle"] = await one.faults()
    await one.page.click("#start")
    await one.until("searching")
    faults["searching"] = await one.faults()

    await _answer(one, other)
    await other.say("Who are you?")
    await one.hears("Stranger: Who are you?")
    await one.say("I am new here.")
    await other.hears("I am new here.")
    for line in ("So am I.", "And this is a line that is longer than a phone is wide, so it must wrap."):
        await other.say(line)
    await one.say("Goodbye!")
    said = [
        "Stranger: Who are you?",
        "You: I am new here.",
        "Stranger: So am I.",
        "Stranger: And this is a line that is longer than a phone is wide, so it must wrap.",
        "You: Goodbye!",
    ]
    await one.hears(*said)
    await other.hears("Goodbye!")
    faults["matched"] = await one.faults()

    await other.press("Add audio")
    await one.sees(True, _SHOWN, ".mode-card button.sun:enabled")
    faults["asked"] = await one.faults()
    assert not await one.page.evaluate(_SHOWN, ".add-mode"), "it cannot ask for what it does not have"
    await one.page.click(".mode-card .sun")
    await one.sees(True, _TOLD, _NO_CALLS)
    await one.page.click(".mode-card button:last-child")
    await other.has_been_told("The stranger would rather write.")

    await one.page.click("#next")
    await one.until("searching")
    await other.stop()
    third = await come(zufall.second)
    await _answer(one, third)
    await third.say("Hello")
    await one.hears("Stranger: Hello")
    assert {stop: what for stop, what in faults.items() if what} == {}


async def test_a_reload_comes_back_into_the_conversation_and_to_what_is_stored(
    zufall: Installation, arrive: Arrive, come: Come
) -> None:
    one, other = await arrive(zufall.first), await come(zufall.second)
    await one.agree()
    await one.start()
    await _answer(one, other)
    await one.say("before the reload")
    await other.hears("before the reload")
    before = await one.page.evaluate(_STORED)
    await one.page.reload()
    await one.sees(True, _BEEN, "reconnecting")
    await one.until("matched")
    await other.say("and after it")
    await one.hears("You: before the reload", "Stranger: and after it")
    after = await one.page.evaluate(_STORED)
    assert [after[name] for name in ("token", "visitor")] == [before[name] for name in ("token", "visitor")]
    # An epoch may be raised for a dial that another one overtakes.
    assert after["epoch"] >= after["memory"]["epoch"] > before["epoch"] >= before["memory"]["epoch"]

    await one.page.evaluate(_REFUSE_REPORTS)
    await one.page.click("#report")
    await one.page.type("#report-note", "kept by WebKit")
    await one.page.click("#reasons button")
    await one.sees(True, _TOLD, "Your report will be sent as soon as the connection is back.")
    notes = partial(zufall.query, _NOTES, after["visitor"])
    assert notes() == []
    await one.open()
    await one.sees(True, _TOLD, "Your report has arrived.")
    assert notes() == [("kept by WebKit",)]
    await one.resize(*DESKTOP)  # on a phone, what it was told covers the button for a moment
    await one.page.click("header .recent")
    await one.sees(["and after it"], _LAST_SAID)


async def test_a_conversation_survives_the_gateway_of_webkit(
    breakable: Installation, arrive: Arrive, come: Come
) -> None:
    one = await arrive(breakable.shared)
    await one.agree()
    await one.start()
    gateway = breakable.gateway_of_visitors()
    other = await come(breakable.other_than(gateway))
    await _answer(one, other)
    await one.say("before")
    await other.hears("before")
    breakable.kill(gateway)
    await one.sees(True, _BEEN, "reconnecting")
    await one.say("said while nobody carried it")
    await one.until("matched")
    await other.hears("said while nobody carried it")
    await other.say("I heard you")
    await one.hears("You: before", "You: said while nobody carried it", "Stranger: I heard you")


async def test_who_has_lockdown_mode_can_write_reload_and_report(
    zufall: Installation, arrive: Arrive, come: Come, tmp_path: Path
) -> None:
    script = tmp_path / "lockdown.js"
    script.write_text(_TAKE_AWAY)
    one, other = await arrive(zufall.first, f"--user-script-at-start={script}"), await come(zufall.second)
    assert await one.page.evaluate(_LEFT) == ["undefined"] * 4
    await one.agree()
    await one.sees(_NO_CALLS, _TROUBLE)
    await one.start()
    await _answer(one, other)
    await one.say("before the reload")
    await other.hears("before the reload")
    await one.page.reload()
    await one.until("matched")
    await other.say("and after it")
    await one.hears("You: before the reload", "Stranger: and after it")
    await one.page.click("#report")
    await one.page.click("#reasons button")
    await one.sees(True, _TOLD, "Your report has arrived.")


async def test_arabic_runs_from_right_to_left_in_the_dark(
    zufall: Installation, arrive: Arrive, come: Come
) -> None:
    one, other = await arrive(zufall.first, "--dark-mode"), await come(zufall.second)
    assert await one.page.evaluate(_DARK)
    await one.page.click("#consent-language [value=ar]")
    await one.sees(["ar", "rtl"], _DIRECTION)
    faults = {"consent": await one.faults()}
    await one.agree()
    await one.sees(["trouble-text-mode"], _OFFERED)
    faults["trouble"] = await one.lost()
    await one.start()
    await _answer(one, other)
    await other.say("Hello")
    await one.say("مرحبا")
    await other.hears("مرحبا")
    await one.hears("الشخص الآخر: Hello", "أنت: مرحبا")
    faults["matched"] = await one.faults()
    assert {stop: what for stop, what in faults.items() if what} == {}
    for size in (PHONE, DESKTOP):
        await one.resize(*size)
        assert await one.page.evaluate(_FROM_LEFT) == ["next", "report", "stop"]


async def _answer(one: WebKitVisitor, other: Visitor) -> None:
    """Let `other` come, who is the only one that `one` can meet."""
    await other.agree()
    await other.start("Text")
    await other.until("matched")
    await one.until("matched")
