"""In the moderators' console texts of strangers stay text, and the keyboard is enough to decide cases."""

import re

import pytest
from playwright.async_api import Browser, Locator, expect

from protos import reports_pb2 as pb
from services.contract.ids import VisitorId, random_id
from services.reports.shell.policy_file import default_policy

from .axe import violations
from .conftest import Come, Enter
from .hostile_texts import TEXTS, hidden, shown
from .installation import Installation
from .moderator import Moderator, invitation
from .reported import case_of, file, new_case
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


_MOVE_OVER_THE_LIST = """setInterval(
    () => document.querySelector(".queue").dispatchEvent(new PointerEvent("pointermove")), 500
)"""
"""Moves a pointer over the list, also while the test itself waits for a processor."""


def _decisions(zufall: Installation, accused: str) -> list[int]:
    """Return the levels that people decided, the oldest first."""
    sql = "SELECT level FROM decisions WHERE visitor = ? AND NOT automated ORDER BY sequence"
    return [level for (level,) in zufall.query(sql, accused)]


async def _until_said(moderator: Moderator, text: str) -> None:
    await expect(moderator.page.locator("#decided")).to_contain_text(text)


async def test_somebody_comes_in_by_an_invitation_and_later_by_a_code(
    zufall: Installation, chromium: Browser
) -> None:
    page = await (await chromium.new_context()).new_page()
    moderator = Moderator(page, zufall.console, "newcomer")
    link = invitation(zufall, "newcomer", "moderator")
    await moderator.open("#" + link.partition("#")[2])
    picture = page.get_by_role("img", name="QR code of the secret below")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 50
    assert "invitation" not in page.url, "the token is in no history"
    await moderator.accept(link)
    menu = page.get_by_role("navigation", name="Screens").get_by_role("link")
    await expect(menu).to_have_text(
        [re.compile("^Queue"), re.compile("^Team"), re.compile("^Appeals"), "Work", "Transparency"]
    )
    await moderator.log_out()
    await moderator.until("login")
    await moderator.log_in("000000")
    await moderator.sees("The name, the password or the code is wrong")
    await moderator.log_in(moderator.code(later=1))
    await moderator.until("queue")
    moderator.forgive("401")
    await moderator.open("#" + link.partition("#")[2])
    await expect(page.get_by_role("link", name="Go to login")).to_be_visible()
    moderator.forgive("410")
    await moderator.check()
    await page.context.close()


async def test_gateways_do_not_serve_the_console(zufall: Installation, chromium: Browser) -> None:
    context = await chromium.new_context()
    for path in ("/console", "/console/index.html", "/console/api/ways"):
        assert (await context.request.get(zufall.first + path)).status == 404
        assert (await context.request.get(zufall.console + path)).status == 200
    await context.close()


async def test_texts_of_strangers_are_shown_as_written_and_never_run(
    zufall: Installation, enter: Enter
) -> None:
    accused = VisitorId(random_id())
    for text in TEXTS:
        await file(zufall, accused, note=text, lines=(text, text))
    moderator, case = await enter("senior"), case_of(zufall, accused)
    await moderator.enter(case)
    reports = moderator.case(case).locator("[data-report]")
    await expect(reports).to_have_count(len(TEXTS))
    notes = await _texts(reports.get_by_role("group", name="The reporter writes:").locator("blockquote"))
    assert sorted(notes) == sorted(map(shown, TEXTS))
    for who in ("accused", "reporter"):
        lines = await _texts(reports.locator(f".chat [data-from={who}] blockquote"))
        assert sorted(lines) == sorted(map(shown, TEXTS))
    proofs = await _texts(reports.locator(".chat .proof"))
    assert proofs == ["claimed by the reporter"] * 2 * len(TEXTS), "nobody said any of it"
    inside = moderator.case(case).locator("blockquote *")
    await expect(inside).to_have_count(3 * sum(map(hidden, TEXTS)))  # in the note and twice in the chat
    assert await inside.evaluate_all("all => all.every(one => one.matches('span.hidden-character'))")
    for width in (390, 1280):
        await moderator.page.set_viewport_size({"width": width, "height": 844})
        assert await moderator.page.evaluate("document.documentElement.scrollWidth") == width
    await moderator.check()


async def _texts(found: Locator) -> list[str]:
    return await found.evaluate_all("all => all.map(one => one.textContent)")  # type: ignore[no-any-return]


