"""Two people meet in a named pool, and the pages of pools that are closed, or that nobody has made."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from .. import requirements
from .installation import Installation, installation
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

POOLS = """
[[pool]]
name = "chess"
title = "Chess <i>evening</i>"
text = "Play with somebody."
interests = ["endgames"]
minimum_age = 21

[[pool]]
name = "later"
title = "Later"
text = "Come back."
from = 2126-12-24T18:00:00
to = 2126-12-24T23:00:00
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    requirements.require("browser")
    folder = tmp_path_factory.mktemp("pools")
    file = folder / "pools.toml"
    file.write_text(POOLS)
    with installation(folder, {"ZUFALL_POOLS": str(file)}) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def people(site: Installation, chromium: Browser) -> AsyncIterator[list[Visitor]]:
    contexts = [await chromium.new_context(locale="en-US") for _ in range(2)]
    origins = (site.first, site.second)
    people = [
        Visitor(await context.new_page(), origin) for context, origin in zip(contexts, origins, strict=True)
    ]
    yield people
    for context in contexts:
        await context.close()
    for person in people:
        person.forgive("404")  # the answer of a pool that does not exist
    assert [problem for person in people for problem in person.problems] == []


async def enter(person: Visitor, pool: str) -> None:
    await person.agree()
    await person.page.goto(f"{await person.page.evaluate('origin')}/p/{pool}")
    await person.until("idle")


async def test_two_meet_in_a_pool_and_a_reload_comes_back_into_it(people: list[Visitor]) -> None:
    for person in people:
        await enter(person, "chess")
        await expect(person.page.locator("#idle-title")).to_have_text("Chess <i>evening</i>")
        await expect(person.page.get_by_text("For people aged 21 or over.")).to_be_visible()
    one, other = people
    await one.page.get_by_role("button", name="endgames").click()
    await expect(one.page.locator("#interests")).to_contain_text("endgames")
    for person in people:
        await person.start("Text")
    for person in people:
        await person.until("matched")
    await one.until_a_call_is_loaded()
    one.page.on("dialog", lambda dialog: dialog.accept())
    await one.page.reload()
    await one.until("matched")
    await one.say("still here")
    await expect(other.page.locator("#lines")).to_contain_text("still here")


async def test_a_closed_pool_says_when_it_opens_and_offers_a_calendar(people: list[Visitor]) -> None:
    person, _ = people
    await enter(person, "later")
    await expect(person.page.get_by_text("Closed now. Opens")).to_contain_text("December")
    await expect(person.page.locator("#start")).to_be_disabled()
    async with person.page.expect_download() as download:
        await person.page.get_by_role("link", name="Add to my calendar").click()
    assert (await download.value).suggested_filename == "later.ics"


async def test_a_pool_that_does_not_exist_leads_to_the_front_page(people: list[Visitor]) -> None:
    person, _ = people
    await enter(person, "nothing")
    await person.sees("There is nothing at this address.")
    await expect(person.page.locator("#start")).to_be_hidden()
    await person.page.get_by_role("link", name="Go to the front page").click()
    await person.until("idle")
    await expect(person.page.locator("#start")).to_be_visible()


async def test_the_status_page_shows_the_pools(site: Installation, people: list[Visitor]) -> None:
    page = people[0].page
    await page.goto(f"{site.first}/status")
    rows = page.locator("#pool-rows tr")
    await expect(rows.first).to_contain_text("Chess <i>evening</i>")
    assert await rows.count() == 2
    assert Path(await rows.last.locator("a").get_attribute("href") or "").name == "later"
