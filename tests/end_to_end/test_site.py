"""A site shows the operator's texts as text, and never shows advertisements beside a stranger."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from .. import requirements
from ..timing import until
from .advertiser import Advertiser, advertiser
from .installation import Installation, installation
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NAME = "Plaza <i>&amp;</i>"
LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="8" height="8">
<script>document.documentElement.setAttribute("data-ran", "yes")</script><rect width="8" height="8"/></svg>"""
RULES = "Be kind.\n- Sell nothing.\n- <img src=x onerror=alert(1)>\n"
COLOURS = "accent=#0c7d72,partner=#f2a65a"
FORBIDDEN = {"page": "SecurityError", "storage": "SecurityError", "away": "SecurityError", "window": "null"}
SENSES = {"camera": "SecurityError", "microphone": "SecurityError"}


@pytest.fixture(scope="module")
def advertises() -> Iterator[Advertiser]:
    with advertiser() as running:
        yield running


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("site") / "rules.txt"
    path.write_text(RULES)
    path.with_name("rules.de.txt").write_text("Sei lieb.\n")
    return path


@pytest.fixture(scope="module")
def plaza(
    tmp_path_factory: pytest.TempPathFactory, rules: Path, advertises: Advertiser
) -> Iterator[Installation]:
    requirements.require("browser")
    logo = rules.with_name("logo.svg")
    logo.write_text(LOGO)
    environment = {
        "ZUFALL_SITE_NAME": NAME,
        "ZUFALL_SITE_LOGO": str(logo),
        "ZUFALL_SITE_COLOURS": COLOURS,
        "ZUFALL_SITE_RULES": str(rules.parent),
        "ZUFALL_SITE_LINKS": "Imprint=https://plaza.example/imprint,Privacy=https://plaza.example/privacy",
        "ZUFALL_ADVERTISING_URL": f"{advertises.origin}/frame.html",
    }
    with installation(tmp_path_factory.mktemp("plaza"), environment) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def people(
    plaza: Installation, advertises: Advertiser, chromium: Browser
) -> AsyncIterator[list[Visitor]]:
    """Bring two people, each at a gateway. Their pages send requests only to the advertiser and the site."""
    advertises.begin()
    contexts = [await chromium.new_context(locale="en-US") for _ in range(2)]
    pages = [await context.new_page() for context in contexts]
    people = [Visitor(page, origin) for page, origin in zip(pages, (plaza.first, plaza.second), strict=True)]
    yield people
    for context in contexts:
        await context.close()
    plaza.until_empty()
    for person in people:
        person.forgive(f"request to {advertises.origin}/")
        person.forgive("Unsafe attempt to initiate navigation")  # by the frame, of the page around it
        person.forgive("Blocked opening")  # of a window, without a click
        person.forgive("Permissions policy violation")
    assert [problem for person in people for problem in person.problems] == []


def frame_of(person: Visitor) -> Locator:
    return person.page.locator("iframe")


async def test_the_page_is_the_operators(plaza: Installation, people: list[Visitor]) -> None:
    visitor, page = people[0], people[0].page
    await visitor.open()
    await visitor.until("consent")
    await expect(page).to_have_title(f"{NAME} · Meet someone by chance")
    await expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    for logo in await page.locator("img.logo").all():
        assert await logo.evaluate("logo => logo.decode().then(() => logo.naturalWidth)") == 8
    await expect(page.locator("#site-rules")).to_contain_text("The rules of this site")
    await expect(page.locator("#site-rules-text > p")).to_have_text(["Be kind."])
    await expect(page.locator("#site-rules-text > ul > li")).to_have_text(
        ["Sell nothing.", "<img src=x onerror=alert(1)>"]
    )
    await expect(page.get_by_text("The rules have changed")).to_be_hidden()
    link = page.get_by_role("link", name="Imprint")
    await expect(link).to_have_attribute("href", "https://plaza.example/imprint")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await expect(visitor.button("Agree and continue")).to_have_css("background-color", "rgb(12, 125, 114)")
    await expect(visitor.button("Agree and continue")).to_have_css("color", "rgb(255, 255, 255)")
    await visitor.agree()
    await visitor.press("Settings")
    await expect(page.get_by_role("dialog").get_by_role("link")).to_have_text(["Imprint", "Privacy"])
    await page.goto(f"{plaza.first}/status")
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"{NAME} in numbers")


async def test_a_french_page_reads_a_french_statement_that_names_the_site(
    plaza: Installation, chromium: Browser
) -> None:
    context = await chromium.new_context(locale="fr-FR")
    visitor = Visitor(await context.new_page(), plaza.first)
    page = visitor.page
    await visitor.open()
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name="Accepter et continuer").click()
    await page.locator("#setup [value=text]").check()
    await page.locator("#start").click()
    await visitor.until("searching")
    plaza.command("moderator", "ban", visitor.welcome["visitor"], "--template", "minor", "--as", "ann")
    await visitor.until("banned")
    reason = page.locator("#ban-reason")
    said = f"Tu sembles avoir moins de 18 ans. {NAME} est réservé aux adultes."
    for _ in range(2):  # the page keeps it, and asks again
        await expect(reason).to_have_text(said)
        await expect(reason).to_have_attribute("lang", "fr")
        await visitor.sees("Il n’y a pas de date de fin.")
        await page.reload()
    await page.goto(f"{plaza.console}/console")
    await expect(page).to_have_title(f"Log in · {NAME} · Moderation")
    await context.close()
    plaza.until_empty()