async def test_a_case_from_the_report_to_the_answer_of_an_appeal(
    zufall: Installation, come: Come, enter: Enter
) -> None:
    ann, bob = await enter(), await enter()
    reporter, accused = await come(zufall.first), await come(zufall.second)
    await _meet(reporter, accused)
    await accused.say("you <b>fool</b>")
    await reporter.hears("you <b>fool</b>")
    await reporter.press("Report")
    await reporter.press("Harassment")
    await reporter.has_been_told("Your report has arrived")
    visitor = VisitorId(accused.welcome["visitor"])
    case = case_of(zufall, visitor)
    await expect(ann.row(case)).to_contain_text("1 report ")
    await file(zufall, visitor, reason=pb.REASON_SPAM)
    await file(zufall, visitor, reason=pb.REASON_HARASSMENT)
    await expect(ann.row(case)).to_contain_text("3 reports")
    await ann.enter(case)
    await expect(ann.case(case).locator("[data-from=accused] blockquote")).to_have_text("you <b>fool</b>")
    await expect(ann.case(case).locator("[data-from=accused] .proof")).to_have_text("proven")
    await _dismiss_and_undo(zufall, ann, case, visitor)
    await ann.keys("4")
    await expect(ann.field("Rule")).to_have_value("harassment")
    await ann.page.keyboard.type("1 u j 3? really")
    await ann.keys("Control+Enter")
    await _until_said(ann, "Decided: banned for 7 days")
    await accused.until("banned")
    await accused.sees("You harassed somebody you met.")
    await _appeal(accused, ann, bob)


async def _meet(*people: Visitor) -> None:
    for person in people:
        await person.agree()
        await person.start("Text")
    for person in people:
        await person.until("matched")


async def _dismiss_and_undo(zufall: Installation, ann: Moderator, case: str, visitor: VisitorId) -> None:
    await ann.keys("1")
    await ann.page.keyboard.type("friends who joke")
    await ann.keys("Control+Enter")
    await _until_said(ann, "Decided: good")
    assert len(_decisions(zufall, visitor)) == 1
    await expect(ann.case(case)).to_have_count(0)  # the next one, or the queue
    await ann.keys("u")
    await expect(ann.case(case).get_by_role("region", name="Decision")).to_be_visible()
    assert zufall.query("SELECT closed_at FROM cases WHERE id = ?", case) == [(0,)]


async def _appeal(accused: Visitor, ann: Moderator, bob: Moderator) -> None:
    """Appeal with hostile texts. The moderator who decided may not answer, so the other one does."""
    text = "\n".join(one for one in TEXTS if len(one) < 80)[:1900]
    await accused.page.get_by_role("textbox", name="Your appeal").fill(text)
    await accused.press("Appeal")
    await accused.sees("Your appeal has arrived.")
    for moderator in (ann, bob):
        await moderator.go("Appeals")
        await moderator.until("appeals")
        await moderator.page.locator("[data-appeal]").last.get_by_role("link").click()
        written = moderator.page.get_by_role("group", name="What the visitor writes").locator("blockquote")
        await expect(written).to_be_visible()
        assert await written.evaluate("one => one.textContent") == shown(text)
    await ann.sees("You made this decision, so another moderator must answer.")
    await expect(ann.field("Answer to the visitor")).to_have_count(0)
    await bob.page.get_by_role("radio", name="We were wrong: lift it").check()
    await bob.field("Answer to the visitor").fill("We are <i>sorry</i>.")
    await bob.keys("Control+Enter")
    await bob.sees("Your answer was sent.")
    await accused.page.reload()
    await accused.sees("We are <i>sorry</i>.")
    await accused.press("Start again")
    await accused.until("idle")


async def test_a_conflict_and_a_lost_session_lose_nothing_that_was_typed(
    zufall: Installation, enter: Enter
) -> None:
    accused, case = await new_case(zufall, reason=pb.REASON_SPAM)
    moderator = await enter()
    await moderator.enter(case)
    await moderator.keys("3")
    await moderator.field("Why, for colleagues").fill("the same link everywhere")
    await moderator.page.get_by_text("Add your own words").click()
    await moderator.field("Something to add").fill("No advertisements.")
    await moderator.keys("Escape", "Escape")
    await moderator.enter(case)
    await expect(moderator.field("Something to add")).to_have_value("No advertisements.")
    await moderator.page.context.set_offline(True)  # so that it cannot hear of the next report
    await moderator.keys("Control+Enter")
    await moderator.sees("The service cannot be reached. Nothing was lost")
    await moderator.sees("Live updates have stopped.")
    await file(zufall, accused, reason=pb.REASON_SPAM, note="me, too")
    await moderator.page.context.set_offline(False)
    await moderator.keys("Control+Enter")
    await moderator.sees("Something has changed in the meantime. New reports have come in")
    await expect(moderator.case(case).locator("[data-report]")).to_have_count(2)
    await moderator.page.context.clear_cookies()
    await moderator.keys("Control+Enter")
    await moderator.until("login")
    await moderator.sees("Your session has ended.")
    assert _decisions(zufall, accused) == []
    await moderator.log_in(moderator.code(later=1))
    await moderator.until("case")
    await expect(moderator.field("Why, for colleagues")).to_have_value("the same link everywhere")
    await expect(moderator.field("Something to add")).to_have_value("No advertisements.")
    await moderator.field("Why, for colleagues").focus()
    await moderator.keys("Control+Enter")
    await _until_said(moderator, "Decided: restricted for 1 day")
    await expect(moderator.page.locator("#connection")).to_be_hidden()
    assert len(_decisions(zufall, accused)) == 1
    for expected in ("409", "401", "ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED"):
        moderator.forgive(expected)


