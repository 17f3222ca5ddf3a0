"""A conversation goes on by audio and video when both want it, and never before."""

import asyncio
import json

import pytest
from playwright.async_api import Browser, expect

from ..timing import scaled
from .conftest import Come
from .installation import Installation
from .test_curtain import COARSE, WATCH_FRAMES
from .test_firefox import relayed as relayed
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_PEERS = """
    window.peers = [];
    window.RTCPeerConnection = new Proxy(RTCPeerConnection, {
        construct: (target, given) => {
            const made = Reflect.construct(target, given);
            window.peers.push(made);
            return made;
        },
    });
"""
"""Keeps each connection, so that a test can look at its tracks."""
_SOCKET = """
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (frame) { window.socket = this; return send.call(this, frame) };
"""
_SENT = "peers.flatMap(peer => peer.getSenders().map(({ track }) => track?.kind)).filter(Boolean).sort()"
_LIVE = "document.querySelector('#local').srcObject?.getTracks().map(({ kind }) => kind).sort() ?? []"
_ONE_CONNECTION = "peers.filter(peer => peer.connectionState === 'connected').length === 1"


async def _write(come: Come, where: Installation, **settings: object) -> tuple[Visitor, Visitor]:
    one, other = await come(where.first), await come(where.second)
    for person in (one, other):
        await person.page.add_init_script(_PEERS)
        await person.prefer(**settings)
        await person.agree()
        await person.start("Text")
    for person in (one, other):
        await person.until("matched")
    return one, other


async def _agree(person: Visitor, name: str) -> None:
    """Press the button of the question, as soon as a press counts."""
    await person.page.locator(".mode-card").get_by_role("button", name=name).click()


async def _mode(person: Visitor, mode: str) -> None:
    await expect(person.page.locator("html")).to_have_attribute("data-mode", mode)


async def _to_audio(one: Visitor, other: Visitor) -> None:
    await one.press("Add audio")
    await other.sees("The stranger would like to talk with you.")
    await _agree(other, "Add audio")
    for person in (one, other):
        await _mode(person, "audio")
        await person.hears_sound()


async def _to_video(one: Visitor, other: Visitor) -> None:
    await one.press("Add video")
    await other.sees("The stranger would like you to see each other.")
    await _agree(other, "Add video")
    for person in (one, other):
        await _mode(person, "video")
        await person.sees_moving_pictures()


async def test_two_go_from_text_to_audio_and_to_video_in_one_conversation(
    zufall: Installation, come: Come
) -> None:
    one, other = await _write(come, zufall, curtain="off", check=False)
    await one.say("shall we talk?")
    await other.hears("shall we talk?")
    await _to_audio(one, other)
    await other.has_been_told("You can talk now.")
    await other.say("and see each other?")
    await one.hears("and see each other?")
    await _to_video(other, one)
    await one.has_been_told("Video is on for both of you.")
    await other.hears("shall we talk?")
    assert one.match == other.match, "it is the same conversation"
    for person in (one, other):
        assert await person.page.evaluate(_ONE_CONNECTION), "video came over the connection that there was"
        await expect(person.button("Add video")).to_have_count(0)
        await expect(person.page.get_by_role("button", name="Mute", exact=True)).to_be_visible()
    await other.press("Next")
    await one.until("over")
    await _mode(one, "text")
    await one.page.wait_for_function(f"() => ({_LIVE}).length === 0")  # who looks for text uses no devices
    await one.sees("and see each other?")


async def test_nobody_is_heard_or_seen_before_both_want_it(zufall: Installation, come: Come) -> None:
    one, other = await _write(come, zufall, curtain="off", check=False)
    await one.press("Add audio")
    await one.sees("Nobody hears you until the stranger agrees.")
    await other.sees("The stranger would like to talk with you.")
    await other.page.keyboard.press("Escape")  # it is no Next while there is a question
    await one.has_been_told("The stranger would rather write.")
    for person in (one, other):
        await _mode(person, "text")
        assert await person.page.evaluate(_SENT) == []
        await expect(person.page.locator(".mode-card")).to_be_hidden()
    await one.page.wait_for_function(f"() => ({_LIVE}).length === 0")
    await expect(one.page.locator(".add-mode")).to_be_hidden()  # they have said no, and can ask themselves
    await _to_audio(other, one)
    await one.press("Add video")
    await other.sees("The stranger would like you to see each other.")
    await one.page.wait_for_function(f"() => ({_LIVE}).join() === 'audio,video'")
    assert await one.page.evaluate(_SENT) == ["audio"], "the camera is open, and its picture goes nowhere"
    await one.press("Take it back")
    await expect(other.page.locator(".mode-card")).to_be_hidden()
    await one.page.wait_for_function(f"() => ({_LIVE}).join() === 'audio'")
    await _mode(other, "audio")
    await other.hears_sound()


