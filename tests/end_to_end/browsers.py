"""Starts Chromium or Firefox for a test or a measurement."""

import shlex
import sys
from pathlib import Path

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


_SETTINGS_OF_FIREFOX: dict[str, str | float | bool] = {
    "media.navigator.streams.fake": True,
    "permissions.default.camera": 1,  # allowed, as the page reads it, too
    "permissions.default.microphone": 1,
}
"""Gives the page a camera and a microphone that are drawn, and permits both."""


async def launch_firefox(playwright: Playwright, folder: Path) -> Browser:
    """Start the Firefox of this machine, which Playwright drives over WebDriver BiDi."""
    program = folder / "firefox"
    words = (sys.executable, str(Path(__file__).with_name("bidi_proxy.py")), str(requirements.firefox()))
    program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    program.chmod(0o700)
    return await playwright.firefox.launch(
        channel="moz-firefox", executable_path=program, firefox_user_prefs=_SETTINGS_OF_FIREFOX
    )


def be_patient(page: Page) -> None:
    """Scale the timeouts of the page and of expectations to the present load of the machine."""
    milliseconds = 1000 * scaled(15)
    page.set_default_timeout(milliseconds)
    expect.set_options(timeout=milliseconds)
