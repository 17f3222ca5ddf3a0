"""What many look for at present, as the matcher counts it, and what of it everybody may be shown. Pure."""

import unicodedata
from collections import Counter
from collections.abc import Iterable

from ...core.wishes import Wish, display_form, normalize_tag

MAX_SHOWN = 12
"""Interests that are shown."""

MAX_SHOWN_LENGTH = 32
"""Characters of an interest that is shown."""

_MARKS = frozenset(" -'’&+#")
_DIGITS = 4
"""Enough for `2000s`, too few for a telephone number."""


def may_be_shown(spelling: str) -> bool:
    """Whether it looks like an interest and not like a way to reach somebody.

    Addresses on the web, e-mails and handles have a dot, a colon, a slash, an underscore or an @; telephone
    numbers have digits. Piled up accents would cover what stands around them.
    """
    kinds = "".join("+" if one in _MARKS else unicodedata.category(one)[0] for one in spelling)
    looks_plain = set(kinds) <= set("LMN+") and "L" in kinds and "MMM" not in kinds
    return looks_plain and kinds.count("N") <= _DIGITS and len(spelling) <= MAX_SHOWN_LENGTH


def spellings_of(wish: Wish) -> tuple[str, ...]:
    """How others may read each interest of the wish; empty for one that nobody is shown."""
    return tuple(spelling if may_be_shown(spelling) else "" for spelling in map(display_form, wish.typed))


class PopularInterests:
    """`least`: from so many networks on an interest is shown, 0: never; `never`: words that are in none.

    Each replica of the matcher counts the offers that it sees. A network whose visitors look for an interest
    in two lanes may count at two of them, and then counts here as two.
    """

    def __init__(self, least: int = 0, never: Iterable[str] = ()) -> None:
        self._least = least
        self._never = frozenset(map(normalize_tag, never))
        self._told: dict[str, list[tuple[str, int]]] = {}

    def update(self, replica: str, counted: list[tuple[str, int]]) -> None:
        """What is looked for most at a replica now: interests, and from how many networks."""
        self._told[replica] = counted

    def remove(self, replica: str) -> None:
        """It counts no more. Safe to call of any."""
        self._told.pop(replica, None)

    def top(self) -> list[str]:
        """The first `MAX_SHOWN` of what enough networks look for, each in the spelling that most use."""
        if not self._least:
            return []
        networks, spellings = Counter[str](), dict[str, Counter[str]]()
        for interest, count in (each for counted in self._told.values() for each in counted):
            tag = normalize_tag(interest)
            networks[tag] += count
            spellings.setdefault(tag, Counter())[interest] += count
        enough = [tag for tag, count in networks.items() if count >= self._least and self._allows(tag)]
        shown = (_first(spellings[tag]) for tag in sorted(enough, key=lambda tag: (-networks[tag], tag)))
        # Whatever a gateway offered, nothing else than an interest is shown.
        return [
            spelling for spelling in shown if spelling == display_form(spelling) and may_be_shown(spelling)
        ][:MAX_SHOWN]

    def _allows(self, tag: str) -> bool:
        return tag not in self._never and self._never.isdisjoint(tag.split())


def _first(counts: Counter[str]) -> str:
    """The one that counts most; of equals the first in the alphabet."""
    return min(counts, key=lambda one: (-counts[one], one))
