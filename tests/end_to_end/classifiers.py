"""Other workers for the check of pictures: a test answers when the page asks for the script."""

from playwright.async_api import Page, Route

BLOCKED = "Service Worker registration blocked"
"""Come with `service_workers="block"`, so that the script is asked for; then Chromium says this."""
_SCRIPT = "**/assets/worker-*.js"
_CERTAIN = """
    postMessage({ type: "ready", backend: "none", cost: 5 });
    onmessage = ({ data }) => {
        data.picture.close();
        postMessage({ type: "look", look: { score: 0.95, cost: 5 } });
    };
"""
"""Speaks as the worker does, over the same port."""
_SLOW_CLOCK = """
    const milliseconds = performance.now.bind(performance);
    performance.now = () => milliseconds() / 20;
"""


async def flag_every_picture(page: Page) -> None:
    """The check takes every picture for indecent."""

    async def answer(route: Route) -> None:
        await route.fulfill(body=_CERTAIN, content_type="text/javascript")

    await page.route(_SCRIPT, answer)


async def pretend_quick_device(page: Page) -> None:
    """The real check runs, and measures little time: on a busy machine it would give up, as it should."""

    async def answer(route: Route) -> None:
        script = await route.fetch()
        await route.fulfill(response=script, body=_SLOW_CLOCK + await script.text())

    await page.route(_SCRIPT, answer)
