"""Two moderators share the work: claims, hand-over, notes, a second look, and breaks."""

import re

import pytest
from playwright.async_api import expect

from protos import reports_pb2 as pb

from ..integration.reports_service import photo
from .axe import violations
from .conftest import Enter
from .installation import Installation
from .moderator import Moderator
from .reported import new_case

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def open_case(moderator: Moderator, case: str) -> None:
    await moderator.page.goto(f"{moderator.page.url.partition('#')[0]}#case/{case}")
    await expect(moderator.case(case)).to_be_visible()


async def test_two_moderators_see_who_has_a_case_and_hand_it_over(zufall: Installation, enter: Enter) -> None:
    _, case = await new_case(zufall, reason=pb.REASON_SPAM)
    ann, bob = await enter(), await enter()
    await open_case(ann, case)
    await expect(bob.row(case)).to_contain_text(f"{ann.name} is looking")
    await open_case(bob, case)
    presence = bob.page.locator(".presence")
    await expect(presence).to_contain_text(f"{ann.name} has had this open since")
    assert await violations(bob.page) == []
    await presence.get_by_role("button", name="Take over").click()
    await expect(presence).to_be_hidden()
    await expect(ann.page.locator(".presence")).to_contain_text(f"{bob.name} has had this open")
    await _hand_over(bob, ann, case)
    await ann.go("Team")
    given = ann.page.get_by_role("region", name="For you").get_by_role("listitem")
    await expect(given).to_contain_text("you know him")
    assert await violations(ann.page) == []
    await given.get_by_role("link").click()
    await ann.press("Give back to everybody")
    await expect(ann.page.locator(".handed")).to_have_count(0)


async def _hand_over(by: Moderator, to: Moderator, case: str) -> None:
    await by.page.locator("summary", has_text="Hand over").click()
    await by.page.get_by_label("To", exact=True).select_option(to.name)
    await by.field("Why, in a sentence").fill("you know him")
    await by.press("Hand over")
    await expect(by.case(case)).to_have_count(0)  # the next one, or the queue
    badge = to.page.get_by_role("navigation", name="Screens").get_by_role("link", name="Team")
    await expect(badge.locator(".count")).to_be_visible()


async def test_a_case_is_claimed_again_when_its_page_is_shown_again(
    zufall: Installation, enter: Enter
) -> None:
    _, case = await new_case(zufall)
    ann, bob = await enter(), await enter()
    await open_case(ann, case)
    await expect(bob.row(case)).to_contain_text(f"{ann.name} is looking")
    await ann.hide()
    zufall.change("DELETE FROM case_claims WHERE case_id = ?", case)  # as after two minutes
    await expect(bob.row(case)).not_to_contain_text("is looking")
    await ann.hide(False)
    await expect(bob.row(case)).to_contain_text(f"{ann.name} is looking")


async def test_a_note_reaches_the_colleague_whom_it_mentions(zufall: Installation, enter: Enter) -> None:
    _, case = await new_case(zufall, reason=pb.REASON_SPAM)
    ann, bob = await enter(), await enter()
    await open_case(ann, case)
    await ann.field("A note").fill(f"@{bob.name}: <b>the same</b> link?")
    await ann.press("Add the note")
    notes = ann.page.get_by_role("list", name="Notes")
    await expect(notes.locator("blockquote")).to_have_text(f"@{bob.name}: <b>the same</b> link?")
    await bob.go("Team")
    mention = bob.page.get_by_role("region", name="For you").get_by_role("listitem")
    await expect(mention).to_contain_text(f"{ann.name} mentions you in a note")
    await mention.get_by_role("link").click()
    await expect(bob.page.get_by_role("list", name="Notes").locator("blockquote")).to_be_visible()
    await bob.go("Team")
    await expect(mention).to_have_count(0)


