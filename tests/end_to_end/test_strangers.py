"""The main job: two strangers at two gateways meet, talk, part, meet another and report them."""

import asyncio
import io
from typing import Any

import pytest
from PIL import Image

from ..timing import until
from .conftest import Come
from .installation import Installation
from .visitor import Mode, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_two_strangers_meet_see_each_other_and_chat(zufall: Installation, come: Come) -> None:
    first, second = await come(zufall.first), await come(zufall.second)
    await _start(first, second, curtain=None, check=True)
    assert first.welcome["gateway"] != second.welcome["gateway"]
    await asyncio.gather(first.sees_moving_pictures(), second.sees_moving_pictures())
    await first.say("Hello <b>you</b>")
    await second.hears("Hello <b>you</b>")
    await second.say("Grüß dich 👋")
    await first.hears("Grüß dich 👋")


async def test_next_parts_them_tells_them_and_leads_to_a_third(zufall: Installation, come: Come) -> None:
    first, second = await come(zufall.first), await come(zufall.second)
    await _start(first, second)
    await first.press("Next")
    await second.sees("The stranger left")
    for one in (first, second):
        await one.until("searching")
    third = await come(zufall.shared)
    await _start(third)
    met, waiting = await _who_is_with(third, first, second)
    await asyncio.gather(third.sees_moving_pictures(), met.sees_moving_pictures())
    await third.say("I am the third")
    await met.hears("I am the third")
    assert await waiting.phase() == "searching"


async def test_strangers_who_parted_meet_others_and_not_each_other(zufall: Installation, come: Come) -> None:
    first, second, third = await come(zufall.first), await come(zufall.second), await come(zufall.first)
    await _start(first, second, mode="Text")
    await third.agree()
    await third.start("Text")
    await third.sees("Nobody else is waiting")
    await first.press("Next")
    await second.until("over")
    await second.press("Next")
    met, waiting = await _who_is_with(third, first, second)
    await third.say("Hello, whoever you are")
    await met.hears("Hello, whoever you are")
    assert await waiting.phase() == "searching"
    await third.press("Next")
    await waiting.until("matched")
    await waiting.say("And I am the other one")
    await third.hears("And I am the other one")
    assert await met.phase() == "over"


async def test_a_report_with_a_picture_lies_in_the_database(zufall: Installation, come: Come) -> None:
    reporter, accused = await come(zufall.first), await come(zufall.second)
    await _start(reporter, accused)
    await reporter.sees_moving_pictures()
    await accused.say("something nasty")
    await reporter.hears("something nasty")
    await reporter.press("Report")
    await reporter.press("Harassment")
    await reporter.has_been_told("Your report has arrived")
    await accused.until("searching")
    ((report, chat),) = zufall.query(
        "SELECT id, chat FROM reports WHERE reporter = ? AND accused = ?",
        reporter.welcome["visitor"],
        accused.welcome["visitor"],
    )
    assert "something nasty" in chat
    (media_type, content), *_ = zufall.query(
        "SELECT media_type, content FROM evidence WHERE report = ?", report
    )
    picture = Image.open(io.BytesIO(content))
    assert (media_type, picture.format) == ("image/jpeg", "JPEG")
    assert len(picture.convert("RGB").getcolors(2**24) or []) > 10, "the picture shows nothing"
    assert report in zufall.command("reports", "list", "--json")


async def _start(*people: Visitor, mode: Mode = "Video", **settings: Any) -> None:
    """Let people accept the rules and start, so that two of them meet. By default pictures are clear."""
    for person in people:
        await person.prefer(**{"curtain": "off", "check": False, **settings})
        await person.agree()
    for person in people:
        await person.start(mode)
    if len(people) > 1:
        await asyncio.gather(*(person.until("matched") for person in people))


async def _who_is_with(third: Visitor, one: Visitor, other: Visitor) -> tuple[Visitor, Visitor]:
    """Return the one of the two whom the third has met, and the other one."""
    await third.until("matched")
    await until(lambda: third.match in (one.match, other.match))
    return (one, other) if third.match == one.match else (other, one)
