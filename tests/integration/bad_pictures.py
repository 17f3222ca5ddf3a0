"""Makes pictures that no honest browser sends, and names the result of each."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import NamedTuple

from PIL import Image

BROKEN = "refused: the picture is broken, or it is not a JPEG, PNG or WebP"
EMPTY = "refused: the picture is empty"
LARGE = "refused: the picture has 1048577 bytes, more than 1048576"
FAR_TOO_MANY = "refused: the picture has far more than 8294400 pixels"
SCANS = "refused: the picture has more than 64 scans"
SCRIPT = b"<script>alert('SECRET')</script>"
RED = Image.new("RGB", (640, 480), (200, 30, 40))
NOISE = Image.effect_noise((640, 480), 60).convert("RGB")


def too_many(width: int, height: int) -> str:
    return f"refused: the picture has {width}×{height} pixels, more than 8294400"


def kept(width: int, height: int) -> str:
    return f"kept: {width}×{height}"


class Bad(NamedTuple):
    what: str
    make: Callable[[], bytes]
    outcome: str


def encoded(kind: str, image: Image.Image = RED, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def animated(kind: str) -> bytes:
    """Return an animation of ten pictures, of which the first is red."""
    others = [Image.new("RGB", RED.size, (number, 0, 255 - number)) for number in range(9)]
    return encoded(kind, save_all=True, append_images=others, duration=20)


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        opened.writestr("SECRET.html", SCRIPT)
    return file.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))


def png(width: int, height: int, bits: int = 8, colours: int = 2, extra: bytes = b"") -> bytes:
    """Return a black PNG of at most a few megabytes, with the chunks `extra` before the pixels."""
    header = struct.pack("!IIBBBBB", width, height, bits, colours, 0, 0, 0)
    row = 1 + (width * bits * {0: 1, 2: 3, 6: 4}[colours] + 7) // 8
    pixels = zlib.compress(bytes(min(row * height, 10**7)), 9)
    parts = (chunk(b"IHDR", header), extra, chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def sized(jpeg: bytes, width: int, height: int) -> bytes:
    """Return a JPEG whose header states another size."""
    start = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:start] + struct.pack("!HH", height, width) + jpeg[start + 4 :]


def segments(count: int) -> bytes:
    """Return a JPEG with `count` application segments of 60,000 bytes."""
    jpeg, body = encoded("JPEG"), b"SECRET\0" + bytes(60_000)
    segment = b"\xff\xed" + struct.pack("!H", len(body) + 2) + body
    return jpeg[:2] + segment * count + jpeg[2:]


def exif() -> Image.Exif:
    filled = Image.Exif()
    filled[0x010E] = "SECRET description"
    filled[0x0112] = 6  # held sideways
    filled[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)}  # where
    return filled


def large_exif() -> bytes:
    filled = exif()
    filled[0x9286] = "SECRET " * 9000
    return encoded("JPEG", exif=filled)


def scans(count: int) -> bytes:
    """Return a progressive JPEG of the largest accepted size that repeats one scan `count` times."""
    flat = encoded("JPEG", Image.new("RGB", (3840, 2160)), progressive=True)
    second = flat.index(b"\xff\xda", flat.index(b"\xff\xda") + 2)
    tables = flat.rindex(b"\xff\xc4", 0, second)
    third = flat.index(b"\xff\xc4", second)
    return flat[:third] + flat[tables:third] * (count - flat.count(b"\xff\xda")) + flat[third:]


def mpo() -> bytes:
    return encoded("MPO", save_all=True, append_images=[NOISE])


def spoiled() -> bytes:
    jpeg = bytearray(encoded("JPEG", NOISE))
    middle = len(jpeg) // 2
    jpeg[middle : middle + 200] = bytes(200)
    return bytes(jpeg)


def psd() -> bytes:
    header = b"8BPS" + struct.pack("!H6xHIIHH", 1, 3, 4, 4, 8, 3)
    return header + bytes(12) + b"\0\0" + bytes(48)


def wrong_checksum() -> bytes:
    picture = bytearray(encoded("PNG", NOISE))
    picture[picture.index(b"IDAT") + 100] ^= 1
    return bytes(picture)


def text_bomb(kind: bytes) -> bytes:
    name = b"SECRET\0\0"
    return png(64, 64, extra=chunk(kind, name + zlib.compress(bytes(200 * 2**20), 9)))


BAD = (
    Bad("nothing at all", lambda: b"", EMPTY),
    Bad("one byte", lambda: b"\xff", BROKEN),
    Bad("text", lambda: b"SECRET " * 100, BROKEN),
    Bad("more than a megabyte", lambda: bytes(2**20 + 1), LARGE),
    Bad("the beginning of a JPEG", lambda: encoded("JPEG", NOISE)[:5000], BROKEN),
    Bad("the beginning of a PNG", lambda: encoded("PNG", NOISE)[:5000], BROKEN),
    Bad("the beginning of a WebP", lambda: encoded("WEBP", NOISE)[:5000], BROKEN),
    Bad("a JPEG of two bytes", lambda: b"\xff\xd8", BROKEN),
    Bad("a JPEG with a hole", spoiled, kept(640, 480)),
    Bad("a PNG with a wrong checksum", wrong_checksum, BROKEN),
    Bad(
        "a lossless JPEG by its header", lambda: encoded("JPEG").replace(b"\xff\xc0", b"\xff\xc3", 1), BROKEN
    ),
    Bad(
        "a JPEG that says it is taller than it is", lambda: sized(encoded("JPEG"), 640, 8000), kept(102, 1280)
    ),
    Bad(
        "SVG with a script", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>", BROKEN
    ),
    Bad("HTML", lambda: b"<!doctype html>" + SCRIPT, BROKEN),
    Bad("HTML after the first bytes of a JPEG", lambda: b"\xff\xd8\xff\xe0" + SCRIPT * 10, BROKEN),
    Bad("a PDF", lambda: b"%PDF-1.7\n%SECRET\n1 0 obj\n<<>>\nendobj\n", BROKEN),
    Bad("PostScript", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", BROKEN),
    Bad("a ZIP archive", archive, BROKEN),
    Bad("GIF", lambda: encoded("GIF"), BROKEN),
    Bad("animated GIF", lambda: animated("GIF"), BROKEN),
    Bad("TIFF", lambda: encoded("TIFF"), BROKEN),
    Bad("BMP", lambda: encoded("BMP"), BROKEN),
    Bad("ICO", lambda: encoded("ICO", RED.resize((64, 64))), BROKEN),
    Bad("PSD", psd, BROKEN),
    Bad("JPEG 2000", lambda: encoded("JPEG2000"), BROKEN),
    Bad("AVIF", lambda: encoded("AVIF"), BROKEN),
    Bad("PPM", lambda: encoded("PPM", RED.resize((9, 9))), BROKEN),
    Bad("PNG of 60,000×60,000 pixels, 10 kB", lambda: png(60_000, 60_000), FAR_TOO_MANY),
    Bad("PNG of one row too many", lambda: png(3840, 2161), too_many(3840, 2161)),
    Bad("PNG of one endless row", lambda: png(2**31 - 1, 1), FAR_TOO_MANY),
    Bad("PNG of 13,000×13,000 pixels, 10 kB", lambda: png(13_000, 13_000), too_many(13_000, 13_000)),
    Bad("PNG of more pixels than a PNG can have", lambda: png(2**31, 1), FAR_TOO_MANY),
    Bad(
        "JPEG of 65,500×65,500 pixels by its header",
        lambda: sized(encoded("JPEG"), 65_500, 65_500),
        FAR_TOO_MANY,
    ),
    Bad(
        "WebP of 16,383×600 pixels, 1 kB",
        lambda: encoded("WEBP", Image.new("L", (16_383, 600)), lossless=True),
        too_many(16_383, 600),
    ),
    Bad("PNG whose text unpacks to 200 MB", lambda: text_bomb(b"zTXt"), BROKEN),
    Bad("PNG whose colour profile unpacks to 200 MB", lambda: text_bomb(b"iCCP"), BROKEN),
    Bad("progressive JPEG with a thousand scans", lambda: scans(1000), SCANS),
    Bad(
        "progressive JPEG with a dozen scans",
        lambda: encoded("JPEG", NOISE, progressive=True),
        kept(640, 480),
    ),
    Bad("PNG of 0×0 pixels", lambda: png(0, 0), BROKEN),
    Bad("PNG without a height", lambda: png(640, 0), BROKEN),
    Bad("JPEG of 0×0 pixels", lambda: sized(encoded("JPEG"), 0, 0), BROKEN),
    Bad("JPEG without a height", lambda: sized(encoded("JPEG"), 640, 0), BROKEN),
    Bad("a single pixel", lambda: encoded("PNG", RED.resize((1, 1))), kept(1, 1)),
    Bad("one row of eight million pixels", lambda: png(8_000_000, 1, colours=0), kept(1280, 1)),
    Bad("PNG with 16 bits a channel", lambda: png(640, 480, bits=16), kept(640, 480)),
    Bad("grey PNG with 16 bits", lambda: png(640, 480, bits=16, colours=0), kept(640, 480)),
    Bad("PNG of black and white", lambda: encoded("PNG", RED.convert("1")), kept(640, 480)),
    Bad(
        "PNG with a palette and transparency",
        lambda: encoded("PNG", RED.convert("P"), transparency=0),
        kept(640, 480),
    ),
    Bad("CMYK JPEG", lambda: encoded("JPEG", RED.convert("CMYK")), kept(640, 480)),
    Bad("animated PNG", lambda: animated("PNG"), kept(640, 480)),
    Bad("animated WebP", lambda: animated("WEBP"), kept(640, 480)),
    Bad("two pictures in one JPEG (MPO)", mpo, kept(640, 480)),
    Bad("JPEG with place, description and orientation", lambda: encoded("JPEG", exif=exif()), kept(480, 640)),
    Bad("PNG with place, description and orientation", lambda: encoded("PNG", exif=exif()), kept(480, 640)),
    Bad(
        "WebP with place, description, orientation and XMP",
        lambda: encoded("WEBP", exif=exif(), xmp=b"<x>SECRET</x>"),
        kept(480, 640),
    ),
    Bad("JPEG with 63 kB of EXIF", large_exif, kept(480, 640)),
    Bad(
        "JPEG with EXIF that is none",
        lambda: encoded("JPEG", exif=b"Exif\0\0SECRET" + bytes(99)),
        kept(640, 480),
    ),
    Bad("JPEG with 900 kB for programs", lambda: segments(15), kept(640, 480)),
    Bad(
        "JPEG with a colour profile that is none",
        lambda: encoded("JPEG", icc_profile=b"SECRET" * 99),
        kept(640, 480),
    ),
    Bad("JPEG with a script as its comment", lambda: encoded("JPEG", comment=SCRIPT), kept(640, 480)),
    Bad("JPEG that is a ZIP archive, too", lambda: encoded("JPEG") + archive(), kept(640, 480)),
    Bad("PNG that is HTML, too", lambda: encoded("PNG") + SCRIPT, kept(640, 480)),
    Bad("WebP that is HTML, too", lambda: encoded("WEBP") + SCRIPT, kept(640, 480)),
)
