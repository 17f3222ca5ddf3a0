"""A recogniser that the operator mounts, for browsers that have none of their own."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from .. import requirements
from .installation import Installation, installation
from .scripted_speech import ONLY_A_CLOUD, equip
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_SCRIPT = """
export async function createRecogniser({ address, worker }) {
    const [word] = (await (await fetch(address("model.txt"))).text()).split(" ");
    const ear = worker("ear.js");
    return {
        availability: async (language) => (language.startsWith("en") ? "available" : "unavailable"),
        install: async () => true,
        listen({ track, onBegin, onHeard }) {
            onBegin();
            ear.onmessage = ({ data }) => onHeard([data]);
            ear.postMessage(`${word} ${track.kind}`);
            return () => { ear.onmessage = null; };
        },
    };
}
"""
_WORKER = "onmessage = ({ data }) => postMessage({ index: 0, text: data, final: true });"


@pytest.fixture
def with_a_recogniser(tmp_path: Path) -> Iterator[Installation]:
    requirements.require("browser")
    folder = tmp_path / "recogniser"
    folder.mkdir()
    (folder / "recogniser.js").write_text(_SCRIPT)
    (folder / "ear.js").write_text(_WORKER)
    (folder / "model.txt").write_text("heard")
    with installation(tmp_path, {"ZUFALL_RECOGNISER": str(folder)}) as running:
        yield running


async def test_its_script_its_worker_and_its_files_run_under_the_policy_of_the_page(
    with_a_recogniser: Installation, chromium: Browser
) -> None:
    contexts = [await chromium.new_context(locale="en-US") for _ in range(2)]
    speaker, reader = [Visitor(await each.new_page(), with_a_recogniser.shared) for each in contexts]
    for person in (speaker, reader):
        await equip(person.page, ONLY_A_CLOUD)
        await person.agree()
        await person.start("Audio")
    await asyncio.gather(speaker.until("matched"), reader.until("matched"))
    await reader.press("Captions and translation")
    await reader.press("Captions")
    await speaker.page.get_by_role("button", name="Write down what I say").click()
    await expect(reader.page.locator(".caption-lines p")).to_have_text("heard audio")
    await speaker.page.get_by_role("button", name="Settings").locator("visible=true").click()
    await speaker.sees("This browser can write down what you say.")
    await speaker.stop()
    assert [*speaker.problems, *reader.problems] == []
    assert await speaker.page.evaluate("window.sent") is None
    for context in contexts:
        await context.close()
