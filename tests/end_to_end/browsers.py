"""How Chromium is started for a test or a measurement."""

from playwright.async_api import Browser, Playwright

from .. import requirements

_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
FAKE_CAMERA = "--use-fake-device-for-media-stream"
ALLOWED = "--use-fake-ui-for-media-stream"
WITH_CAMERA = (FAKE_CAMERA, ALLOWED)
"""Has a camera and a microphone, and everybody lets the page use them."""
WITH_CALM_CAMERA = (f"{FAKE_CAMERA}=fps=10", ALLOWED)
"""The same with a third of the pictures: a processor encodes and decodes them for several pages at once."""


async def launch(playwright: Playwright, *arguments: str) -> Browser:
    return await playwright.chromium.launch(
        executable_path=requirements.browser(),
        args=[*_ARGUMENTS, *arguments],
        ignore_default_args=["--headless"],  # the old mode, which is another browser
    )
