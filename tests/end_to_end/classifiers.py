"""Other workers for the check of pictures. A test serves them when the page requests the script."""

from playwright.async_api import Page, Route

BLOCKED = "Service Worker registration blocked"
"""Chromium logs this for pages with `service_workers="block"`, which makes them request the script."""
_SCRIPT = "**/assets/worker-*.js"
_CERTAIN = """
    postMessage({ type: "ready", backend: "none", cost: 5 });
    onmessage = ({ data }) => {
        data.picture.close();
        postMessage({ type: "look", look: { score: 0.95, cost: 5 } });
    };
"""
"""Answers over the same port as the real worker."""
_RED = """
    const brush = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    postMessage({ type: "ready", backend: "none", cost: 5 });
    onmessage = ({ data }) => {
        brush.drawImage(data.picture, 0, 0, 1, 1);
        data.picture.close();
        const [red, green] = brush.getImageData(0, 0, 1, 1).data;
        postMessage({ type: "look", look: { score: red > 100 && green < 60 ? 0.95 : 0.05, cost: 5 } });
    };
"""
_SLOW_CLOCK = """
    const milliseconds = performance.now.bind(performance);
    performance.now = () => milliseconds() / 20;
"""


async def flag_every_picture(page: Page) -> None:
    """Replace the classifier by one that finds every picture indecent."""
    await _replace(page, _CERTAIN)


async def flag_red_pictures(page: Page) -> None:
    """Replace the classifier by one that finds red pictures indecent."""
    await _replace(page, _RED)


async def _replace(page: Page, script: str) -> None:
    async def answer(route: Route) -> None:
        await route.fulfill(body=script, content_type="text/javascript")

    await page.route(_SCRIPT, answer)


async def pretend_quick_device(page: Page) -> None:
    """Slow the clock of the real check, which rightly gives up when it measures a busy machine."""

    async def answer(route: Route) -> None:
        script = await route.fetch()
        await route.fulfill(response=script, body=_SLOW_CLOCK + await script.text())

    await page.route(_SCRIPT, answer)
