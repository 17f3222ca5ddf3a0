"""Wishes, in the normalized form in which they are compared, and the tickets that offer them."""

import re
import unicodedata
from collections.abc import Iterable

from msgspec import Struct

from services.contract.ids import UNTRACED, TicketId, TraceContext, VisitorId
from services.contract.limits import MAX_TAG_LENGTH
from services.contract.meetings import MeetingRoom

from .messages import Find, Mode

POOL_ROOMS = "p:"
"""How the name of the room of a named pool begins. The name of the pool follows."""

_ACCENTS = "\u0300-\u036f"
"""The accents of Latin, Greek and Cyrillic. Marks of other scripts, such as Indic vowels, are letters."""

_IGNORABLE = (
    "\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
)
"""Characters that Unicode calls default ignorable (NFKC_Casefold), and controls that are not spaces."""

_LEFT_OUT = re.compile(f"[{_ACCENTS}{_IGNORABLE}]+")
_INVISIBLE = re.compile(f"[{_IGNORABLE}]+")


class Wish(Struct, frozen=True):
    """A normalized `find`: tags without case, width and accents, and languages as primary subtags."""

    mode: Mode
    interests: tuple[str, ...]
    languages: tuple[str, ...]
    strict_language: bool
    avoid_countries: tuple[str, ...]
    nearby: bool
    typed: tuple[str, ...]
    """The interests as the visitor typed them, which only this visitor is shown."""
    room: str = ""
    """Only wishes of equal rooms meet. Empty for everybody, `p:NAME` for a named pool, else a meeting's."""
    waits_as: str = ""
    """The name under which people may learn that the visitor waits for them in a meeting, or ""."""
    guest: bool = False
    """Whether the visitor is a guest in a meeting, who meets no other guest."""

    def in_meeting(self, meeting: MeetingRoom) -> "Wish":
        """Return the wish for people whom one knows, to whom no preference applies."""
        return Wish(
            self.mode, (), self.languages, False, (), False, (), meeting.room, meeting.waits_as, meeting.guest
        )

    def as_typed(self, interests: Iterable[str]) -> tuple[str, ...]:
        """Return some of the interests as the visitor typed them."""
        spelling = dict(zip(self.interests, self.typed, strict=True))
        return tuple(spelling.get(tag, tag) for tag in interests)

    def hint_as_typed(self, hint: str) -> str:
        """Return a hint of the matcher, such as `interests:cafe`, with the tags as the visitor typed them."""
        field, _, tags = hint.partition(":")
        if field != "interests" or not tags:
            return hint
        return f"{field}:{','.join(self.as_typed(tags.split(',')))}"


class SearchTicket(Struct, frozen=True):
    """A wish that has waited since `since` (monotonic seconds). Other visitors are named by their keys.

    `country` (ISO 3166-1 alpha-2) is the visitor's own, or empty if unknown.
    """

    id: TicketId
    visitor: VisitorId
    wish: Wish
    country: str
    since: float
    attempt: int
    blocked: tuple[int, ...]
    partners: tuple[tuple[int, float], ...]
    """Former partners with the times of the partings."""
    unreachable: tuple[tuple[int, float], ...] = ()
    """The last few proposed partners whose gateway did not answer, with the times when that was noticed."""
    device: int = 0
    """The key of the visitor's device, or 0."""
    epoch: int = 1
    """The number of the visitor's connection."""
    network: bytes = b""
    """A keyed hash of the visitor's network, or empty if that is private, local or unknown."""
    spellings: tuple[str, ...] = ()
    """The display form of each interest, or "" if it must not be shown to others. Empty if none counts."""
    tabs_meet: bool = False
    """Whether it may meet another visitor of the same device."""
    deferred: bool = False
    """Whether it meets other deferred tickets first if the pool is busy."""
    trace: TraceContext = UNTRACED
    """The span that the search continues."""

    @property
    def first_stage(self) -> int:
        """The stage in which the search begins. The waiting room decides likewise."""
        return 0 if self.wish.interests or (self.wish.nearby and self.country) else 1


def normalize(find: Find) -> Wish:
    """Return the wish of a `find`. Interests that normalize to the same tag are one."""
    spelling: dict[str, str] = {}
    for typed in find.interests:
        spelling.setdefault(normalize_tag(typed), " ".join(typed.split()))
    interests = _distinct(spelling)
    return Wish(
        mode=find.mode,
        interests=interests,
        languages=_distinct(tag.partition("-")[0].lower() for tag in find.languages),
        strict_language=find.strict_language,
        avoid_countries=_distinct(country.upper() for country in find.avoid_countries),
        nearby=find.nearby,
        typed=tuple(map(spelling.__getitem__, interests)),
        room=find.pool and POOL_ROOMS + find.pool,
    )


def normalize_tag(tag: str) -> str:
    """Remove case, width, accents, spare blanks and invisible characters."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", tag).casefold())
    words = unicodedata.normalize("NFKC", _LEFT_OUT.sub("", letters)).split()
    return " ".join(words)[:MAX_TAG_LENGTH].rstrip()


def display_form(tag: str) -> str:
    """Return a tag as others may read it: with accents, but without case and invisible characters."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", tag)).lower().split())


def _distinct(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for tag in tags if tag))
