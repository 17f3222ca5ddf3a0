"""Which part of a wish keeps it waiting, in words for `searching`: see `hint`."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from .rules import NEVER_PARTED, is_same_person, last_parted_at, same_country_preferred, shares_language
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
"""What no change of the wish would help against: a block, or a wish of the other."""

_TAGS = 3

FEW = 64
"""With how many others a ticket is compared."""


def hint(
    ticket: Ticket, stage: int, others: Sequence[Ticket], complete: bool, now: float, parted_for: float
) -> str:
    """What most often is all that keeps `ticket` from one of `others`; empty when there is nothing to say.

    `alone`: nobody else waits. `nobody`: no change of the wish would help with anybody who does; which of
    them refuses it, and why, is not told. `met`: it parted from them less than `parted_for` seconds ago, or
    would rather meet somebody new. Else a field of `find`, and after a colon those of its tags that nobody
    else has. Nobody and tags are only named if `others` is `complete`.
    """
    others = [other for other in others if not is_same_person(ticket, other)]
    if not others:
        return ALONE
    obstacles = [tuple(_obstacles(ticket, stage, other, now, parted_for)) for other in others]
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
    """Whether it says something that is only known where all who wait are."""
    return hint in (ALONE, NOBODY) or ":" in hint


def _obstacles(mine: Ticket, stage: int, theirs: Ticket, now: float, parted_for: float) -> Iterator[str]:
    if (
        mine.visitor_key in theirs.blocked
        or theirs.visitor_key in mine.blocked
        or mine.country in theirs.avoid_countries
    ):
        yield _THEIRS
    if theirs.country in mine.avoid_countries:
        yield COUNTRIES
    if not shares_language(mine, theirs):
        if mine.strict_language or (stage < ANYONE and mine.languages and theirs.languages):
            yield LANGUAGES
        if theirs.strict_language:
            yield _THEIRS
    if (
        stage == INTEREST
        and not mine.interests & theirs.interests
        and not same_country_preferred(mine, theirs)
    ):
        yield INTERESTS if mine.interests else NEARBY
    parted_at = last_parted_at(mine, theirs)
    if parted_at != NEVER_PARTED and (stage < REPEATS or now - parted_at < parted_for):
        yield MET


def _with_tags(field: str, tags: Sequence[str], others: Sequence[Collection[str]], complete: bool) -> str:
    """The field and the first tags that nobody else has, but none with a comma, which stands between them."""
    if not complete:
        return field
    rare = [tag for tag in tags if "," not in tag and not any(tag in theirs for theirs in others)]
    return f"{field}:{','.join(rare[:_TAGS])}" if rare else field
