"""A report after the call or during an outage is not lost, and is not counted twice."""

import base64
import io
import json
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Locator, Route, expect

from ..timing import until
from .conftest import Come
from .installation import Installation
from .visitor import Mode, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_UNWELL = json.dumps({"status": 503, "code": "unavailable", "detail": "please send it again"})
_COUNT_PICTURES = """
    window.pictures = 0;
    const { toDataURL } = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.toDataURL = function (...how) {
        window.pictures += 1;
        return toDataURL.apply(this, how);
    };
"""
_BY = "SELECT id, chat FROM reports WHERE reporter = ? AND accused = ?"


class ReportsOutage:
    """Stands before `/api/reports` and records requests. It answers 503 until the outage is `over`."""

    def __init__(self) -> None:
        self.over = False
        self.requests: list[dict[str, Any]] = []

    async def answer(self, route: Route) -> None:
        self.requests.append(json.loads(route.request.post_data or ""))
        if self.over:
            await route.continue_()
        else:
            await route.fulfill(status=503, body=_UNWELL, content_type="application/problem+json")


async def _meet(*people: Visitor, mode: Mode = "Text") -> None:
    for person in people:
        await person.prefer(curtain="off", check=False)
        await person.agree()
        await person.start(mode)
    for person in people:
        await person.until("matched")


async def _recent(person: Visitor) -> Locator:
    """Open the dialog that lists this person's recent partners."""
    await person.press("Recent")
    dialog = person.page.get_by_role("dialog", name="Recent strangers")
    await expect(dialog).to_be_visible()
    return dialog


def _entry(dialog: Locator, said: str) -> Locator:
    return dialog.get_by_role("listitem").filter(has_text=said)


def _reports(zufall: Installation, reporter: str, accused: str) -> list[tuple[Any, ...]]:
    return zufall.query(_BY, reporter, accused)


async def test_a_reporter_is_thanked_once_at_the_next_visit(zufall: Installation, come: Come) -> None:
    reporter, accused = await come(zufall.first), await come(zufall.second)
    await _meet(reporter, accused)
    await reporter.press("Report")
    await reporter.press("Hate")
    await reporter.has_been_told("Your report has arrived")
    again = Visitor(await reporter.page.context.new_page(), zufall.first)  # with another token
    await again.open()
    await again.until("idle")
    thanks = again.page.get_by_text("Somebody looked at what you reported.")
    await again.page.wait_for_load_state("networkidle")
    await expect(thanks).to_have_count(0)  # nobody has looked
    zufall.command("moderator", "ban", accused.welcome["visitor"], "--template", "hate")
    await accused.until("banned")
    later = "UPDATE decisions SET made_at = made_at - 600001 WHERE visitor = ?"
    zufall.change(later, accused.welcome["visitor"])  # when it cannot be taken back any more
    for _ in range(2):  # it stays until it is closed
        await again.page.reload()
        await expect(thanks).to_be_visible()
        await again.sees("Action was taken.")
    await again.press("Close")
    await expect(thanks).to_have_count(0)
    await again.page.reload()
    await again.until("idle")
    await again.page.wait_for_load_state("networkidle")
    await expect(thanks).to_have_count(0)
    assert again.problems == []


async def test_a_recent_stranger_is_reported_after_the_call_and_a_reload(
    zufall: Installation, come: Come
) -> None:
    reporter, accused = await come(zufall.first), await come(zufall.second)
    await _meet(reporter, accused)
    await accused.say("something <b>nasty</b>")
    await reporter.hears("something <b>nasty</b>")
    await reporter.press("Stop")
    dialog = await _recent(reporter)
    await expect(_entry(dialog, "nasty")).to_be_visible()  # what is shown is kept
    await reporter.page.reload()
    await reporter.until("idle")
    dialog = await _recent(reporter)
    entry = _entry(dialog, "something <b>nasty</b>")
    await entry.get_by_role("button", name="Report").click()
    await reporter.press("Hate")
    await expect(entry).to_contain_text("Reported")
    await expect(dialog.get_by_role("status")).to_contain_text("Your report has arrived")
    await expect(entry.get_by_role("button")).to_have_count(0)
    ((_, chat),) = _reports(zufall, reporter.welcome["visitor"], accused.welcome["visitor"])
    assert "something <b>nasty</b>" in chat
    await dialog.get_by_role("button", name="Close").click()
    await reporter.page.reload()
    dialog = await _recent(reporter)
    await expect(_entry(dialog, "nasty")).to_contain_text("Reported")
    await dialog.get_by_role("button", name="Forget all").click()
    await expect(dialog).to_contain_text("Nobody yet")


async def test_a_report_that_nobody_took_is_sent_after_a_reload_with_its_pictures(
    zufall: Installation, come: Come
) -> None:
    reporter, accused = await come(zufall.first), await come(zufall.second)
    outage = ReportsOutage()
    await reporter.page.route("**/api/reports", outage.answer)
    await reporter.page.add_init_script(_COUNT_PICTURES)
    await _meet(reporter, accused, mode="Video")
    await reporter.sees_moving_pictures()
    await reporter.page.wait_for_function("() => window.pictures > 0")  # after three seconds
    await reporter.press("Report")
    await reporter.press("Nudity or sex")
    await reporter.has_been_told("Your report will be sent as soon as")
    who = reporter.welcome["visitor"], accused.welcome["visitor"]
    assert _reports(zufall, *who) == []
    await reporter.page.goto(f"{zufall.first}/icon.svg")  # or the old page may still send it
    outage.over = True
    await reporter.page.goto(zufall.first)
    await reporter.has_been_told("Your report has arrived")
    assert len(_reports(zufall, *who)) == 1
    assert outage.requests[-1] == outage.requests[0]
    pictures = [Image.open(io.BytesIO(base64.b64decode(frame))) for frame in outage.requests[-1]["frames"]]
    assert len(pictures) == 2
    assert {picture.format for picture in pictures} == {"JPEG"}
    dialog = await _recent(reporter)
    await expect(dialog.get_by_role("listitem")).to_contain_text("Reported")
    before = len(outage.requests)
    await reporter.page.reload()
    await reporter.until("idle")
    await reporter.page.wait_for_timeout(500)
    assert len(outage.requests) == before
    reporter.forgive("503")


