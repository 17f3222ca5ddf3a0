"""A page that the service worker kept gives way to a newer one at once, and an operator can throw it away."""

import re
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from services.contract.keys import new_key
from services.runtime.built_files import PAGE

from ..integration.cluster import Service
from ..servers import nats_server, until_listening
from ..timing import until
from .browsers import be_patient

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_BUILD = re.compile(r'name="build" content="(\w+)"')
_BROKEN = "The page of yesterday is broken."
_KEPT = """async text => {
    const newest = (await caches.keys()).at(-1);
    const kept = newest && await (await caches.open(newest)).match("/");
    const { active } = await navigator.serviceWorker.ready;
    return active.state === "activated" && kept && (await kept.text()).includes(text);
}"""
_NO_WORKER = "async () => (await navigator.serviceWorker.getRegistrations()).length === 0"


class UpdatedSite:
    """A gateway with a page of its own, which a test changes like an update."""

    def __init__(self, gateway: Service, page: Path) -> None:
        self.gateway = gateway
        self._page = page
        self.replace_page("")

    def replace_page(self, build: str, body: str = "") -> None:
        """Put the page there: as another build, and with another body, unless these are empty."""
        shutil.copytree(PAGE, self._page, ignore=shutil.ignore_patterns("*.br", "*.gz"), dirs_exist_ok=True)
        if build:
            old = self.build
            for name in ("index.html", "sw.js"):
                (self._page / name).write_text((self._page / name).read_text().replace(old, build))
        if body:
            (self._page / "index.html").write_text(f'<meta name="build" content="{build}"><p>{body}</p>')

    @property
    def build(self) -> str:
        found = _BUILD.search((self._page / "index.html").read_text())
        assert found
        return found[1]

    async def start(self) -> None:
        """Start the gateway, and wait until it answers. It serves pages before it can serve visitors."""
        await self.gateway.start()
        await until_listening(self.gateway.port, self.gateway.process)


@pytest_asyncio.fixture(loop_scope="session")
async def site(tmp_path: Path) -> AsyncIterator[UpdatedSite]:
    async with nats_server() as nats:
        keys = {name: new_key() for name in ("ZUFALL_TOKEN_KEYS", "ZUFALL_PASS_KEYS")}
        folder = tmp_path / "page"
        environment = {**keys, "ZUFALL_NATS": nats.url, "ZUFALL_PAGE": str(folder)}
        gateway = Service("signaling", environment, tmp_path)
        gateway.change(ZUFALL_ORIGINS=gateway.url)
        made = UpdatedSite(gateway, folder)
        await made.start()
        yield made
        await gateway.stop()


async def agree(page: Page) -> None:
    """Accept the rules. A page keeps nothing before that."""
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name="Agree and continue").click()


@asynccontextmanager
async def visited(site: UpdatedSite, chromium: Browser) -> AsyncIterator[Page]:
    """Provide a page of a browser that has been at the site before, so that it has kept its page."""
    context = await chromium.new_context()
    page = await context.new_page()
    be_patient(page)
    await page.goto(site.gateway.url)
    await agree(page)
    await until(lambda: page.evaluate(_KEPT, site.build))
    yield page
    await context.close()


async def open_slowly(site: UpdatedSite, page: Page) -> None:
    """Open the page while the gateway does not answer, so that the kept one is shown. Then it answers."""
    site.gateway.send(signal.SIGSTOP)
    answer = await page.reload(wait_until="commit")
    site.gateway.send(signal.SIGCONT)
    assert answer is not None
    assert answer.from_service_worker


async def test_a_kept_page_is_replaced_as_soon_as_a_newer_one_is_known(
    site: UpdatedSite, chromium: Browser
) -> None:
    async with visited(site, chromium) as page:
        site.replace_page("abad1dea")
        await open_slowly(site, page)
        await expect(page.locator("meta[name=build]")).to_have_attribute("content", "abad1dea")
        await expect(page.locator("html")).to_have_attribute("data-phase", "idle")
        await until(lambda: page.evaluate(_KEPT, "abad1dea"))


async def test_an_operator_throws_a_broken_page_away(site: UpdatedSite, chromium: Browser) -> None:
    async with visited(site, chromium) as page:
        site.replace_page("badc0de5", _BROKEN)
        await page.reload()
        await until(lambda: page.evaluate(_KEPT, _BROKEN))
        await site.gateway.stop()
        site.replace_page("")
        site.gateway.change(ZUFALL_SERVICE_WORKER="off")
        await site.start()
        await open_slowly(site, page)
        await expect(page.get_by_text(_BROKEN)).to_be_hidden()
        await expect(page.locator("html")).to_have_attribute("data-phase", "idle")
        assert await page.evaluate("caches.keys()") == []


async def test_without_a_service_worker_nothing_is_kept_and_nothing_loaded_twice(
    site: UpdatedSite, chromium: Browser
) -> None:
    await site.gateway.stop()
    site.gateway.change(ZUFALL_SERVICE_WORKER="off")
    await site.start()
    context = await chromium.new_context()
    page = await context.new_page()
    be_patient(page)
    async with context.expect_event("serviceworker") as registered:
        await page.goto(site.gateway.url)
        await page.evaluate("window.stays = true")
        await agree(page)
    await registered.value
    await until(lambda: page.evaluate(_NO_WORKER))
    assert await page.evaluate("window.stays")
    assert await page.evaluate("caches.keys()") == []
    await context.close()
