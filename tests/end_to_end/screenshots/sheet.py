"""Puts the four pictures of one phase onto one sheet: a desktop and a phone, by day and by night."""

from pathlib import Path

from PIL import Image

GAP = 24
SCALE = 0.6
HEIGHT = 800

Shots = dict[tuple[str, str], Path]
"""Pictures by the size of the window (`desktop`, `phone`) and the scheme (`light`, `dark`)."""


def sheet(shots: Shots, path: Path) -> None:
    rows = [[_fitted(shots[size, scheme]) for size in ("desktop", "phone")] for scheme in ("light", "dark")]
    width = max(sum(one.width for one in row) + GAP for row in rows)
    made = Image.new("RGB", (width, 2 * HEIGHT + GAP), "#808080")
    for number, (desktop, phone) in enumerate(rows):
        top = number * (HEIGHT + GAP)
        made.paste(desktop, (0, top))
        made.paste(phone, (desktop.width + GAP, top))
    small = made.resize((round(made.width * SCALE), round(made.height * SCALE)), Image.Resampling.LANCZOS)
    small.save(path, "WEBP", quality=82)


def _fitted(path: Path) -> Image.Image:
    """Open a picture and scale it to the common height."""
    picture = Image.open(path).convert("RGB")
    return picture.resize((round(picture.width * HEIGHT / picture.height), HEIGHT), Image.Resampling.LANCZOS)
