"""Measures `matched` to the stranger's first picture: `python -m tests.end_to_end.measure_meeting`.

Two pages meet again and again, each time as other visitors: strangers who parted do not meet at once.
With `--first` each meeting is the first one of two new browsers, up to a clear picture. They press Start when
their picture is ready, or with `--hurry` as soon as the button can be pressed.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright

from .browsers import WITH_CAMERA, launch
from .installation import Installation, installation
from .stopwatch import STOPWATCH, become_somebody_else, time_of_meeting, time_to_clear
from .visitor import Visitor


async def measure(zufall: Installation, meetings: int) -> list[dict[str, float]]:
    """Return milliseconds after `matched`, one dict for each page and meeting."""
    async with async_playwright() as playwright:
        browser = await launch(playwright, *WITH_CAMERA)
        pages = [await (await browser.new_context(locale="en-US")).new_page() for _ in range(2)]
        people = [Visitor(page, zufall.first) for page in pages]
        for person in people:
            await person.page.add_init_script(STOPWATCH)
            await person.agree()
        times: list[dict[str, float]] = []
        for _ in range(meetings):
            await asyncio.gather(*(person.press("Start") for person in people))
            times += await asyncio.gather(*(time_of_meeting(person) for person in people))
            await asyncio.gather(*(become_somebody_else(person) for person in people))
        await browser.close()
    return times


async def measure_first(zufall: Installation, meetings: int, *, hurry: bool) -> list[dict[str, float]]:
    """Return milliseconds after `matched`, one dict for each page and meeting."""
    async with async_playwright() as playwright:
        browser = await launch(playwright, *WITH_CAMERA)
        times: list[dict[str, float]] = []
        for _ in range(meetings):
            times += await _first_meeting(zufall, browser, hurry=hurry)
        await browser.close()
    return times


async def _first_meeting(zufall: Installation, browser: Browser, *, hurry: bool) -> list[dict[str, float]]:
    contexts = [await browser.new_context(locale="en-US") for _ in range(2)]
    people = [Visitor(await context.new_page(), zufall.first) for context in contexts]
    for person in people:
        await person.page.add_init_script(STOPWATCH)
        await person.agree()
        if not hurry:
            await person.sees("Your picture is ready")
    await asyncio.gather(*(person.press("Start") for person in people))
    clear = await asyncio.gather(*(time_to_clear(person) for person in people))
    times = await asyncio.gather(*(time_of_meeting(person) for person in people))
    for context in contexts:
        await context.close()
    return [{**time, "clear": milliseconds} for time, milliseconds in zip(times, clear, strict=True)]


def report(times: list[dict[str, Any]]) -> str:
    lines = []
    for name in times[0]:
        values = sorted(time[name] for time in times)
        p50, p90 = values[len(values) // 2], values[len(values) * 9 // 10]
        lines.append(f"{name:>12}: p50 {p50:4.0f} ms, p90 {p90:4.0f} ms")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meetings", type=int, default=20)
    parser.add_argument("--first", action="store_true", help="measure first meetings up to a clear picture")
    parser.add_argument("--hurry", action="store_true", help="press Start before the own picture is ready")
    asked = parser.parse_args()
    meetings = asked.meetings
    with tempfile.TemporaryDirectory() as folder, installation(Path(folder)) as zufall:
        first = asked.first or asked.hurry
        work = measure_first(zufall, meetings, hurry=asked.hurry) if first else measure(zufall, meetings)
        times = asyncio.run(work)
    print(f"{meetings} meetings, both pages, after `matched`:\n{report(times)}")  # noqa: T201 -- a command prints


if __name__ == "__main__":
    main()