async def test_a_login_in_another_tab_lets_this_one_go_on(zufall: Installation, enter: Enter) -> None:
    _, case = await new_case(zufall)
    moderator = await enter()
    await moderator.enter(case)
    await moderator.keys("1")
    await moderator.field("Why, for colleagues").fill("half a sent")
    other = Moderator(await moderator.page.context.new_page(), zufall.console, moderator.name)
    await other.open()
    await other.until("queue")
    await other.log_out()
    await other.until("login")
    await moderator.until("login")  # the stream of the queue has ended
    await other.log_in(moderator.code(later=1))
    await other.until("queue")
    await moderator.page.evaluate("dispatchEvent(new Event('focus'))")
    await moderator.until("case")
    await expect(moderator.field("Why, for colleagues")).to_have_value("half a sent")
    moderator.forgive("401")


async def test_more_pages_than_a_browser_has_connections_all_work(zufall: Installation, enter: Enter) -> None:
    _, case = await new_case(zufall)
    moderator = await enter()
    others = [
        Moderator(await moderator.page.context.new_page(), zufall.console, moderator.name) for _ in range(7)
    ]
    for other in others:
        await other.open("#queue")
        await expect(other.row(case)).to_be_visible()
        await other.hide()
    _, later = await new_case(zufall)
    await expect(moderator.row(later)).to_be_visible()
    await expect(others[0].row(later)).to_have_count(0)
    await others[0].hide(False)
    await expect(others[0].row(later)).to_be_visible()


async def test_new_cases_wait_while_the_moderator_works_on_the_queue(
    zufall: Installation, enter: Enter
) -> None:
    _, first = await new_case(zufall)
    moderator = await enter()
    await moderator.choose(first)
    link = moderator.row(first).get_by_role("link")
    top = await link.evaluate("link => link.getBoundingClientRect().top")
    moving = await moderator.page.evaluate(_MOVE_OVER_THE_LIST)
    _, minor = await new_case(zufall, reason=pb.REASON_MINOR)
    arrived = moderator.page.get_by_role("button", name="since you opened the list. Show (r)")
    await expect(arrived).to_be_visible()
    assert await moderator.row(minor).count() == 0
    assert await link.evaluate("link => link.getBoundingClientRect().top") == top
    await moderator.page.evaluate("clearInterval", moving)
    await moderator.keys("r")
    await expect(moderator.row(minor)).to_contain_text("Minor")
    await expect(link).to_be_focused()
    _, other = await new_case(zufall, reason=pb.REASON_MINOR)
    await expect(moderator.row(other)).to_be_visible()  # without a hand
    await expect(link).to_have_attribute("aria-current", "true")
    await _flags_stand_apart(zufall, moderator)
    await moderator.go("Queue")
    await moderator.field("Show").select_option("all cases")
    await _a_flood_is_one_line(zufall, moderator)


async def _a_flood_is_one_line(zufall: Installation, moderator: Moderator) -> None:
    network = random_id().encode()
    cases = [(await new_case(zufall, reason=pb.REASON_MINOR, network=network))[1] for _ in range(12)]
    line = moderator.page.get_by_role("link", name="2 cases in a flood")
    await expect(line).to_be_visible()
    await moderator.keys("r")
    await expect(moderator.row(cases[9])).to_contain_text("Minor")
    await expect(moderator.row(cases[11])).to_have_count(0)
    await line.click()
    await expect(moderator.page.locator(".queue [data-flood=true]")).to_have_count(2)
    await expect(moderator.field("Show")).to_have_value("flood")
    await moderator.page.go_back()
    await expect(moderator.row(cases[9])).to_be_visible()


async def _flags_stand_apart(zufall: Installation, moderator: Moderator) -> None:
    _, flagged = await new_case(zufall, reason=pb.REASON_NUDITY, flag=True)
    row, show = moderator.row(flagged), moderator.field("Show")
    await expect(row).to_contain_text("Flags only")
    await expect(row).to_contain_text("1 flag ")
    cases = moderator.page.locator(".queue [data-case]")
    alone = await cases.evaluate_all("cases => cases.map(({ dataset }) => dataset.flagged === 'true')")
    assert alone == sorted(alone), "cases with flags only stand below everything that people reported"
    await show.select_option("what people report")
    await expect(row).to_have_count(0)
    await show.select_option("flags only")
    await row.get_by_role("link").click()
    await expect(moderator.case(flagged)).to_contain_text("No person has reported this visitor.")
    await expect(moderator.case(flagged).get_by_role("heading", name="Flag · Nudity or sex")).to_be_visible()


