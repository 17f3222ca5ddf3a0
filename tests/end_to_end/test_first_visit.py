"""A first visit is light and quick, says who is here, and shows the rules before any script."""

import asyncio
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Request, Route, expect

from ..timing import until
from .classifiers import BLOCKED
from .conftest import Come
from .installation import Installation
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

KB = 1024
ASKED_AGAIN = {"/icon.svg", "/api/status"}
"""How often these are asked for after the rules depends on time alone."""

_SAVE_DATA = "Object.defineProperty(navigator.connection, 'saveData', { value: true });"


def kind_of(request: Request) -> str:
    return PurePosixPath(_path(request)).suffix


async def test_a_first_visit_is_light(zufall: Installation, come: Come) -> None:
    """All that the network carries counts, bodies and headers, as HTTP/1.1 sends them.

    The check of pictures is loaded early only if nobody asked for less traffic.
    """
    visitor = await come(zufall.shared)
    await visitor.page.add_init_script(_SAVE_DATA)
    requests: list[Request] = []
    visitor.page.on("requestfinished", lambda request: requests.append(request))
    await visitor.open()
    await visitor.until("consent")
    await visitor.page.wait_for_load_state("networkidle")
    rules = len(requests)
    assert await _received(requests) <= 60 * KB, await _sizes(requests)
    files = [request for request in requests if kind_of(request) in (".js", ".css")]
    assert {".js", ".css"} == {kind_of(request) for request in files}
    answers = [await request.response() for request in files]
    assert {await answer.header_value("content-encoding") for answer in answers if answer} == {"br"}

    await visitor.page.get_by_role("checkbox").check()
    await visitor.press("Agree and continue")
    await visitor.start("Text")
    await expect(visitor.button("Roll the dice")).to_be_visible()  # the last part that a search loads
    later = [request for request in requests[rules:] if _path(request) not in ASKED_AGAIN]
    assert {".js", ".css"} == {kind_of(request) for request in later}
    assert await _received(later) <= 28 * KB, await _sizes(later)


async def _received(requests: list[Request]) -> int:
    sizes = [await request.sizes() for request in requests]
    return sum(size["responseHeadersSize"] + size["responseBodySize"] for size in sizes)


async def _sizes(requests: list[Request]) -> list[tuple[str, int]]:
    return [(_path(request), await _received([request])) for request in requests]


def _path(request: Request) -> str:
    return urlsplit(request.url).path


async def test_the_rules_are_read_before_any_script_comes(zufall: Installation, come: Come) -> None:
    visitor = await come(zufall.shared, java_script_enabled=False)
    await visitor.page.goto(zufall.shared)
    for text in ("Meet someone by chance", "The rules", "You must be 18 or older.", "No harassment"):
        await visitor.sees(text)
    await expect(visitor.button("Agree and continue")).to_be_disabled()


async def test_who_comes_back_does_not_see_the_rules_while_the_page_loads(
    zufall: Installation, come: Come
) -> None:
    visitor = await come(zufall.shared, service_workers="block")
    visitor.forgive(BLOCKED)
    await visitor.agree()
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await go_on.wait()
        await route.continue_()

    await visitor.page.route("**/api/config", hold)
    await visitor.page.reload(wait_until="commit")
    await asked.wait()
    await expect(visitor.page.locator("#consent-card")).to_be_hidden()
    assert await visitor.phase() is None, "the page has not started yet"
    go_on.set()
    await visitor.until("idle")
    await expect(visitor.page.locator("#consent-card")).to_be_hidden()


async def test_the_page_says_how_many_people_are_here(zufall: Installation, come: Come) -> None:
    async def write(one: Visitor) -> None:
        await one.agree()
        await one.start("Text")

    first, second = await come(zufall.first), await come(zufall.second)
    await write(first)
    await expect(first.page.get_by_text("people are here").filter(visible=True)).to_have_count(0)
    await write(second)
    await first.until("matched")

    async def both_count() -> bool:
        response = await first.page.request.get(f"{zufall.first}/api/status?hour=no")
        answer: dict[str, Any] = await response.json()
        return (answer["online"], answer["people"]["text"], answer["hour"]) == (2, 2, [])

    await until(both_count, pause=0.2)
    third = await come(zufall.shared, locale="de")
    await third.open()
    await third.sees("Gerade sind 2 Personen hier · Text: 2")
    await third.page.get_by_role("checkbox").check()
    await third.page.get_by_role("button", name="Zustimmen").click()
    await third.until("idle")
    await third.sees("Gerade sind 2 Personen hier · Text: 2")


async def test_a_footer_leads_to_the_rules_and_to_the_status(zufall: Installation, come: Come) -> None:
    visitor = await come(zufall.shared)
    await visitor.agree()
    footer = visitor.page.get_by_role("contentinfo")
    await expect(footer.get_by_role("link", name="Status")).to_have_attribute("href", "/status")
    for _ in range(2):
        await footer.get_by_role("button", name="Rules and privacy").click()
        dialog = visitor.page.get_by_role("dialog", name="Rules and privacy")
        await expect(dialog.get_by_role("listitem")).to_have_count(5)
        await expect(dialog).to_contain_text("Moderators read what you send in a report.")
        await dialog.get_by_role("button", name="Close").click()
        await expect(dialog).to_be_hidden()
    await visitor.start("Text")
    await visitor.until("searching")
    await expect(footer).to_be_hidden()
