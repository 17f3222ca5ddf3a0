"""Defines the records of the service. Times are Unix milliseconds; enums are numbered as in reports.proto."""

from dataclasses import dataclass
from enum import IntEnum, IntFlag

from services.contract.ids import CaseId, DecisionId, MatchId, PictureId, ReportId, TokenId, VisitorId

DAY_MS = 24 * 3600 * 1000


class Reason(IntEnum):
    """Names the rule that a reporter says was broken."""

    NUDITY = 1
    MINOR = 2
    HARASSMENT = 3
    HATE = 4
    VIOLENCE = 5
    SPAM = 6
    SELF_HARM = 7
    OTHER = 8


class SpamSign(IntEnum):
    """Names what a gateway saw of a visitor that looks like spam."""

    SAME_LINE = 1
    NETWORK_LINE = 2
    EARLY_LINK = 3
    MACHINE_RATE = 4


class Level(IntEnum):
    """The standing of a visitor."""

    GOOD = 0
    WATCHED = 1
    RESTRICTED = 2
    BANNED = 3


class Dismissal(IntEnum):
    """Says why a person closed a case without action."""

    UNFOUNDED = 0
    """The visitor did nothing wrong, and the reports count against the reliability of their reporters."""
    UNCLEAR = 1
    """It could not be told what happened."""
    GOOD_FAITH = 2
    """The visitor broke no rule, and whoever reported them had reason to."""


class Evidence(IntFlag):
    """Flags the kinds of evidence that a decision rests on: what was weighed or looked at."""

    REPORTS = 1
    """Reports of people."""
    PICTURES = 2
    CHAT = 4
    FLAGS = 8
    """Reports that classifiers in browsers filed."""


class DecisionCause(IntEnum):
    """Says why a decision was made. `DECIDED` and `APPEALED` ones count as decisions in figures."""

    DECIDED = 0
    """Triage or a person decided, or somebody lifted what held."""
    UNDONE = 1
    """A person took back their decision, and what held before holds again."""
    RESTORED = 2
    """A dismissal took back what triage had decided, and what held before holds again."""
    APPEALED = 3
    """The appeal against a decision was right."""
    PROPOSED = 4
    """It holds for some days at most, until a second moderator has looked. Figures count it apart."""


class AppealState(IntEnum):
    """The state of an appeal. `UPHELD` means that the decision stays."""

    OPEN = 1
    UPHELD = 2
    OVERTURNED = 3


@dataclass(frozen=True, slots=True)
class ChatLine:
    """A line of chat as the reporter gives it. It is `proven` if a gateway relayed it in this match."""

    from_accused: bool
    text: str
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame that was decoded and encoded again: it holds pixels and nothing else."""

    content: bytes
    media_type: str
    width: int
    height: int
    sha256: bytes
    original_sha256: bytes = b""
    """The digest of what the browser sent."""
    original: bytes = b""
    """The bytes that the browser sent, empty unless they are kept too."""


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture in the database, without its original, and what programs found out about it."""

    id: PictureId
    report: ReportId
    number: int
    picture: Picture
    score: float | None
    """How sure the classifier is that somebody is undressed, from 0 to 1."""
    known: str
    """Which list of known pictures has it, if any."""


@dataclass(frozen=True, slots=True)
class OriginalUpload:
    """Holds a picture from a report of a minor as the browser sent it. No program of ours opens it."""

    report: ReportId
    number: int
    content: bytes
    sha256: bytes


class AnalysisKind(IntEnum):
    """Names what an analysis looks for in a picture, after its report was committed."""

    SCORE = 1
    KNOWN = 2


@dataclass(frozen=True, slots=True)
class AnalysisTask:
    """A picture to analyse, claimed from the queue."""

    kind: AnalysisKind
    report: ReportId
    number: int
    tries: int
    """How often it was claimed, this time included."""
    content: bytes
    sha256: bytes
    original_sha256: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of an analysis: a score, or the list that knows the picture, "" if none does."""

    score: float | None = None
    known: str = ""
    held_until: int = 0
    """Unix milliseconds before which nothing of the case is deleted."""


class Ending(IntEnum):
    """Names how a call ended, as the reporter's page says. After the first two the accused ended it."""

    UNKNOWN = 0
    REPORT = 1
    """It went on until the report, which ends it."""
    REPORTER = 2
    """The reporter had left."""
    NEXT = 3
    STOP = 4
    LOST = 5
    BLOCKED = 6
    """The accused had blocked the reporter, perhaps by a report of their own."""
    BANNED = 7


MODES = ("video", "audio", "text")
"""The kinds of calls."""


@dataclass(frozen=True, slots=True)
class CallContext:
    """Describes the call of a report. All but the last two come from the sealed pass.

    The languages are those that each side says it speaks, as primary subtags. The country of the accused
    (ISO 3166-1 alpha-2) is that of their address. What is not known is empty.
    """

    mode: str = ""
    reporter_languages: tuple[str, ...] = ()
    accused_languages: tuple[str, ...] = ()
    accused_country: str = ""
    claimed_seconds: int = 0
    """For how long the two were connected, as the reporter's page says."""
    claimed_ending: Ending = Ending.UNKNOWN


