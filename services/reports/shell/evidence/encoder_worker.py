"""Decodes and encodes pictures that strangers sent, in a process with little memory and no secrets.

`picture_encoder.py` starts it.
"""

import io
import struct

from PIL import Image, ImageOps

from .worker_main import PictureRefused, run

MAX_PIXELS = 3840 * 2160
MAX_SIDE = 1280
"""The longest side of a kept picture, in pixels."""

MAX_SCANS = 64
"""The most scans of a progressive JPEG, counted without decoding. Each visits all pixels; ten are usual."""
_SCAN = b"\xff\xda"

MEMORY = 512 * 2**20
CPU_SECONDS = 4
"""The limit for one picture. A picture from a camera takes about 0.05."""

SIZE = struct.Struct("!HH")
"""Width and height in pixels, which precede the JPEG in a result."""


def reencode(frame: bytes) -> tuple[bytes, int, int]:
    """Return a JPEG of the pixels in `frame` alone, its width and height; raises `PictureRefused`."""
    if frame.count(_SCAN) > MAX_SCANS:
        raise PictureRefused(f"the picture has more than {MAX_SCANS} scans")
    try:
        with Image.open(io.BytesIO(frame), formats=("JPEG", "PNG", "WEBP")) as image:
            _check_size(image)  # only the header was read so far
            return _encode(image)
    except PictureRefused:
        raise
    except Image.DecompressionBombError:  # raised by `open`, for far larger pictures
        raise PictureRefused(f"the picture has far more than {MAX_PIXELS} pixels") from None
    except Exception:  # noqa: BLE001 -- a hostile picture makes a decoder raise nearly anything
        raise PictureRefused("the picture is broken, or it is not a JPEG, PNG or WebP") from None


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise PictureRefused(f"the picture has {width}×{height} pixels, more than {MAX_PIXELS}")


def _encode(image: Image.Image) -> tuple[bytes, int, int]:
    image.draft("RGB", (MAX_SIDE, MAX_SIDE))  # a large JPEG is decoded at a fraction of its size
    upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    pixels = Image.frombytes("RGB", upright.size, upright.tobytes())  # without comment, profile and the like
    encoded = io.BytesIO()
    pixels.save(encoded, "JPEG", quality=85)
    return encoded.getvalue(), *pixels.size


def encode(frame: bytes) -> bytes:
    """Return `SIZE` and the JPEG."""
    content, width, height = reencode(frame)
    return SIZE.pack(width, height) + content


if __name__ == "__main__":
    Image.init()  # loads the decoders
    run(encode, MEMORY, CPU_SECONDS)
