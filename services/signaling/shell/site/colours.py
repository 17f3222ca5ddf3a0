"""The operator's colours, the CSS properties they set, and whether text on them is readable."""

import re

Colours = tuple[tuple[str, str], ...]
"""Pairs of a name and a colour in the form `#rrggbb`."""

NAMES = ("accent", "accent-text", "partner", "stage")

TEXT, GRAPHICS = 4.5, 3.0
"""The least contrast of text and of meaningful graphics (WCAG 2.2, 1.4.3 and 1.4.11)."""

_OURS = {"accent": "#ffcf33", "accent-text": "#1b1a22", "partner": "#8291ff", "stage": "#16151d"}
_DARK_STAGE = "#08080c"  # for browsers that prefer dark colours
_INK, _WHITE = "#1b1a22", "#ffffff"
_STAGE_TEXTS = ("#f6f3ec", "#c3becf")
_GLOW = 0.2  # share of the partner's colour where the stage is brightest
_HOVER = 0.12

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def parse_colours(text: str) -> Colours:
    """Parse `accent=#ffcf33,partner=#8291ff`. Raises `ValueError` with every problem."""
    found: dict[str, str] = {}
    problems = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, colour = (word.strip() for word in part.partition("="))
        if name not in NAMES:
            problems.append(f"{name!r} must be one of {', '.join(NAMES)}")
        elif not _HEX.fullmatch(colour):
            problems.append(f"{name}: {colour!r} is not a colour such as {_OURS[name]}")
        else:
            found[name] = _long(colour)
    if not problems:
        problems = _unreadable(found)
    if problems:
        raise ValueError("; ".join(problems))
    return tuple(found.items())


def properties(colours: Colours) -> dict[str, str]:
    """Return the custom properties that replace those of `web/src/style/tokens.css`, without `--`."""
    given = dict(colours)
    made: dict[str, str] = {}
    if "accent" in given or "accent-text" in given:
        accent, text = given.get("accent", _OURS["accent"]), _accent_text(given)
        away = _WHITE if _luminance(text) < _luminance(accent) else "#000000"
        made |= {"sun": accent, "sun-deep": _mix(accent, away, _HOVER), "on-sun": text}
    if "partner" in given:
        made["sky"] = given["partner"]
    if "stage" in given:
        made["stage"] = given["stage"]
    return made


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21, as WCAG defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _unreadable(given: dict[str, str]) -> list[str]:
    """Return a sentence for each pair with too little contrast, if a colour of it was given."""
    chosen = _OURS | given | {"accent-text": _accent_text(given)}
    stages = [given["stage"]] if "stage" in given else [_OURS["stage"], _DARK_STAGE]
    problems = []

    def compare(names: set[str], what: str, one: str, other: str, least: float) -> None:
        found = contrast(one, other)
        if names & given.keys() and found < least:
            problems.append(f"{what}: {one} and {other} have a contrast of {found:.1f}, below {least:g}")

    compare({"accent", "accent-text"}, "text on buttons", chosen["accent-text"], chosen["accent"], TEXT)
    for stage in stages:
        for name in ("accent", "partner"):
            compare({name, "stage"}, f"{name} on the stage", chosen[name], stage, GRAPHICS)
        glowing = _mix(stage, chosen["partner"], _GLOW)
        for text in _STAGE_TEXTS:
            compare({"partner", "stage"}, "text on the stage where it glows", text, glowing, TEXT)
    return problems


def _accent_text(given: dict[str, str]) -> str:
    """Return the given colour of text, or the more readable one of ink and white."""
    accent = given.get("accent", _OURS["accent"])
    return given.get("accent-text") or max((_INK, _WHITE), key=lambda text: contrast(text, accent))


def _long(colour: str) -> str:
    digits = colour[1:].lower()
    return f"#{digits if len(digits) == 6 else ''.join(digit * 2 for digit in digits)}"


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def _mix(colour: str, other: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return f"#{bytes(round(one + (two - one) * share) for one, two in pairs).hex()}"


def _luminance(colour: str) -> float:
    """Return the relative luminance, 0 to 1."""
    parts = [value / 255 for value in _channels(colour)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