async def test_what_is_served_is_named_and_the_logo_runs_nothing(
    plaza: Installation, advertises: Advertiser, people: list[Visitor]
) -> None:
    page = people[0].page
    served = await page.request.get(plaza.first)
    assert "<title>Plaza &lt;i&gt;&amp;amp;&lt;/i&gt;</title>" in await served.text()
    assert f"frame-src {advertises.origin}" in served.headers["content-security-policy"].split("; ")
    logo = await page.goto(f"{plaza.first}/site/logo")
    assert logo
    assert logo.headers["content-type"] == "image/svg+xml"
    policy = logo.headers["content-security-policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert await page.locator("svg").get_attribute("data-ran") is None
    people[0].forgive("Blocked script execution in")  # so it was tried


async def test_an_advertisement_is_there_while_nobody_is_met_and_can_do_nothing(
    advertises: Advertiser, people: list[Visitor]
) -> None:
    visitor, other = people
    await visitor.open()
    await visitor.until("consent")
    await visitor.page.wait_for_load_state("networkidle")
    assert (advertises.asked, await frame_of(visitor).count()) == (0, 0)
    await visitor.agree()
    await expect(frame_of(visitor)).to_be_visible()
    await visitor.sees("Advertisement")
    assert advertises.told == [{"referrer": "", "origin": "null", **FORBIDDEN, **SENSES}]
    assert await follows_in_the_order_of_tabs(visitor)
    place = await frame_of(visitor).bounding_box()
    await visitor.start("Text")
    await visitor.until("searching")
    assert await frame_of(visitor).bounding_box() == place
    await other.agree()
    await other.start("Text")
    for one in people:
        await one.until("matched")
        await expect(frame_of(one)).to_have_count(0)
    advertises.broken, asked = True, advertises.asked
    await visitor.press("Stop")
    await expect(frame_of(visitor)).to_have_count(1)
    await until_asked(advertises, asked + 1)
    await visitor.page.frames[-1].wait_for_load_state()
    await expect(frame_of(visitor)).to_be_hidden()
    await expect(visitor.page.get_by_text("Advertisement")).to_be_hidden()
    visitor.forgive("status of 500")
    other.forgive("status of 500")


async def test_an_advertisement_that_takes_the_focus_is_taken_out(
    advertises: Advertiser, people: list[Visitor]
) -> None:
    visitor = people[0]
    advertises.greedy = True
    await visitor.agree()
    interest = visitor.page.get_by_role("textbox", name="Interests")
    await interest.focus()
    await until_asked(advertises, 1)
    await expect(frame_of(visitor)).to_have_count(0)
    await visitor.page.keyboard.type("chess")
    await expect(interest).to_have_value("chess")


async def until_asked(advertises: Advertiser, times: int) -> None:
    """Wait until the frame has been loaded this many times, however briefly it stays."""
    await until(lambda: advertises.asked >= times)


async def follows_in_the_order_of_tabs(visitor: Visitor) -> bool:
    """Return whether the button Start comes before the frame."""
    return bool(
        await visitor.page.evaluate(
            "document.querySelector('#start').compareDocumentPosition(document.querySelector('iframe'))"
            " === Node.DOCUMENT_POSITION_FOLLOWING"
        )
    )


async def test_rules_that_could_not_be_shown_are_asked_for_before_anybody_is_met(
    people: list[Visitor],
) -> None:
    visitor, page = people[0], people[0].page
    await page.route("**/api/config", lambda route: route.abort())
    await visitor.agree()
    await expect(page.locator("#start")).to_be_enabled()
    await page.unroute("**/api/config")
    # The page also asks by itself, and then Start may be gone before it is pressed.
    await page.locator("#start").evaluate("start => start.click()")
    await visitor.until("consent")
    assert not await page.evaluate("window.phases.includes('searching')")
    await visitor.sees("The rules have changed. Please read them again.")
    await visitor.sees("Be kind.")
    await expect(page.get_by_role("heading", name="Meet someone by chance")).to_be_focused()
    await expect(page.get_by_role("checkbox")).not_to_be_checked()
    await page.get_by_role("checkbox").check()
    await visitor.press("Agree and continue")
    await visitor.start("Text")
    await visitor.until("searching")
    await page.reload()
    await visitor.until("idle")
    visitor.forgive("ERR_FAILED")


async def test_changed_rules_are_asked_for_again(
    plaza: Installation, rules: Path, people: list[Visitor]
) -> None:
    visitor = people[0]
    await visitor.agree()
    await visitor.page.reload()
    await visitor.until("idle")
    await visitor.page.goto("about:blank")  # an open page looks for the gateway while it is gone
    await asyncio.to_thread(rules.write_text, f"{RULES}Say goodbye.\n")
    with plaza.without_gateway_at(plaza.first):
        pass  # the one that starts again reads the rules
    await visitor.page.goto(plaza.first)
    await visitor.until("consent")
    await visitor.sees("The rules have changed. Please read them again.")
    await visitor.sees("Say goodbye.")
    await visitor.agree()
    await visitor.page.reload()
    await visitor.until("idle")
    await visitor.page.goto("about:blank")
