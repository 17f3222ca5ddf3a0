"""Headers that aiohttp's parser would accept are found, wherever the bytes are cut."""

import pytest

from services.signaling.core.framing_check import FramingCheck

MASK = b"\x01\x02\x03\x04"


def frame(first: int, payload: bytes = b"") -> bytes:
    """Return a masked frame with the shortest header; the content of its payload means nothing here."""
    size = len(payload)
    if size < 126:
        length = bytes((0x80 | size,))
    elif size < 1 << 16:
        length = b"\xfe" + size.to_bytes(2)
    else:
        length = b"\xff" + size.to_bytes(8)
    return bytes((first,)) + length + MASK + payload


TEXT, BEGIN, EMPTY_BEGIN = frame(0x81, b"text"), frame(0x01, b"be"), frame(0x01)
END, PING, CLOSE = frame(0x80, b"gin"), frame(0x89, b"?"), frame(0x88, b"\x03\xe8")
ALLOWED = {
    "frames of all lengths": b"".join(frame(0x81, b"\x7f" * size) for size in (0, 125, 126, 65_535, 65_536)),
    "fragments": BEGIN + frame(0x00, b"more") + END + TEXT,
    "empty fragments": EMPTY_BEGIN + frame(0x00) + frame(0x80) + TEXT,
    "control frames between fragments": PING + BEGIN + PING + PING + END + CLOSE,
    "nothing": b"",
    "half a header": TEXT + b"\x81",
    "half a length": TEXT + b"\x81\xff\0\0\0",
    "half a payload": TEXT + frame(0x81, b"text")[:-2],
}
FORBIDDEN = {
    "no mask": (TEXT, b"\x81\x04text"),
    "no mask at a long frame": (TEXT + PING, b"\x81\x7e\x01\x00" + b"x" * 256),
    "no mask at a control frame": (BEGIN, b"\x89\x00"),
    "125 in two bytes": (TEXT, b"\x81\xfe\x00\x7d" + MASK + b"x" * 125),
    "65,535 in eight bytes": (PING, b"\x81\xff" + (65_535).to_bytes(8) + MASK),
    "a text inside a message": (BEGIN + PING, TEXT),
    "a text after an empty fragment": (EMPTY_BEGIN, TEXT),
    "binary inside a message": (EMPTY_BEGIN + frame(0x00), frame(0x02)),
    "the end of nothing": (TEXT, END),
    "more of nothing": (BEGIN + END, frame(0x00)),
}


def valid_bytes(stream: bytes, size: int) -> int:
    """Return how many bytes the check accepts when they come in pieces of this size."""
    check, accepted = FramingCheck(), 0
    for start in range(0, len(stream), size):
        piece = stream[start : start + size]
        valid = check.valid_bytes(piece)
        accepted += valid
        if valid < len(piece):
            break
    return accepted


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000, 10**6])
@pytest.mark.parametrize("stream", ALLOWED.values(), ids=ALLOWED.keys())
def test_allowed_frames_pass(stream: bytes, size: int) -> None:
    assert valid_bytes(stream, size) == len(stream)


@pytest.mark.parametrize("frames", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_what_comes_before_a_forbidden_frame_passes(frames: tuple[bytes, bytes]) -> None:
    before, forbidden = frames
    assert valid_bytes(before + forbidden + TEXT, 10**6) == len(before)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("frames", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_no_payload_of_a_forbidden_frame_passes(frames: tuple[bytes, bytes], size: int) -> None:
    """In small pieces, the first bytes of its header pass before the rest is there."""
    before, forbidden = frames
    assert len(before) <= valid_bytes(before + forbidden + TEXT, size) < len(before) + 10