@dataclass(frozen=True, slots=True)
class Report:
    """Describes a report of one side of a match about the other."""

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
    accused_device: int = 0
    """The key of the accused's device, 0 if unknown. It is kept with the case, and not with the report."""
    reporter_network: bytes = b""
    """A keyed hash of the prefix of the reporter's address."""
    proven: bool = False
    """Whether the reporter's browser proved that it holds the key of a device."""
    device_hours: int = 0
    """For how many whole hours the device had been known, at most `MAX_DEVICE_HOURS`."""
    flag: bool = False
    """Whether the classifier in the reporter's browser filed it, and not the reporter."""
    call: CallContext = CallContext()


@dataclass(frozen=True, slots=True)
class SpamObservation:
    """Says how many signs of spam of one kind a gateway saw of a visitor since it last told of them.

    `device` is the key of the visitor's device, or 0. Nothing of what they wrote is kept.
    """

    visitor: VisitorId
    device: int
    sign: SpamSign
    count: int


@dataclass(frozen=True, slots=True)
class FilingState:
    """Says what is known about a report before its pictures are decoded."""

    first: ReportId | None
    """The report that it would only repeat, if there is one."""
    network_bytes: int
    """The bytes of the pictures that its network brought within the day before."""


@dataclass(frozen=True, slots=True)
class FilingResult:
    """The outcome of filing a report: a second one of the same match and reporter only repeats the first."""

    report: ReportId
    repeated: bool
    decision: "Decision | None" = None
    """The automatic decision about the accused that followed from it, if any."""
    dropped: tuple[str, ...] = ()
    """For each original that was not kept, the budget that it would exceed: "network" or "all"."""
    case: CaseId = CaseId("")
    """The case that the report belongs to, empty for a repeated one."""


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """A report in a list."""

    report: Report
    frames: int


@dataclass(frozen=True, slots=True)
class VisitorTraces:
    """Counts the reports about a visitor, those that they filed, and the decisions about them."""

    reported: int
    filed: int
    decisions: int


@dataclass(frozen=True, slots=True)
class LastStanding:
    """Holds the last decision about a visitor, which may have expired. `until` 0 means without an end."""

    level: Level
    until: int


@dataclass(frozen=True, slots=True)
class NewDecision:
    """Describes a standing that is to hold for a visitor from now on. `until` 0 means without an end.

    The visitor is told the rule, the statement, the evidence and whether it was automated; `reason` is for
    moderators. An automated decision has no `moderator`, and names the version of its `policy`. `device` is
    the key of the visitor's device. If it is 0, the store fills in the last known one, if there is one.
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
    device: int = 0
    silent: bool = False
    """It leaves alone what holds for the visitor: a dismissal, what another case brought; a proposal, what is
    stricter or lasts longer."""
    cause: DecisionCause = DecisionCause.DECIDED
    dismissal: Dismissal = Dismissal.UNFOUNDED
    """Why it closes the case, if it takes no action."""
    template: str = ""
    """The template of the statement, which is written in the visitor's language. Empty if it was typed."""
    addition: str = ""
    """What the moderator typed beside the template."""
    language: str = ""
    """The language of what the moderator typed for the visitor, empty if it is unknown."""
    reporters_told: int = 0
    """The number of reporters that the statement may name, 0 for none."""
    confirmed_by: str = ""
    """The second moderator, who confirmed what `moderator` proposed."""

    def was_decided_by(self, name: str) -> bool:
        """Tell whether this moderator made or confirmed it, and so may not answer an appeal against it."""
        return bool(name) and name in (self.moderator, self.confirmed_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(NewDecision):
    """A committed decision. One with a larger sequence was committed later."""

    sequence: int

    def holds(self, now: int) -> bool:
        """Tell whether it still restricts the visitor: it is neither good nor expired."""
        return self.level is not Level.GOOD and (self.until == 0 or self.until > now)


@dataclass(frozen=True, slots=True)
class RevokedToken:
    """The id of a token that gateways refuse, and until when one with this id may be shown to them."""

    id: TokenId
    until: int


@dataclass(frozen=True, slots=True)
class Appeal:
    """A visitor's appeal against one decision; `answer` and `moderator` come from who decided it."""

    decision: DecisionId
    text: str
    filed_at: int
    state: AppealState = AppealState.OPEN
    answer: str = ""
    moderator: str = ""
    decided_at: int = 0


@dataclass(frozen=True, slots=True)
class AppealedDecision:
    """A decision, and the appeal against it if there is one."""

    decision: Decision
    appeal: Appeal | None
    replaced_at: int = 0
    """When a later decision about the visitor replaced it, 0 if none did.

    Triage that goes on in the same case replaces nothing.
    """
