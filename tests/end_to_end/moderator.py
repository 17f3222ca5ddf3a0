"""A moderator at the console, who finds elements by the names that a person would look for."""

import base64
import time
from typing import Literal

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.async_api import ConsoleMessage, Dialog, Locator, Page, Request, expect

from .browsers import be_patient
from .installation import Installation

Screen = Literal[
    "login",
    "invitation",
    "queue",
    "team",
    "case",
    "visitor",
    "appeals",
    "work",
    "policy",
    "transparency",
    "audit",
    "people",
]

PASSWORD = "correct horse battery"
_WATCH = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
        window.violations.push(event.violatedDirective + " " + event.blockedURI));
"""

_HIDE = """hidden => {
    Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def invitation(zufall: Installation, name: str, role: str) -> str:
    """Return the link of a new invitation."""
    said = zufall.command("moderator", "invite", name, "--role", role)
    return next(word for word in said.split() if "#invitation=" in word)


class Moderator:
    """A page in its own browser context, which records everything that must not happen on it."""

    def __init__(self, page: Page, origin: str, name: str) -> None:
        self.page = page
        self.name = name
        self.problems: list[str] = []
        """Dialogs, console errors, uncaught exceptions, policy violations and requests to other hosts."""
        self._origin = origin
        self._secret = b""
        be_patient(page)
        page.on("dialog", self._dialog)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))
        page.on("request", self._request)

    # --- what a moderator does --------------------------------------------------------------------

    async def open(self, place: str = "") -> None:
        await self.page.add_init_script(_WATCH)
        await self.page.goto(f"{self._origin}/console{place}")

    async def accept(self, link: str) -> None:
        """Accept an invitation, which logs in for the first time, in whatever language the page is."""
        await self.open("#" + link.partition("#")[2])
        await self.until("invitation")
        shown = await self.page.locator("[data-secret]").get_attribute("data-secret")
        self._secret = base64.b32decode(shown or "")
        await self.page.locator("[type=password]").fill(PASSWORD)
        await self.page.locator("[name=code]").fill(self.code())
        await self.keys("Enter")
        await self.until("queue")
        self.forgive("401")  # nobody was logged in

    async def log_in(self, code: str) -> None:
        await self.field("Name").fill(self.name)
        await self.field("Password").fill(PASSWORD)
        await self.field("6-digit code").fill(code)
        await self.page.keyboard.press("Enter")

    async def log_out(self) -> None:
        await self.open_account_menu()
        await self.press("Log out")

    async def open_account_menu(self) -> None:
        await self.page.get_by_role("button", name=f"{self.name} · ").click()

    def code(self, later: int = 0) -> str:
        """Return the code that the authenticator shows `later` steps from now. A code works for one login."""
        shown = TOTP(self._secret, 6, SHA1(), 30)  # noqa: S303 -- as authenticators do
        return shown.generate(int(time.time()) + 30 * later).decode()

    async def keys(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def go(self, screen: str) -> None:
        menu = self.page.get_by_role("navigation", name="Screens")
        await menu.get_by_role("link", name=screen).click()

    async def choose(self, case: str) -> None:
        """Move through the queue with the keyboard until the case is chosen."""
        await self.until("queue")
        await expect(self.row(case)).to_be_visible()
        await self.keys("j", "Home")  # from here on no row moves
        for _ in range(await self.page.locator(".queue [data-case]").count()):
            if await self.row(case).get_by_role("link").get_attribute("aria-current") == "true":
                return
            await self.keys("j")
        raise AssertionError(f"j does not come to {case}")

    async def enter(self, case: str) -> None:
        await self.choose(case)
        await self.keys("Enter")
        await self.until("case")
        await expect(self.case(case)).to_be_visible()

    async def hide(self, hidden: bool = True) -> None:
        """Go to another tab, or come back. This browser shows all its pages at once, so the page is told."""
        await self.page.evaluate(_HIDE, hidden)

    # --- what a moderator sees --------------------------------------------------------------------

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(label)

    def row(self, case: str) -> Locator:
        return self.page.locator(f'.queue [data-case="{case}"]')

    def case(self, case: str) -> Locator:
        return self.page.locator(f'.case[data-case="{case}"]')

    async def until(self, screen: Screen) -> None:
        await expect(self.page.locator("main")).to_have_attribute("data-screen", screen)

    async def sees(self, text: str) -> None:
        await expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    # --- what must not happen ---------------------------------------------------------------------

    async def check(self) -> None:
        """Check that no script of a stranger ran, and that none was even tried."""
        assert await self.page.evaluate("window.pwned") is None
        assert await self.page.evaluate("window.violations ?? []") == []
        assert self.problems == []

    def forgive(self, part: str) -> None:
        """Forget the problems that contain `part`, because the test caused them."""
        self.problems = [problem for problem in self.problems if part not in problem]

    async def _dialog(self, dialog: Dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self._origin}/console", f"blob:{self._origin}/")):
            self.problems.append(f"request to {request.url}")
