"""A call shows who speaks, that one is heard, how long it lasts, and what is wrong with the connection."""

import re

import pytest
from playwright.async_api import expect

from .conftest import Come
from .installation import Installation
from .layout import crowded_at
from .visitor import Mode, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_VOICE = """
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (wanted) => {
        const stream = await ask(wanted);
        if (!wanted.audio) return stream;
        const context = new AudioContext();
        const [tone, loudness] = [context.createOscillator(), context.createGain()];
        const out = context.createMediaStreamDestination();
        loudness.gain.value = 0;
        tone.connect(loudness).connect(out);
        tone.start();
        window.speak = (on) => { loudness.gain.value = on ? 0.3 : 0; };
        for (const track of stream.getAudioTracks()) {
            track.stop();
            stream.removeTrack(track);
        }
        stream.addTrack(out.stream.getAudioTracks()[0]);
        return stream;
    };
"""
"""Gives the page a microphone that is silent until `speak(true)`."""
_SPEAKING = re.compile(r"\bspeaking\b")
_MUTED = "You are muted."


async def _meet(zufall: Installation, come: Come, mode: Mode) -> tuple[Visitor, Visitor]:
    one, other = await come(zufall.first), await come(zufall.second)
    for each in (one, other):
        await each.page.add_init_script(_VOICE)
        await each.prefer(curtain="off", check=False)
        await each.agree()
        await each.start(mode)
    for each in (one, other):
        await each.until("matched")
    return one, other


async def _speaks(visitor: Visitor, on: bool) -> None:
    await visitor.page.evaluate("on => speak(on)", on)


async def _is_heard(visitor: Visitor, heard: bool) -> None:
    level = "Number(document.querySelector('#mute').style.getPropertyValue('--heard')) > 0.2"
    await visitor.page.wait_for_function(f"heard => ({level}) === heard", arg=heard)


async def _told(visitor: Visitor, text: str) -> int:
    """Return how often this was said on the page."""
    said: int = await visitor.page.evaluate("text => notices.filter(one => one === text).length", text)
    return said


async def test_both_see_who_speaks_and_who_is_muted_is_told_once(zufall: Installation, come: Come) -> None:
    one, other = await _meet(zufall, come, "Audio")
    await one.hears_sound()
    stage = one.page.locator("#stage")
    await expect(stage).not_to_have_class(_SPEAKING)
    await _speaks(other, True)
    await _is_heard(other, True)
    await expect(stage).to_have_class(_SPEAKING)
    assert await stage.locator(".speaks").text_content() == "", "screen readers hear nothing of it"
    await other.press("Mute")
    await other.has_been_told(_MUTED)
    await _is_heard(other, False)
    await expect(stage).not_to_have_class(_SPEAKING)
    await _speaks(other, False)
    await _speaks(other, True)
    await other.press("Mute")
    await expect(stage).to_have_class(_SPEAKING)
    assert await _told(other, _MUTED) == 1


async def test_the_time_of_a_call_can_be_read_and_is_not_announced(zufall: Installation, come: Come) -> None:
    """After a reload it goes on, which `web/tests/call-timer.test.ts` shows."""
    one, other = await _meet(zufall, come, "Text")
    time = one.page.get_by_role("time")
    await expect(time).to_have_text(re.compile(r"^Time in this call: [0-9]+:[0-5][0-9]$"))
    assert await time.evaluate("element => element.closest('[aria-live], [role=status]')") is None
    assert await crowded_at(one.page, 320, 390, 1280) == []
    await other.press("Stop")
    await one.until("over")
    await expect(time).to_be_hidden()
