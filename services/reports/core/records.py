"""What the reports service keeps. Times are Unix milliseconds; the enums are numbered as in reports.proto."""

from dataclasses import dataclass
from enum import IntEnum, IntFlag

from services.contract.ids import CaseId, DecisionId, MatchId, PictureId, ReportId, VisitorId

DAY_MS = 24 * 3600 * 1000
"""In milliseconds."""


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


class Evidence(IntFlag):
    """What a decision rests on: any of these."""

    REPORTS = 1
    """Of people."""
    PICTURES = 2
    CHAT = 4
    FLAGS = 8
    """What browsers found by themselves in a picture."""


class AppealState(IntEnum):
    """Of an appeal. `UPHELD`: the decision stays."""

    OPEN = 1
    UPHELD = 2
    OVERTURNED = 3


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
    original_sha256: bytes = b""
    """Of what the browser sent."""
    original: bytes = b""
    """What the browser sent, to the last byte, if it is to be kept, too."""


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture in the database, without its original, and what programs found out about it."""

    id: PictureId
    report: ReportId
    number: int
    picture: Picture
    score: float | None
    """Of the classifier: from 0 to 1, how sure it is that somebody is undressed."""
    known: str
    """Which list of known pictures has it, if any."""


@dataclass(frozen=True, slots=True)
class OriginalUpload:
    """What a browser sent in a report of a minor. It is untouched, so nothing of ours opens it."""

    report: ReportId
    number: int
    content: bytes
    sha256: bytes


class AnalysisKind(IntEnum):
    """What programs find out about a picture after its report was committed."""

    SCORE = 1
    KNOWN = 2


@dataclass(frozen=True, slots=True)
class AnalysisTask:
    """A picture about which something is to be found out, by who claimed it."""

    kind: AnalysisKind
    case: CaseId
    report: ReportId
    number: int
    tries: int
    """This one included."""
    content: bytes
    sha256: bytes
    original_sha256: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about a picture: the score, or which list knows it, "" if none does."""

    score: float | None = None
    known: str = ""
    held_until: int = 0
    """Unix milliseconds before which nothing of the case is deleted."""


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
    reporter_network: bytes = b""
    """Keyed hash of the network that the reporter's address is of."""
    proven: bool = False
    """Whether the reporter's browser proved to hold the key of a device."""
    device_hours: int = 0
    """For how many whole hours the device had been known then, at most `DEVICE_HOURS`."""
    flag: bool = False
    """Whether the classifier in the reporter's browser filed it, and not the reporter."""


@dataclass(frozen=True, slots=True)
class FilingResult:
    """The report that stands in the database for a match and reporter."""

    report: ReportId
    repeated: bool
    decision: "Decision | None" = None
    """What was decided automatically about the accused because of it."""


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """A report in a list."""

    report: Report
    frames: int


@dataclass(frozen=True, slots=True)
class LastStanding:
    """What was decided last about a visitor, which may be over. `until` 0 means without an end."""

    level: Level
    until: int


@dataclass(frozen=True, slots=True)
class NewDecision:
    """What shall hold for a visitor from now on. `until` 0 means without an end.

    The visitor is told the rule, the statement, what evidence there is and whether it was automated; `reason`
    is for those who look at it later. `moderator` is empty, and `policy` a version, if it was automated.
    """

    id: DecisionId
    visitor: VisitorId
    level: Level
    rule: str
    reason: str
    automated: bool
    made_at: int
    until: int
    moderator: str = ""
    statement: str = ""
    evidence: Evidence = Evidence(0)
    policy: str = ""
    case: CaseId = CaseId("")
    silent: bool = False
    """It dismisses a case and leaves alone how the visitor stands because of another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(NewDecision):
    """A decision that was committed. A decision with a larger sequence was committed later."""

    sequence: int

    def holds(self, now: int) -> bool:
        """Whether it still sets the visitor apart: neither good nor expired."""
        return self.level is not Level.GOOD and (self.until == 0 or self.until > now)


@dataclass(frozen=True, slots=True)
class Appeal:
    """Against one decision, by whom it concerns; `answer` and `moderator` are of who decided it."""

    decision: DecisionId
    text: str
    filed_at: int
    state: AppealState = AppealState.OPEN
    answer: str = ""
    moderator: str = ""
    decided_at: int = 0


@dataclass(frozen=True, slots=True)
class AppealedDecision:
    """A decision, and the appeal against it, if there is one.

    `replaced_at`: when something else was decided about the visitor, 0 if nothing was. That triage went on in
    the same case is nothing else.
    """

    decision: Decision
    appeal: Appeal | None
    replaced_at: int = 0
