"""The search for cases: which ones a moderator wants to see, and in which order.

A search is parsed once, from the parameters of a query, which are also those in the address of the page.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from services.contract.errors import InvalidRequest
from services.contract.ids import CaseId, VisitorId

from .records import DAY_MS, MODES, Level, Reason
from .review import QueueGroup

Number = TypeVar("Number", int, float)

MAX_PAGE = 200
"""The most cases in one page."""

USUAL_PAGE = 50
"""The cases in a page if nobody says how many: open pages of the console load the first again and again."""

MAX_TEXT = 200
"""The most characters of a text to look for."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LANGUAGE = re.compile(r"[a-z]{2,8}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LABEL = re.compile(r"([0-9a-f]{2}){0,8}")


class CaseState(StrEnum):
    OPEN = "open"
    DECIDED = "decided"
    ALL = "all"


class CaseOrder(StrEnum):
    URGENT = "urgent"
    """The most urgent first."""
    OLDEST = "oldest"
    """The one that was opened first."""
    NEWEST = "newest"
    DECIDED = "decided"
    """The one that was decided last. Open cases come at the end."""


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days in Unix milliseconds, from `first` on and before `end`. None has no bound."""

    first: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Says which cases are wanted. What is empty, false or None does not restrict them."""

    state: CaseState = CaseState.OPEN
    groups: frozenset[QueueGroup] = frozenset(QueueGroup) - {QueueGroup.FLOOD}
    """The groups of open cases. Decided cases are of any."""
    ids: tuple[CaseId, ...] = ()
    visitor: VisitorId | None = None
    reporter: VisitorId | None = None
    network: bytes = b""
    """The first bytes of the reporters' network, as in its label."""
    reason: Reason | None = None
    text: str = ""
    """Part of a note of a reporter or a moderator, in upper or lower case."""
    language: str = ""
    """A language of the accused or of a reporter, as in `CallContext`."""
    mode: str = ""
    country: str = ""
    """The country of the accused (ISO 3166-1)."""
    pictures: bool = False
    known: bool = False
    """A list knows one of the pictures."""
    brigade: bool = False
    """Several reports come from one network, or from one reporter."""
    score: tuple[float, float] | None = None
    """The range of the highest score of a picture, from 0 to 1."""
    standing: Level | None = None
    """The level that holds now about the accused."""
    level: Level | None = None
    """The level that was decided."""
    rule: str = ""
    moderator: str = ""
    appealed: bool = False
    """An appeal waits for an answer."""
    second_look: bool = False
    """A decision waits for a second moderator."""
    handed: str = ""
    """The account that the case was handed to."""
    escalated: bool = False
    """It was handed to the seniors."""
    mentions: str = ""
    """An account that a note mentions, on the case, on its accused or on a reporter."""
    opened: DayRange = DayRange()
    decided: DayRange = DayRange()


@dataclass(frozen=True, slots=True)
class CaseCursor:
    """The place of a case in an order. `at` is when it was opened, or decided if that is the order."""

    urgency: float
    at: int
    id: CaseId

    def __str__(self) -> str:
        return f"{self.urgency!r}~{self.at}~{self.id}"


@dataclass(frozen=True, slots=True)
class CaseSearch:
    """A page of the cases that pass the filter: at most `limit`, behind the case at `after`."""

    filter: CaseFilter = CaseFilter()
    order: CaseOrder = CaseOrder.URGENT
    after: CaseCursor | None = None
    limit: int = USUAL_PAGE


PARAMETERS = {
    "state": "open, decided or all. Without it: open.",
    "group": "Groups of open cases, such as minor,people. Without it: all but floods.",
    "visitor": "The id of the accused.",
    "reporter": "The id of somebody who reported.",
    "network": "The label of a reporter's network.",
    "reason": "The reason of a report.",
    "text": "Part of a note of a reporter or a moderator, in upper or lower case.",
    "language": "A language of the accused or of a reporter, such as de.",
    "mode": f"The kind of call: {', '.join(MODES)}.",
    "country": "The country of the accused, such as DE.",
    "pictures": "1: only cases with pictures.",
    "known": "1: only cases with a picture that a list knows.",
    "brigade": "1: only cases with several reports from one network or reporter.",
    "score": "The range of the classifier's highest score in percent, such as 50-100.",
    "standing": "The level that holds now about the accused.",
    "level": "The level that was decided.",
    "rule": "The rule of the decision.",
    "moderator": "The account that decided.",
    "appealed": "1: only cases with an appeal that waits.",
    "second_look": "1: only open cases with a decision that waits for a second moderator.",
    "handed": "The account that the case was handed to.",
    "escalated": "1: only cases that were handed to the seniors.",
    "mentions": "An account that a note mentions, on the case, on its accused or on a reporter.",
    "opened_from": "The first day on which they were opened, such as 2026-01-31, in UTC.",
    "opened_to": "The last day.",
    "decided_from": "The first day on which they were decided.",
    "decided_to": "The last day.",
    "id": "Ids of cases, separated by commas.",
    "sort": "urgent, oldest, newest or decided. Without it: urgent, and decided for decided cases.",
    "after": "The place to go on from, as the page before gives it in next.",
    "limit": f"The number of cases, at most {MAX_PAGE}. Without it: {USUAL_PAGE}.",
}
"""The parameters of a search, and what each means."""


