"""Maps the messages of reports.proto to records and back. Everything received is checked here, once.

Functions that parse raise `InvalidRequest`.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from protos import reports_pb2 as pb
from services.contract.errors import InvalidRequest, PassRefused
from services.contract.ids import DecisionId, TokenId, VisitorId
from services.contract.limits import MAX_DEVICE_HOURS
from services.contract.passes import LIFETIME as PASS_LIFETIME
from services.contract.passes import PassContent, holder_wish
from services.contract.tokens import LIFETIME, LONGEST_USE

from ..core.records import (
    MODES,
    CallContext,
    ChatLine,
    Decision,
    Dismissal,
    Ending,
    Evidence,
    Level,
    NewDecision,
    Reason,
    ReportSummary,
    RevokedToken,
    SpamObservation,
    SpamSign,
)
from ..core.report_outcomes import DecidedReport
from ..core.statements import StatementTemplate, StatementWriter

_ID = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)  # moderators type them, and a slip must not pass

MAX_NOTE = 1000
MAX_CHAT_LINES = 20
MAX_CHAT_LINE = 2000
MAX_FRAMES = 3
MAX_PASS = 4096
MAX_NAME = 64
MAX_NETWORK = 32
MAX_CALL = int(PASS_LIFETIME)
"""Seconds that a call may have lasted: a report about a longer one has no pass."""
MAX_SECONDS = 100 * 366 * 24 * 3600


def parse_reason(number: int) -> Reason:
    try:
        return Reason(number)
    except ValueError:
        raise InvalidRequest("the report has no known reason") from None


def visitor_device(request: pb.NameDeviceRequest) -> tuple[VisitorId, int]:
    """Return a visitor and the key of their device."""
    if _ID.fullmatch(request.visitor) is None or not request.device:
        raise InvalidRequest("a visitor is named by 22 letters, digits, - and _, and a device by a number")
    return VisitorId(request.visitor), request.device


def spam_observation(request: pb.ObserveRequest) -> SpamObservation:
    """Return the signs of spam that a gateway tells of."""
    if _ID.fullmatch(request.visitor) is None:
        raise InvalidRequest("a visitor is named by 22 letters, digits, - and _")
    try:
        sign = SpamSign(request.sign)
    except ValueError:
        raise InvalidRequest("there is no such sign") from None
    return SpamObservation(VisitorId(request.visitor), request.device, sign, request.count)


def parse_note(request: pb.FileRequest) -> str:
    if len(request.note) > MAX_NOTE:
        raise InvalidRequest(f"the note has more than {MAX_NOTE} characters")
    return without_nul(request.note)


def parse_chat(request: pb.FileRequest, is_proven: Callable[[bool, str], bool]) -> tuple[ChatLine, ...]:
    """Return the lines, of which `is_proven` tells by sender and text whether they were said."""
    if len(request.chat) > MAX_CHAT_LINES:
        raise InvalidRequest(f"more than {MAX_CHAT_LINES} chat lines")
    if any(len(line.text) > MAX_CHAT_LINE for line in request.chat):
        raise InvalidRequest(f"a chat line has more than {MAX_CHAT_LINE} characters")
    return tuple(
        ChatLine(line.from_accused, without_nul(line.text), is_proven(line.from_accused, line.text))
        for line in request.chat
    )


def parse_frames(request: pb.FileRequest) -> list[bytes]:
    if len(request.frames) > MAX_FRAMES:
        raise InvalidRequest(f"more than {MAX_FRAMES} frames")
    return list(request.frames)


def sealed_pass(request: pb.FileRequest) -> str:
    """Return the pass; raises `PassRefused` when it is too long to be one."""
    sealed: str = getattr(request, "pass")  # `pass` is a keyword
    if len(sealed) > MAX_PASS:
        raise PassRefused("the pass is too long to be one of ours")
    return sealed


def new_decision(
    request: pb.DecideRequest, id: DecisionId, now: int, statements: StatementWriter
) -> NewDecision:
    """Return the decision that a moderator makes at `now` (Unix milliseconds)."""
    level = _parse_level(request)
    template = statements.chosen(request.template, request.rule, level) if request.template else None
    _check_decision(request, level, template)
    seconds = _parse_seconds(request, level, template)
    statement = without_nul(request.statement)
    decision = NewDecision(
        id=id,
        visitor=parse_visitor(request.visitor),
        level=level,
        rule=template.rule.name.lower() if template else without_nul(request.rule),
        reason=without_nul(request.reason) or (template.reason if template else ""),
        automated=False,
        made_at=now,
        until=now + seconds * 1000 if seconds else 0,
        moderator=moderator_name(request.moderator),
        statement=statement,
        evidence=_parse_evidence(request.evidence),
        dismissal=Dismissal(request.dismissal),
        template=request.template,
        addition=statement if template else "",
    )
    return statements.written(decision)


def _parse_level(request: pb.DecideRequest) -> Level:
    try:
        return Level(request.level)
    except ValueError:
        raise InvalidRequest("there is no such level") from None


def _check_decision(request: pb.DecideRequest, level: Level, template: StatementTemplate | None) -> None:
    if level is not Level.GOOD and not request.rule and template is None:
        raise InvalidRequest("a decision must name its rule")
    if len(request.rule) > MAX_NAME or max(len(request.reason), len(request.statement)) > MAX_NOTE:
        raise InvalidRequest(f"a rule has at most {MAX_NAME} characters, a reason or statement {MAX_NOTE}")
    if request.dismissal not in pb.Dismissal.values() or (request.dismissal and level is not Level.GOOD):
        raise InvalidRequest("only a dismissal says why nothing follows")


def _parse_seconds(request: pb.DecideRequest, level: Level, template: StatementTemplate | None) -> int:
    """Return for how long the decision holds, 0 without an end. Without a number, the template says."""
    if template and not request.HasField("seconds"):
        return template.seconds(level)
    if not 0 <= request.seconds <= MAX_SECONDS:
        raise InvalidRequest("a decision holds for at most 100 years; a permanent one has no end")
    return request.seconds


def token_to_revoke(request: pb.RevokeTokenRequest, now: int) -> RevokedToken:
    """Return the token that a moderator revokes at `now` (Unix milliseconds).

    Gateways must remember it for as long as a token that was renewed from it until now is good for anything,
    and for an hour more, because clocks differ.
    """
    if _ID.fullmatch(request.token) is None:
        raise InvalidRequest("a token is named by 22 letters, digits, - and _, its claim `jti`")
    if len(request.reason) > MAX_NOTE:
        raise InvalidRequest(f"a reason has at most {MAX_NOTE} characters")
    return RevokedToken(TokenId(request.token), now + (LONGEST_USE + LIFETIME) * 1000)


def moderator_name(name: str) -> str:
    """Return the name that a moderator gives, which nothing proves."""
    if len(name) > MAX_NAME:
        raise InvalidRequest(f"a moderator's name has at most {MAX_NAME} characters")
    return without_nul(name)


def parse_network(request: pb.FileRequest) -> bytes:
    if len(request.reporter_network) > MAX_NETWORK:
        raise InvalidRequest(f"a network is named by at most {MAX_NETWORK} bytes")
    return request.reporter_network


def parse_device_hours(request: pb.FileRequest) -> int:
    """Return for how many hours the reporter's device had been known, 0 if they have none."""
    return min(request.device_hours, MAX_DEVICE_HOURS) if request.proven else 0


