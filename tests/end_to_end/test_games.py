"""Two strangers draw together and play, each with a page of a different size."""

import asyncio
from base64 import b64decode
from io import BytesIO
from typing import cast

import pytest
from PIL import Image
from playwright.async_api import Locator, expect

from ..timing import until
from .conftest import Come
from .installation import Installation
from .test_chat_on_a_phone import meet
from .test_reload import answer_dialogs
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PICTURE = """() => document.querySelector("#together canvas").toDataURL()"""
"""Returns every pixel of the sheet, without loss."""

COLOURS = """() => {
    const sheet = document.querySelector("#together canvas");
    const copy = new OffscreenCanvas(sheet.width, sheet.height).getContext("2d");
    copy.drawImage(sheet, 0, 0);
    const { data } = copy.getImageData(0, 0, sheet.width, sheet.height);
    return new Set(new Uint32Array(data.buffer)).size;
}"""
"""Returns 1 for an empty sheet."""


async def begin(one: Visitor, other: Visitor, what: str) -> None:
    await one.press("Together")
    await one.press(what)
    await other.press("Join")
    await asyncio.gather(*(expect(heading(each, what)).to_be_visible() for each in (one, other)))


def heading(person: Visitor, what: str) -> Locator:
    return person.page.get_by_role("heading", name=what)


def sheet(person: Visitor) -> Locator:
    return person.page.get_by_role("application", name="Sheet to draw on together")


async def draw(person: Visitor, *points: tuple[float, float]) -> None:
    """Draw a line with the mouse. The points are fractions of the sheet."""
    await sheet(person).hover()  # it waits until the panel has its size
    box = await sheet(person).bounding_box()
    assert box is not None
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    mouse = person.page.mouse
    await mouse.move(*places[0])
    await mouse.down()
    for x, y in places[1:]:
        await mouse.move(x, y, steps=8)
    await mouse.up()


async def same_picture(one: Visitor, other: Visitor, mine: int, theirs: int) -> None:
    """Check that both pages paint the same pixels, if not at once, after so many strokes of each side."""
    for person, count in ((one, mine), (other, theirs)):
        await person.sees(f"{count} stroke is yours." if count == 1 else f"{count} strokes are yours.")

    async def both_show_the_same() -> bool:
        return bool(await one.page.evaluate(PICTURE) == await other.page.evaluate(PICTURE))

    await until(both_show_the_same)


async def test_two_draw_on_one_sheet_and_both_see_the_same(zufall: Installation, come: Come) -> None:
    phone, desktop = await meet(come, zufall)
    await begin(phone, desktop, "Draw together")
    await same_picture(phone, desktop, 0, 0)
    await expect(phone.button("Report")).to_be_in_viewport()

    lines = [(0.1, 0.2), (0.9, 0.3), (0.2, 0.8)], [(0.9, 0.9), (0.1, 0.1)]
    await asyncio.gather(draw(phone, *lines[0]), draw(desktop, *lines[1]))
    await same_picture(phone, desktop, 1, 1)
    assert cast(int, await desktop.page.evaluate(COLOURS)) > 2
    await desktop.has_been_told("The stranger is drawing.")

    await phone.page.get_by_role("checkbox", name="Thick pen").check()
    await phone.page.get_by_role("radio", name="Green").check()
    await sheet(phone).focus()
    for key in ("Space", *["Shift+ArrowRight"] * 4, *["ArrowDown"] * 4, "Space"):
        await phone.page.keyboard.press(key)
    await phone.has_been_told("Pen up")
    await same_picture(phone, desktop, 2, 1)

    await phone.press("Undo")
    await desktop.has_been_told("The stranger has taken a stroke back.")
    await same_picture(phone, desktop, 1, 1)

    async with phone.page.expect_download() as download:
        await phone.press("Save picture")
    assert (await download.value).suggested_filename == "Zufall.png"

    answer_dialogs(desktop)
    await desktop.page.reload()
    await desktop.until("matched")
    await expect(heading(phone, "Draw together")).to_be_hidden()
    await begin(phone, desktop, "Draw together")
    await same_picture(phone, desktop, 1, 1)

    await desktop.press("Clear")
    await phone.sees("The stranger would like an empty sheet.")
    assert cast(int, await phone.page.evaluate(COLOURS)) > 2
    await phone.press("Clear it")
    await same_picture(phone, desktop, 0, 0)
    assert await desktop.page.evaluate(COLOURS) == 1

    await draw(phone, (0.2, 0.2), (0.8, 0.8))
    await same_picture(phone, desktop, 1, 0)
    await desktop.press("Report")
    async with desktop.page.expect_request("**/api/reports") as request:
        await desktop.press("Spam or bot")
    report = (await request.value).post_data_json
    assert report is not None
    frames = report["frames"]
    assert 1 <= len(frames) <= 3
    drawing = Image.open(BytesIO(b64decode(frames[-1])))
    assert drawing.size == (640, 480)
    assert drawing.getpixel((4, 4)) == (255, 255, 255)


