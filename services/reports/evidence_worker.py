"""Decodes pictures that strangers sent, in a process of its own with little memory and no secrets.

Started by `evidence.py`, which talks to it over its stdin and stdout: see `answer`.
"""

import io
import resource
import signal
import struct
import sys
import time
from collections.abc import Callable
from typing import BinaryIO

from PIL import Image, ImageOps

MAX_PIXELS = 3840 * 2160
MAX_SIDE = 1280
"""Longest side of what is kept, in pixels."""

MEMORY = 512 * 2**20
CPU_SECONDS = 4
"""For one picture; a picture from a camera takes about 0.05."""

REQUEST = struct.Struct("!I")
ANSWER = struct.Struct("!BHHI")
ENCODED, REFUSED = 1, 0


class Refused(Exception):
    """The sentence says why."""


def reencode(frame: bytes) -> tuple[bytes, int, int]:
    """A JPEG of the pixels in `frame` and nothing else, its width and its height; raises `Refused`."""
    try:
        with Image.open(io.BytesIO(frame), formats=("JPEG", "PNG", "WEBP")) as image:
            _check_size(image)  # so far only the header was read
            return _encode(image)
    except Refused:
        raise
    except Exception:  # noqa: BLE001 -- a hostile picture makes a decoder raise nearly anything
        raise Refused("the picture is broken, or it is no JPEG, PNG or WebP") from None


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise Refused(f"the picture has {width}×{height} pixels, more than {MAX_PIXELS}")


def _encode(image: Image.Image) -> tuple[bytes, int, int]:
    image.draft("RGB", (MAX_SIDE, MAX_SIDE))  # a large JPEG is decoded at a fraction of its size
    upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    pixels = Image.frombytes("RGB", upright.size, upright.tobytes())  # without comment, profile and the like
    encoded = io.BytesIO()
    pixels.save(encoded, "JPEG", quality=85)
    return encoded.getvalue(), *pixels.size


def answer(frame: bytes) -> bytes:
    """`ANSWER` (encoded or refused, width, height, length) and the JPEG or the sentence."""
    try:
        content, width, height = reencode(frame)
    except Refused as refused:
        sentence = str(refused).encode()
        return ANSWER.pack(REFUSED, 0, 0, len(sentence)) + sentence
    return ANSWER.pack(ENCODED, width, height, len(content)) + content


def serve(requests: BinaryIO, answers: BinaryIO, before_each: Callable[[], None]) -> None:
    """Answer until the requests end; a request is its length and the frame."""
    while header := requests.read(REQUEST.size):
        frame = requests.read(*REQUEST.unpack(header))
        before_each()
        answers.write(answer(frame))
        answers.flush()


def _limit_cpu() -> None:
    """CPU time counts from the start of the process: the limit moves on with every picture."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + CPU_SECONDS, hard))


def _limit() -> None:
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 3),  # stdin, stdout, stderr
    ):
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which ends us
    Image.init()  # loads the decoders before files can no longer be opened
    _limit()
    serve(sys.stdin.buffer, sys.stdout.buffer, _limit_cpu)
