"""A visitor who looks at something else is called when somebody comes, and the screen stays awake."""

import json
from typing import Any

import pytest
from playwright.async_api import expect

from .conftest import Come
from .installation import Installation
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_PRETEND = """
    window.elsewhere = false;
    Object.defineProperty(document, "hidden", { get: () => window.elsewhere });
    document.hasFocus = () => !window.elsewhere;
    window.look = () => {
        window.elsewhere = false;
        dispatchEvent(new Event("focus"));
    };
    window.notes = 0;
    const begin = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when) {
        window.notes += 1;
        return begin.call(this, when);
    };
    window.vibrations = 0;
    navigator.vibrate = () => { window.vibrations += 1; };
    window.shown = [];
    window.Notification = class {
        static permission = "default";
        static requestPermission = async () => (this.permission = window.allows ? "granted" : "denied");
        constructor(title, { body }) {
            this.said = `${title}: ${body}`;
            window.shown.push(this);
        }
        close() { this.closed = true; }
    };
    window.allows = true;
    window.locks = [];
    const request = navigator.wakeLock.request.bind(navigator.wakeLock);
    navigator.wakeLock.request = async (type) => {
        const lock = await request(type);
        window.locks.push(lock);
        return lock;
    };
"""
"""Lets a test say where the visitor looks, and records what the page does to call them."""

_OPEN = "window.shown.filter(one => !one.closed).map(one => one.said)"
_AWAKE = "window.locks.some(lock => !lock.released)"


async def _arrive(person: Visitor, **settings: Any) -> None:
    kept = json.dumps(json.dumps(settings))
    await person.page.add_init_script(_PRETEND)
    if settings:
        await person.page.add_init_script(f"localStorage.setItem('zufall.arrival', {kept})")
    await person.agree()


async def _meet(zufall: Installation, come: Come, waiting: Visitor) -> Visitor:
    """Let somebody come while `waiting` looks at something else."""
    await waiting.page.evaluate("window.elsewhere = true")
    other = await come(zufall.second)
    await other.agree()
    await other.start("Text")
    await waiting.until("matched")
    return other


async def _notes(person: Visitor, notes: int) -> None:
    await person.page.wait_for_function("notes => window.notes === notes", arg=notes)


async def test_whoever_is_elsewhere_hears_a_sound_and_finds_it_in_the_title(
    zufall: Installation, come: Come
) -> None:
    person = await come(zufall.first)
    await _arrive(person)
    await person.start("Text")
    await person.page.wait_for_function(f"() => {_AWAKE}")
    other = await _meet(zufall, come, person)
    await _notes(person, 2)
    assert await person.page.evaluate("[window.vibrations, window.shown.length]") == [1, 0]
    await expect(person.page).to_have_title("● You met someone. Say hello!")
    await person.page.evaluate("look()")
    await other.press("Stop")
    await person.until("over")
    await person.page.wait_for_function(f"() => !({_AWAKE})")
    await person.press("Next")  # and now they look at the page
    await person.page.wait_for_function(f"() => {_AWAKE}")
    await other.start("Text")
    await person.until("matched")
    await person.press("Stop")
    await person.page.wait_for_function(f"() => !({_AWAKE})")
    assert await person.page.evaluate("window.notes") == 2


async def test_a_notification_is_offered_once_and_closes_with_the_match(
    zufall: Installation, come: Come
) -> None:
    person = await come(zufall.first)
    await _arrive(person, sound="off")
    await person.start("Text")
    await person.press("Tell me when someone comes")
    await person.has_been_told("You will get a notification when someone comes while you are elsewhere.")
    await expect(person.page.locator("#scene-title")).to_be_focused()
    other = await _meet(zufall, come, person)
    await person.page.wait_for_function(f"() => {_OPEN}.length > 0")
    assert await person.page.evaluate(_OPEN) == ["Zufall: Somebody is here."]
    await other.press("Stop")
    await person.until("over")
    await person.page.wait_for_function(f"() => {_OPEN}.length === 0")
    assert await person.page.evaluate("[window.notes, window.vibrations]") == [0, 0]


async def test_the_settings_say_when_and_play_the_sound(zufall: Installation, come: Come) -> None:
    person = await come(zufall.first)
    await _arrive(person)
    page = person.page
    await page.locator(".top").get_by_role("button", name="Settings").click()
    await page.get_by_role("combobox", name="Sound").select_option("Always")
    await person.press("Play the sound")
    await _notes(person, 2)
    await person.press("Test the speaker")
    await _notes(person, 4)
    await page.evaluate("window.allows = false")
    notify = page.get_by_role("checkbox", name="Show a notification")
    await notify.click()
    await expect(notify).not_to_be_checked()
    await person.sees("Your browser blocks notifications from Zufall.")
    await page.evaluate("window.allows = true")
    await notify.check()
    await page.get_by_role("checkbox", name="Sign language").check()  # renders the other settings anew
    await expect(notify).to_be_checked()
    stored = await page.evaluate("localStorage.getItem('zufall.arrival')")
    assert json.loads(stored) == {"sound": "always", "notify": True, "offered": False}
