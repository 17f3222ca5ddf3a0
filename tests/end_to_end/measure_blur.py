"""Measure what blurring the background costs: `python -m tests.end_to_end.measure_blur` prints a table.

CPU is that of the browser and of its worker, from the operating system, before Start and without the check of
pictures. The browser has no graphics processor, so it also draws with the CPU.
"""

import asyncio
import gzip
import tempfile
import time
from pathlib import Path

import psutil  # ships no types
from playwright.async_api import async_playwright

from .. import requirements
from .browsers import WITH_CAMERA, launch
from .installation import Installation, installation
from .measure_check import say
from .visitor import Visitor

SECONDS = 20
_ASSETS = Path(__file__).parents[2] / "web/dist/assets"
_LATER = ("settings-loaded-*.js", "blur-worker-*.js", "segmenter-*.bin", "*.wasm")
_FRAMES = "document.querySelector('#local').getVideoPlaybackQuality().totalVideoFrames"


def _seconds() -> tuple[float, float]:
    """Return the CPU seconds of the browser, and of its workers."""
    browser = worker = 0.0
    for process in psutil.Process().children(recursive=True):
        if not any("type=" in part for part in process.cmdline()):
            continue  # not a process of the browser's pages and media
        for thread in process.threads():
            name = Path(f"/proc/{process.pid}/task/{thread.id}/comm")
            spent = thread.user_time + thread.system_time
            browser += spent
            if name.exists() and name.read_text().startswith("DedicatedWorker"):
                worker += spent
    return browser, worker


async def _measure(zufall: Installation, blur: bool) -> None:
    async with async_playwright() as playwright:
        browser = await launch(playwright, *WITH_CAMERA)
        context = await browser.new_context(locale="en-US", viewport={"width": 1280, "height": 800})
        person = Visitor(await context.new_page(), zufall.shared)
        await person.prefer(blur=blur, check=False)
        opened = time.monotonic()
        await person.agree()
        await person.page.wait_for_function(f"() => {_FRAMES} > 10", timeout=60_000)
        ready = time.monotonic() - opened
        await asyncio.sleep(3)
        before, frames, start = _seconds(), await person.page.evaluate(_FRAMES), time.monotonic()
        await asyncio.sleep(SECONDS)
        after, lasted = _seconds(), time.monotonic() - start
        made = await person.page.evaluate(_FRAMES) - frames
        await browser.close()
    all_of_it, worker = (now - then for now, then in zip(after, before, strict=True))
    say(f"blur {'on' if blur else 'off'}: ten pictures {ready:.1f} s after opening the page")
    say(f"  {made / lasted:.1f} pictures a second, browser {all_of_it / lasted:.0%} of a core")
    say(f"  worker {worker / lasted:.0%} of a core, {1000 * worker / max(made, 1):.0f} ms of CPU a picture")


def main() -> None:
    requirements.require("browser")
    for pattern in _LATER:
        for file in _ASSETS.glob(pattern):
            say(f"{file.name}: {len(gzip.compress(file.read_bytes())) / 1024:.0f} KB gzipped")
    with tempfile.TemporaryDirectory() as folder, installation(Path(folder)) as zufall:
        for blur in (False, True):
            asyncio.run(_measure(zufall, blur))


if __name__ == "__main__":
    main()
