"""One person at one page, who finds elements by the names that a person would look for."""

import json
import re
from typing import Any, Literal

from playwright.async_api import ConsoleMessage, Locator, Page, Request, WebSocket, expect

from ..timing import scaled
from .browsers import be_patient

Phase = Literal["consent", "idle", "searching", "matched", "over", "reconnecting", "banned"]
Mode = Literal["Video", "Audio", "Text"]

_PLAYED = (
    "(video => video.mozPaintedFrames ?? video.getVideoPlaybackQuality().totalVideoFrames)"
    "(document.querySelector('#remote'))"
)
"""Counts pictures. Of a stream, Firefox does this under a name of its own."""
RECORD = """
    window.phases = [];
    const note = () => window.phases.push(document.documentElement.dataset.phase);
    new MutationObserver(note).observe(document, { subtree: true, attributeFilter: ["data-phase"] });
    window.notices = [];
    addEventListener("DOMContentLoaded", () => {
        const added = (changes) => changes.flatMap(({ addedNodes }) => [...addedNodes]);
        const hear = new MutationObserver((changes) =>
            window.notices.push(...added(changes).map((node) => node.textContent)));
        for (const live of document.querySelectorAll("#announcer, #toasts"))
            hear.observe(live, { childList: true });
    });
"""
"""Records in the page what stays only for a moment, which a slow machine may miss."""
_BRIGHTEST = """() => {
    const canvas = new OffscreenCanvas(32, 32).getContext("2d");
    canvas.drawImage(document.querySelector("#remote"), 0, 0, 32, 32);
    return Math.max(...canvas.getImageData(0, 0, 32, 32).data.filter((_, place) => place % 4 < 3));
}"""
_MORE_PLAYED = f"frames => {_PLAYED} > frames"


class Visitor:
    """A page in its own browser context, which records everything that must not happen on it."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self._problems: list[str] = []
        self._forgiven: list[str] = []
        self.welcome: dict[str, Any] = {}
        """The gateway's last welcome."""
        self.epochs: list[int] = []
        """The epochs of the page's hellos."""
        self.told_route = False
        """Whether the page has told how its call is carried."""
        self.match = ""
        """The last match that the gateway announced."""
        self._origin = origin
        be_patient(page)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._problems.append(f"uncaught: {error}"))
        page.on("request", self._request)
        page.on("websocket", self._socket)

    # --- what a person does -----------------------------------------------------------------------

    async def open(self, path: str = "/") -> None:
        await self.page.add_init_script(RECORD)
        await self.page.goto(f"{self._origin}{path}")

    async def prefer(self, **settings: Any) -> None:
        """Store these settings, as if the person had chosen them at an earlier visit."""
        kept = json.dumps(json.dumps(settings))
        keep = f"localStorage.setItem('zufall.settings', {kept})"
        await self.page.add_init_script(f"if (origin !== 'null') {keep}")  # an empty page has no storage

    async def agree(self) -> None:
        """Open the page for the first time and accept the rules."""
        await self.open()
        await self.until("consent")
        await self.page.get_by_role("checkbox").check()
        await self.button("Agree and continue").click()
        await self.until("idle")

    async def start(self, mode: Mode = "Video") -> None:
        await self.page.get_by_role("radio", name=mode).check()
        await self.button("Start").click()

    async def stop(self) -> None:
        """End the call or the search, if this page is open and has one."""
        if not self.page.is_closed():
            await self.page.evaluate("document.querySelector('#stop')?.click()")

    async def say(self, text: str) -> None:
        await self.page.get_by_role("textbox", name="Message", exact=True).fill(text)
        await self.button("Send").click()

    async def press(self, name: str) -> None:
        await self.button(name).click()

    # --- what a person sees -----------------------------------------------------------------------

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    async def phase(self) -> str | None:
        return await self.page.locator("html").get_attribute("data-phase")

    async def until(self, phase: Phase, grace: float = 0) -> None:
        """Wait until the page is in `phase`. `grace` is the time in seconds that it takes by design."""
        html, milliseconds = self.page.locator("html"), 1000 * (scaled(15) + grace)
        await expect(html).to_have_attribute("data-phase", phase, timeout=milliseconds)

    async def until_a_call_is_loaded(self) -> None:
        """Wait until what only a call needs has come, such as what keeps it over a reload."""
        await self.page.wait_for_function("() => history.state !== null")

    async def has_been(self, phase: Phase) -> None:
        """Check that the page has been in `phase` since it was loaded, however short."""
        await self.page.wait_for_function("phase => window.phases.includes(phase)", arg=phase)

    async def has_been_told(self, text: str) -> None:
        """Check that a short note, or one for screen readers, has said `text` since the page was loaded."""
        said = "text => window.notices.some(notice => notice.includes(text))"
        await self.page.wait_for_function(said, arg=text)

    async def sees(self, text: str) -> None:
        """Check that `text` is on the page, and stays there for longer than a moment."""
        await expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    async def hears(self, text: str) -> None:
        """Check that the stranger's last line is `text`."""
        lines = self.page.get_by_role("log").locator("[data-from=stranger]")
        author = "([^:]+: )?"  # for screen readers, but a reaction has its own words
        await expect(lines.last).to_have_text(re.compile(f"^{author}{re.escape(text)}$"))

    async def sees_moving_pictures(self) -> None:
        """Check that the stranger's video plays, and goes on playing."""
        await self.page.wait_for_function(_MORE_PLAYED, arg=0)
        await self.page.wait_for_function(_MORE_PLAYED, arg=await self.page.evaluate(_PLAYED) + 2)

    async def sees_black(self) -> None:
        """Check that the stranger's picture is black, apart from traces of the compression."""
        await self.page.wait_for_function(f"() => ({_BRIGHTEST})() < 24")

    async def sees_light(self) -> None:
        """Check that the stranger's picture is not black any more."""
        await self.page.wait_for_function(f"() => ({_BRIGHTEST})() >= 24")

    async def hears_sound(self) -> None:
        """Check that the stranger's voice arrives, and goes on arriving."""
        heard = "document.querySelector('#remote').currentTime"
        await self.page.wait_for_function(f"() => {heard} > 0")
        await self.page.wait_for_function(f"before => {heard} > before", arg=await self.page.evaluate(heard))

    # --- what must not happen ---------------------------------------------------------------------

    @property
    def problems(self) -> list[str]:
        """Console errors, uncaught exceptions, policy violations and requests to other hosts."""
        return [one for one in self._problems if not any(part in one for part in self._forgiven)]

    def forgive(self, part: str) -> None:
        """Ignore the problems that contain `part`, because the test causes them. The last may come later."""
        self._forgiven.append(part)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._problems.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        own = (f"{self._origin}/", f"blob:{self._origin}/", "data:")
        if not request.url.startswith(own):
            self._problems.append(f"request to {request.url}")

    def _socket(self, socket: WebSocket) -> None:
        if socket.url != self._origin.replace("http", "ws", 1) + "/ws":
            self._problems.append(f"socket to {socket.url}")
        socket.on("framereceived", self._frame)
        socket.on("framesent", self._sent)

    def _sent(self, frame: bytes | str) -> None:
        message = json.loads(frame)
        if message["type"] == "hello":
            self.epochs.append(message["epoch"])
        self.told_route |= message["type"] == "connected"

    def _frame(self, frame: bytes | str) -> None:
        message = json.loads(frame)
        if message["type"] == "welcome":
            self.welcome = message
        elif message["type"] == "matched":
            self.match = message["match"]
