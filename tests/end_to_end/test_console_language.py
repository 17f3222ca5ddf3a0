"""Moderators read the console in German, with a header that has room for it."""

import pytest
from playwright.async_api import Page, expect

from protos import reports_pb2 as pb

from .axe import violations
from .conftest import Enter
from .installation import Installation
from .moderator import Moderator
from .reported import new_case

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_LANGUAGE = "[document.documentElement.lang, document.documentElement.dir]"
_LINES_OF_MENU = """
    new Set([...document.querySelectorAll("#menu a")].map(link => link.getBoundingClientRect().top)).size
"""
_WITH_FULL_BADGES = """
    for (const [screen, number] of [["queue", 123], ["team", 12], ["appeals", 12]]) {
        const badge = document.querySelector(`#menu [data-to=${screen}] .count`);
        badge.textContent = number;
        badge.hidden = false;
    }
"""


async def test_a_german_browser_reads_german_until_its_moderator_chooses_english(
    zufall: Installation, enter: Enter
) -> None:
    _, case = await new_case(zufall, reason=pb.REASON_SPAM, note="sells shoes")
    moderator = await enter(locale="de-AT")
    page = moderator.page
    assert await page.evaluate(_LANGUAGE) == ["de", "ltr"]
    await expect(page).to_have_title("Fälle · Zufall · Moderation")
    await expect(moderator.row(case)).to_contain_text("Spam oder Bot 1")
    await expect(moderator.row(case)).to_contain_text("1 Meldung")
    await _is_clean(page, "queue")
    await page.goto(f"{zufall.console}/console#case/{case}")
    await expect(moderator.case(case)).to_contain_text("Der Melder schreibt:")
    await _is_clean(page, "case")
    await moderator.keys("4")
    await expect(moderator.field("Was der Besucher erfährt")).to_contain_text("Machte Werbung")
    await _is_clean(page, "form")
    await moderator.keys("Control+Enter")
    await expect(page.locator("#decided")).to_contain_text("Entschieden: gesperrt für ")
    await _is_refused(moderator, case)
    await _choose_english(moderator)
    moderator.forgive("404")  # of the case, and of telling colleagues that it is open


async def _is_clean(page: Page, where: str) -> None:
    await expect(page.get_by_text("Lädt …")).to_have_count(0)
    assert await violations(page) == [], where


async def _is_refused(moderator: Moderator, case: str) -> None:
    """Open a case that does not exist."""
    console = moderator.page.url.partition("#")[0]
    await moderator.page.goto(f"{console}#case/{case}x")
    await moderator.sees("Das gibt es nicht oder nicht mehr. Der Dienst sagt: There is no such case.")
    await moderator.page.goto(f"{console}#queue")
    await moderator.until("queue")


async def _choose_english(moderator: Moderator) -> None:
    await moderator.open_account_menu()
    await _is_clean(moderator.page, "account")
    await moderator.page.get_by_label("Sprache", exact=True).select_option("English")
    await expect(moderator.page).to_have_title("Queue · Zufall · Moderation")
    await moderator.page.reload()  # the choice is kept
    await expect(moderator.page).to_have_title("Queue · Zufall · Moderation")
    assert await moderator.page.evaluate(_LANGUAGE) == ["en", "ltr"]


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
async def test_the_menu_of_an_administrator_has_one_line_and_on_a_phone_two(
    enter: Enter, locale: str
) -> None:
    admin = await enter("admin", locale=locale)
    await expect(admin.page.locator("#menu a")).to_have_count(8)
    await admin.page.evaluate(_WITH_FULL_BADGES)
    assert await admin.page.evaluate(_LINES_OF_MENU) == 1
    assert await admin.page.evaluate("document.querySelector('.top').offsetHeight") < 64
    await admin.page.set_viewport_size({"width": 390, "height": 844})
    assert await admin.page.evaluate(_LINES_OF_MENU) <= 2
    for link in await admin.page.locator("#menu a").all():
        await expect(link).to_be_in_viewport(ratio=1)
