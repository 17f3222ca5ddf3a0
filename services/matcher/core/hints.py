"""Finds the part of a wish that keeps it waiting, in the words of the browsers' `searching`."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from .rules import (
    NEVER_PARTED,
    has_blocked,
    is_same_person,
    last_parted_at,
    same_country_preferred,
    shares_language,
)
from .stages import ANYONE, INTEREST, REPEATS
from .tickets import Ticket

ALONE = "alone"
NOBODY = "nobody"
MET = "met"
LANGUAGES = "languages"
INTERESTS = "interests"
COUNTRIES = "avoid_countries"
NEARBY = "nearby"
_THEIRS = ""
"""An obstacle that no change of the own wish removes: a block, or the wish of the other side."""

_MAX_TAGS = 3

MAX_COMPARED = 64
"""The number of other tickets with which a ticket is compared."""


def find_hint(
    ticket: Ticket, stage: int, others: Sequence[Ticket], complete: bool, now: float, cooldown: float
) -> str:
    """Return what most often is the only obstacle between `ticket` and one of `others`, or an empty text.

    `alone` means that nobody else waits. `nobody` means that no change of the wish would help. It does not
    tell who refuses the visitor, and why. `met` means that the visitor parted from them less than `cooldown`
    seconds ago, or would rather meet somebody new. Any other hint is a field of `find`, and after a colon
    those of its tags that nobody else has. `nobody` and tags are only told if `others` is `complete`.
    """
    others = [other for other in others if not is_same_person(ticket, other)]
    if not others:
        return ALONE
    obstacles = [tuple(_obstacles(ticket, stage, other, now, cooldown)) for other in others]
    own = [each for each in obstacles if each and _THEIRS not in each]
    if not own:
        return NOBODY if complete and all(obstacles) else ""
    single = Counter(each[0] for each in own if len(each) == 1)
    counts = single or Counter(reason for each in own for reason in each)
    reason = counts.most_common(1)[0][0]
    if reason == LANGUAGES:
        return _with_tags(reason, ticket.languages, [other.languages for other in others], complete)
    if reason == INTERESTS:
        return _with_tags(reason, sorted(ticket.interests), [other.interests for other in others], complete)
    return reason


def needs_all_tickets(hint: str) -> bool:
    """Tell whether the hint is only true if it was compared with every waiting ticket."""
    return hint in (ALONE, NOBODY) or ":" in hint


def _obstacles(mine: Ticket, stage: int, theirs: Ticket, now: float, cooldown: float) -> Iterator[str]:
    blocked = has_blocked(theirs, mine) or has_blocked(mine, theirs)
    if blocked or mine.country in theirs.avoid_countries or (mine.guest and theirs.guest):
        yield _THEIRS
    if theirs.country in mine.avoid_countries:
        yield COUNTRIES
    if not shares_language(mine, theirs):
        if mine.strict_language or (stage < ANYONE and mine.languages and theirs.languages):
            yield LANGUAGES
        if theirs.strict_language:
            yield _THEIRS
    if stage == INTEREST:
        in_common = mine.interests & theirs.interests or same_country_preferred(mine, theirs)
        if not in_common:
            yield INTERESTS if mine.interests else NEARBY
    parted_at = last_parted_at(mine, theirs)
    if parted_at != NEVER_PARTED and (stage < REPEATS or now - parted_at < cooldown):
        yield MET


def _with_tags(field: str, tags: Sequence[str], others: Sequence[Collection[str]], complete: bool) -> str:
    """Return the field with the first tags that nobody else has. A tag with a comma is left out."""
    if not complete:
        return field
    rare = [tag for tag in tags if "," not in tag and not any(tag in theirs for theirs in others)]
    return f"{field}:{','.join(rare[:_MAX_TAGS])}" if rare else field
