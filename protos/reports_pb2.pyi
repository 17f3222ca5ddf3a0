from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Reason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REASON_UNSPECIFIED: _ClassVar[Reason]
    REASON_NUDITY: _ClassVar[Reason]
    REASON_MINOR: _ClassVar[Reason]
    REASON_HARASSMENT: _ClassVar[Reason]
    REASON_HATE: _ClassVar[Reason]
    REASON_VIOLENCE: _ClassVar[Reason]
    REASON_SPAM: _ClassVar[Reason]
    REASON_SELF_HARM: _ClassVar[Reason]
    REASON_OTHER: _ClassVar[Reason]

class Level(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LEVEL_GOOD: _ClassVar[Level]
    LEVEL_WATCHED: _ClassVar[Level]
    LEVEL_RESTRICTED: _ClassVar[Level]
    LEVEL_BANNED: _ClassVar[Level]

class Ending(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENDING_UNSPECIFIED: _ClassVar[Ending]
    ENDING_REPORT: _ClassVar[Ending]
    ENDING_REPORTER: _ClassVar[Ending]
    ENDING_NEXT: _ClassVar[Ending]
    ENDING_STOP: _ClassVar[Ending]
    ENDING_LOST: _ClassVar[Ending]
    ENDING_BLOCKED: _ClassVar[Ending]
    ENDING_BANNED: _ClassVar[Ending]

class Sign(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SIGN_UNSPECIFIED: _ClassVar[Sign]
    SIGN_SAME_LINE: _ClassVar[Sign]
    SIGN_NETWORK_LINE: _ClassVar[Sign]
    SIGN_EARLY_LINK: _ClassVar[Sign]
    SIGN_MACHINE_RATE: _ClassVar[Sign]

class Evidence(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EVIDENCE_UNSPECIFIED: _ClassVar[Evidence]
    EVIDENCE_REPORTS: _ClassVar[Evidence]
    EVIDENCE_PICTURES: _ClassVar[Evidence]
    EVIDENCE_CHAT: _ClassVar[Evidence]
    EVIDENCE_FLAGS: _ClassVar[Evidence]

class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTCOME_UNSPECIFIED: _ClassVar[Outcome]
    OUTCOME_ACTED: _ClassVar[Outcome]
    OUTCOME_NOTHING_FOUND: _ClassVar[Outcome]
    OUTCOME_NOT_SURE: _ClassVar[Outcome]

class AppealState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    APPEAL_STATE_NONE: _ClassVar[AppealState]
    APPEAL_STATE_OPEN: _ClassVar[AppealState]
    APPEAL_STATE_UPHELD: _ClassVar[AppealState]
    APPEAL_STATE_OVERTURNED: _ClassVar[AppealState]

class Dismissal(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DISMISSAL_UNFOUNDED: _ClassVar[Dismissal]
    DISMISSAL_UNCLEAR: _ClassVar[Dismissal]
    DISMISSAL_GOOD_FAITH: _ClassVar[Dismissal]
REASON_UNSPECIFIED: Reason
REASON_NUDITY: Reason
REASON_MINOR: Reason
REASON_HARASSMENT: Reason
REASON_HATE: Reason
REASON_VIOLENCE: Reason
REASON_SPAM: Reason
REASON_SELF_HARM: Reason
REASON_OTHER: Reason
LEVEL_GOOD: Level
LEVEL_WATCHED: Level
LEVEL_RESTRICTED: Level
LEVEL_BANNED: Level
ENDING_UNSPECIFIED: Ending
ENDING_REPORT: Ending
ENDING_REPORTER: Ending
ENDING_NEXT: Ending
ENDING_STOP: Ending
ENDING_LOST: Ending
ENDING_BLOCKED: Ending
ENDING_BANNED: Ending
SIGN_UNSPECIFIED: Sign
SIGN_SAME_LINE: Sign
SIGN_NETWORK_LINE: Sign
SIGN_EARLY_LINK: Sign
SIGN_MACHINE_RATE: Sign
EVIDENCE_UNSPECIFIED: Evidence
EVIDENCE_REPORTS: Evidence
EVIDENCE_PICTURES: Evidence
EVIDENCE_CHAT: Evidence
EVIDENCE_FLAGS: Evidence
OUTCOME_UNSPECIFIED: Outcome
OUTCOME_ACTED: Outcome
OUTCOME_NOTHING_FOUND: Outcome
OUTCOME_NOT_SURE: Outcome
APPEAL_STATE_NONE: AppealState
APPEAL_STATE_OPEN: AppealState
APPEAL_STATE_UPHELD: AppealState
APPEAL_STATE_OVERTURNED: AppealState
DISMISSAL_UNFOUNDED: Dismissal
DISMISSAL_UNCLEAR: Dismissal
DISMISSAL_GOOD_FAITH: Dismissal

class FileRequest(_message.Message):
    __slots__ = ("reporter", "reason", "note", "chat", "frames", "reporter_network", "proven", "device_hours", "flag", "trace", "call")
    REPORTER_FIELD_NUMBER: _ClassVar[int]
    PASS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    CHAT_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    REPORTER_NETWORK_FIELD_NUMBER: _ClassVar[int]
    PROVEN_FIELD_NUMBER: _ClassVar[int]
    DEVICE_HOURS_FIELD_NUMBER: _ClassVar[int]
    FLAG_FIELD_NUMBER: _ClassVar[int]
    TRACE_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    reporter: str
    reason: Reason
    note: str
    chat: _containers.RepeatedCompositeFieldContainer[ChatLine]
    frames: _containers.RepeatedScalarFieldContainer[bytes]
    reporter_network: bytes
    proven: bool
    device_hours: int
    flag: bool
    trace: bytes
    call: ClaimedCall
    def __init__(self, reporter: _Optional[str] = ..., reason: _Optional[_Union[Reason, str]] = ..., note: _Optional[str] = ..., chat: _Optional[_Iterable[_Union[ChatLine, _Mapping]]] = ..., frames: _Optional[_Iterable[bytes]] = ..., reporter_network: _Optional[bytes] = ..., proven: _Optional[bool] = ..., device_hours: _Optional[int] = ..., flag: _Optional[bool] = ..., trace: _Optional[bytes] = ..., call: _Optional[_Union[ClaimedCall, _Mapping]] = ..., **kwargs) -> None: ...

class ClaimedCall(_message.Message):
    __slots__ = ("seconds", "ending")
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    ENDING_FIELD_NUMBER: _ClassVar[int]
    seconds: int
    ending: Ending
    def __init__(self, seconds: _Optional[int] = ..., ending: _Optional[_Union[Ending, str]] = ...) -> None: ...

class ChatLine(_message.Message):
    __slots__ = ("from_accused", "text")
    FROM_ACCUSED_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    from_accused: bool
    text: str
    def __init__(self, from_accused: _Optional[bool] = ..., text: _Optional[str] = ...) -> None: ...

class FileResponse(_message.Message):
    __slots__ = ("report", "repeated_filing")
    REPORT_FIELD_NUMBER: _ClassVar[int]
    REPEATED_FILING_FIELD_NUMBER: _ClassVar[int]
    report: str
    repeated_filing: bool
    def __init__(self, report: _Optional[str] = ..., repeated_filing: _Optional[bool] = ...) -> None: ...

class ObserveRequest(_message.Message):
    __slots__ = ("visitor", "device", "sign", "count")
    VISITOR_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    SIGN_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    visitor: str
    device: int
    sign: Sign
    count: int
    def __init__(self, visitor: _Optional[str] = ..., device: _Optional[int] = ..., sign: _Optional[_Union[Sign, str]] = ..., count: _Optional[int] = ...) -> None: ...

class ObserveResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class NameDeviceRequest(_message.Message):
    __slots__ = ("visitor", "device")
    VISITOR_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    visitor: str
    device: int
    def __init__(self, visitor: _Optional[str] = ..., device: _Optional[int] = ...) -> None: ...

class NameDeviceResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class WatchStandingsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class StandingsBatch(_message.Message):
    __slots__ = ("standings", "complete", "sequence", "revoked")
    STANDINGS_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    REVOKED_FIELD_NUMBER: _ClassVar[int]
    standings: _containers.RepeatedCompositeFieldContainer[VisitorStanding]
    complete: bool
    sequence: int
    revoked: _containers.RepeatedCompositeFieldContainer[RevokedToken]
    def __init__(self, standings: _Optional[_Iterable[_Union[VisitorStanding, _Mapping]]] = ..., complete: _Optional[bool] = ..., sequence: _Optional[int] = ..., revoked: _Optional[_Iterable[_Union[RevokedToken, _Mapping]]] = ...) -> None: ...

class RevokedToken(_message.Message):
    __slots__ = ("token", "until_ms")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    token: str
    until_ms: int
    def __init__(self, token: _Optional[str] = ..., until_ms: _Optional[int] = ...) -> None: ...

class StandingRequest(_message.Message):
    __slots__ = ("visitor", "device")
    VISITOR_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    visitor: str
    device: int
    def __init__(self, visitor: _Optional[str] = ..., device: _Optional[int] = ...) -> None: ...

class VisitorStanding(_message.Message):
    __slots__ = ("visitor", "level", "until_ms", "rule", "automated", "decision", "sequence", "statement", "evidence", "flagged", "device")
    VISITOR_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    AUTOMATED_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    STATEMENT_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    FLAGGED_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    visitor: str
    level: Level
    until_ms: int
    rule: str
    automated: bool
    decision: str
    sequence: int
    statement: str
    evidence: _containers.RepeatedScalarFieldContainer[Evidence]
    flagged: bool
    device: int
    def __init__(self, visitor: _Optional[str] = ..., level: _Optional[_Union[Level, str]] = ..., until_ms: _Optional[int] = ..., rule: _Optional[str] = ..., automated: _Optional[bool] = ..., decision: _Optional[str] = ..., sequence: _Optional[int] = ..., statement: _Optional[str] = ..., evidence: _Optional[_Iterable[_Union[Evidence, str]]] = ..., flagged: _Optional[bool] = ..., device: _Optional[int] = ...) -> None: ...

class AppealRequest(_message.Message):
    __slots__ = ("appeal", "text", "language")
    APPEAL_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    appeal: str
    text: str
    language: str
    def __init__(self, appeal: _Optional[str] = ..., text: _Optional[str] = ..., language: _Optional[str] = ...) -> None: ...

class OutcomesRequest(_message.Message):
    __slots__ = ("reports",)
    REPORTS_FIELD_NUMBER: _ClassVar[int]
    reports: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, reports: _Optional[_Iterable[str]] = ...) -> None: ...

class OutcomesResponse(_message.Message):
    __slots__ = ("outcomes",)
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    outcomes: _containers.RepeatedCompositeFieldContainer[ReportOutcome]
    def __init__(self, outcomes: _Optional[_Iterable[_Union[ReportOutcome, _Mapping]]] = ...) -> None: ...

class ReportOutcome(_message.Message):
    __slots__ = ("report", "outcome")
    REPORT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    report: str
    outcome: Outcome
    def __init__(self, report: _Optional[str] = ..., outcome: _Optional[_Union[Outcome, str]] = ...) -> None: ...

class AppealResponse(_message.Message):
    __slots__ = ("state", "answer", "decision", "decided_ms", "appeal_until_ms", "language", "addition", "addition_language")
    STATE_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    DECIDED_MS_FIELD_NUMBER: _ClassVar[int]
    APPEAL_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    ADDITION_FIELD_NUMBER: _ClassVar[int]
    ADDITION_LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    state: AppealState
    answer: str
    decision: VisitorStanding
    decided_ms: int
    appeal_until_ms: int
    language: str
    addition: str
    addition_language: str
    def __init__(self, state: _Optional[_Union[AppealState, str]] = ..., answer: _Optional[str] = ..., decision: _Optional[_Union[VisitorStanding, _Mapping]] = ..., decided_ms: _Optional[int] = ..., appeal_until_ms: _Optional[int] = ..., language: _Optional[str] = ..., addition: _Optional[str] = ..., addition_language: _Optional[str] = ...) -> None: ...

class ListReportsRequest(_message.Message):
    __slots__ = ("limit",)
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    limit: int
    def __init__(self, limit: _Optional[int] = ...) -> None: ...

class ListReportsResponse(_message.Message):
    __slots__ = ("reports",)
    REPORTS_FIELD_NUMBER: _ClassVar[int]
    reports: _containers.RepeatedCompositeFieldContainer[ReportSummary]
    def __init__(self, reports: _Optional[_Iterable[_Union[ReportSummary, _Mapping]]] = ...) -> None: ...

class ReportSummary(_message.Message):
    __slots__ = ("report", "filed_ms", "reporter", "accused", "reason", "note", "frames", "chat_lines", "match", "flag", "proven_lines", "met_before_ms", "mode", "reporter_languages", "accused_languages", "accused_country", "call")
    REPORT_FIELD_NUMBER: _ClassVar[int]
    FILED_MS_FIELD_NUMBER: _ClassVar[int]
    REPORTER_FIELD_NUMBER: _ClassVar[int]
    ACCUSED_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    CHAT_LINES_FIELD_NUMBER: _ClassVar[int]
    MATCH_FIELD_NUMBER: _ClassVar[int]
    FLAG_FIELD_NUMBER: _ClassVar[int]
    PROVEN_LINES_FIELD_NUMBER: _ClassVar[int]
    MET_BEFORE_MS_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    REPORTER_LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    ACCUSED_LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    ACCUSED_COUNTRY_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    report: str
    filed_ms: int
    reporter: str
    accused: str
    reason: Reason
    note: str
    frames: int
    chat_lines: int
    match: str
    flag: bool
    proven_lines: int
    met_before_ms: int
    mode: str
    reporter_languages: _containers.RepeatedScalarFieldContainer[str]
    accused_languages: _containers.RepeatedScalarFieldContainer[str]
    accused_country: str
    call: ClaimedCall
    def __init__(self, report: _Optional[str] = ..., filed_ms: _Optional[int] = ..., reporter: _Optional[str] = ..., accused: _Optional[str] = ..., reason: _Optional[_Union[Reason, str]] = ..., note: _Optional[str] = ..., frames: _Optional[int] = ..., chat_lines: _Optional[int] = ..., match: _Optional[str] = ..., flag: _Optional[bool] = ..., proven_lines: _Optional[int] = ..., met_before_ms: _Optional[int] = ..., mode: _Optional[str] = ..., reporter_languages: _Optional[_Iterable[str]] = ..., accused_languages: _Optional[_Iterable[str]] = ..., accused_country: _Optional[str] = ..., call: _Optional[_Union[ClaimedCall, _Mapping]] = ...) -> None: ...

class DecideRequest(_message.Message):
    __slots__ = ("visitor", "level", "seconds", "rule", "reason", "moderator", "statement", "evidence", "template", "dismissal")
    VISITOR_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MODERATOR_FIELD_NUMBER: _ClassVar[int]
    STATEMENT_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    DISMISSAL_FIELD_NUMBER: _ClassVar[int]
    visitor: str
    level: Level
    seconds: int
    rule: str
    reason: str
    moderator: str
    statement: str
    evidence: _containers.RepeatedScalarFieldContainer[Evidence]
    template: str
    dismissal: Dismissal
    def __init__(self, visitor: _Optional[str] = ..., level: _Optional[_Union[Level, str]] = ..., seconds: _Optional[int] = ..., rule: _Optional[str] = ..., reason: _Optional[str] = ..., moderator: _Optional[str] = ..., statement: _Optional[str] = ..., evidence: _Optional[_Iterable[_Union[Evidence, str]]] = ..., template: _Optional[str] = ..., dismissal: _Optional[_Union[Dismissal, str]] = ...) -> None: ...

class ListAppealsRequest(_message.Message):
    __slots__ = ("limit",)
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    limit: int
    def __init__(self, limit: _Optional[int] = ...) -> None: ...

class ListAppealsResponse(_message.Message):
    __slots__ = ("appeals",)
    APPEALS_FIELD_NUMBER: _ClassVar[int]
    appeals: _containers.RepeatedCompositeFieldContainer[AppealSummary]
    def __init__(self, appeals: _Optional[_Iterable[_Union[AppealSummary, _Mapping]]] = ...) -> None: ...

class AppealSummary(_message.Message):
    __slots__ = ("decision", "text", "filed_ms", "moderator", "reason")
    DECISION_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    FILED_MS_FIELD_NUMBER: _ClassVar[int]
    MODERATOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    decision: VisitorStanding
    text: str
    filed_ms: int
    moderator: str
    reason: str
    def __init__(self, decision: _Optional[_Union[VisitorStanding, _Mapping]] = ..., text: _Optional[str] = ..., filed_ms: _Optional[int] = ..., moderator: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class DecideAppealRequest(_message.Message):
    __slots__ = ("decision", "overturn", "moderator", "answer")
    DECISION_FIELD_NUMBER: _ClassVar[int]
    OVERTURN_FIELD_NUMBER: _ClassVar[int]
    MODERATOR_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    decision: str
    overturn: bool
    moderator: str
    answer: str
    def __init__(self, decision: _Optional[str] = ..., overturn: _Optional[bool] = ..., moderator: _Optional[str] = ..., answer: _Optional[str] = ...) -> None: ...

class RevokeTokenRequest(_message.Message):
    __slots__ = ("token", "reason", "moderator")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MODERATOR_FIELD_NUMBER: _ClassVar[int]
    token: str
    reason: str
    moderator: str
    def __init__(self, token: _Optional[str] = ..., reason: _Optional[str] = ..., moderator: _Optional[str] = ...) -> None: ...

class AlarmsRequest(_message.Message):
    __slots__ = ("test", "moderator")
    TEST_FIELD_NUMBER: _ClassVar[int]
    MODERATOR_FIELD_NUMBER: _ClassVar[int]
    test: bool
    moderator: str
    def __init__(self, test: _Optional[bool] = ..., moderator: _Optional[str] = ...) -> None: ...

class AlarmsResponse(_message.Message):
    __slots__ = ("channels",)
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    channels: _containers.RepeatedCompositeFieldContainer[AlarmChannel]
    def __init__(self, channels: _Optional[_Iterable[_Union[AlarmChannel, _Mapping]]] = ...) -> None: ...

class AlarmChannel(_message.Message):
    __slots__ = ("name", "target", "delivered_ms", "waiting", "given_up", "problem")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    DELIVERED_MS_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    GIVEN_UP_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    name: str
    target: str
    delivered_ms: int
    waiting: int
    given_up: int
    problem: str
    def __init__(self, name: _Optional[str] = ..., target: _Optional[str] = ..., delivered_ms: _Optional[int] = ..., waiting: _Optional[int] = ..., given_up: _Optional[int] = ..., problem: _Optional[str] = ...) -> None: ...

class ShowReportRequest(_message.Message):
    __slots__ = ("report",)
    REPORT_FIELD_NUMBER: _ClassVar[int]
    report: str
    def __init__(self, report: _Optional[str] = ...) -> None: ...

class ReportDetails(_message.Message):
    __slots__ = ("report", "chat")
    REPORT_FIELD_NUMBER: _ClassVar[int]
    CHAT_FIELD_NUMBER: _ClassVar[int]
    report: ReportSummary
    chat: _containers.RepeatedCompositeFieldContainer[ReportedLine]
    def __init__(self, report: _Optional[_Union[ReportSummary, _Mapping]] = ..., chat: _Optional[_Iterable[_Union[ReportedLine, _Mapping]]] = ...) -> None: ...

class ReportedLine(_message.Message):
    __slots__ = ("from_accused", "text", "proven")
    FROM_ACCUSED_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    PROVEN_FIELD_NUMBER: _ClassVar[int]
    from_accused: bool
    text: str
    proven: bool
    def __init__(self, from_accused: _Optional[bool] = ..., text: _Optional[str] = ..., proven: _Optional[bool] = ...) -> None: ...

class ShowVisitorRequest(_message.Message):
    __slots__ = ("visitor",)
    VISITOR_FIELD_NUMBER: _ClassVar[int]
    visitor: str
    def __init__(self, visitor: _Optional[str] = ...) -> None: ...

class VisitorRecord(_message.Message):
    __slots__ = ("standing", "reported", "filed", "decisions")
    STANDING_FIELD_NUMBER: _ClassVar[int]
    REPORTED_FIELD_NUMBER: _ClassVar[int]
    FILED_FIELD_NUMBER: _ClassVar[int]
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    standing: VisitorStanding
    reported: int
    filed: int
    decisions: int
    def __init__(self, standing: _Optional[_Union[VisitorStanding, _Mapping]] = ..., reported: _Optional[int] = ..., filed: _Optional[int] = ..., decisions: _Optional[int] = ...) -> None: ...
