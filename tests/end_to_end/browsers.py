"""How Chromium is started for a test or a measurement."""

from playwright.async_api import Browser, Page, Playwright, expect

from .. import requirements
from ..timing import scaled

_ADDRESS_BAR = "WebUIOmniboxPopup,WebUIOmniboxAimPopup"
"""Features with a page of their own in each window, a third of what a visit costs."""
_OFF_BY_PLAYWRIGHT = (
    "DestroyProfileOnBrowserClose,HttpsUpgrades,LensOverlay,MediaRouter,OptimizationHints,PaintHolding,"
    "ThirdPartyStoragePartitioning"
)
"""Chromium heeds one list only, the last."""
_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    f"--disable-features={_ADDRESS_BAR},{_OFF_BY_PLAYWRIGHT}",
)
FAKE_CAMERA = "--use-fake-device-for-media-stream"
ALLOWED = "--use-fake-ui-for-media-stream"
WITH_CAMERA = (FAKE_CAMERA, ALLOWED)
"""Has a camera and a microphone, and everybody lets the page use them."""
WITH_CALM_CAMERA = (f"{FAKE_CAMERA}=fps=5", ALLOWED)
"""Sends fewer pictures than WITH_CAMERA, because one processor encodes and decodes for several pages."""


async def launch(playwright: Playwright, *arguments: str) -> Browser:
    return await playwright.chromium.launch(
        executable_path=requirements.browser(),
        args=[*_ARGUMENTS, *arguments],
        ignore_default_args=["--headless"],  # the old mode, which is another browser
    )


def be_patient(page: Page) -> None:
    """Give whatever is done on the page, and every expectation, as long as this machine needs now."""
    milliseconds = 1000 * scaled(15)
    page.set_default_timeout(milliseconds)
    expect.set_options(timeout=milliseconds)