def announced(decision: Decision) -> pb.VisitorStanding:
    """Return what gateways are told of a decision, without a statement that is in many languages.

    A page asks for that one in its own language, with the appeal.
    """
    return standing(replace(decision, statement="") if decision.template else decision)


def standing(decision: Decision) -> pb.VisitorStanding:
    evidence = decision.evidence
    return pb.VisitorStanding(
        visitor=decision.visitor,
        level=decision.level.value,  # type: ignore[arg-type]  # the numbers are the same, a test checks
        until_ms=decision.until,
        rule=decision.rule,
        automated=decision.automated,
        decision=decision.id,
        sequence=decision.sequence,
        statement=decision.statement,
        evidence=[f"EVIDENCE_{kind.name}" for kind in Evidence if kind in evidence & ~Evidence.FLAGS],
        flagged=Evidence.FLAGS in evidence,
        device=decision.device,
    )


def revoked_token(token: RevokedToken) -> pb.RevokedToken:
    return pb.RevokedToken(token=token.id, until_ms=token.until)


def change(made: Decision | RevokedToken) -> pb.StandingsBatch:
    """Return what gateways are told of one change."""
    if isinstance(made, RevokedToken):
        return pb.StandingsBatch(revoked=[revoked_token(made)])
    return pb.StandingsBatch(standings=[announced(made)])


