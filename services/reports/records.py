"""What the reports service keeps. Times are Unix milliseconds; the enums are numbered as in reports.proto."""

from dataclasses import dataclass
from enum import IntEnum

from services.contract.ids import DecisionId, MatchId, ReportId, VisitorId


class Reason(IntEnum):
    """What a reporter complains of."""

    NUDITY = 1
    MINOR = 2
    HARASSMENT = 3
    HATE = 4
    VIOLENCE = 5
    SPAM = 6
    SELF_HARM = 7
    OTHER = 8


class Level(IntEnum):
    """How a visitor stands."""

    GOOD = 0
    WATCHED = 1
    RESTRICTED = 2
    BANNED = 3


@dataclass(frozen=True, slots=True)
class ChatLine:
    from_accused: bool
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame that was decoded and encoded again: it holds pixels and nothing else."""

    content: bytes
    media_type: str
    width: int
    height: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Report:
    """One complaint of one side of one match."""

    id: ReportId
    match: MatchId
    reporter: VisitorId
    accused: VisitorId
    reason: Reason
    note: str
    chat: tuple[ChatLine, ...]
    filed_at: int
    match_started_at: int
    accused_address_hash: bytes


@dataclass(frozen=True, slots=True)
class Filed:
    """The report that stands in the database for a match and reporter."""

    report: ReportId
    repeated: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """A report in a list."""

    report: Report
    frames: int


@dataclass(frozen=True, slots=True)
class NewDecision:
    """What shall hold for a visitor from now on. `until` 0 means without an end."""

    id: DecisionId
    visitor: VisitorId
    level: Level
    rule: str
    reason: str
    automated: bool
    made_at: int
    until: int


@dataclass(frozen=True, slots=True)
class Decision(NewDecision):
    """A decision that was committed. A decision with a larger sequence was committed later."""

    sequence: int

    def holds(self, now: int) -> bool:
        """Whether it still sets the visitor apart: neither good nor expired."""
        return self.level is not Level.GOOD and (self.until == 0 or self.until > now)
