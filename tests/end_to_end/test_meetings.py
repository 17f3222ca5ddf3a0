"""People meet somebody whom they know: again after a match, and by an invitation."""

import asyncio

import pytest
from playwright.async_api import Locator, expect

from .conftest import Come
from .installation import Installation
from .test_reload import answer_dialogs
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

COOLDOWN = 60
"""Seconds for which two who have parted do not meet again."""


async def test_two_who_both_press_meet_again_wait_for_each_other(zufall: Installation, come: Come) -> None:
    await _both_want_to_meet_again(await come(zufall.first), await come(zufall.second))


@pytest.mark.long
async def test_two_who_both_press_meet_again_meet_a_minute_after_they_parted(
    zufall: Installation, come: Come
) -> None:
    first, second = await come(zufall.first), await come(zufall.second)
    before = await _both_want_to_meet_again(first, second)
    for one in (first, second):
        await one.until("matched", grace=COOLDOWN)
    assert first.match == second.match != before
    await first.say("There you are again")
    await second.hears("There you are again")


async def _both_want_to_meet_again(first: Visitor, second: Visitor) -> str:
    """Return the match in which they met first."""
    for one in (first, second):
        await one.agree()
        await one.start("Text")
    for one in (first, second):
        await one.until("matched")
    match = first.match
    for one in (first, second):
        await one.press("Stop")
        await one.until("idle")
    await (await _entry(first)).get_by_role("button", name="Meet again", exact=True).click()
    await first.until("searching")
    await first.sees("Waiting for them")
    await first.sees("they see that you would like to meet again")
    entry = await _entry(second)
    await expect(entry).to_contain_text("Waiting for you")
    await second.page.keyboard.press("Escape")
    await second.sees("Somebody you met would like to meet you again")
    await second.button("Meet again").click()
    for one in (first, second):
        await one.sees("You have just parted")
    return match


async def _entry(person: Visitor) -> Locator:
    """Open the list of recent strangers, and return its newest entry."""
    await person.press("Recent")
    return person.page.get_by_role("dialog", name="Recent strangers").get_by_role("listitem").first


async def test_a_reported_stranger_cannot_be_met_again(zufall: Installation, come: Come) -> None:
    first, second = await come(zufall.first), await come(zufall.second)
    for one in (first, second):
        await one.agree()
        await one.start("Text")
    await first.until("matched")
    await first.press("Report")
    await first.press("Spam or bot")
    await first.has_been_told("Your report has arrived")
    await first.press("Stop")
    entry = await _entry(first)
    await expect(entry).to_contain_text("Reported")
    await expect(entry.get_by_role("button", name="Meet again")).to_have_count(0)


async def test_a_link_brings_one_friend_and_is_used_up_then(zufall: Installation, come: Come) -> None:
    host, friend, late = await come(zufall.first), await come(zufall.second), await come(zufall.first)
    await host.agree()
    link = await _invite(host)
    await host.sees("Waiting for your friend")
    await friend.open(link.removeprefix(zufall.first))
    await friend.until("consent")
    await friend.page.get_by_role("checkbox").check()
    await friend.button("Agree and continue").click()
    await friend.sees("They are waiting for you")
    await friend.press("Join")
    for one in (host, friend):
        await one.until("matched")
    assert host.match == friend.match
    await asyncio.gather(host.sees_moving_pictures(), friend.sees_moving_pictures())
    await late.agree()
    await late.page.evaluate("hash => location.hash = hash", link.partition("#")[2])
    await late.sees("They are not waiting at the moment")
    await late.press("Join")
    await late.sees("A link for one person works once")
    await friend.press("Stop")
    await host.until("idle")
    await host.sees("They have left the conversation")
    await late.button("Meet strangers instead").click()
    await late.sees("Looking for someone")


async def test_a_host_meets_one_guest_after_the_other(zufall: Installation, come: Come) -> None:
    host, *guests = [await come(zufall.first), await come(zufall.second), await come(zufall.second)]
    answer_dialogs(host)
    await host.agree()
    await host.page.get_by_role("radio", name="Text").check()
    link = await _invite(host, several=True)
    await host.sees("Waiting for your guests")
    for guest in guests:
        await guest.agree()
        await guest.page.evaluate("hash => location.hash = hash", link.partition("#")[2])
        await guest.press("Join")
        await guest.until("matched")
        await host.until("matched")
        assert host.match == guest.match
        await guest.say("Hello")
        await host.hears("Hello")
        await host.page.reload()
        await host.until("matched")
        await host.press("Next")
        await host.sees("They come one after the other. Stay on this page. The link is good until")
        await guest.until("over")


async def test_a_broken_link_says_so_and_leads_to_strangers(zufall: Installation, come: Come) -> None:
    person = await come(zufall.first)
    person.forgive("403")
    await person.agree()
    await person.page.evaluate("location.hash = 'invitation=<b>nonsense</b>'")
    await person.sees("This invitation is damaged, or it is for another site")
    await person.button("Meet strangers instead").click()
    await expect(person.page.locator("#invited")).to_have_count(0)
    assert await person.page.evaluate("location.hash") == ""


async def _invite(host: Visitor, several: bool = False) -> str:
    """Make an invitation, and return its link."""
    await host.press("Invite")
    dialog = host.page.get_by_role("dialog")
    if several:
        await dialog.get_by_role("checkbox").check()
    await dialog.get_by_role("button", name="Make a link").click()
    await host.until("searching")
    return await host.page.get_by_role("textbox", name="Link", exact=True).input_value()
