"""Measure how long the work for a token takes a browser: `python -m tests.end_to_end.measure_work`.

A slow phone is a renderer that runs for a quarter of the time. Chromium's own throttling is shown, too, but
it slows only the main thread down, and others do the work. A page without https does it in script.
"""

import asyncio
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psutil  # ships no types
from playwright.async_api import Page, async_playwright

from .browsers import launch
from .installation import Installation, installation

TIMES = 30
RUNS_SECONDS = 0.01
STOPS_SECONDS = 0.03
_ASSETS = Path(__file__).parents[2] / "web/dist/assets"
_SOLVE = """
    async (name) => {
        const { work } = await (await fetch("/api/challenge?device=yes")).json();
        const began = performance.now();
        const worker = new Worker(`/assets/${name}`, { type: "module" });
        worker.postMessage({ type: "work", challenge: work });
        const { data } = await new Promise((resolve) => (worker.onmessage = resolve));
        worker.terminate();
        return [data.counter + 1, performance.now() - began, data.time];
    }
"""


def _stop_and_go(processes: list[int], done: threading.Event) -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), -10)  # on time, also on a busy machine
    while not done.is_set():
        for number, seconds in ((signal.SIGSTOP, STOPS_SECONDS), (signal.SIGCONT, RUNS_SECONDS)):
            for one in processes:
                os.kill(one, number)
            time.sleep(seconds)


@contextmanager
def slow_renderers() -> Iterator[None]:
    """Let the renderers of our browser run for a quarter of the time. This needs root."""
    mine = psutil.Process().children(recursive=True)
    renderers = [one.pid for one in mine if "--type=renderer" in one.cmdline()]
    done = threading.Event()
    thread = threading.Thread(target=_stop_and_go, args=(renderers, done))
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


async def times(page: Page, what: str) -> None:
    """Print the milliseconds of a solution, from the start of its worker, and of one derivation."""
    name = next(_ASSETS.glob("work-worker-*.js")).name
    solved = [await page.evaluate(_SOLVE, name) for _ in range(TIMES)]
    whole = sorted(took for _, took, _ in solved)
    each = median(worked / tried for tried, _, worked in solved)
    counters = median(tried for tried, _, _ in solved)
    sys.stdout.write(
        f"{what}: median {median(whole):.0f} ms, p90 {whole[TIMES * 9 // 10]:.0f} ms, "
        f"most {whole[-1]:.0f} ms; {each:.2f} ms a derivation, median of {counters:.0f} derivations\n"
    )


async def measure(zufall: Installation) -> None:
    insecure = zufall.shared.replace("127.0.0.1", "zufall.test")
    async with async_playwright() as playwright:
        browser = await launch(playwright, "--host-resolver-rules=MAP zufall.test 127.0.0.1")
        page = await browser.new_page()
        await page.goto(f"{zufall.shared}/status")
        await times(page, "this machine")
        session = await page.context.new_cdp_session(page)
        await session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        await times(page, "its main thread at a quarter")
        await session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        with slow_renderers():
            await times(page, "all threads at a quarter")
        await page.goto(f"{insecure}/status")
        await times(page, "without https")
        with slow_renderers():
            await times(page, "without https, all threads at a quarter")
        await browser.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, installation(Path(folder)) as zufall:
        asyncio.run(measure(zufall))


if __name__ == "__main__":
    main()
