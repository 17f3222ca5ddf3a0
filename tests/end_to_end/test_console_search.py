"""Moderators find every case again: in long lists, by filters, by ids, and from the audit log."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from protos import reports_pb2 as pb
from services.reports.core.triage import FLOOD_OFFSET

from .axe import violations
from .conftest import Enter
from .installation import Installation
from .moderator import Moderator
from .reported import new_case

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_LONG = 10_000
_ADD = """
    INSERT INTO cases (id, accused, opened_at, closed_at, decision, urgency, held_until)
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < CAST(? AS INTEGER))
    SELECT printf('long-%05d', n), printf('of-long-%05d', n), 1700000000000 + n, 0, '', CAST(? AS REAL) - n, 0
    FROM numbers
"""
_OF_CALL = """
    UPDATE reports SET accused_languages = 'cy,en', accused_country = 'AQ', mode = 'text' WHERE accused = ?
"""
_WHOLE_ROWS = """[...document.querySelectorAll(".queue [data-case]")].filter((row) => {
    const { top, bottom } = row.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
}).length"""


@pytest_asyncio.fixture(loop_scope="session")
async def long_list(zufall: Installation) -> AsyncIterator[None]:
    """Provide ten thousand open cases among the floods, which no other test looks at."""
    zufall.change(_ADD, str(_LONG), str(FLOOD_OFFSET))
    yield
    zufall.change("DELETE FROM cases WHERE id LIKE 'long-%'")


async def place(page: Page) -> str | None:
    """Return the number of the row that has the focus."""
    return await page.evaluate("document.activeElement.closest('li')?.ariaPosInSet")  # type: ignore[no-any-return]


@pytest.mark.usefixtures("long_list")
async def test_ten_thousand_cases_scroll_with_few_of_them_on_the_page(enter: Enter) -> None:
    moderator = await enter("viewer")
    page = moderator.page
    await page.set_viewport_size({"width": 1280, "height": 800})
    await moderator.go("Queue")
    await moderator.field("Show").select_option("floods")
    first = moderator.row("long-00001").get_by_role("link")
    await expect(first).to_be_visible()
    assert await page.evaluate(_WHOLE_ROWS) >= 15
    assert await page.locator(".queue li").count() < 60
    await expect(moderator.row("long-00001")).to_have_attribute("aria-setsize", str(_LONG))
    await first.focus()
    for _ in range(20):
        await moderator.keys("j")
    assert await place(page) == "21"
    await moderator.keys("k", "End")
    last = moderator.row(f"long-{_LONG:05}").get_by_role("link")
    await expect(last).to_be_focused()
    await expect(last).to_be_in_viewport()
    assert await page.locator(".queue li").count() < 60
    await moderator.keys("Home")
    await expect(first).to_be_focused()
    await page.mouse.move(600, 500)
    await page.mouse.wheel(0, 36 * 5_000)
    await expect(moderator.row("long-05001")).to_be_visible()
    await expect(page.locator(".queue .skeleton")).to_have_count(0)
    assert await page.evaluate("document.activeElement.closest('li')?.dataset.case") == "long-00001"


async def test_filters_are_in_the_address_and_a_saved_view_follows_its_account(
    zufall: Installation, enter: Enter
) -> None:
    accused, case = await new_case(zufall, reason=pb.REASON_HATE, note="the umbrella argument")
    _, other = await new_case(zufall, reason=pb.REASON_SPAM)
    moderator = await enter()
    page = moderator.page
    await expect(moderator.row(other)).to_be_visible()
    await page.locator("summary", has_text="Filters").click()
    await moderator.field("Words of the reporters").fill("UMBRELLA arg")
    await moderator.keys("Enter")
    await expect(moderator.row(case)).to_be_visible()
    await expect(moderator.row(other)).to_have_count(0)
    assert page.url.endswith("#queue?text=UMBRELLA+arg")
    await page.locator("summary", has_text="Save this view").click()
    await moderator.field("Name of the view").fill("Umbrellas")
    await moderator.keys("Enter")
    views = page.get_by_role("navigation", name="Views")
    await expect(views.get_by_role("link", name="Umbrellas")).to_have_attribute("aria-current", "page")
    assert await violations(page) == []
    await page.go_back()
    await expect(moderator.row(other)).to_be_visible()
    await page.reload()
    await views.get_by_role("link", name="Umbrellas").click()
    await moderator.row(case).get_by_role("link").click()
    await _dismiss(moderator, case)
    await moderator.go("Queue")
    await views.get_by_role("link", name="Decided by me").click()
    await expect(moderator.row(case)).to_contain_text(f"good {moderator.name}")
    await views.get_by_role("link", name="Umbrellas").click()
    await expect(page.get_by_text("No case is found.")).to_be_visible()
    await page.get_by_role("button", name="Delete this view").click()
    await expect(views.get_by_role("link", name="Umbrellas")).to_have_count(0)
    await _visitor_by_id(moderator, accused, case)


async def test_cases_are_filtered_by_what_is_known_of_the_call(zufall: Installation, enter: Enter) -> None:
    accused, case = await new_case(zufall)
    _, other = await new_case(zufall)
    zufall.change(_OF_CALL, accused)
    moderator = await enter()
    page = moderator.page
    await page.set_viewport_size({"width": 1280, "height": 800})
    await expect(moderator.row(other)).to_be_visible()
    await page.locator("summary", has_text="Filters").click()
    await moderator.field("Language of either side").select_option("Welsh")
    await expect(moderator.row(case)).to_contain_text("Welsh, English")
    await expect(moderator.row(other)).to_have_count(0)
    await moderator.field("Country of the accused").select_option("Antarctica")
    await moderator.field("Kind of call").select_option("text chat")
    assert page.url.endswith("#queue?language=cy&mode=text&country=AQ")
    assert await violations(page) == []
    await moderator.field("Country of the accused").select_option("France")
    await expect(page.get_by_text("No case is found.")).to_be_visible()
    await page.get_by_role("navigation", name="Views").get_by_role("link", name="Known pictures").click()
    assert page.url.endswith("#queue?group=known")
    await expect(moderator.field("Show")).to_have_value("known")


async def _dismiss(moderator: Moderator, case: str) -> None:
    await expect(moderator.case(case)).to_be_visible()
    await moderator.keys("1")
    await moderator.page.keyboard.type("an umbrella")
    await moderator.keys("Control+Enter")
    await expect(moderator.page.locator("#decided")).to_contain_text("Decided: good")


async def _visitor_by_id(moderator: Moderator, accused: str, case: str) -> None:
    """Find the visitor by the first characters of the id, and their case from there."""
    await moderator.keys("/")
    await moderator.page.keyboard.type(accused[:8])
    await moderator.keys("Enter")
    await moderator.until("visitor")
    assert await violations(moderator.page) == []
    await moderator.page.locator(f'a[href="#case/{case}"]').click()
    await expect(moderator.case(case)).to_be_visible()
    await moderator.keys("/")
    await moderator.page.keyboard.type("no-such-id")
    await moderator.keys("Enter")
    await moderator.sees("Nothing has this id.")
    await moderator.keys("Escape")
    await expect(moderator.page.get_by_role("dialog")).to_have_count(0)


async def test_the_audit_log_leads_to_what_it_is_about(zufall: Installation, enter: Enter) -> None:
    accused, case = await new_case(zufall)
    senior = await enter("senior")
    page = senior.page
    await senior.enter(case)
    await page.get_by_role("heading", level=2).get_by_role("link").click()
    await senior.until("visitor")
    await page.get_by_role("link", name="Audit log about them").click()
    await senior.until("audit")
    rows = page.get_by_role("row").filter(has_text=senior.name)
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("visitor.seen")
    assert await violations(page) == []
    async with page.expect_download() as saved:
        await page.get_by_role("button", name="Download CSV").click()
    written = (await (await saved.value).path()).read_text().splitlines()
    assert len(written) == 3
    assert f",{senior.name},visitor.seen,{accused if accused[0] != '-' else chr(39) + accused}," in written[1]
    await rows.last.get_by_role("link", name=case).click()
    await expect(senior.case(case)).to_be_visible()
    exported = "SELECT count(*) FROM audit WHERE action = 'audit.exported' AND actor = ?"
    assert zufall.query(exported, senior.name) == [(1,)]


async def test_rows_are_there_again_when_what_stood_above_them_is_closed(
    zufall: Installation, enter: Enter
) -> None:
    await new_case(zufall)
    moderator = await enter()
    page = moderator.page
    await page.set_viewport_size({"width": 390, "height": 844})
    rows, filters = page.locator(".queue [data-case]"), page.locator("summary", has_text="Filters")
    await expect(rows.first).to_be_visible()
    await filters.click()
    await page.mouse.move(200, 600)
    await page.mouse.wheel(0, 100)
    await expect(rows).to_have_count(0)
    await page.mouse.wheel(0, -100)
    await filters.click()
    await expect(rows.first).to_be_visible()
