"""Parsers of the options' values, such as `10%` and `en=70%,cy=0.5%`. A `ValueError` says what is wrong."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

K = TypeVar("K")

NONE = ("", "none")
"""The texts that stand for an empty list."""

_PERCENT = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*%")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(-[A-Za-z0-9]{1,8})*")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_MOST = 64
"""The most items in one list. Each becomes a line of the table."""


def share(text: str) -> float:
    """Parse `2.5%` as 0.025."""
    match = _PERCENT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a share: write it with a percent sign, as in 2.5%")
    if float(match[1]) > 100:
        raise ValueError(f"{text!r} is more than 100%")
    return float(match[1]) / 100


def number(least: float, most: float, above: bool = False) -> Callable[[str], float]:
    """Return a parser of numbers from `least` to `most`, or of numbers above `least`."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise ValueError(f"{text!r} is not a number") from None
        if not (least < value <= most if above else least <= value <= most):  # nor is nan
            bounds = f"above {least:g} and at most {most:g}" if above else f"from {least:g} to {most:g}"
            raise ValueError(f"{text!r} is not a number {bounds}")
        return value

    return parse


def whole(least: int, most: int) -> Callable[[str], int]:
    """Return a parser of whole numbers from `least` to `most`."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and least <= int(text[:20]) <= most):
            raise ValueError(f"{text!r} is not a whole number from {least} to {most}")
        return int(text)

    return parse


def ages(text: str) -> tuple[float, float, float]:
    """Parse three rising numbers of seconds, as in ZUFALL_STAGE_AGES."""
    parts = [number(0, 86400, above=True)(part) for part in text.split(",")]
    if len(parts) != 3 or parts != sorted(parts):
        raise ValueError(f"{text!r} is not three rising numbers of seconds, as in 2,5,15")
    return parts[0], parts[1], parts[2]


def languages(text: str) -> Mapping[tuple[str, ...], float]:
    """Parse `en=70%,cy+en=0.5%`. Only the first subtag of a language counts, as in the gateway."""
    return _exclusive(_items(text, lambda name: tuple(dict.fromkeys(map(_language, name.split("+"))))), text)


def countries(text: str) -> Mapping[str, float]:
    """Parse `DE=40%,GB=10%`, the countries of visitors. Together they are at most 100%."""
    return _exclusive(_items(text, _country), text)


def regions(text: str) -> Mapping[str, float]:
    """Parse `eu=70%,us=30%`, the regions of visitors. Together they are at most 100%."""
    return _exclusive(_items(text, str.strip), text)


def avoided(text: str) -> Mapping[str, float]:
    """Parse `DE=5%,GB=10%`, the share of visitors who avoid each country."""
    return _items(text, _country)


def modes(text: str) -> Mapping[str, float]:
    """Parse `video=80%,text=20%`. Together they are 100%."""
    named = _items(text, _mode)
    if abs(sum(named.values()) - 1) > 1e-9:
        raise ValueError(f"the shares of {text!r} are not 100% together")
    return named


def interests(text: str) -> int | Mapping[str, float]:
    """Parse a number of interests, or `chess=2%,music=30%`, the share of visitors who name each."""
    if "=" in text or text.strip().lower() in NONE:
        return _items(text, lambda name: " ".join(name.casefold().split())) or 0
    try:
        return whole(0, 100_000)(text.strip())
    except ValueError:
        raise ValueError(
            f"{text!r} is neither a number of interests (at most 100000) nor shares as in chess=2%,music=30%"
        ) from None


def _items(text: str, key: Callable[[str], K]) -> dict[K, float]:
    """Parse shares by name. `key` checks and converts a name."""
    found: dict[K, float] = {}
    if text.strip().lower() in NONE:
        return found
    for item in text.split(","):
        name, _, of = (part.strip() for part in item.partition("="))
        if not (name and of):
            raise ValueError(f"{item!r} is not a name and a share, as in en=70%")
        if key(name) in found:
            raise ValueError(f"{name!r} is named twice")
        found[key(name)] = share(of)
    if len(found) > _MOST:
        raise ValueError(f"more than {_MOST} names in one list")
    return found


def _exclusive(items: Mapping[K, float], text: str) -> Mapping[K, float]:
    if sum(items.values()) > 1 + 1e-9:
        raise ValueError(f"the shares of {text!r} are more than 100% together")
    return items


def _mode(name: str) -> str:
    if name.lower() not in ("video", "audio", "text"):
        raise ValueError(f"{name!r} is not a mode: video, audio or text")
    return name.lower()


def _language(name: str) -> str:
    match = _LANGUAGE.fullmatch(name.strip())
    if match is None:
        raise ValueError(f"{name!r} is not a language, as in en or de")
    return match[1].lower()


def _country(name: str) -> str:
    if not _COUNTRY.fullmatch(name):
        raise ValueError(f"{name!r} is not a country of two letters, as in DE")
    return name.upper()
