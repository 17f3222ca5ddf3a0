"""Measure what the check of pictures costs: `python -m tests.end_to_end.measure_check` prints a table.

CPU is that of the worker's threads, from the operating system, while two talk with the real classifier.
"""

import asyncio
import gzip
import sys
import tempfile
import time
from pathlib import Path

import psutil  # ships no types
from playwright.async_api import Browser, async_playwright

from .. import requirements
from .browsers import WITH_CAMERA, launch
from .installation import Installation, installation
from .visitor import Visitor

SECONDS = 40
_ASSETS = Path(__file__).parents[2] / "web/dist/assets"
_LATER = ("classifier-*.js", "worker-*.js", "weights-*.bin", "*.wasm")
_RUNS = "() => document.querySelector('#check-state').textContent.includes('running')"
_LOOKED = "() => document.querySelector('#local').dataset.verdict === 'fine'"
_LOOKS = """
    const look = Worker.prototype.postMessage;
    window.looks = [];
    Worker.prototype.postMessage = function (...message) {
        const at = performance.now();
        this.addEventListener("message", () => window.looks.push(performance.now() - at), { once: true });
        return look.apply(this, message);
    };
"""


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _worker_seconds(browser: int) -> dict[int, float]:
    """Return the CPU seconds of each thread of a browser's workers."""
    spent: dict[int, float] = {}
    for process in psutil.Process(browser).children(recursive=True):
        for thread in process.threads():
            name = Path(f"/proc/{process.pid}/task/{thread.id}/comm")
            if name.exists() and name.read_text().startswith("DedicatedWorker"):
                spent[thread.id] = thread.user_time + thread.system_time
    return spent


def _browser() -> int:
    """Return the process id of the browser that this process has started."""
    mine = psutil.Process().children(recursive=True)
    return int(next(one.pid for one in mine if "--headless=new" in one.cmdline()))


async def _meet(browser: Browser, zufall: Installation) -> list[Visitor]:
    people = []
    for origin in (zufall.first, zufall.second):
        context = await browser.new_context(locale="en-US", viewport={"width": 1280, "height": 800})
        people.append(Visitor(await context.new_page(), origin))
        await people[-1].page.add_init_script(_LOOKS)
        await people[-1].agree()
        await people[-1].start()
    for person in people:
        await person.until("matched")
    return people


async def _measure(zufall: Installation) -> None:
    async with async_playwright() as playwright:
        browser = await launch(playwright, *WITH_CAMERA)
        people = await _meet(browser, zufall)
        met = time.monotonic()
        for person in people:
            await person.page.wait_for_function(_RUNS, timeout=60_000)
        loaded = time.monotonic() - met
        for person in people:
            await person.page.wait_for_function(_LOOKED, timeout=60_000)
        looked = time.monotonic() - met
        for person in people:
            await person.page.evaluate("window.looks.length = 0")
        before, start = _worker_seconds(_browser()), time.monotonic()
        await asyncio.sleep(SECONDS)
        after, lasted = _worker_seconds(_browser()), time.monotonic() - start
        looks = [look for person in people for look in await person.page.evaluate("window.looks")]
        await browser.close()
    workers = sorted(after[one] - before.get(one, 0) for one in after)[-2:]
    share, median = max(workers) / lasted, sorted(looks)[len(looks) // 2]
    say(f"loaded {loaded:.1f} s after the match, all pictures looked at after {looked:.1f} s")
    say(f"{len(looks) / 2 / lasted:.2f} looks a second; a look took {median:.0f} ms (median)")
    say(f"{1000 * sum(workers) / len(looks):.1f} ms of CPU a look; {share:.1%} of a core for the worker")


def _sizes() -> None:
    for pattern in _LATER:
        for file in _ASSETS.glob(pattern):
            squeezed = len(gzip.compress(file.read_bytes())) / 1024
            say(f"{file.name}: {file.stat().st_size / 1024:.0f} KB, {squeezed:.0f} KB gzipped")


def main() -> None:
    requirements.require("browser")
    _sizes()
    with tempfile.TemporaryDirectory() as folder, installation(Path(folder)) as zufall:
        asyncio.run(_measure(zufall))


if __name__ == "__main__":
    main()
