"""Draws people for the cameras of screenshots, so that no real person is shown."""

import io
import math
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT, PICTURES = 1280, 720, 30
_UPRIGHT = (370, 0, 910, HEIGHT)
_FINE = 2  # drawn this many times larger, which makes edges smooth

Colour = str


@dataclass(frozen=True, slots=True)
class Face:
    skin: Colour
    hair: Colour
    long_hair: bool
    shirt: Colour
    wall: tuple[Colour, Colour]
    glasses: bool


ANNA = Face("#e9b48c", "#2a1a1a", True, "#3f66a0", ("#e7b592", "#a86f55"), False)
BEN = Face("#ffdcbb", "#7a4d20", False, "#dd7b40", ("#dfe6f2", "#98a4bd"), True)


def film(face: Face, path: Path, upright: bool) -> Path:
    """Draw a second that repeats: the head sways, the eyes blink. Chromium accepts MJPEG as a camera.

    `upright`: as a telephone takes it.
    """
    room = _room(face)
    with path.open("wb") as file:
        for number in range(PICTURES):
            picture = _drawn(face, room, number / PICTURES)
            file.write(_jpeg(picture.crop(_UPRIGHT) if upright else picture))
    return path


def portrait(face: Face, moment: float, upright: bool) -> bytes:
    """Return one picture of the film as a JPEG, half as large."""
    picture = _drawn(face, _room(face), moment)
    picture = picture.crop(_UPRIGHT) if upright else picture
    return _jpeg(picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.LANCZOS))


def _jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()


def _room(face: Face) -> Image.Image:
    """Draw a wall in the light of a window, out of focus."""
    top, bottom = (Image.new("RGB", (1, 1), colour).getpixel((0, 0)) for colour in face.wall)
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    wall = Image.new("RGB", (1, 2))
    wall.putpixel((0, 0), top)
    wall.putpixel((0, 1), bottom)
    room = wall.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(room)
    draw.rectangle((900, 60, 1180, 400), fill="#a7d8f2")
    draw.ellipse((930, 250, 1040, 420), fill="#5d9b6a")
    draw.rectangle((1030, 60, 1046, 400), fill="#eef6fb")
    draw.rectangle((60, 130, 250, 300), fill="#fff1dc")
    draw.ellipse((110, 160, 190, 270), fill="#6070a5")
    draw.rectangle((0, 520, 300, 545), fill="#a98a78")
    return room.filter(ImageFilter.GaussianBlur(7))


def _drawn(face: Face, room: Image.Image, moment: float) -> Image.Image:
    """Draw one picture. `moment` goes from 0 to 1, which look the same."""
    picture = room.resize((WIDTH * _FINE, HEIGHT * _FINE))
    draw = ImageDraw.Draw(picture)
    sway = 10 * math.sin(2 * math.pi * moment)

    def box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return (left + sway) * _FINE, top * _FINE, (right + sway) * _FINE, bottom * _FINE

    if face.long_hair:
        draw.rounded_rectangle(box(470, 140, 810, 640), 150 * _FINE, fill=face.hair)
    draw.ellipse(box(340, 560, 940, 1100), fill=face.shirt)
    draw.rounded_rectangle(box(590, 470, 690, 620), 45 * _FINE, fill=face.skin)
    draw.ellipse(box(500, 170, 780, 540), fill=face.skin)
    draw.chord(box(490, 130, 790, 420), 180, 360, fill=face.hair)
    _eyes(draw, box, blinking=0.45 < moment < 0.55, glasses=face.glasses)
    draw.arc(box(620, 390, 660, 425), 20, 160, fill="#b98763", width=4 * _FINE)
    draw.chord(box(585, 420, 695, 500), 0, 180, fill="#8a3a32")
    draw.chord(box(597, 440, 683, 478), 0, 180, fill="#ffffff")
    return picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _eyes(draw: ImageDraw.ImageDraw, box, *, blinking: bool, glasses: bool) -> None:  # type: ignore[no-untyped-def]
    for middle in (580, 700):
        if blinking:
            draw.arc(box(middle - 20, 325, middle + 20, 355), 0, 180, fill="#3a2a20", width=5 * _FINE)
        else:
            draw.ellipse(box(middle - 22, 325, middle + 22, 361), fill="#ffffff")
            draw.ellipse(box(middle - 11, 331, middle + 11, 355), fill="#2b1d14")
        draw.arc(box(middle - 30, 295, middle + 30, 340), 205, 335, fill="#3a2a20", width=6 * _FINE)
        if glasses:
            draw.rounded_rectangle(
                box(middle - 45, 310, middle + 45, 378), 18 * _FINE, outline="#1b1a22", width=5 * _FINE
            )
    if glasses:
        draw.line((*box(625, 338, 655, 338),), fill="#1b1a22", width=5 * _FINE)