def parse_case_search(query: Mapping[str, str]) -> CaseSearch:
    """Return the search; raise `InvalidRequest`, also for a parameter that is not known."""
    if unknown := sorted(query.keys() - PARAMETERS.keys()):
        raise InvalidRequest(f"cases cannot be searched by {', '.join(unknown)}")
    given = {name: value for name, value in query.items() if value}
    state = CaseState(_one_of("state", given.get("state", "open"), [one.value for one in CaseState]))
    usual = CaseOrder.DECIDED if state is CaseState.DECIDED else CaseOrder.URGENT
    order = CaseOrder(_one_of("sort", given.get("sort", usual), [one.value for one in CaseOrder]))
    after = parse_cursor(given["after"]) if "after" in given else None
    return CaseSearch(_filter(given, state), order, after, _limit(given.get("limit", str(USUAL_PAGE))))


def parse_cursor(text: str) -> CaseCursor:
    """Return the place that `str` wrote; raise `InvalidRequest`."""
    try:
        urgency, at, id = text.split("~")
        return CaseCursor(_bounded(float(urgency)), _bounded(int(at)), CaseId(_id("after", id)))
    except ValueError:
        raise InvalidRequest("after is not a place in a list of cases") from None


def _filter(given: Mapping[str, str], state: CaseState) -> CaseFilter:
    levels = {one.name.lower(): one for one in Level}
    reasons = {one.name.lower(): one for one in Reason}
    return CaseFilter(
        state=state,
        groups=_groups(given["group"]) if "group" in given else CaseFilter().groups,
        ids=tuple(CaseId(_id("id", one)) for one in given["id"].split(",")) if "id" in given else (),
        visitor=VisitorId(_id("visitor", given["visitor"])) if "visitor" in given else None,
        reporter=VisitorId(_id("reporter", given["reporter"])) if "reporter" in given else None,
        network=_label(given.get("network", "")),
        reason=reasons[_one_of("reason", given["reason"], reasons)] if "reason" in given else None,
        text=_text(given.get("text", "")),
        language=_matching("language", given, _LANGUAGE),
        mode=_one_of("mode", given["mode"], MODES) if "mode" in given else "",
        country=_matching("country", given, _COUNTRY),
        pictures=_flag("pictures", given),
        known=_flag("known", given),
        brigade=_flag("brigade", given),
        score=_score(given["score"]) if "score" in given else None,
        standing=levels[_one_of("standing", given["standing"], levels)] if "standing" in given else None,
        level=levels[_one_of("level", given["level"], levels)] if "level" in given else None,
        rule=_one_of("rule", given["rule"], reasons) if "rule" in given else "",
        moderator=_text(given.get("moderator", "")),
        appealed=_flag("appealed", given),
        second_look=_flag("second_look", given),
        handed=_text(given.get("handed", "")),
        escalated=_flag("escalated", given),
        mentions=_text(given.get("mentions", "")),
        opened=_period("opened", given),
        decided=_period("decided", given),
    )


def _one_of(name: str, value: str, known: Collection[str]) -> str:
    if value not in known:
        raise InvalidRequest(f"{name} is one of {', '.join(known)}")
    return value


def _groups(text: str) -> frozenset[QueueGroup]:
    if text == "all":
        return frozenset(QueueGroup)
    known = {one.name.lower(): one for one in QueueGroup}
    return frozenset(known[_one_of("group", name, known)] for name in text.split(","))


def _id(name: str, value: str) -> str:
    if not _ID.fullmatch(value):
        raise InvalidRequest(f"{name} is not an id")
    return value


def _matching(name: str, given: Mapping[str, str], pattern: re.Pattern[str]) -> str:
    """Return a code, or "" if none is given."""
    value = given.get(name, "")
    if value and not pattern.fullmatch(value):
        raise InvalidRequest(f"{name} is not a code of a {name}")
    return value


def _label(value: str) -> bytes:
    if not _LABEL.fullmatch(value):
        raise InvalidRequest("network is a label, such as 3f09ab")
    return bytes.fromhex(value)


def _text(value: str) -> str:
    if len(value) > MAX_TEXT or "\0" in value:
        raise InvalidRequest(f"a text to look for has at most {MAX_TEXT} characters, and no NUL")
    return value


def _flag(name: str, given: Mapping[str, str]) -> bool:
    return _one_of(name, given.get(name, "0"), ["0", "1"]) == "1"


def _score(value: str) -> tuple[float, float]:
    found = re.fullmatch(r"([0-9]{1,3})-([0-9]{1,3})", value)
    if found is None or not 0 <= int(found[1]) <= int(found[2]) <= 100:
        raise InvalidRequest("score is a range in percent, such as 50-100")
    return int(found[1]) / 100, int(found[2]) / 100


def _period(name: str, given: Mapping[str, str]) -> DayRange:
    first, last = given.get(f"{name}_from"), given.get(f"{name}_to")
    return DayRange(parse_day(first) if first else None, parse_day(last) + DAY_MS if last else None)


def parse_day(text: str) -> int:
    """Return when the day begins in UTC (Unix milliseconds); raise `InvalidRequest`."""
    try:
        return int(datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()) * 1000
    except ValueError:
        raise InvalidRequest(f"a day is written like 2026-01-31: {text[:40]}") from None


def _limit(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 5 and 1 <= int(value) <= MAX_PAGE):
        raise InvalidRequest(f"limit is a number from 1 to {MAX_PAGE}")
    return int(value)


def _bounded(number: Number) -> Number:
    """Return a number that a database can hold; raise `ValueError`."""
    if not -(2**62) < number < 2**62:
        raise ValueError(number)
    return number
