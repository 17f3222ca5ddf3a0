"""A real browser keeps the key by which the service recognizes it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest

from bench.client.http import fetch_challenge, solve

from .. import requirements
from .conftest import Come
from .installation import Installation, installation
from .test_keeping import FORBID
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_PROVEN = "SELECT proven, device_hours FROM reports WHERE reporter = ?"
_TOKEN = "JSON.parse(sessionStorage.getItem('zufall.token')).token"
_FRESH = "() => JSON.parse(sessionStorage.getItem('zufall.token'))?.expires > Date.now() + 2_400_000"
_AGED = """
    const kept = JSON.parse(sessionStorage.getItem("zufall.token"));
    sessionStorage.setItem("zufall.token", JSON.stringify({ ...kept, expires: Date.now() + 60_000 }));
"""


async def _meet(*people: Visitor) -> None:
    for person in people:
        await person.agree()
        await person.start("Text")
    for person in people:
        await person.until("matched")


async def _token(person: Visitor) -> str:
    token: str = await person.page.evaluate(_TOKEN)
    return token


def _claims(token: str) -> dict[str, Any]:
    read: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return read


async def _report(person: Visitor) -> None:
    await person.press("Report")
    await person.press("Harassment")
    await person.has_been_told("Your report has arrived")


async def test_the_report_of_a_page_is_proven(zufall: Installation, come: Come) -> None:
    reporter, accused = await come(zufall.first), await come(zufall.second)
    await _meet(reporter, accused)
    await _report(reporter)
    assert zufall.query(_PROVEN, reporter.welcome["visitor"]) == [(1, 0)]


async def test_where_storage_is_forbidden_a_report_arrives_unproven(zufall: Installation, come: Come) -> None:
    reporter, accused = await come(zufall.first), await come(zufall.second)
    await reporter.page.add_init_script(FORBID)
    await _meet(reporter, accused)
    await _report(reporter)
    assert zufall.query(_PROVEN, reporter.welcome["visitor"]) == [(0, 0)]
    assert "device" not in _claims(await _token(reporter))


async def test_a_token_is_renewed_by_the_browser_that_has_the_key_and_by_nobody_else(
    zufall: Installation, come: Come
) -> None:
    person = await come(zufall.shared)
    await person.agree()
    await person.start("Text")
    await person.page.wait_for_function(_FRESH)
    before = await _token(person)
    await person.page.evaluate(_AGED)
    await person.page.reload()
    await person.start("Text")
    await person.page.wait_for_function(_FRESH)
    after = await _token(person)
    for claim in ("sub", "device", "device_since"):
        assert _claims(after)[claim] == _claims(before)[claim]
    headers = {"Authorization": f"Bearer {after}"}
    async with aiohttp.ClientSession(headers=headers) as thief:
        work = await solve(await fetch_challenge(thief, zufall.shared))
        answer = await thief.post(f"{zufall.shared}/api/session", json=work)
        assert (answer.status, (await answer.json())["code"]) == (403, "proof_refused")


async def test_two_tabs_are_one_device_and_on_one_machine_they_meet(zufall: Installation, come: Come) -> None:
    """People try `zufall run` in two windows of one browser."""
    one = await come(zufall.first)
    tab = Visitor(await one.page.context.new_page(), zufall.first)
    await one.agree()
    await tab.open()
    for each in (one, tab):
        await each.start("Text")
    for each in (one, tab):
        await each.until("matched")
    claims, others = _claims(await _token(one)), _claims(await _token(tab))
    assert claims["device"] == others["device"]
    assert claims["sub"] != others["sub"]


@pytest.fixture
def public(tmp_path: Path) -> Iterator[Installation]:
    """Provide an installation in which two tabs of one browser never meet, as in production."""
    requirements.require("browser")
    with installation(tmp_path, {"ZUFALL_SAME_DEVICE": "off"}) as running:
        yield running


@pytest.mark.long  # short: tests/integration/test_gateway_devices.py, and visitor-store.test.ts for the page
async def test_who_was_blocked_is_not_met_in_new_tabs_of_both(public: Installation, come: Come) -> None:
    blocker, blocked = await come(public.first), await come(public.second)
    await _meet(blocker, blocked)
    await _report(blocker)  # which blocks, too
    tabs: list[Visitor] = []
    for person, origin in ((blocker, public.first), (blocked, public.second)):
        tabs.append(Visitor(await person.page.context.new_page(), origin))
        await tabs[-1].open()
        await person.page.close()
    for tab in tabs:
        await tab.start("Text")
        await tab.until("searching")
    stranger = await come(public.second)
    await stranger.agree()
    await stranger.start("Text")
    await stranger.until("matched")
    assert stranger.match in [tab.match for tab in tabs]
    assert tabs[0].match != tabs[1].match, "one of them still waits, for they never met"


@pytest.mark.long  # short: tests/integration/test_gateway_standing.py, and signaling.test.ts for the page
async def test_a_new_tab_without_token_and_notice_shows_why_its_device_is_banned(
    public: Installation, come: Come
) -> None:
    reporter, accused = await come(public.first), await come(public.second)
    await _meet(reporter, accused)
    await _report(reporter)
    who = accused.welcome["visitor"]
    await accused.page.evaluate("localStorage.clear()")
    await accused.page.close()  # and its token is lost with the tab
    await public.ban(who)
    again = Visitor(await accused.page.context.new_page(), public.second)
    again.forgive("403")
    await again.open()
    await again.until("consent")
    await again.page.get_by_role("checkbox").check()
    await again.press("Agree and continue")
    await again.until("banned")
    await again.sees("harassment")
    await again.page.get_by_role("textbox", name="Your appeal").fill("That was my sister.")
    await again.press("Appeal")
    await again.sees("Your appeal has arrived.")
    ((decision,),) = public.query("SELECT id FROM decisions WHERE visitor = ?", who)
    assert public.query("SELECT text FROM appeals WHERE decision = ?", decision) == [("That was my sister.",)]
    assert again.problems == []
