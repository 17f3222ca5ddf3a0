"""Bytes that are UTF-8 and bytes that are not, from Markus Kuhn's decoder test, numbered as Autobahn does."""

KOSME = "κόσμε".encode()
_CONTINUATIONS = bytes(range(0x80, 0xC0))
_NO_LAST_BYTE = (
    b"\xc0", b"\xe0\x80", b"\xf0\x80\x80", b"\xf8\x80\x80\x80", b"\xfc\x80\x80\x80\x80",
    b"\xdf", b"\xef\xbf", b"\xf7\xbf\xbf", b"\xfb\xbf\xbf\xbf", b"\xfd\xbf\xbf\xbf\xbf",
)  # fmt: skip


def _lonely(first: int, last: int) -> bytes:
    """Return each first byte of a sequence with a blank behind it."""
    return b"".join(bytes((byte, 0x20)) for byte in range(first, last + 1))


def _noncharacters() -> tuple[bytes, ...]:
    """Return the last two code points of each plane."""
    planes = range(17)
    return tuple(chr(plane << 16 | 0xFFFE | last).encode() for plane in planes for last in (0, 1))


SEQUENCES: dict[str, tuple[bytes, ...]] = {
    "6.5": (  # valid
        b"hello\x24world", b"hello\xc2\xa2world", b"hello\xe2\x82\xacworld", b"hello\xf0\xa4\xad\xa2world",
        KOSME,
    ),
    "6.6": tuple(KOSME[:length] for length in range(1, len(KOSME) + 1)),  # all prefixes
    "6.7": (b"\x00", b"\xc2\x80", b"\xe0\xa0\x80", b"\xf0\x90\x80\x80"),  # the first of each length
    "6.8": (b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80"),
    "6.9": (b"\x7f", b"\xdf\xbf", b"\xef\xbf\xbf", b"\xf4\x8f\xbf\xbf"),  # the last of each length
    "6.10": (b"\xf7\xbf\xbf\xbf", b"\xfb\xbf\xbf\xbf\xbf", b"\xfd\xbf\xbf\xbf\xbf\xbf"),
    "6.11": (b"\xed\x9f\xbf", b"\xee\x80\x80", b"\xef\xbf\xbd", b"\xf4\x8f\xbf\xbf", b"\xf4\x90\x80\x80"),
    "6.12": (  # continuations of nothing
        b"\x80", b"\xbf", b"\x80\xbf", b"\x80\xbf\x80", b"\x80\xbf\x80\xbf", b"\x80\xbf\x80\xbf\x80",
        b"\x80\xbf\x80\xbf\x80\xbf", _CONTINUATIONS,
    ),
    "6.13": (
        _lonely(0xC0, 0xDF), _lonely(0xE0, 0xEF), _lonely(0xF0, 0xF7), _lonely(0xF8, 0xFB), _lonely(0xFC,
        0xFD),
    ),
    "6.14": _NO_LAST_BYTE,
    "6.15": (b"".join(_NO_LAST_BYTE),),
    "6.16": (b"\xfe", b"\xff", b"\xfe\xfe\xff\xff"),  # bytes that occur nowhere
    "6.17": (  # a slash that is too long
        b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xf8\x80\x80\x80\xaf",
        b"\xfc\x80\x80\x80\x80\xaf",
    ),
    "6.18": (  # the highest code points that are too long
        b"\xc1\xbf", b"\xe0\x9f\xbf", b"\xf0\x8f\xbf\xbf", b"\xf8\x87\xbf\xbf\xbf",
        b"\xfc\x83\xbf\xbf\xbf\xbf",
    ),
    "6.19": (  # a NUL that is too long
        b"\xc0\x80", b"\xe0\x80\x80", b"\xf0\x80\x80\x80", b"\xf8\x80\x80\x80\x80",
        b"\xfc\x80\x80\x80\x80\x80",
    ),
    "6.20": (  # single surrogates
        b"\xed\xa0\x80", b"\xed\xad\xbf", b"\xed\xae\x80", b"\xed\xaf\xbf", b"\xed\xb0\x80", b"\xed\xbe\x80",
        b"\xed\xbf\xbf",
    ),
    "6.21": tuple(  # pairs of surrogates
        high + low
        for high in (b"\xed\xa0\x80", b"\xed\xad\xbf", b"\xed\xae\x80", b"\xed\xaf\xbf")
        for low in (b"\xed\xb0\x80", b"\xed\xbf\xbf")
    ),
    "6.22": _noncharacters(),  # they are valid
    "6.23": tuple(chr(point).encode() for point in range(0xFFF9, 0x10000)),  # the specials, too
}  # fmt: skip

_INVALID = frozenset(
    ["6.8", "6.10", "6.11.5", "6.12", "6.13", "6.14", "6.15", "6.16", "6.17", "6.18", "6.19", "6.20", "6.21"]
)
"""The groups and the cases that must be refused. Of 6.6 it is those that end within a character."""

_WHOLE_CHARACTERS = frozenset(len("κόσμε"[:count].encode()) for count in range(1, 6))


def is_valid(group: str, number: int, sequence: bytes) -> bool:
    """Return what the standard says about a sequence, without asking a decoder."""
    if group == "6.6":
        return len(sequence) in _WHOLE_CHARACTERS
    return group not in _INVALID and f"{group}.{number}" not in _INVALID
