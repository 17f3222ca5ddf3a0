"""A case stands on one screen, its pictures can be judged, and nothing of it moves, hides or stays behind."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Locator, Page, Route, expect

from protos import reports_pb2 as pb
from services.contract.ids import VisitorId, random_id

from ..integration.reports_service import photo
from .axe import violations
from .conftest import Enter
from .installation import Installation
from .moderator import Moderator
from .reported import case_of, file, new_case
from .touch import Hand

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_LOOKS = "SELECT count(*) FROM audit WHERE action = 'picture.seen' AND actor = ?"
_APPEAL = """INSERT INTO appeals (decision, text, filed_at, state, moderator, answer, decided_at)
    SELECT id, 'It was my brother.', made_at, 1, '', '', 0 FROM decisions WHERE visitor = ?"""
_PHONE: dict[str, Any] = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
_CHAT = tuple(f"line {number}" for number in range(20))

_HIDDEN_BY_SCROLLING = """() => [...document.querySelectorAll("main *")].filter(one => {
    const { overflowY } = getComputedStyle(one);
    return ["auto", "scroll"].includes(overflowY) && one.scrollHeight > one.clientHeight + 1 &&
        !one.matches("textarea, select");
}).map(one => one.outerHTML.slice(0, 80))"""
"""Lists boxes of the screen that scroll within themselves."""

_SMALL = """() => [...document.querySelectorAll("button, a, select, input, textarea, summary")]
    .filter(one => one.checkVisibility({ visibilityProperty: true }))
    .map(one => [one, (one.closest("label") ?? one).getBoundingClientRect()])
    .filter(([, box]) => box.height > 0 && box.height < 44)
    .map(([one, box]) => `${one.outerHTML.slice(0, 80)} is ${box.height} px high`)"""

_BESIDE = """() => [...document.querySelectorAll("body *")].filter(one => {
    const { left, right, width } = one.getBoundingClientRect();
    return width > 0 && (left < -1 || right > innerWidth + 1) && one.checkVisibility() &&
        !one.closest(".scroll, .views, .reasons-given, .unseen, textarea");
}).map(one => one.outerHTML.slice(0, 80))"""

_SIDEWAYS = """() => [...document.querySelectorAll(".scroll")]
    .filter(one => one.scrollWidth > one.clientWidth + 1).length"""
"""Counts the tables that are wider than the screen."""

_WATCH_SHIFTS = """() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shifts.push(entry.value);
    }).observe({ type: "layout-shift", buffered: true });
}"""
"""Records every layout shift, also those that follow an input, which the usual figure forgives."""


async def _case_with_everything(zufall: Installation) -> tuple[VisitorId, str]:
    accused = VisitorId(random_id())
    upright, wide = photo(360, 640), photo(640, 360)
    await file(zufall, accused, reason=pb.REASON_SPAM, note="an older case")
    await zufall.ban(accused)
    await file(zufall, accused, reason=pb.REASON_NUDITY, lines=_CHAT, note="No!", frames=(upright, wide))
    await file(zufall, accused, reason=pb.REASON_HARASSMENT, note="He shouted.", frames=(wide,))
    return accused, case_of(zufall, accused)


def _viewer(moderator: Moderator) -> Locator:
    return moderator.page.get_by_role("dialog", name="Pictures of this case")


async def _filter(image: Locator) -> str:
    return str(await image.evaluate("image => getComputedStyle(image).filter"))


async def _transform(image: Locator) -> list[float]:
    """Return the parts of the matrix: how far the picture is scaled, turned and shifted."""
    matrix = str(await image.evaluate("image => getComputedStyle(image).transform"))
    return [float(part) for part in re.findall(r"-?[\d.]+(?:e-?\d+)?", matrix.removeprefix("matrix"))]


async def test_a_picture_is_loaded_only_when_wanted_and_strongly_hidden_at_first(
    zufall: Installation, enter: Enter
) -> None:
    _, case = await _case_with_everything(zufall)
    moderator = await enter()
    await moderator.enter(case)
    pictures = moderator.case(case).get_by_role("list", name="Pictures").get_by_role("button")
    await expect(pictures).to_have_count(3)
    await expect(moderator.case(case).locator("img")).to_have_count(0)
    assert zufall.query(_LOOKS, moderator.name) == [(0,)]
    await moderator.keys("v")
    viewer = _viewer(moderator)
    image = viewer.get_by_role("img")
    await expect(image).to_be_visible()
    assert zufall.query(_LOOKS, moderator.name) == [(1,)]
    hidden = await _filter(image)
    assert "grayscale(1)" in hidden
    box = await image.bounding_box()
    assert box is not None
    assert box["width"] > 1200, "the viewer takes the whole window"
    assert float(re.findall(r"blur\(([\d.]+)px", hidden)[0]) > 0.05 * box["height"]
    await expect(viewer.locator(".viewer-position")).to_have_text("1 of 3")
    await moderator.keys("b", "g")
    assert await _filter(image) == "blur(0px) grayscale(0)"
    await moderator.keys("ArrowRight")
    await expect(viewer.locator(".viewer-position")).to_have_text("2 of 3")
    await expect(image).to_be_hidden()
    assert zufall.query(_LOOKS, moderator.name) == [(1,)], "a step does not load a picture"
    await moderator.keys("v")
    await expect(image).to_be_visible()
    assert zufall.query(_LOOKS, moderator.name) == [(2,)]
    assert await _filter(image) == "blur(0px) grayscale(0)", "the choice holds for the next picture"
    await moderator.keys(".")
    await expect(viewer.get_by_role("slider", name="Blur")).to_have_attribute("aria-valuetext", "light")
    await moderator.keys("Escape")
    await expect(viewer).to_have_count(0)
    await expect(pictures.nth(1)).to_be_focused()
    await expect(pictures.nth(1).locator("img")).to_be_visible()
    await expect(pictures.nth(2)).to_have_accessible_name(re.compile("not seen yet"))


async def test_the_viewer_zooms_turns_and_shows_two_pictures_beside_each_other(
    zufall: Installation, enter: Enter
) -> None:
    _, case = await _case_with_everything(zufall)
    moderator = await enter()
    await moderator.enter(case)
    await moderator.keys("v", "v", "v")
    viewer = _viewer(moderator)
    await expect(viewer.locator(".viewer-position")).to_have_text("3 of 3")
    image = viewer.get_by_role("img")
    await expect(image).to_be_visible()
    await moderator.keys("+", "+")
    assert (await _transform(image))[0] == pytest.approx(1.25**2)
    await image.hover()
    await moderator.page.mouse.wheel(0, -300)
    await expect(viewer.locator("output")).not_to_have_text(re.compile("^1(00|56)"))
    before = await _transform(image)
    await moderator.keys("Shift+ArrowRight")
    assert (await _transform(image))[4] < before[4]
    await moderator.keys("0", "r")
    assert (await _transform(image))[:4] == pytest.approx([0, 1, -1, 0], abs=1e-6)
    await moderator.keys("s")
    await expect(viewer.get_by_role("figure")).to_have_count(2)
    captions = viewer.locator("figcaption")
    await expect(captions.first).to_contain_text(re.compile("^3 of 3.*in report 2, Nudity"))
    await expect(captions.last).to_contain_text(re.compile("^2 of 3.*in report 2, Nudity"))
    await moderator.keys("k")
    await expect(captions.last).to_contain_text(re.compile("^1 of 3.*in report 1, Harassment"))
    await moderator.keys("x", "+")
    scales = [(await _transform(one))[0] for one in await viewer.get_by_role("img").all()]
    assert scales == pytest.approx([0, 1], abs=1e-6), "the first is turned and larger, the second as it was"
    assert await violations(moderator.page) == []


async def test_one_finger_moves_a_picture_and_two_zoom_it(zufall: Installation, enter: Enter) -> None:
    _, case = await _case_with_everything(zufall)
    moderator = await enter(**_PHONE)
    await moderator.page.goto(f"{zufall.console}/console#case/{case}")
    await moderator.case(case).get_by_role("list", name="Pictures").get_by_role("button").first.tap()
    viewer = _viewer(moderator)
    image = viewer.get_by_role("img")
    await expect(image).to_be_visible()
    hand, fitted = await Hand.over(moderator.page), await _transform(image)
    await hand.draw([(200, 300)], [(230, 340)])
    assert await _transform(image) == pytest.approx(fitted), "a picture that fits does not move"
    await hand.draw([(150, 300), (250, 300)], [(50, 300), (150, 300)])
    assert await _transform(image) == pytest.approx(fitted), "fingers that keep their distance do not zoom"
    await hand.draw([(150, 300), (250, 300)], [(100, 300), (300, 300)])
    assert (await _transform(image))[0] == pytest.approx(2, rel=0.05), "twice as far apart"
    await expect(viewer.locator("output")).to_have_text(re.compile("^(19|20)"))
    before = await _transform(image)
    await hand.draw([(200, 300)], [(230, 340)])
    moved = [after - first for first, after in zip(before, await _transform(image), strict=True)]
    assert moved == pytest.approx([0, 0, 0, 0, 30, 40], abs=1)
    await hand.draw([(150, 250), (250, 350)], [(140, 260), (240, 360)])
    moved = [after - first for first, after in zip(before, await _transform(image), strict=True)]
    assert moved == pytest.approx([0, 0, 0, 0, 20, 50], abs=3), "two fingers move it as well"
    await hand.draw([(100, 300), (300, 300)], [(180, 300), (220, 300)])
    assert await _transform(image) == pytest.approx(fitted), "it fits again"


async def test_the_keyboard_leads_from_the_queue_over_the_pictures_to_the_next_case(
    zufall: Installation, enter: Enter
) -> None:
    _, following = await new_case(zufall, reason=pb.REASON_SPAM)
    accused, case = await _case_with_everything(zufall)
    moderator = await enter()
    await moderator.enter(case)
    await moderator.keys("?")
    keys = moderator.page.get_by_role("dialog", name="Keys")
    await expect(keys.get_by_text("two pictures beside each other, or one")).to_be_visible()
    await moderator.keys("?")
    await moderator.keys("v")
    await expect(_viewer(moderator).get_by_role("img")).to_be_visible()
    await moderator.keys("?")
    await expect(keys).to_be_visible()
    await moderator.keys("Escape", "3")
    await expect(_viewer(moderator)).to_have_count(0)
    await expect(moderator.field("Why, for colleagues")).to_be_focused()
    await moderator.page.keyboard.type("undressed")
    await moderator.keys("Control+Enter")
    await expect(moderator.page.locator("#decided")).to_contain_text("Decided: restricted")
    await expect(moderator.case(case)).to_have_count(0)
    next_or_queue = await moderator.page.locator("main").get_attribute("data-screen")
    assert next_or_queue == "case", f"{following} or another one is open"
    level = "SELECT level FROM decisions WHERE visitor = ? ORDER BY sequence DESC LIMIT 1"
    assert zufall.query(level, accused) == [(2,)]


async def test_a_whole_case_stands_on_one_screen_and_no_part_scrolls_within_itself(
    zufall: Installation, enter: Enter
) -> None:
    accused, case = await _case_with_everything(zufall)
    moderator = await enter()
    await moderator.enter(case)
    shown = moderator.case(case)
    in_sight = [
        moderator.page.get_by_role("heading", name="Case of"),
        shown.get_by_role("button", name="Ban"),
        shown.get_by_role("heading", name="Standing now"),
        shown.get_by_role("heading", name="History"),
        shown.get_by_role("navigation", name="Reports of this case").get_by_text("Harassment"),
        shown.get_by_role("group", name="The reporter writes").first,
        shown.get_by_role("list", name="Pictures").get_by_role("button").last,
    ]
    for one in in_sight:
        await expect(one).to_be_in_viewport(ratio=1)
    assert await moderator.page.evaluate(_HIDDEN_BY_SCROLLING) == []
    await expect(shown.get_by_text("line 3", exact=True)).to_be_hidden()
    await moderator.keys("c")
    await expect(shown.get_by_text("line 3", exact=True)).to_be_visible()
    assert await moderator.page.evaluate(_HIDDEN_BY_SCROLLING) == []
    await moderator.keys("c", "n", "n")
    await expect(shown.locator(".report h3").last).to_be_focused()
    await moderator.keys("h")
    history = shown.get_by_role("heading", name="History", exact=True)
    await expect(history).to_be_focused()
    await expect(history).to_be_in_viewport()
    await _not_its_own_history(shown, case)
    await moderator.page.get_by_role("button", name="Copy the whole id").first.click()
    await moderator.sees("Copied.")
    await moderator.keys("1", "Control+V")
    await expect(moderator.field("Why, for colleagues")).to_have_value(accused)
    assert await violations(moderator.page) == []


async def _not_its_own_history(shown: Locator, case: str) -> None:
    history = shown.get_by_role("region", name="History", exact=True)
    links = await history.get_by_role("link").evaluate_all("all => all.map(one => one.hash)")
    assert any(link.startswith("#case/") for link in links)
    assert not any(case in link for link in links)
    time = history.locator("time").first
    await expect(time).to_have_text(re.compile(r"^\d+ \w+ \d{4}, \d\d:\d\d \S+"))
    await expect(time).to_have_attribute("title", re.compile(r" · \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$"))


async def test_nothing_moves_while_a_case_and_its_pictures_load(zufall: Installation, enter: Enter) -> None:
    accused, case = await _case_with_everything(zufall)
    moderator = await enter()
    page = moderator.page
    await moderator.choose(case)
    let_the_case_come = await _hold(page, "**/console/api/cases/*")
    let_its_pictures_come = await _hold(page, "**/frames/*")
    await page.evaluate(_WATCH_SHIFTS)
    await moderator.keys("Enter")
    skeleton = page.locator(".skeleton")
    await expect(skeleton).to_be_visible()
    await page.evaluate("window.shifts = []")  # the list of cases has gone
    let_the_case_come()
    await expect(moderator.case(case)).to_be_visible()
    tile = moderator.case(case).get_by_role("list", name="Pictures").get_by_role("button").first
    before = await tile.bounding_box()
    await moderator.keys("v")
    await expect(_viewer(moderator).get_by_text("Loading")).to_be_visible()
    let_its_pictures_come()
    await expect(_viewer(moderator).get_by_role("img")).to_be_visible()
    await moderator.keys("Escape")
    await expect(tile.locator("img")).to_be_visible()
    assert await tile.bounding_box() == before
    await file(zufall, accused, reason=pb.REASON_SPAM)
    await moderator.sees("New reports have come in.")
    assert sum(await page.evaluate("window.shifts")) < 0.01


async def _hold(page: Page, path: str) -> Callable[[], None]:
    """Hold the answers to requests for `path`. Return what lets them come from then on."""
    may_come = asyncio.Event()

    async def hold(route: Route) -> None:
        await may_come.wait()
        await route.continue_()

    await page.route(path, hold)
    return may_come.set


async def test_every_screen_fits_a_phone(zufall: Installation, enter: Enter) -> None:
    accused, case = await _case_with_everything(zufall)
    zufall.change(_APPEAL, accused)
    zufall.command("moderator", "invite", f"with-a-long-name-{random_id()[:4].lower()}", "--role", "viewer")
    admin = await enter("admin", **_PHONE)
    await admin.page.goto(f"{zufall.console}/console#case/{case}")
    await expect(admin.case(case)).to_be_visible()
    await _fits_a_phone(admin.page, "case")
    await admin.press("Decision ↓")
    await expect(admin.page.get_by_role("button", name="Dismiss")).to_be_in_viewport(ratio=1)
    await admin.page.get_by_role("button", name="Ban").tap()
    await _fits_a_phone(admin.page, "decision")
    await admin.case(case).get_by_role("list", name="Pictures").get_by_role("button").first.tap()
    await expect(_viewer(admin).get_by_role("img")).to_be_visible()
    await _fits_a_phone(admin.page, "viewer")
    await _viewer(admin).get_by_role("button", name="Close").tap()
    for screen in ("Queue", "Appeals", "Team", "Work", "Transparency", "Policy", "Audit", "People"):
        await admin.go(screen)
        await admin.until(screen.lower())  # type: ignore[arg-type]
        current = admin.page.get_by_role("navigation", name="Screens").locator("[aria-current=page]")
        await expect(current).to_be_in_viewport(ratio=1)
        await expect(admin.page.get_by_text("Loading…")).to_have_count(0)
        await _fits_a_phone(admin.page, screen)
        assert await admin.page.evaluate(_SIDEWAYS) == 0, screen
    await expect(admin.page.get_by_role("button", name="New invitation").first).to_be_visible()
    await admin.page.goto(f"{zufall.console}/console#visitor/{accused}")
    await expect(admin.page.get_by_role("heading", name="Decisions")).to_be_visible()
    await _fits_a_phone(admin.page, "visitor")
    assert await admin.page.evaluate(_SIDEWAYS) == 0, "visitor"
    await admin.page.goto(f"{zufall.console}/console#appeals")
    await admin.page.locator("[data-appeal]").get_by_role("link").first.tap()
    await expect(admin.page.get_by_role("button", name="Answer")).to_be_visible()
    await expect(admin.page.locator("[data-appeal]").first).to_be_hidden()
    await _fits_a_phone(admin.page, "appeal")
    await admin.page.get_by_role("link", name="← Appeals").tap()
    await expect(admin.page.locator("[data-appeal]").first).to_be_visible()


async def _fits_a_phone(page: Page, where: str) -> None:
    for what in (_BESIDE, _SMALL):
        assert await page.evaluate(what) == [], where
    assert await violations(page) == [], where


async def test_who_is_disabled_sees_the_login_at_once_and_nothing_of_the_case(
    zufall: Installation, enter: Enter
) -> None:
    _, case = await _case_with_everything(zufall)
    moderator = await enter()
    await moderator.enter(case)
    await moderator.keys("v")
    await expect(_viewer(moderator).get_by_role("img")).to_be_visible()
    zufall.change("UPDATE accounts SET disabled = 1 WHERE name = ?", moderator.name)
    zufall.change("DELETE FROM sessions WHERE account = ?", moderator.name)
    await moderator.until("login")
    await expect(_viewer(moderator)).to_have_count(0)
    await expect(moderator.case(case)).to_have_count(0)
    await expect(moderator.page.locator("img")).to_have_count(0)
    for gone in ("#menu", "#care", "#decided", "#connection"):
        await expect(moderator.page.locator(gone)).to_be_hidden()
    moderator.forgive("401")


_KNOWN = "UPDATE evidence SET known = ? WHERE report = (SELECT id FROM reports WHERE case_id = ?)"
_FIRST = "UPDATE cases SET urgency = urgency + 2e9 WHERE id = ?"


async def test_a_known_picture_is_named_and_nobody_sees_it_without_a_warning(
    zufall: Installation, enter: Enter
) -> None:
    visitor, case = await new_case(zufall, reason=pb.REASON_SPAM, frames=(photo(320, 240),), lines=("hi",))
    zufall.change(_KNOWN, "list <b>A", case)  # as a list would
    zufall.change(_FIRST, case)
    moderator = await enter()
    await expect(moderator.row(case)).to_contain_text("Known picture")
    await expect(moderator.row(case)).not_to_contain_text("Minor")
    await moderator.enter(case)
    await expect(moderator.page.get_by_role("region", name="Known picture")).to_contain_text("list <b>A")
    picture = moderator.case(case).get_by_role("list", name="Pictures").get_by_role("button")
    await moderator.keys("v")
    warning = moderator.page.get_by_role("dialog", name="This picture may be illegal to look at")
    await expect(warning.get_by_role("button").first).to_be_focused()
    await moderator.keys("Enter")
    await expect(warning).to_have_count(0)
    await moderator.keys("Escape")  # closes the viewer
    await expect(picture).to_have_attribute("data-state", "unseen")
    assert zufall.query(_LOOKS, moderator.name) == [(0,)], "nobody looked"
    await moderator.keys("4")
    await expect(moderator.field("Rule")).to_have_value("other")
    rests_on = moderator.page.get_by_text("It will say that it rests on")
    await expect(rests_on).to_contain_text("reports of people, the chat. You did not look at its pictures.")
    await moderator.keys("Escape")
    await moderator.keys("v")
    await moderator.press("Show it blurred")
    await expect(picture).to_have_attribute("data-state", "seen")
    await moderator.keys("4")
    await expect(rests_on).to_have_text(
        "It will say that it rests on: reports of people, the chat, pictures."
    )
    await moderator.page.keyboard.type("seen on the list")
    await moderator.keys("Control+Enter")
    await expect(moderator.page.locator("#decided")).to_contain_text("Decided: banned")
    assert zufall.query("SELECT evidence FROM decisions WHERE visitor = ?", visitor) == [(1 + 2 + 4,)]
