"""Popular interests, as the matcher counts them, and which of them everybody may see."""

import unicodedata
from collections import Counter
from collections.abc import Iterable

from msgspec import structs

from ...core.wishes import SearchTicket, Wish, display_form, normalize_tag

MAX_SHOWN = 12
"""The most interests that are shown."""

MAX_SHOWN_LENGTH = 32
"""The most characters of an interest that is shown."""

_MARKS = frozenset(" -'’&+#")
_DIGITS = 4
"""The most digits, which allows `2000s` but no phone number."""


def may_be_shown(spelling: str) -> bool:
    """Return whether the text looks like an interest and not like a way to contact somebody.

    Web addresses, e-mail addresses and handles contain a dot, a colon, a slash, an underscore or an @, and
    phone numbers contain digits. Stacked accents would cover the text around them.
    """
    kinds = "".join("+" if one in _MARKS else unicodedata.category(one)[0] for one in spelling)
    looks_plain = set(kinds) <= set("LMN+") and "L" in kinds and "MMM" not in kinds
    return looks_plain and kinds.count("N") <= _DIGITS and len(spelling) <= MAX_SHOWN_LENGTH


def spellings_of(wish: Wish) -> tuple[str, ...]:
    """Return how others may see each interest of the wish, with "" for one that is not shown."""
    return tuple(spelling if may_be_shown(spelling) else "" for spelling in map(display_form, wish.typed))


def with_spellings(ticket: SearchTicket) -> SearchTicket:
    """Return the ticket with spellings, if any of its interests may count among the popular ones."""
    spellings = spellings_of(ticket.wish)
    return structs.replace(ticket, spellings=spellings) if any(spellings) else ticket


class PopularInterests:
    """Adds up the interests that the matcher replicas count.

    An interest is shown if at least `least` networks name it and it contains no word of `never`. With `least`
    0 none is shown. A network with visitors in two lanes may count at two replicas, and then counts twice.
    """

    def __init__(self, least: int = 0, never: Iterable[str] = ()) -> None:
        self._least = least
        self._never = frozenset(map(normalize_tag, never))
        self._counts: dict[str, list[tuple[str, int]]] = {}

    def update(self, replica: str, counted: list[tuple[str, int]]) -> None:
        """Replace the counts of a replica: interests, each with its number of networks."""
        self._counts[replica] = counted

    def remove(self, replica: str) -> None:
        """Forget the counts of a replica, if there are any."""
        self._counts.pop(replica, None)

    def top(self) -> list[str]:
        """Return the interests that most networks name, each in its most frequent spelling."""
        if not self._least:
            return []
        networks, spellings = Counter[str](), dict[str, Counter[str]]()
        for interest, count in (each for counted in self._counts.values() for each in counted):
            tag = normalize_tag(interest)
            networks[tag] += count
            spellings.setdefault(tag, Counter())[interest] += count
        enough = [tag for tag, count in networks.items() if count >= self._least and self._allows(tag)]
        shown = (_first(spellings[tag]) for tag in sorted(enough, key=lambda tag: (-networks[tag], tag)))
        # A gateway may offer any text, so each spelling is checked again.
        return [
            spelling for spelling in shown if spelling == display_form(spelling) and may_be_shown(spelling)
        ][:MAX_SHOWN]

    def _allows(self, tag: str) -> bool:
        return tag not in self._never and self._never.isdisjoint(tag.split())


def _first(counts: Counter[str]) -> str:
    """Return the most frequent spelling, and among equal ones the first in the alphabet."""
    return min(counts, key=lambda one: (-counts[one], one))
