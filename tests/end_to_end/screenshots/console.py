"""Takes a picture of every screen of the moderators' console, on a desktop and on a phone.

`python -m tests.end_to_end.screenshots.console docs/images [screen …]` writes `console-SCREEN.png` and
`console-SCREEN-phone.png`. The installation and all cases are invented.
"""

import asyncio
import base64
import hashlib
import io
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from ...integration.alarm_servers import webhook_receiver
from ..browsers import launch
from ..installation import Installation, installation
from ..moderator import Moderator, invitation
from .invented_cases import LIST, InventedCases, Inventor, known_picture

SIZES = {"": (1280, 800), "-phone": (390, 844)}
"""The sizes of the window, by the end of the picture's name."""
ROLES = {"ann": "moderator", "bob": "moderator", "sue": "senior", "ida": "admin"}
_COLOURS = 256


class ConsoleShots:
    """Takes the pictures of one size of the window."""

    def __init__(self, tour: "ConsoleTour", folder: Path, suffix: str, only: list[str]) -> None:
        self._tour = tour
        self._folder = folder
        self._suffix = suffix
        self._only = only
        self._cases = tour.cases

    def parts(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        """Return the parts, to take each in all sizes: a mention is gone once its case was opened."""
        return (
            self.strangers,
            self.lists,
            self.team,
            self.cases_and_pictures,
            self.deciding,
            self.figures,
            self.seniors,
        )

    async def strangers(self) -> None:
        """Take what is shown to somebody who is not logged in."""
        page = await self._tour.page("", self._suffix)
        await page.goto(self._tour.address(""))
        await expect(page.locator("main")).to_have_attribute("data-screen", "login")
        await self._shot(page, "login")
        page = await self._tour.page("", self._suffix)
        await page.goto(self._tour.address(self._tour.unused))
        await expect(page.locator("[data-secret]")).to_be_visible()
        await self._shot(page, "invitation")

    async def lists(self) -> None:
        ann = await self._tour.page("ann", self._suffix)
        await self._open(ann, "#queue")
        await expect(ann.locator(".queue [data-case]").first).to_be_visible()
        await self._shot(ann, "queue")
        await self._open(ann, "#queue?state=decided&reason=harassment&level=restricted")
        await expect(ann.locator(".queue [data-case]").first).to_be_visible()
        await ann.locator(".more-filters summary").click()
        await self._shot(ann, "search")
        await self._open(ann, f"#visitor/{self._cases.accused}")
        await self._shot(ann, "visitor")

    async def cases_and_pictures(self) -> None:
        ann = await self._tour.page("ann", self._suffix)
        await self._open_case(ann, self._cases.known)
        await self._shot(ann, "known")
        await ann.keyboard.press("v")
        await expect(ann.get_by_role("button", name="Do not show it")).to_be_focused()
        await self._shot(ann, "known-warning")
        await ann.keyboard.press("Enter")
        await self._open_case(ann, self._cases.harassment)
        await self._shot(ann, "case")
        for key in ("v", ",", ","):
            await ann.keyboard.press(key)
        await expect(ann.locator("figure[data-state=seen]")).to_be_visible()
        await self._shot(ann, "viewer")
        await ann.keyboard.press("Escape")

    async def deciding(self) -> None:
        ann = await self._tour.page("ann", self._suffix)
        await self._open_case(ann, self._cases.harassment)
        await ann.keyboard.press("4")
        await expect(ann.locator("[name=template]")).to_be_visible()
        await self._shot(ann, "decide")
        await ann.keyboard.press("Escape")
        await ann.keyboard.press("1")
        await self._shot(ann, "dismiss")
        await ann.keyboard.press("Escape")
        await self._open_case(ann, self._cases.minor)
        look = ann.get_by_role("region", name="A second look is needed")
        await expect(look).to_be_visible()
        await look.scroll_into_view_if_needed()
        await self._shot(ann, "second-look")
        await self._open(ann, "#appeals")
        await ann.locator("[data-appeal] a").first.click()
        await expect(ann.get_by_role("button", name="Answer")).to_be_visible()
        await self._shot(ann, "appeal")

    async def team(self) -> None:
        ann = await self._tour.page("ann", self._suffix)
        await self._open(ann, "#team")
        await expect(ann.get_by_role("region", name="For you").get_by_role("listitem").first).to_be_visible()
        await self._shot(ann, "team")
        await ann.get_by_role("button", name="Break", exact=True).click()
        await expect(ann.get_by_text("No case and no picture is shown until")).to_be_visible()
        await self._shot(ann, "break")
        await ann.get_by_role("button", name="Go on with the work").click()

    async def figures(self) -> None:
        ann = await self._tour.page("ann", self._suffix)
        for screen in ("work", "transparency"):
            await self._open(ann, f"#{screen}")
            await self._shot(ann, screen)

    async def seniors(self) -> None:
        ida = await self._tour.page("ida", self._suffix)
        await self._open(ida, "#policy")
        text = await ida.locator("[name=policy]").input_value()
        changed = text.replace("default-5", "milder-1").replace("networks = 2", "networks = 3")
        await ida.locator("[name=policy]").fill(changed)
        await ida.get_by_role("button", name="Replay").click()
        await expect(ida.get_by_role("heading", name="Before and after")).to_be_visible()
        await self._shot(ida, "policy")
        await self._open(ida, "#audit")
        await self._shot(ida, "audit")
        await self._open(ida, "#people")
        await ida.get_by_role("heading", name="Alarms").scroll_into_view_if_needed()
        await self._shot(ida, "people")

    async def _open(self, page: Page, place: str) -> None:
        await page.goto(self._tour.address(place))
        await expect(page.get_by_role("navigation", name="Screens")).to_be_visible()

    async def _open_case(self, page: Page, case: str) -> None:
        await self._open(page, f"#case/{case}")
        await expect(page.locator(f'.case[data-case="{case}"]')).to_be_visible()

    async def _shot(self, page: Page, name: str) -> None:
        if self._only and name not in self._only:
            return
        await expect(page.locator(".skeleton")).to_have_count(0)
        await expect(page.get_by_text("Loading…")).to_have_count(0)
        save(
            await page.screenshot(animations="disabled", caret="hide"),
            self._folder / f"console-{name}{self._suffix}.png",
        )


def save(picture: bytes, path: Path) -> None:
    """Save it with few colours, because a page of documents loads all of them."""
    full = Image.open(io.BytesIO(picture)).convert("RGB")
    full.quantize(_COLOURS, kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)


class ConsoleTour:
    """Prepares what the moderators of an installation have done, and opens their pages."""

    def __init__(self, zufall: Installation, browser: Browser, cases: InventedCases) -> None:
        self.cases = cases
        self._zufall = zufall
        self._browser = browser
        self._moderators: dict[str, Moderator] = {}
        self._contexts: dict[str, BrowserContext] = {}
        self._pages: dict[tuple[str, str], Page] = {}
        link = invitation(zufall, "carla", "moderator")
        self.unused = "#" + link.partition("#")[2]
        """The place of an invitation that nobody has accepted."""

    async def prepare(self) -> None:
        for name, role in ROLES.items():
            self._contexts[name] = context = await self._context(name, "")
            self._moderators[name] = moderator = Moderator(
                await context.new_page(), self._zufall.console, name
            )
            await moderator.accept(invitation(self._zufall, name, role))
        await self._propose(self._moderators["bob"])
        await self._hand_over(self._moderators["sue"])
        await self._look(self._moderators["bob"])

    async def _propose(self, bob: Moderator) -> None:
        """Let bob propose that somebody is a minor."""
        await self._open(bob, self.cases.minor)
        await bob.keys("v")
        await expect(bob.page.locator("figure[data-state=seen]")).to_be_visible()
        await bob.keys("4")
        await bob.page.get_by_role("radio", name="for 30 days").check()
        await bob.page.keyboard.press("Control+Enter")
        await bob.sees("Proposed. It holds for three days at most")

    async def _hand_over(self, sue: Moderator) -> None:
        await self._open(sue, self.cases.harassment)
        await sue.field("A note").fill("@ann: the same words as last week, I think.")
        await sue.press("Add the note")
        await expect(sue.page.get_by_role("list", name="Notes").locator("blockquote")).to_be_visible()
        await self._open(sue, self.cases.second_minor)
        await sue.page.locator("summary", has_text="Hand over").click()
        await sue.page.get_by_label("To", exact=True).select_option("ann")
        await sue.field("Why, in a sentence").fill("Spoke Portuguese, which you understand.")
        await sue.press("Hand over")
        await expect(sue.case(self.cases.second_minor)).to_have_count(0)

    async def _look(self, bob: Moderator) -> None:
        """Let bob have the first case of the queue open."""
        await bob.page.goto(self.address("#queue"))
        rows = bob.page.locator(".queue [data-case]")
        await rows.nth(5).get_by_role("link").first.click()
        await bob.until("case")

    async def _open(self, moderator: Moderator, case: str) -> None:
        await moderator.page.goto(self.address(f"#case/{case}"))
        await expect(moderator.case(case)).to_be_visible()

    def address(self, place: str) -> str:
        return f"{self._zufall.console}/console{place}"

    async def page(self, name: str, suffix: str) -> Page:
        """Return the page of a moderator, or a new one of nobody if `name` is empty.

        Each page holds a connection for live updates, of which a browser has six for one host.
        """
        if not name:
            return await (await self._context("", suffix)).new_page()
        if (name, suffix) not in self._pages:
            context = self._contexts[name] if not suffix else await self._context(name, suffix)
            self._pages[name, suffix] = await context.new_page()
        return self._pages[name, suffix]

    async def _context(self, name: str, suffix: str) -> BrowserContext:
        width, height = SIZES[suffix]
        logged_in = self._contexts.get(name)
        return await self._browser.new_context(
            locale="en-GB",
            timezone_id="Europe/Berlin",
            viewport={"width": width, "height": height},
            is_mobile=bool(suffix),
            has_touch=bool(suffix),
            storage_state=await logged_in.storage_state() if logged_in else None,
        )


async def take(folder: Path, only: list[str]) -> None:
    async with AsyncExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        receiver = await stack.enter_async_context(webhook_receiver())
        digests = place / "known"
        digests.write_text(f"{hashlib.sha256(known_picture()).hexdigest()} {LIST}\n")
        settings = {
            "ZUFALL_KNOWN_PICTURES": str(digests),
            "ZUFALL_ALARM_WEBHOOK": receiver.url,
            "ZUFALL_ALARM_WEBHOOK_SECRET": "whsec_" + base64.b64encode(bytes(32)).decode(),
        }
        zufall = stack.enter_context(installation(place, settings))
        cases = await Inventor(zufall).fill()
        playwright = await stack.enter_async_context(async_playwright())
        browser = await launch(playwright)
        tour = ConsoleTour(zufall, browser, cases)
        await tour.prepare()
        sizes = [ConsoleShots(tour, folder, suffix, only) for suffix in SIZES]
        for part in zip(*(size.parts() for size in sizes), strict=True):
            for take_part in part:
                await take_part()
        await browser.close()


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1]), sys.argv[2:]))
