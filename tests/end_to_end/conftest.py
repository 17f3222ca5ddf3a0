"""Provides browsers, and people who open the page with them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Playwright, ViewportSize, async_playwright

from services.contract.ids import random_id

from .. import requirements
from .browsers import ALLOWED, FAKE_CAMERA, WITH_CALM_CAMERA, launch
from .installation import Installation, installation
from .moderator import Moderator, invitation
from .visitor import Visitor

Come = Callable[..., Awaitable[Visitor]]
"""Calls `come(origin, browser=…, locale=…, …)` return a person with a browser that is not on the page yet.

What else is given is for the context, such as `service_workers="block"` where a test answers for the server.
"""

Enter = Callable[..., Awaitable[Moderator]]
"""Calls `enter(role, …)` return a new moderator who has accepted an invitation.

What else is given is for the context.
"""


@pytest.fixture(scope="session")
def zufall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Provide one installation for all tests. `come` leaves it empty after each."""
    requirements.require("browser")
    with installation(tmp_path_factory.mktemp("zufall")) as running:
        yield running


@pytest.fixture
def breakable(tmp_path: Path) -> Iterator[Installation]:
    """Provide an installation for one test, which may kill its parts."""
    requirements.require("browser")
    with installation(tmp_path) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    requirements.require("browser")
    async with async_playwright() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(playwright: Playwright) -> AsyncIterator[Browser]:
    """Has a camera and a microphone, and everybody lets the page use them."""
    browser = await launch(playwright, *WITH_CALM_CAMERA)
    yield browser
    await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def forbidding(playwright: Playwright) -> AsyncIterator[Browser]:
    """Provide a browser that refuses the page its camera."""
    browser = await launch(playwright, FAKE_CAMERA)
    yield browser
    await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def without_camera(playwright: Playwright) -> AsyncIterator[Browser]:
    browser = await launch(playwright, f"{FAKE_CAMERA}=device-count=0", ALLOWED)
    yield browser
    await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def come(zufall: Installation, chromium: Browser) -> AsyncIterator[Come]:
    """Provide people. They leave after the test, which fails if something went wrong on a page."""
    people: list[Visitor] = []
    contexts: list[BrowserContext] = []

    async def bring(
        origin: str, browser: Browser = chromium, locale: str = "en-US", **context_options: Any
    ) -> Visitor:
        viewport: ViewportSize = {"width": 1280, "height": 800}
        context = await browser.new_context(locale=locale, viewport=viewport, **context_options)
        contexts.append(context)
        people.append(Visitor(await context.new_page(), origin))
        return people[-1]

    yield bring
    for person in people:
        await person.stop()  # otherwise a match would wait for each of them for some seconds
    for context in contexts:
        await context.close()
    zufall.until_empty()
    assert [problem for person in people for problem in person.problems] == []


@pytest_asyncio.fixture(loop_scope="session")
async def enter(zufall: Installation, chromium: Browser) -> AsyncIterator[Enter]:
    """Provide moderators. It leaves no open case after the test, which fails if a page of theirs did."""
    people: list[Moderator] = []
    contexts: list[BrowserContext] = []

    async def let_in(
        role: str = "moderator",
        width: int = 1280,
        height: int = 800,
        locale: str = "en-GB",
        **context_options: Any,
    ) -> Moderator:
        viewport: ViewportSize = {"width": width, "height": height}
        context = await chromium.new_context(locale=locale, viewport=viewport, **context_options)
        contexts.append(context)
        name = "m" + random_id()[:8].lower().replace("-", "x")
        moderator = Moderator(await context.new_page(), zufall.console, name)
        people.append(moderator)
        await moderator.accept(invitation(zufall, name, role))
        return moderator

    yield let_in
    zufall.close_cases()
    for moderator in people:
        await moderator.check()
    for context in contexts:
        await context.close()
