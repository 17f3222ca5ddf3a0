"""The page keeps some things between visits, in the database of a real browser."""

import subprocess
from pathlib import Path

import pytest
from playwright.async_api import Route

from ..timing import scaled
from .conftest import Come
from .installation import Installation
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_WEB = Path(__file__).parents[2] / "web"
FORBID = """
    const refuse = () => { throw new DOMException("no", "SecurityError") };
    Object.defineProperty(window, "indexedDB", { get: refuse });
    navigator.locks.request = async () => refuse();
"""


@pytest.fixture(scope="module")
def promises(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Bundle a module of the page's tests into one script."""
    bundle = tmp_path_factory.mktemp("promises") / "promises.js"
    subprocess.run(
        ["node_modules/.bin/rolldown", "tests/stores-in-a-browser.ts", "--format", "esm", "--file", bundle],
        cwd=_WEB, check=True, capture_output=True, timeout=scaled(60),
    )  # fmt: skip
    return bundle.read_text()


async def _load(visitor: Visitor, promises: str) -> None:
    """Open an empty page of the same origin that can import the script. Ours would use the database, too."""

    async def answer(route: Route) -> None:
        await route.fulfill(body=promises, content_type="text/javascript")

    async def answer_nothing(route: Route) -> None:
        await route.fulfill(body="<!doctype html>", content_type="text/html")

    await visitor.page.route("**/promises.js", answer)
    await visitor.page.route("**/empty", answer_nothing)
    await visitor.open("/empty")


async def test_a_database_store_keeps_the_promises_of_every_store(
    zufall: Installation, come: Come, promises: str
) -> None:
    visitor = await come(zufall.shared)
    await _load(visitor, promises)
    assert await visitor.page.evaluate("import('/promises.js').then(it => it.failures())") == []


async def test_stored_values_are_sealed(zufall: Installation, come: Come, promises: str) -> None:
    visitor = await come(zufall.shared)
    await _load(visitor, promises)
    raw = await visitor.page.evaluate("import('/promises.js').then(it => it.raw())")
    assert "nasty" not in raw["text"]
    assert len(raw["text"]) > 16
    assert raw["extractable"] is False


async def test_where_storage_is_forbidden_everything_works_for_the_visit(
    zufall: Installation, come: Come
) -> None:
    reporter, accused = await come(zufall.first), await come(zufall.second)
    await reporter.page.add_init_script(FORBID)
    for one in (reporter, accused):
        await one.agree()
        await one.start("Text")
    await accused.say("something nasty")
    await reporter.hears("something nasty")
    await reporter.press("Next")
    await reporter.press("Recent")
    await reporter.sees("something nasty")
    dialog = reporter.page.get_by_role("dialog", name="Recent strangers")
    await dialog.get_by_role("button", name="Report").click()
    await reporter.press("Harassment")
    await reporter.has_been_told("Your report has arrived")


async def test_two_tabs_at_once_make_one_device_key_which_no_script_can_read(
    zufall: Installation, come: Come, promises: str
) -> None:
    visitor = await come(zufall.shared)
    await _load(visitor, promises)
    made = await visitor.page.evaluate("import('/promises.js').then(it => it.devices())")
    assert len(made["keys"]) == 3
    assert len(set(made["keys"])) == 1
    assert made["extractable"] is False
    assert made["vouchers"] == [None, "since yesterday"]
