"""Finds variables that look like settings and are none, because a misspelled setting would change nothing."""

from collections.abc import Iterable
from difflib import get_close_matches

from .config import FILE, PREFIX
from .setting_names import NAMES

_KNOWN = {*NAMES, *(name + FILE for name in NAMES)}


def unknown_names(variables: Iterable[str]) -> list[str]:
    """Return the names that no service, command or test knows."""
    return sorted(name for name in variables if name.startswith(PREFIX) and name not in _KNOWN)


def unknown_settings(variables: Iterable[str]) -> list[str]:
    """Return the unknown names, each with the known one that is nearest."""
    return [_with_hint(name) for name in unknown_names(variables)]


def _with_hint(name: str) -> str:
    # Without the prefix, which they share, or all would be near.
    rests = [one.removeprefix(PREFIX) for one in _KNOWN]
    nearest = get_close_matches(name.removeprefix(PREFIX), rests, n=1)
    return f"{name} (did you mean {PREFIX}{nearest[0]}?)" if nearest else name
