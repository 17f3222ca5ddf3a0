"""Decides when an operator is told of something, and when a message that did not arrive is sent again.

All times are in Unix milliseconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .records import DAY_MS

_MINUTE = 60_000
_HOUR = 60 * _MINUTE


class AlarmRule(StrEnum):
    """What an operator is told of."""

    MINOR = "minor"
    KNOWN_PICTURE = "known_picture"
    OLDEST_CASE = "oldest_case"
    APPEAL_DUE = "appeal_due"
    SECOND_LOOK = "second_look"
    AUDIT = "audit"
    DATABASE = "database"
    TEST = "test"


SENTENCES = {
    AlarmRule.MINOR: "Somebody was reported as a minor.",
    AlarmRule.KNOWN_PICTURE: "A list of illegal pictures knows a picture in a report.",
    AlarmRule.OLDEST_CASE: "A case has waited too long for a decision.",
    AlarmRule.APPEAL_DUE: "An appeal must be answered soon.",
    AlarmRule.SECOND_LOOK: "A case waits for a senior or for a second moderator.",
    AlarmRule.AUDIT: "The audit log was changed or cut.",
    AlarmRule.DATABASE: "The database cannot be used, so reports are refused.",
    AlarmRule.TEST: "This is a test. Alarms arrive here.",
}

_SHORTEST_PAUSE = 15 * _MINUTE
_LONGER_PAUSES = {AlarmRule.OLDEST_CASE: DAY_MS}
"""A team that is behind has ever more old cases, and knows it."""

_LONGEST_DELAY = _HOUR


@dataclass(frozen=True, slots=True)
class AlarmTimes:
    """The operator's settings, in hours."""

    case_hours: float
    """An open case may wait this long."""
    appeal_promise_hours: float
    """The site promises to answer an appeal within this time."""
    appeal_hours: float
    """An alarm comes this long before that time is over."""

    def old_case_opened_before(self, now: int) -> int:
        return now - round(self.case_hours * _HOUR)

    def due_appeal_filed_before(self, now: int) -> int:
        return now - round((self.appeal_promise_hours - self.appeal_hours) * _HOUR)


@dataclass(frozen=True, slots=True)
class RuleState:
    """How a rule stands."""

    rule: AlarmRule
    count: int
    """The number of things for which it holds, such as open cases."""
    untold: int
    """The number of them of which nobody was told."""
    told_at: int
    """The time at which somebody was last told by this rule, 0 for never."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One message: what it is about, how many things, and how many of them are new."""

    rule: AlarmRule
    count: int
    new: int

    @property
    def sentence(self) -> str:
        """What it says, with no word about anybody."""
        said = SENTENCES[self.rule]
        return f"{said} Open: {self.count}, new: {self.new}." if self.count else said


def due_alarms(states: Iterable[RuleState], now: int) -> list[Alarm]:
    """Return what to tell now. Each thing is told of once, and what comes in a pause is told of after it."""
    return [
        Alarm(state.rule, state.count, state.untold)
        for state in states
        if state.untold and not is_pausing(state.rule, state.told_at, now)
    ]


def is_pausing(rule: AlarmRule, told_at: int, now: int) -> bool:
    """Tell whether a rule that said something at `told_at`, 0 for never, says nothing yet."""
    return now - told_at < pause_after(rule)


def pause_after(rule: AlarmRule) -> int:
    """Return the milliseconds for which a rule says nothing after it said something."""
    return _LONGER_PAUSES.get(rule, _SHORTEST_PAUSE)


def redelivery_delay(tries: int) -> int:
    """Return the milliseconds until the next try: one minute, then two, four … and at last an hour."""
    return min(_MINUTE << min(tries, 8) - 1, _LONGEST_DELAY)


def is_given_up(made_at: int, now: int) -> bool:
    """Tell whether a message that did not arrive is not sent again, because it is a day old."""
    return now - made_at >= DAY_MS


@dataclass(frozen=True, slots=True)
class DeliverySummary:
    """How messages to one channel fared."""

    delivered_at: int
    """The time at which the last one arrived, 0 for never."""
    waiting: int
    given_up: int
    problem: str
    """Why the newest one that waits or was given up did not arrive."""


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A channel, and how messages to it fared."""

    name: str
    target: str
    summary: DeliverySummary


@dataclass(frozen=True, slots=True)
class TestDelivery:
    """How a test message fared. `problem` is empty if it arrived."""

    name: str
    problem: str