async def test_a_colleague_confirms_a_ban_for_a_minor(zufall: Installation, enter: Enter) -> None:
    accused, case = await new_case(zufall, reason=pb.REASON_MINOR)
    ann, bob = await enter(), await enter()
    await open_case(ann, case)
    await ann.keys("4")
    await ann.page.get_by_role("radio", name="for 30 days").check()
    await ann.field("Why, for colleagues").fill("says he is 15")
    await ann.keys("Control+Enter")
    await ann.sees("Proposed. It holds for three days at most")
    await open_case(bob, case)
    look = bob.page.get_by_role("region", name="A second look is needed")
    await expect(look).to_contain_text(re.compile(f"{ann.name} proposes: banned · Under 18 for 30 days"))
    assert await violations(bob.page) == []
    await look.get_by_role("radio", name="I confirm it").check()
    await look.get_by_label("Why, for colleagues").fill("he is")
    await look.get_by_role("button", name="Answer").click()
    await expect(bob.page.get_by_role("region", name="Standing now")).to_contain_text(
        f"by {ann.name} and {bob.name}"
    )
    made = "SELECT moderator, confirmed_by FROM decisions WHERE visitor = ? ORDER BY sequence"
    assert zufall.query(made, accused) == [(ann.name, ""), (ann.name, bob.name)]


async def test_next_skips_what_others_have_and_minors_today(zufall: Installation, enter: Enter) -> None:
    cases = [(await new_case(zufall, reason=pb.REASON_MINOR))[1] for _ in range(2)]
    last = (await new_case(zufall, reason=pb.REASON_HATE))[1]
    ann, bob = await enter(), await enter()
    await bob.go("Team")
    await bob.page.get_by_role("checkbox", name="Give me no cases of minors today").check()
    await open_case(ann, last)
    await bob.go("Queue")
    await expect(bob.row(last)).to_contain_text("is looking")
    await open_case(bob, cases[0])
    await bob.keys("1")
    await bob.field("Why, for colleagues").fill("an adult")
    await bob.keys("Control+Enter")
    await bob.sees("Decided: good")
    for skipped in (cases[1], last):
        await expect(bob.case(skipped)).to_have_count(0)


async def test_a_break_hides_pictures_which_are_blurred_again_after_it(
    zufall: Installation, enter: Enter
) -> None:
    _, case = await new_case(zufall, reason=pb.REASON_NUDITY, frames=(photo(320, 240),))
    ann = await enter()
    await open_case(ann, case)
    await ann.keys("4")
    await ann.field("Why, for colleagues").fill("half a sent")
    await ann.keys("Escape", "v")
    picture = ann.case(case).get_by_role("list", name="Pictures").get_by_role("button").first
    await expect(picture).to_have_attribute("data-state", "seen")
    await ann.keys("b", "Escape")
    pictures = ann.case(case).locator("[data-blur]")
    await expect(pictures).to_have_attribute("data-blur", "0")
    await expect(ann.page.get_by_role("img", name="1 in the last hour, 1 picture today")).to_be_visible()
    await ann.press("Break")
    await ann.sees("No case and no picture is shown until")
    await expect(ann.page.locator("main img")).to_have_count(0)
    assert await violations(ann.page) == []
    await ann.page.reload()
    await ann.sees("No case and no picture is shown until")
    await ann.go("Queue")
    await ann.sees("No case and no picture is shown until")
    await ann.press("Go on with the work")
    await open_case(ann, case)
    await expect(picture).to_have_attribute("data-state", "unseen")
    await expect(pictures).not_to_have_attribute("data-blur", "0")
    await ann.go("Team")
    await ann.page.reload()
    await ann.sees("1 in the last hour, 1 picture today")


async def test_seniors_see_the_workload(zufall: Installation, enter: Enter) -> None:
    _, case = await new_case(zufall, reason=pb.REASON_SPAM)
    sue = await enter("senior")
    await open_case(sue, case)
    await sue.keys("1")
    await sue.page.locator("[name=reason]").fill("nothing")
    await sue.keys("Control+Enter")
    await sue.sees("Decided: good")
    await sue.go("Team")
    workload = sue.page.get_by_role("region", name="Workload", exact=True).first
    await workload.get_by_role("button", name="Show").click()
    row = workload.get_by_role("row", name=sue.name)
    await expect(row).to_contain_text(re.compile(r"11 \(100.%\)0"))
    await sue.sees("They do not measure how good somebody is")
    assert await violations(sue.page) == []