async def test_a_report_that_was_made_while_the_gateway_is_dead_outlives_the_tab(
    breakable: Installation, come: Come
) -> None:
    reporter, accused = await come(breakable.first), await come(breakable.second)
    await _meet(reporter, accused)
    who = reporter.welcome["visitor"], accused.welcome["visitor"]
    await accused.say("bad words")
    await reporter.hears("bad words")
    context = reporter.page.context
    with breakable.without_gateway_at(breakable.first):
        await reporter.press("Report")
        await reporter.press("Harassment")
        await reporter.has_been_told("Your report will be sent as soon as")
        await reporter.page.close()
        reporter.forgive("ERR_CONNECTION_REFUSED")
        reporter.forgive("WebSocket connection")
        assert _reports(breakable, *who) == []
    again = Visitor(await context.new_page(), breakable.first)
    await again.open()
    await again.has_been_told("Your report has arrived")
    ((_, chat),) = _reports(breakable, *who)
    assert "bad words" in chat
    await context.close()


async def test_another_tab_sends_what_a_closed_one_could_not_and_in_its_name(
    zufall: Installation, come: Come
) -> None:
    reporter, accused = await come(zufall.first), await come(zufall.second)
    outage = ReportsOutage()
    await reporter.page.context.route("**/api/reports", outage.answer)
    await _meet(reporter, accused)
    await accused.say("bad words")
    await reporter.hears("bad words")
    await reporter.press("Report")
    await reporter.press("Harassment")
    await reporter.has_been_told("Your report will be sent as soon as")
    who = reporter.welcome["visitor"], accused.welcome["visitor"]
    tabs = [Visitor(await reporter.page.context.new_page(), zufall.first) for _ in range(2)]
    for tab in tabs:
        await tab.open()
        await tab.until("idle")
    await reporter.page.close()
    dialog = await _recent(tabs[0])
    await expect(_entry(dialog, "bad words")).to_contain_text("The report has not been sent yet")
    outage.over = True
    for tab in tabs:
        await tab.page.evaluate("dispatchEvent(new Event('online'))")

    async def is_marked() -> bool:
        """Open the list again, because the other tab may have sent the report."""
        await dialog.get_by_role("button", name="Close").click()
        entry = _entry(await _recent(tabs[0]), "bad words")
        return "Reported" in await entry.inner_text()

    await until(is_marked)
    assert len(_reports(zufall, *who)) == 1
    reporter.forgive("503")


async def test_a_recent_stranger_is_blocked_and_not_met_again(zufall: Installation, come: Come) -> None:
    person, other = await come(zufall.first), await come(zufall.second)
    await _meet(person, other)
    await other.say("Hello there")
    await person.hears("Hello there")
    await person.press("Next")
    dialog = await _recent(person)
    entry = _entry(dialog, "Hello there")
    await expect(entry.get_by_role("button", name="Block")).to_be_visible()
    tab = Visitor(await person.page.context.new_page(), zufall.first)
    await tab.open()
    there = _entry(await _recent(tab), "Hello there")
    await expect(there.get_by_role("button", name="Report")).to_be_visible()
    # That tab is another visitor, so a block by this one does not apply to it.
    await expect(there.get_by_role("button", name="Block")).to_be_hidden()
    await tab.page.close()
    await entry.get_by_role("button", name="Block").click()
    await expect(entry).to_contain_text("Blocked")
    await expect(entry.get_by_role("button", name="Report")).to_be_visible()
    await person.page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    assert await person.phase() == "searching"


async def test_enter_that_is_held_on_report_files_nothing(zufall: Installation, come: Come) -> None:
    person, other = await come(zufall.first), await come(zufall.second)
    await _meet(person, other)
    requests: list[str] = []
    person.page.on("request", lambda request: requests.append(request.url))
    await person.button("Report").focus()
    for _ in range(5):  # each further one is a repeat, until the key is let go
        await person.page.keyboard.down("Enter")
    await person.page.keyboard.up("Enter")
    dialog = person.page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    await expect(dialog.get_by_role("heading")).to_be_focused()
    for key in ("Tab", "Tab", "Tab"):
        await person.page.keyboard.press(key)
    await person.page.keyboard.press("Enter")  # a press of its own counts
    await person.has_been_told("Your report has arrived")
    assert len([one for one in requests if one.endswith("/api/reports")]) == 1


async def test_escape_in_the_list_does_not_leave_the_call(zufall: Installation, come: Come) -> None:
    person, other = await come(zufall.first), await come(zufall.second)
    await _meet(person, other)
    dialog = await _recent(person)
    await expect(dialog).to_contain_text("Nobody yet")  # who is here is no recent one
    await person.page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    assert await person.phase() == "matched"