async def test_a_picture_that_comes_later_starts_behind_the_curtain(zufall: Installation, come: Come) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    for person in (one, other):
        await person.page.add_init_script(_PEERS)
        await person.page.add_init_script(WATCH_FRAMES)
        await person.prefer(curtain="always")
        await person.agree()
        await person.start("Audio")
    for person in (one, other):
        await person.hears_sound()
    await _to_video(one, other)
    for person in (one, other):
        await expect(person.page.locator("html")).to_have_attribute("data-curtain", "down")
        assert 0 < await person.page.evaluate("window.largest") <= COARSE, "from the first frame on"


async def test_a_reload_comes_back_by_video(zufall: Installation, come: Come) -> None:
    one, other = await _write(come, zufall, curtain="off", check=False)
    await _to_audio(one, other)
    await _to_video(one, other)
    one.page.on("dialog", lambda dialog: dialog.accept())
    await one.page.reload()
    await one.has_been("reconnecting")
    await one.until("matched")
    for person in (one, other):
        await _mode(person, "video")
        await person.sees_moving_pictures()
        await person.hears_sound()


async def test_a_blocked_microphone_promises_nothing(
    zufall: Installation, come: Come, forbidding: Browser
) -> None:
    other, one = await come(zufall.second), await come(zufall.first, forbidding)
    for person in (one, other):
        await person.agree()
        await person.start("Text")
    await one.press("Add audio")
    await one.has_been_told("is not allowed to use your microphone")
    await _mode(one, "text")
    await one.say("I cannot talk")
    await other.hears("I cannot talk")
    await expect(other.page.locator(".mode-card")).to_be_hidden()


async def test_a_page_that_goes_back_gets_no_second_look(zufall: Installation, come: Come) -> None:
    """The other one's picture begins behind the curtain again, and so does its own."""
    one, other = await come(zufall.first), await come(zufall.second)
    await one.page.add_init_script(_SOCKET)
    for person in (one, other):
        await person.page.add_init_script(WATCH_FRAMES)
        await person.prefer(curtain="always", check=False)
        await person.agree()
        await person.start("Audio")
    for person in (one, other):
        await person.hears_sound()
    await _to_video(one, other)
    for person in (one, other):
        await person.press("Show me now")
    await one.page.wait_for_function(f"() => document.querySelector('#remote').videoWidth > {COARSE}")
    await _go(one, "audio")
    await _mode(other, "audio")
    await other.has_been_told("The stranger went back to audio.")
    await _mode(one, "audio")
    await one.page.evaluate("window.largest = 0")
    await _to_video(one, other)
    for person in (one, other):
        await expect(person.page.locator("html")).to_have_attribute("data-curtain", "down")
    assert 0 < await one.page.evaluate("window.largest") <= COARSE


async def _go(person: Visitor, mode: str) -> None:
    """Let the page of this person say how far they go, as ours never would."""
    frame = json.dumps({"type": "mode", "match": person.match, "mode": mode})
    await person.page.evaluate("frame => window.socket.send(frame)", frame)


async def test_a_page_that_asks_again_and_again_is_not_heard(zufall: Installation, come: Come) -> None:
    one, other = await come(zufall.first), await come(zufall.second)
    await one.page.add_init_script(_SOCKET)
    for person in (one, other):
        await person.agree()
        await person.start("Text")
    for person in (one, other):
        await person.until("matched")
    card = other.page.locator(".mode-card")
    for _ in range(3):
        await _go(one, "video")
        await expect(card).to_be_visible(timeout=1000 * scaled(5))
        await _go(one, "text")
        await expect(card).to_be_hidden(timeout=1000 * scaled(5))
    await _go(one, "video")
    await one.say("please")
    await other.hears("please")
    await expect(card).to_be_hidden()
    await _mode(other, "text")


@pytest.mark.long  # short: peer-kinds.test.ts
async def test_the_credentials_of_a_relay_are_renewed_if_they_expired_while_two_were_writing(
    relayed: Installation, come: Come
) -> None:
    one, other = await _write(come, relayed, curtain="off", check=False)
    await asyncio.sleep(125)  # they hold for two minutes
    await _to_audio(one, other)
    await _to_video(other, one)
    assert len(one.epochs) == len(other.epochs) == 2, "new credentials came with a new socket, once"
