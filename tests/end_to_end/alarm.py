"""A page whose check of pictures takes everything for indecent: a test answers for its worker."""

from playwright.async_api import Page, Route

BLOCKED = "Service Worker registration blocked"
"""Come with `service_workers="block"`, so that the answer is asked for; then Chromium says this."""
_SURE = """
    postMessage({ type: "ready", backend: "none", cost: 5 });
    onmessage = ({ data }) => {
        data.picture.close();
        postMessage({ type: "look", look: { score: 0.95, cost: 5 } });
    };
"""
"""Speaks as the worker does, over the same port."""


async def alarm(page: Page) -> None:
    async def answer(route: Route) -> None:
        await route.fulfill(body=_SURE, content_type="text/javascript")

    await page.route("**/assets/worker-*.js", answer)
