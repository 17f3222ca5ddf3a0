"""Starts Chromium for a test or a measurement."""

from playwright.async_api import Browser, Page, Playwright, expect

from .. import requirements
from ..timing import scaled

_ADDRESS_BAR = "WebUIOmniboxPopup,WebUIOmniboxAimPopup"
"""These features open a page of their own in each window, which is a third of the cost of a visit."""
_SPARE = "SpareRendererForSitePerProcess"
"""This feature keeps a process ready that most pages never use."""
_OFF_BY_PLAYWRIGHT = (
    "DestroyProfileOnBrowserClose,HttpsUpgrades,LensOverlay,MediaRouter,OptimizationHints,PaintHolding,"
    "ThirdPartyStoragePartitioning"
)
"""Chromium reads only the last list of features, so it repeats those of Playwright."""
_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    f"--disable-features={_ADDRESS_BAR},{_SPARE},{_OFF_BY_PLAYWRIGHT}",
)
FAKE_CAMERA = "--use-fake-device-for-media-stream"
ALLOWED = "--use-fake-ui-for-media-stream"
WITH_CAMERA = (FAKE_CAMERA, ALLOWED)
"""Gives the page a camera and a microphone, and permits both."""
WITH_CALM_CAMERA = (f"{FAKE_CAMERA}=fps=5", ALLOWED)
"""Sends fewer pictures than WITH_CAMERA, because one processor encodes and decodes for several pages."""


async def launch(playwright: Playwright, *arguments: str) -> Browser:
    return await playwright.chromium.launch(
        executable_path=requirements.browser(),
        args=[*_ARGUMENTS, *arguments],
        ignore_default_args=["--headless"],  # the old mode, which is another browser
    )


def be_patient(page: Page) -> None:
    """Scale the timeouts of the page and of expectations to the present load of the machine."""
    milliseconds = 1000 * scaled(15)
    page.set_default_timeout(milliseconds)
    expect.set_options(timeout=milliseconds)
