"""Tests that each bad picture ends as the docs say, and that what is kept has only pixels."""

import io
from pathlib import Path

import pytest
from PIL import Image

from services.contract.errors import EvidenceRefused
from services.reports.shell.evidence.encoder_worker import MAX_SCANS
from services.reports.shell.evidence.picture_encoder import PictureEncoderProcess

from ..timing import scaled
from .bad_pictures import BAD, encoded, kept, scans
from .reports_service import photo
from .test_reports_evidence import workers

PAGE = (Path(__file__).parents[2] / "docs" / "moderation-operations.md").read_text("utf-8")
SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
OF_PIXELS = {0xE0, 0xDB, 0xC0, 0xC4, SOS}
"""The JFIF header, quantization, frame, Huffman tables and scan."""


async def outcome(worker: PictureEncoderProcess, frame: bytes) -> str:
    try:
        picture = await worker.encode(frame)
    except EvidenceRefused as refused:
        return f"refused: {refused.message}"
    assert_pixels_only(picture.content)
    with Image.open(io.BytesIO(picture.content)) as image:
        image.load()
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert image.size == (picture.width, picture.height)
    return kept(picture.width, picture.height)


def assert_pixels_only(jpeg: bytes) -> None:
    """Return the markers without a decoder, which would skip what it does not know."""
    assert b"SECRET" not in jpeg
    assert jpeg[:2] == bytes((0xFF, SOI))
    place, kind = 2, 0
    while kind != SOS:
        assert jpeg[place] == 0xFF
        kind = jpeg[place + 1]
        assert kind in OF_PIXELS, f"a segment {kind:x}"
        place += 2 + int.from_bytes(jpeg[place + 2 : place + 4])
    scan = jpeg[place:].replace(b"\xff\0", b"")
    assert scan.index(0xFF) == len(scan) - 2, "nothing but one scan"
    assert scan[-1] == EOI, "and nothing after it"


async def test_bad_pictures_have_the_outcomes_that_are_told_and_cost_no_process() -> None:
    worker = PictureEncoderProcess(timeout=scaled(8))
    await worker.encode(photo(64, 64))
    first = workers()
    outcomes = {bad.what: await outcome(worker, bad.make()) for bad in BAD}
    assert outcomes == {bad.what: bad.outcome for bad in BAD}
    assert workers() == first
    await worker.close()


async def test_the_slowest_accepted_picture_takes_less_than_the_limit() -> None:
    worker = PictureEncoderProcess(timeout=scaled(8))
    assert await outcome(worker, scans(MAX_SCANS)) == kept(1280, 720)
    await worker.close()


def test_metadata_would_be_noticed() -> None:
    for frame in (photo(64, 64), encoded("JPEG", comment=b"x"), encoded("JPEG") + b"x", scans(9)):
        with pytest.raises(AssertionError):
            assert_pixels_only(frame)
    assert_pixels_only(encoded("JPEG"))


def test_the_page_tells_of_each() -> None:
    section = PAGE.partition("## How pictures are checked\n")[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    told = {(what, outcome) for outcome, pictures in lines[1:] for what in pictures.split("; ")}
    assert told == {(bad.what, bad.outcome) for bad in BAD}
