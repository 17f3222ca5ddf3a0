"""Starts WebKitGTK on a screen that nobody sees, and people who open the page with it."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from ..servers import free_port, stop, until_listening
from ..timing import scaled, until
from .axe import violations
from .layout import lost_at
from .visitor import RECORD, Phase
from .web_driver import DrivenPage

PHONE, DESKTOP = (390, 844), (1280, 800)

_NARROW = "* { padding: 0; margin: 0; border-width: 0; min-width: 0; min-height: 0; }"
"""Makes the bar of the browser smaller, which keeps a window wider than a phone."""
_WATCH = """
    const kept = "problems of a test"; // a reload does not end it
    window.problems = () => JSON.parse(sessionStorage.getItem(kept) ?? "[]");
    const note = (...words) => sessionStorage.setItem(kept, JSON.stringify([...problems(), words.join(" ")]));
    let leaving = false; // then WebKit ends what is being loaded
    addEventListener("beforeunload", () => { leaving = true; });
    addEventListener("error", ({ message, target }) => {
        if (message) note(message);
        else if (!leaving) note(`not loaded: ${target.outerHTML}`);
    }, { capture: true }); // what is not loaded does not bubble
    addEventListener("unhandledrejection", ({ reason }) => note("not caught:", reason));
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
        note("against the policy:", violatedDirective, blockedURI));
    for (const level of ["error", "warn"])
        console[level] = (...words) => note(`console.${level}:`, ...words);
"""
"""Records what goes wrong, because the driver tells nothing of the console."""
_LINES = "[...document.querySelectorAll('#lines [data-from]')].map((line) => line.textContent)"
_PHASE = "document.documentElement.dataset.phase"


@dataclass(frozen=True)
class WebKit:
    """A driver of WebKitGTK, which runs one browser at a time."""

    http: ClientSession
    driver: str
    script: Path
    """Runs in each page before its own scripts."""

    async def page(self, *arguments: str) -> DrivenPage:
        """Start a browser with these arguments of MiniBrowser, the browser for tests of WebKitGTK."""
        words = ["--automation", f"--user-script-at-start={self.script}", *arguments]
        return await DrivenPage.open(self.http, self.driver, {"webkitgtk:browserOptions": {"args": words}})


@asynccontextmanager
async def webkit(folder: Path) -> AsyncIterator[WebKit]:
    """Run a screen and a driver, and end both afterwards. `folder` is for what the browser keeps."""
    (folder / "gtk-3.0").mkdir()
    (folder / "gtk-3.0" / "gtk.css").write_text(_NARROW)
    script = folder / "watch.js"
    script.write_text(f"{{ {RECORD} }} {{ {_WATCH} }}")
    own = {name: str(folder) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    async with _screen() as display:
        port = free_port()
        environment = {**os.environ, **own, "DISPLAY": display, "GDK_BACKEND": "x11"}
        driver = await asyncio.create_subprocess_exec("WebKitWebDriver", f"--port={port}", env=environment)
        try:
            await until_listening(port, driver)
            async with ClientSession() as http:
                yield WebKit(http, f"http://127.0.0.1:{port}", script)
        finally:
            await stop(driver)


@asynccontextmanager
async def _screen() -> AsyncIterator[str]:
    """Run an X server without a screen, and yield its name. It looks for a free number, and tells it."""
    told, tells = os.pipe()
    words = ("Xvfb", "-displayfd", str(tells), "-screen", "0", "1600x1200x24", "-nolisten", "tcp")
    server = await asyncio.create_subprocess_exec(*words, pass_fds=[tells])
    os.close(tells)
    try:
        async with asyncio.timeout(scaled(15)):
            number = await asyncio.to_thread(_read, told)
        if not number:
            raise RuntimeError("Xvfb does not start")
        yield f":{number}"
    finally:
        await stop(server)


def _read(descriptor: int) -> str:
    with open(descriptor) as stream:
        return stream.read().strip()


class WebKitVisitor:
    """A person with WebKitGTK, who does what a `Visitor` does."""

    def __init__(self, page: DrivenPage, origin: str) -> None:
        self.page = page
        self._origin = origin

    # --- what a person does -----------------------------------------------------------------------

    async def open(self) -> None:
        await self.page.goto(self._origin)

    async def agree(self) -> None:
        """Accept the rules."""
        await self.until("consent")
        await self.page.click("#agree")
        await self.page.click("#consent-button")
        await self.until("idle")

    async def choose(self, mode: str) -> None:
        await self.page.click(f"label:has([value={mode}])")

    async def start(self) -> None:
        """Search for somebody to write with."""
        await self.choose("text")
        await self.page.click("#start")

    async def say(self, text: str) -> None:
        await self.page.type("#message", text)
        await self.page.click("#say [type=submit]")

    async def resize(self, width: int, height: int) -> None:
        await self.page.set_viewport_size({"width": width, "height": height})

    async def leave(self) -> None:
        """End the call or the search, if there is one, and the browser."""
        try:
            await self.page.evaluate("void document.querySelector('#stop')?.click()")
        finally:
            await self.page.close()

    # --- what a person sees -----------------------------------------------------------------------

    async def until(self, phase: Phase) -> None:
        await self.sees(phase, _PHASE)

    async def sees(self, wanted: Any, expression: str, arg: Any = None) -> None:
        """Wait until the page says `wanted`. If it does not, say what it says instead."""
        said = None

        async def is_wanted() -> bool:
            nonlocal said
            said = await self.page.evaluate(expression, arg)
            return bool(said == wanted)

        try:
            await until(is_wanted, pause=0.05)
        except TimeoutError:
            raise AssertionError(f"the page says {said!r}, not {wanted!r}") from None

    async def hears(self, *lines: str) -> None:
        """Wait until the conversation consists of these lines, each with its author."""
        await self.sees(list(lines), _LINES)

    async def lost(self) -> list[str]:
        """List what cannot be read or reached on a desktop and on a phone."""
        return [what for size in (DESKTOP, PHONE) for what in await lost_at(self.page, *size)]

    async def faults(self) -> list[str]:
        """List what is `lost`, and what breaks a rule of axe on a phone."""
        return [*await self.lost(), *await violations(self.page)]

    async def problems(self) -> list[str]:
        """Return what went wrong on the page. It fails if nobody has watched it."""
        return [str(problem) for problem in await self.page.evaluate("problems()")]
