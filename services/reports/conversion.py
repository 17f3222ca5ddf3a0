"""Between messages of reports.proto and records: parsed and bounded once, here."""

import re

import msgspec

from protos import reports_pb2 as pb
from services.contract.errors import InvalidRequest, PassRefused
from services.contract.ids import DecisionId, VisitorId
from services.contract.sealing import Sealer

from .records import ChatLine, Decision, Level, NewDecision, Reason, Summary

_VISITOR = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)  # people type them, and a slip must not pass

MAX_NOTE = 1000
MAX_CHAT_LINES = 20
MAX_CHAT_LINE = 2000
MAX_FRAMES = 3
MAX_PASS = 4096
MAX_SECONDS = 100 * 366 * 24 * 3600


class AppealContent(msgspec.Struct, frozen=True, array_like=True):
    """What an appeal token says."""

    decision: DecisionId
    visitor: VisitorId


class Appeals:
    """Seals appeal tokens."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def seal(self, decision: NewDecision) -> str:
        return self._sealer.seal(msgspec.msgpack.encode(AppealContent(decision.id, decision.visitor)))


def reason(number: int) -> Reason:
    try:
        return Reason(number)
    except ValueError:
        raise InvalidRequest("the report has no known reason") from None


def note(request: pb.FileRequest) -> str:
    if len(request.note) > MAX_NOTE:
        raise InvalidRequest(f"the note has more than {MAX_NOTE} characters")
    return _storable(request.note)


def chat(request: pb.FileRequest) -> tuple[ChatLine, ...]:
    if len(request.chat) > MAX_CHAT_LINES:
        raise InvalidRequest(f"more than {MAX_CHAT_LINES} chat lines")
    if any(len(line.text) > MAX_CHAT_LINE for line in request.chat):
        raise InvalidRequest(f"a chat line has more than {MAX_CHAT_LINE} characters")
    return tuple(ChatLine(line.from_accused, _storable(line.text)) for line in request.chat)


def frames(request: pb.FileRequest) -> list[bytes]:
    if len(request.frames) > MAX_FRAMES:
        raise InvalidRequest(f"more than {MAX_FRAMES} frames")
    return list(request.frames)


def sealed_pass(request: pb.FileRequest) -> str:
    sealed: str = getattr(request, "pass")  # a keyword of Python
    if len(sealed) > MAX_PASS:
        raise PassRefused("the pass is too long to be one of ours")
    return sealed


def new_decision(request: pb.DecideRequest, id: DecisionId, now: int) -> NewDecision:
    """`now` in Unix milliseconds."""
    try:
        level = Level(request.level)
    except ValueError:
        raise InvalidRequest("there is no such level") from None
    if _VISITOR.fullmatch(request.visitor) is None:
        raise InvalidRequest("a visitor is named by 22 letters, digits, - and _; see `zufall reports list`")
    if level is not Level.GOOD and not request.rule:
        raise InvalidRequest("a decision names its rule")
    if len(request.rule) > 64 or len(request.reason) > MAX_NOTE:
        raise InvalidRequest(f"a rule has at most 64 characters and a reason at most {MAX_NOTE}")
    if not 0 <= request.seconds <= MAX_SECONDS:
        raise InvalidRequest(f"a decision holds for 0 to {MAX_SECONDS} seconds")
    return NewDecision(
        id=id,
        visitor=VisitorId(request.visitor),
        level=level,
        rule=_storable(request.rule),
        reason=_storable(request.reason),
        automated=False,
        made_at=now,
        until=now + request.seconds * 1000 if request.seconds else 0,
    )


def standing(decision: Decision, appeals: Appeals) -> pb.VisitorStanding:
    return pb.VisitorStanding(
        visitor=decision.visitor,
        level=decision.level.value,  # type: ignore[arg-type]  # the numbers are the same, a test checks
        until_ms=decision.until,
        rule=decision.rule,
        automated=decision.automated,
        decision=decision.id,
        appeal="" if decision.level is Level.GOOD else appeals.seal(decision),
        sequence=decision.sequence,
    )


def summary(of: Summary) -> pb.ReportSummary:
    return pb.ReportSummary(
        report=of.report.id,
        filed_ms=of.report.filed_at,
        reporter=of.report.reporter,
        accused=of.report.accused,
        reason=of.report.reason.value,  # type: ignore[arg-type]  # as above
        note=of.report.note,
        frames=of.frames,
        chat_lines=len(of.report.chat),
        match=of.report.match,
    )


def _storable(text: str) -> str:
    """PostgreSQL keeps no NUL. A stranger who typed one must not make a report about them fail."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