async def test_an_admin_tries_a_policy_reads_the_figures_checks_the_log_and_invites(
    zufall: Installation, enter: Enter
) -> None:
    await new_case(zufall, reason=pb.REASON_NUDITY)
    admin = await enter("admin")
    await admin.go("Policy")
    text = admin.field("Policy (TOML)")
    await expect(text).not_to_have_value("")
    was = await text.input_value()
    await text.fill(was.replace("half_life_hours = 48", "half_life_hours = -1"))
    await admin.press("Replay")
    await expect(admin.page.locator("[data-form=policy] .problem")).to_contain_text("alf_life_hours must")
    least = was.replace(default_policy().version, "trial-2").replace("networks = 2", "networks = 1")
    await text.fill(least.replace("from_score = 1.5", "from_score = 0.1"))
    await admin.press("Replay")
    chart = admin.page.get_by_role("img", name="Automatic actions")
    await expect(chart.locator("rect.part-undecided").first).to_be_attached()
    await expect(admin.page.get_by_role("region", name="Before and after").get_by_role("row")).to_have_count(
        9
    )
    await expect(
        admin.page.get_by_role("region", name="Cases that differ").get_by_role("row")
    ).not_to_have_count(1)
    await admin.sees("trial-2")
    await admin.go("Transparency")
    await admin.sees("median of the decided cases")
    async with admin.page.expect_download() as saved:
        await admin.press("Download CSV")
    file = await saved.value
    assert file.suggested_filename.endswith(".csv")
    assert "reports.by_reason.nudity," in (await file.path()).read_text()
    await admin.go("Work")
    for figure, value in (("failed logins in a day", re.compile(r"^\d+$")), ("the audit log", "whole")):
        shown = admin.page.locator("dl.figures > div").filter(has=admin.page.get_by_text(figure, exact=True))
        await expect(shown.locator("dd")).to_have_text(value)
    await admin.go("Audit")
    await admin.press("Check now")
    await admin.sees("The log is whole: ")
    await admin.go("People")
    await admin.sees("Nobody is told of anything outside this console.")
    await admin.field("Name").fill("newer.one")
    await admin.press("Invite")
    assert "#invitation=" in await admin.field("Invitation link").input_value()
    await expect(admin.page.get_by_role("row").filter(has_text="newer.one")).to_contain_text("invited")
    admin.forgive("400")


async def test_a_senior_reads_on_every_screen_that_the_audit_log_was_changed(enter: Enter) -> None:
    senior = await enter("senior")
    found = {"content_type": "text/event-stream", "body": "event: audit\ndata: 2\n\n"}
    await senior.page.route("**/console/api/events", lambda route: route.fulfill(**found))
    await senior.page.reload()
    alarm = senior.page.get_by_role("alert").filter(has_text="was changed without this service: 2 problems.")
    await senior.go("Team")
    await expect(alarm).to_be_in_viewport(ratio=1)
    assert await violations(senior.page) == []
    await alarm.get_by_role("link", name="Look into it").click()
    await senior.until("audit")
    await senior.page.unroute("**/console/api/events")
    await expect(alarm).to_be_hidden()  # as soon as the page connects, the service says that all is whole


async def test_an_old_login_needs_a_code_for_a_new_role(zufall: Installation, enter: Enter) -> None:
    admin, other = await enter("admin"), await enter("viewer")
    zufall.change("UPDATE sessions SET confirmed_at = 0 WHERE account = ?", admin.name)
    await admin.go("People")
    role = admin.field(f"Role of {other.name}")
    dialog = admin.page.get_by_role("dialog", name="Enter your code again")
    await role.select_option("senior")
    await expect(dialog.get_by_label("6-digit code")).to_be_focused()
    await dialog.get_by_role("button", name="Cancel").click()
    await admin.sees("Enter the code of your authenticator again.")
    await expect(role).to_have_value("viewer")
    await role.select_option("senior")
    await dialog.get_by_label("6-digit code").fill("000000")
    await admin.keys("Enter")
    await expect(dialog).to_contain_text("The code is wrong or used up")
    await dialog.get_by_label("6-digit code").fill(admin.code(1))
    await admin.keys("Enter")
    await expect(dialog).to_have_count(0)
    await admin.sees(f"Changed: {other.name}.")
    await expect(role).to_have_value("senior")
    assert zufall.query("SELECT role FROM accounts WHERE name = ?", other.name) == [(3,)]
    for status in ("401", "403"):
        admin.forgive(status)
