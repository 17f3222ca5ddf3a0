"""Tests how a worker encodes pictures, and which it refuses."""

import io
import struct
import zlib

import pytest
from PIL import Image

from services.reports.shell.evidence.encoder_worker import SIZE, encode, reencode
from services.reports.shell.evidence.worker_main import (
    DONE,
    REFUSED,
    REPLY_HEADER,
    REQUEST_HEADER,
    PictureRefused,
    serve,
)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def decoded(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that claims to have many pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))

    header = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * min(width * height * 3, 10**7), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


RED = Image.new("RGB", (640, 480), (200, 30, 40))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_keeps_its_look(kind: str) -> None:
    content, width, height = reencode(encoded(RED, kind))
    image = decoded(content)
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert image.size == (width, height) == (640, 480)
    pixel = image.getpixel((320, 240))
    assert isinstance(pixel, tuple)
    assert all(abs(a - b) < 8 for a, b in zip(pixel, (200, 30, 40), strict=True))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_mode_becomes_colours(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = Image.new(mode, (32, 32)) if mode == "I;16" else RED.resize((32, 32)).convert(mode)
    assert decoded(reencode(encoded(image, kind))[0]).mode == "RGB"


def test_a_large_picture_is_made_smaller_and_keeps_its_shape() -> None:
    assert reencode(encoded(Image.new("L", (3840, 2160)), "JPEG"))[1:] == (1280, 720)
    assert reencode(encoded(Image.new("L", (1000, 4000)), "PNG"))[1:] == (320, 1280)


def test_only_pixels_are_kept() -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x8825] = "SECRET", {1: "N", 2: (52.0, 31.0, 12.0)}
    given = encoded(RED, "JPEG", exif=exif, comment="SECRET", icc_profile=b"SECRET" * 10)
    assert given.count(b"SECRET") > 2
    content, *_ = reencode(given)
    kept = decoded(content)
    assert b"SECRET" not in content
    assert not kept.getexif()
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_picture_that_was_held_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert reencode(encoded(RED, "JPEG", exif=exif))[1:] == (480, 640)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"some text",
        encoded(RED, "JPEG")[:1000],
        encoded(RED, "PNG")[:-40],
        encoded(RED, "WEBP")[:100],
        encoded(RED, "GIF"),
        encoded(RED, "TIFF"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        bomb(100, 100)[:60],
    ],
)
def test_a_broken_or_unknown_picture_is_refused(frame: bytes) -> None:
    with pytest.raises(PictureRefused, match="broken"):
        reencode(frame)


@pytest.mark.parametrize("size", [(3841, 2160), (60_000, 60_000), (2**31 - 1, 1)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(PictureRefused):
        reencode(bomb(*size))


def test_it_answers_one_question_after_the_other() -> None:
    frames = (b"text", encoded(RED, "JPEG"))
    questions = io.BytesIO(b"".join(REQUEST_HEADER.pack(len(frame)) + frame for frame in frames))
    answers = io.BytesIO()
    serve(questions, answers, encode)
    answers.seek(0)
    kind, length = REPLY_HEADER.unpack(answers.read(REPLY_HEADER.size))
    assert (kind, b"broken" in answers.read(length)) == (REFUSED, True)
    kind, length = REPLY_HEADER.unpack(answers.read(REPLY_HEADER.size))
    assert (kind, SIZE.unpack(answers.read(SIZE.size))) == (DONE, (640, 480))
    assert len(answers.read()) == length - SIZE.size
