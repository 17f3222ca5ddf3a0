"""The page of a ban shows its reason, accepts an appeal, and ends with the ban.

What a server says seldom, or late, comes from a stub in its place; the first test is with the real one.
"""

import json
from typing import Any

import pytest
from playwright.async_api import Locator, Route, expect

from .conftest import Come
from .installation import Installation
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_HOSTILE = "You were <img src=x onerror=alert(1)> rude.\nTwice."
_FACTS: dict[str, Any] = {
    "rule": "harassment",
    "reason": _HOSTILE,
    "evidence": ["reports", "chat"],
    "automated": False,
    "decided": "2026-01-01T12:00:00Z",
    "appeal_until": "2030-07-01T12:00:00Z",
}


_STOP_CLOCK = "() => { const now = performance.now(); performance.now = () => now; }"


class Appeals:
    """Answers `/api/appeals` like a gateway: it has one appeal, and the answer of a moderator."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {"state": "none"}
        self.sent: list[dict[str, Any]] = []
        self.well = True
        self.problem = ""

    async def answer(self, route: Route) -> None:
        if not self.well or self.problem:
            status, code = (403, self.problem) if self.problem else (503, "unavailable")
            body = {"status": status, "code": code, "detail": "No."}
            await route.fulfill(status=status, body=json.dumps(body), content_type="application/problem+json")
        elif route.request.method == "POST":
            self.sent.append(json.loads(route.request.post_data or ""))
            if self.state["state"] == "none":
                self.state = {"state": "open"}
            await route.fulfill(status=201, json={"state": self.state["state"]})
        else:
            assert route.request.headers["authorization"].startswith("Bearer ")
            await route.fulfill(json={**_FACTS, **self.state})


async def _waiting(zufall: Installation, come: Come, locale: str = "en-US") -> tuple[Visitor, Appeals]:
    visitor, appeals = await come(zufall.first, locale=locale), Appeals()
    await visitor.page.context.route("**/api/appeals*", appeals.answer)
    await visitor.page.add_init_script("localStorage.setItem('zufall.consent', '1')")
    await visitor.open()
    await visitor.until("idle")
    await visitor.page.locator("#setup [value=text]").check()
    await visitor.page.locator("#start").click()
    await expect(visitor.page.locator("#scene-text")).not_to_be_empty()
    return visitor, appeals


async def _ban(zufall: Installation, visitor: Visitor) -> None:
    await zufall.ban(visitor.welcome["visitor"])
    await visitor.until("banned")


async def _banned(zufall: Installation, come: Come, locale: str = "en-US") -> tuple[Visitor, Appeals]:
    """Return a visitor who is banned while they wait."""
    visitor, appeals = await _waiting(zufall, come, locale)
    await _ban(zufall, visitor)
    return visitor, appeals


def _text(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("textbox", name="Your appeal")


async def test_an_appeal_from_the_ban_to_the_answer_of_another_moderator(
    zufall: Installation, come: Come
) -> None:
    visitor = await come(zufall.first)
    await visitor.agree()
    await visitor.start("Text")
    await visitor.sees("Nobody else is waiting")
    ban = ("ban", visitor.welcome["visitor"], "--for", "1h", "--rule", "harassment", "--as", "ann")
    zufall.command("moderator", *ban, "--statement", "You shouted.", "--evidence", "reports")
    await visitor.until("banned")
    await visitor.sees("You shouted.")
    await visitor.sees("It is based on reports from people you met.")
    await _text(visitor).fill("I have a loud voice.")
    await visitor.press("Appeal")
    await visitor.sees("Your appeal has arrived.")
    assert "I have a loud voice." in zufall.command("moderator", "appeals")
    ((decision,),) = zufall.query("SELECT id FROM decisions WHERE visitor = ?", visitor.welcome["visitor"])
    answer = ("answer", decision, "--overturn", "--as", "bob", "--answer", "You do.")
    zufall.command("moderator", *answer)
    for _ in range(2):  # who has seen the answer sees it again
        await visitor.page.reload()
        await visitor.sees("You do.")
    await visitor.press("Start again")
    await visitor.until("idle")


async def test_the_page_gives_the_reasons_and_takes_an_appeal_after_a_reload(
    zufall: Installation, come: Come
) -> None:
    visitor, appeals = await _banned(zufall, come)
    await visitor.sees("Rule: Harassment")
    await expect(visitor.page.locator("#ban-reason")).to_have_text(_HOSTILE)
    await visitor.sees("It is based on reports from people you met and chat messages.")
    await visitor.sees("You can appeal until July 1, 2030")
    await visitor.page.reload()
    await visitor.until("banned")
    await expect(visitor.page.locator("#ban-reason")).to_have_text(_HOSTILE)
    appeals.well = False
    await _text(visitor).fill("It was my brother 👋")
    await visitor.sees("20 of 2000 characters")
    await visitor.press("Appeal")
    await visitor.sees("Your appeal could not be sent.")
    await expect(_text(visitor)).to_have_value("It was my brother 👋")
    await visitor.page.reload()
    await expect(_text(visitor)).to_have_value("It was my brother 👋")
    appeals.well = True
    await visitor.press("Appeal")
    await visitor.sees("Your appeal has arrived.")
    await expect(_text(visitor)).to_be_hidden()
    (sent,) = appeals.sent
    assert sent["text"] == "It was my brother 👋"
    await expect(visitor.page.locator("#appeal-sent")).to_have_text("Your appeal" + "It was my brother 👋")
    appeals.state = {"state": "upheld", "answer": "Brothers <i>count</i>."}
    await visitor.page.reload()
    await visitor.sees("kept the decision.")
    await expect(visitor.page.locator("#appeal-sent blockquote")).to_have_text("It was my brother 👋")
    await expect(visitor.page.locator("#appeal-answer")).to_have_text("Brothers <i>count</i>.")
    await expect(visitor.button("Start again")).to_be_hidden()
    visitor.forgive("503")


async def test_a_ban_that_is_overturned_leads_back(zufall: Installation, come: Come) -> None:
    visitor, appeals = await _banned(zufall, come)
    await _text(visitor).fill("No.")
    await visitor.press("Appeal")
    await visitor.sees("Your appeal has arrived.")
    appeals.state = {"state": "overturned", "answer": "You were right."}
    await zufall.lift_ban(visitor.welcome["visitor"])
    await visitor.page.reload()
    await visitor.sees("You were right.")
    await expect(visitor.page.locator("#announcer")).to_have_text("You can meet people again")
    other = Visitor(await visitor.page.context.new_page(), zufall.first)
    await other.open()
    await other.sees("You can meet people again")
    await other.sees("reversed the decision.")
    await other.sees("You were right.")
    await other.press("Start again")
    await other.until("idle")
    await other.page.reload()
    await other.until("idle")


async def test_the_page_shows_the_end_of_a_ban_when_it_comes(zufall: Installation, come: Come) -> None:
    visitor, _ = await _waiting(zufall, come)
    unheard: dict[str, Any] = {"json": {"level": "good"}}  # of a gateway that the ban has not reached yet
    await visitor.page.route("**/api/standing", lambda route: route.fulfill(**unheard))
    await visitor.page.evaluate(_STOP_CLOCK)  # after five seconds the page would believe it
    await _ban(zufall, visitor)
    await expect(_text(visitor)).to_be_visible()
    await visitor.page.unroute("**/api/standing")
    await zufall.lift_ban(visitor.welcome["visitor"])
    await visitor.page.reload()
    await visitor.sees("The ban is over.")
    await visitor.press("Start again")
    await visitor.until("idle")
    await visitor.start("Text")
    await visitor.sees("Nobody else is waiting")


@pytest.mark.parametrize(
    ("code", "said"),
    [("too_late", "It is too late to appeal."), ("pass_refused", "can no longer be appealed here")],
)
async def test_the_page_says_why_an_appeal_is_impossible(
    zufall: Installation, come: Come, code: str, said: str
) -> None:
    visitor, appeals = await _banned(zufall, come)
    appeals.problem = code
    await visitor.page.reload()
    await visitor.sees(said)
    await expect(_text(visitor)).to_be_hidden()
    visitor.forgive("403")


async def test_a_german_visitor_reads_it_in_german(zufall: Installation, come: Come) -> None:
    visitor, _ = await _banned(zufall, come, locale="de-DE")
    await visitor.sees("Regel: Belästigung")
    await visitor.sees("Grundlage: Meldungen von Menschen, die du getroffen hast und Chatnachrichten.")
    await visitor.page.get_by_role("textbox", name="Dein Einspruch").fill("Nein.")
    await visitor.press("Einspruch senden")
    await visitor.sees("Dein Einspruch ist angekommen.")