def report_summary(summary: ReportSummary) -> pb.ReportSummary:
    return pb.ReportSummary(
        report=summary.report.id,
        filed_ms=summary.report.filed_at,
        reporter=summary.report.reporter,
        accused=summary.report.accused,
        reason=summary.report.reason.value,  # type: ignore[arg-type]  # as above
        note=summary.report.note,
        frames=summary.frames,
        chat_lines=len(summary.report.chat),
        proven_lines=sum(line.proven for line in summary.report.chat),
        match=summary.report.match,
        flag=summary.report.flag,
        met_before_ms=max(0, summary.report.filed_at - summary.report.match_started_at),
        mode=summary.report.call.mode,
        reporter_languages=summary.report.call.reporter_languages,
        accused_languages=summary.report.call.accused_languages,
        accused_country=summary.report.call.accused_country,
        call=pb.ClaimedCall(
            seconds=summary.report.call.claimed_seconds,
            ending=summary.report.call.claimed_ending.value,  # type: ignore[arg-type]  # as above
        ),
    )


def report_outcome(decided: DecidedReport) -> pb.ReportOutcome:
    return pb.ReportOutcome(report=decided.id, outcome=f"OUTCOME_{decided.outcome.name}")


def report_details(summary: ReportSummary) -> pb.ReportDetails:
    lines = [
        pb.ReportedLine(from_accused=line.from_accused, text=line.text, proven=line.proven)
        for line in summary.report.chat
    ]
    return pb.ReportDetails(report=report_summary(summary), chat=lines)


def parse_visitor(given: str) -> VisitorId:
    """Return the id of a visitor that a moderator typed."""
    if _ID.fullmatch(given) is None:
        raise InvalidRequest("a visitor is named by 22 letters, digits, - and _; see `zufall reports list`")
    return VisitorId(given)


def _parse_evidence(kinds: Iterable[int]) -> Evidence:
    evidence = Evidence(0)
    for kind in kinds:
        if kind not in pb.Evidence.values() or not kind:
            raise InvalidRequest("there is no such evidence")
        evidence |= Evidence[pb.Evidence.Name(kind).removeprefix("EVIDENCE_")]
    return evidence


def parse_call(request: pb.FileRequest, proof: PassContent) -> CallContext:
    """Return the context of the call: what the pass proves, and what the reporter's page claims."""
    wish = holder_wish(proof)
    claimed = request.call
    return CallContext(
        mode=wish.mode if wish.mode in MODES else "",
        reporter_languages=primary_subtags(wish.languages),
        accused_languages=primary_subtags(proof.partner_languages),
        accused_country=proof.partner_country,
        claimed_seconds=min(claimed.seconds, MAX_CALL),
        claimed_ending=_parse_ending(claimed.ending),
    )


def _parse_ending(number: int) -> Ending:
    """Return the ending, which is unknown if only a newer gateway knows it."""
    try:
        return Ending(number)
    except ValueError:
        return Ending.UNKNOWN


def primary_subtags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the languages of language tags: `pt-BR` is `pt`."""
    return tuple(dict.fromkeys(tag.partition("-")[0].lower() for tag in tags))


def parse_flag(request: pb.FileRequest) -> bool:
    """Tell whether the reporter's browser filed it by itself. A flag brings nothing but its reason."""
    reasons = (pb.REASON_NUDITY, pb.REASON_SPAM)
    if request.flag and (request.reason not in reasons or request.note or request.chat or request.frames):
        raise InvalidRequest("a flag has the reason nudity or spam, and no note, chat or frames")
    return request.flag


def without_nul(text: str) -> str:
    """Replace NUL, which PostgreSQL does not store: a NUL that somebody typed must not make a report fail."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
