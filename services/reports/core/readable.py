"""Makes what an export holds readable: times with their zone, and characters that would be invisible."""

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

_INVISIBLE = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
_FILLERS = "\u115f\u1160\u3164\uffa0"
"""Letters without a shape."""

_MORE_SELECTORS = range(0xE0100, 0xE01F0)
"""Marks that change no letter that we show. Of emoji, the usual two stay."""

UTC_SUFFIX, LOCAL_SUFFIX = "_utc", "_local"


def visible(text: str) -> str:
    """Return the text with hidden characters named, such as [U+202E RIGHT-TO-LEFT OVERRIDE]."""
    return "".join(_named(letter) if _is_hidden(letter) else letter for letter in text)


def _is_hidden(letter: str) -> bool:
    if letter in "\n\t":
        return False
    code = ord(letter)
    return unicodedata.category(letter) in _INVISIBLE or letter in _FILLERS or code in _MORE_SELECTORS


def _named(letter: str) -> str:
    name = unicodedata.name(letter, "")
    return f"[U+{ord(letter):04X}{' ' if name else ''}{name}]"


def with_readable_times(value: Any, zone: tzinfo | None) -> Any:
    """Return a JSON value in which each time in Unix milliseconds has readable ones beside it.

    A time is known by the name of its field: `at`, `until`, or one that ends so. It gets one in UTC, and one
    in `zone` if there is one, both as ISO 8601. They are null where the time is 0, which means never, not yet
    or without an end.
    """
    if isinstance(value, list):
        return [with_readable_times(one, zone) for one in value]
    if not isinstance(value, Mapping):
        return value
    made: dict[str, Any] = {}
    for name, one in value.items():
        made[name] = with_readable_times(one, zone)
        if _is_time(name, one):
            made[name + UTC_SUFFIX] = iso(one, UTC) if one else None
            if zone is not None:
                made[name + LOCAL_SUFFIX] = iso(one, zone) if one else None
    return made


def _is_time(name: str, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and name.split("_")[-1] in ("at", "until")


def iso(milliseconds: int, zone: tzinfo) -> str:
    """Return a time as ISO 8601 with milliseconds and the difference to UTC."""
    seconds = datetime.fromtimestamp(milliseconds // 1000, UTC)
    moment = seconds.replace(microsecond=milliseconds % 1000 * 1000)
    return moment.astimezone(zone).isoformat(timespec="milliseconds")


_MAGIC = {
    b"\xff\xd8\xff": "jpg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"GIF8": "gif",
    b"BM": "bmp",
}


def extension_of(content: bytes) -> str:
    """Return how the name of a picture's file ends, by what its first bytes say, or else `bin`."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content[4:12] in (b"ftypavif", b"ftypheic"):
        return content[8:12].decode()
    return next((end for magic, end in _MAGIC.items() if content.startswith(magic)), "bin")