def status(person: Visitor) -> Locator:
    return person.page.locator(".game-status")


async def take_turns(first: Visitor, second: Visitor, *columns: int) -> None:
    """Let discs fall into these columns by keyboard. The focus stays where each person was."""
    for move, column in enumerate(columns):
        mover, watcher = (first, second) if move % 2 == 0 else (second, first)
        await expect(status(mover)).to_have_text("Your turn. Choose a column.")
        await mover.page.keyboard.press("Home")
        for _ in range(column - 1):
            await mover.page.keyboard.press("ArrowRight")
        await mover.page.keyboard.press("Enter")
        await watcher.has_been_told(f"The stranger took column {column}.")


async def test_a_game_of_four_in_a_row_by_keyboard(zufall: Installation, come: Come) -> None:
    phone, desktop = await meet(come, zufall)
    await begin(desktop, phone, "Four in a row")
    for person in (phone, desktop):
        await expect(person.page.get_by_role("grid")).to_be_visible()
        await person.page.get_by_role("gridcell", name="Column 4, row 1: empty").focus()
    await expect(status(phone)).to_contain_text("turn")
    begins = (await status(phone).inner_text()).startswith("Your")
    first, second = (phone, desktop) if begins else (desktop, phone)

    await take_turns(first, second, 4, 5, 4, 5, 4, 5, 4)
    await first.sees("You have won!")
    await second.sees("The stranger has won.")
    await first.sees("You 1 : 0 stranger")
    await second.sees("You 0 : 1 stranger")
    await expect(first.page.get_by_role("gridcell", name="Column 4, row 4: yours")).to_have_attribute(
        "data-line", ""
    )
    await expect(second.page.get_by_role("gridcell", name="Column 4, row 4: the stranger’s")).to_be_visible()

    await first.press("Play again")
    await second.sees("The stranger would like to play again.")
    await second.press("Play again")
    await second.sees("Your turn.")  # who was second begins now
    await expect(second.page.get_by_role("gridcell", name="Column 4, row 1: empty")).to_be_visible()


async def test_rock_paper_scissors_by_keyboard(zufall: Installation, come: Come) -> None:
    phone, desktop = await meet(come, zufall, reduced_motion=True)
    await begin(phone, desktop, "Rock, paper, scissors")
    await asyncio.gather(phone.sees("Choose a hand."), desktop.sees("Choose a hand."))
    await desktop.button("Paper").focus()
    await desktop.page.keyboard.press("Enter")
    await phone.sees("The stranger has chosen. Choose yours.")
    assert "Paper" not in " ".join(await phone.page.evaluate("window.notices"))
    await phone.button("Rock").focus()
    await phone.page.keyboard.press("Enter")
    await phone.has_been_told("You: Rock. Stranger: Paper.")
    await phone.sees("The stranger wins this round.")
    await desktop.sees("You win this round!")
    await desktop.sees("You 1 : 0 stranger")
    await phone.sees("You 0 : 1 stranger")
    await expect(phone.button("Rock")).to_be_focused()
