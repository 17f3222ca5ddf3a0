"""The status page shows figures as words, charts and a table, and says when nobody answers."""

import re

import pytest
from playwright.async_api import Locator, expect

from ..timing import until
from .conftest import Come
from .installation import Installation
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CHARTS = {
    "chart_matches": "Matches per minute: lowest ",
    "chart_online": "People online: lowest ",
    "chart_wait": "Wait for a match, half wait less than: lowest ",
    "chart_repeats": "Repeated matches: lowest ",
}
COLOURS = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
}"""


def figure(watcher: Visitor, name: str) -> Locator:
    return watcher.page.locator(f"[data-figure={name}]")


async def watch(watcher: Visitor, origin: str) -> None:
    """Open the page. From then on `later` makes its ten seconds pass at once."""
    await watcher.page.clock.install()
    await watcher.page.goto(f"{origin}/status")
    await is_now(watcher, "fresh")


async def later(watcher: Visitor) -> None:
    await watcher.page.clock.fast_forward(10_000)


async def is_now(watcher: Visitor, state: str) -> None:
    await expect(watcher.page.locator("html")).to_have_attribute("data-status", state)


async def until_known(watcher: Visitor, origin: str) -> None:
    """Wait until the gateways have told each other that two visitors have met."""

    async def is_known() -> bool:
        said = await (await watcher.page.request.get(f"{origin}/api/status")).json()
        return bool(said["complete"] and (said["online"], said["waiting"]) == (2, 0) and said["wait"]["p50"])

    await until(is_known, pause=0.1)


async def meet(one: Visitor, other: Visitor) -> None:
    for each in (one, other):
        await each.agree()
        await each.start("Text")
    await other.until("matched")
    await one.until("matched")


async def test_the_figures_are_said_and_drawn_after_a_meeting(zufall: Installation, come: Come) -> None:
    visitor, other, watcher = await come(zufall.first), await come(zufall.second), await come(zufall.shared)
    await meet(visitor, other)
    await until_known(watcher, zufall.shared)
    await watch(watcher, zufall.shared)
    await expect(figure(watcher, "online")).to_have_text("2")
    await expect(figure(watcher, "waiting")).to_have_text("0")
    await expect(figure(watcher, "wait")).to_have_text(re.compile(r"^[\d.]+ (ms|sec)$"))
    tail = re.compile(r"^99 of 100 wait less than [\d.]+ (ms|sec)$")
    await expect(figure(watcher, "wait_long")).to_have_text(tail)
    await expect(figure(watcher, "matches")).to_have_text(re.compile(r"^0?\.?\d+(\.\d)?$"))
    await expect(figure(watcher, "repeats")).to_have_text(re.compile("%$"))
    for name, sentence in CHARTS.items():
        chart = watcher.page.get_by_role("img", name=sentence)
        await expect(chart).to_have_attribute("data-chart", name)
        await expect(chart).to_have_attribute("data-drawn", "60")
        assert await chart.locator("canvas").evaluate(COLOURS) > 10
    await watcher.page.get_by_text("Show as a table").click()
    rows = watcher.page.get_by_role("table").locator("tbody tr")
    await expect(rows).to_have_count(60)
    await expect(rows.filter(has_text=re.compile(r"(ms|sec)")).first).to_be_visible()


async def test_an_outage_is_said_and_ends_by_itself(zufall: Installation, come: Come) -> None:
    watcher = await come(zufall.first)
    await watch(watcher, zufall.first)
    await watcher.page.context.set_offline(True)
    await later(watcher)
    await is_now(watcher, "unreachable")
    await watcher.sees("Zufall cannot be reached. These numbers are from")
    await watcher.page.context.set_offline(False)
    await later(watcher)
    await is_now(watcher, "fresh")
    watcher.forgive("ERR_INTERNET_DISCONNECTED")


async def test_the_figures_fit_on_a_phone_and_speak_german(zufall: Installation, come: Come) -> None:
    watcher = await come(zufall.first, locale="de-DE")
    await watcher.page.set_viewport_size({"width": 360, "height": 740})
    await watch(watcher, zufall.first)
    await watcher.sees("Die letzte Stunde")
    await expect(watcher.page.locator("canvas")).to_have_count(4)
    assert await watcher.page.evaluate("document.documentElement.scrollWidth") == 360
    await watcher.page.emulate_media(color_scheme="dark")
    await expect(watcher.page.locator("canvas")).to_have_count(4)
