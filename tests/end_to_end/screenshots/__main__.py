"""Takes a picture of every phase of the page, on a desktop and a phone, by day and by night.

`python -m tests.end_to_end.screenshots docs/images/phases [phase …]`
"""

import asyncio
import itertools
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from ..installation import installation
from .faces import ANNA, BEN, film
from .sheet import Shots, sheet
from .tour import SCHEMES, SIZES, Scheme, Tour


def take(folder: Path, only: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shots: dict[str, Shots] = {}
    with tempfile.TemporaryDirectory() as place:
        for size, scheme in itertools.product(SIZES, SCHEMES):
            for phase, path in _tour(Path(place, f"{size}-{scheme}"), size, scheme).items():
                shots.setdefault(phase, {})[size, scheme] = path
            print(f"{size}, {scheme}: done", flush=True)  # noqa: T201 -- a command prints
        for phase in only or shots:
            sheet(shots[phase], folder / f"{phase}.webp")


def _tour(run: Path, size: str, scheme: Scheme) -> dict[str, Path]:
    """Take the pictures on a new installation, in which nobody was banned before."""
    run.mkdir()
    upright = size == "phone"
    films = film(ANNA, run / "anna.mjpeg", upright), film(BEN, run / "ben.mjpeg", upright)
    with installation(run) as zufall:
        return asyncio.run(_go(Tour(zufall, size, scheme, run), films))


async def _go(tour: Tour, films: tuple[Path, Path]) -> dict[str, Path]:
    async with async_playwright() as playwright:
        return await tour.go(playwright, films)


if __name__ == "__main__":
    take(Path(sys.argv[1]), sys.argv[2:])
