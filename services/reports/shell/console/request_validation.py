"""Checks what moderators send, and makes decisions and appeal answers of it."""

import re

from services.contract.errors import InvalidRequest
from services.contract.ids import DecisionId, VisitorId
from services.contract.limits import MAX_APPEAL_LENGTH

from ...core.actor import Actor
from ...core.appeals import decided_appeal
from ...core.records import Appeal, Dismissal, Level, NewDecision, Reason
from ...core.roles import Role
from ...core.statements import LANGUAGES, StatementTemplate, StatementWriter
from ..proto_mapping import MAX_NOTE, MAX_SECONDS, without_nul
from .views import AppealAnswerRequest, DecisionRequest, api_name

_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}", re.ASCII)
_LEVELS = {api_name(level): level for level in Level}
_ROLES = {api_name(role): role for role in Role}
_RULES = {api_name(reason) for reason in Reason}
_DISMISSALS = {api_name(dismissal): dismissal for dismissal in Dismissal}


def parse_decision(
    request: DecisionRequest, id: DecisionId, actor: Actor, statements: StatementWriter
) -> NewDecision:
    """Return the decision; raise `InvalidRequest`.

    If it has a template, its statement is written with the facts of the case, and so not here.
    """
    level = _parse_level(request)
    template = statements.chosen(request.template, request.rule, level) if request.template else None
    typed = _parse_statement(request, needed=level is not Level.GOOD and template is None)
    if not 0 <= request.seconds <= MAX_SECONDS:
        raise InvalidRequest(f"a decision lasts 0 to {MAX_SECONDS} seconds")
    return NewDecision(
        id=id,
        visitor=VisitorId(""),
        level=level,
        rule=request.rule,
        reason=_parse_reason(request, level, template),
        automated=False,
        made_at=actor.now,
        until=actor.now + request.seconds * 1000 if request.seconds else 0,
        moderator=actor.name,
        statement="" if template else typed,
        dismissal=_DISMISSALS[request.dismissal],
        template=request.template,
        addition=typed if template else "",
        language=request.language if typed else "",
    )


def parse_appeal_answer(decision: DecisionId, request: AppealAnswerRequest, actor: Actor) -> Appeal:
    """Return the answered appeal; raise `InvalidRequest`."""
    if not request.answer.strip() or len(request.answer) > MAX_APPEAL_LENGTH:
        raise InvalidRequest(f"an answer has 1 to {MAX_APPEAL_LENGTH} characters")
    return decided_appeal(decision, request.overturn, without_nul(request.answer), actor.name, actor.now)


def required_text(given: str, what: str) -> str:
    """Return a text that must not be empty; raise `InvalidRequest`."""
    if not given.strip():
        raise InvalidRequest(f"say {what}")
    if len(given) > MAX_NOTE:
        raise InvalidRequest(f"at most {MAX_NOTE} characters: {what}")
    return without_nul(given)


def parse_account_name(given: str) -> str:
    """Return the name of an account, which may be an email address; raise `InvalidRequest`."""
    name = given.strip().lower()
    if _NAME.fullmatch(name) is None:
        raise InvalidRequest(
            "a name must have 2 to 64 characters (a-z, 0-9 and . _ @ + -), and start with a letter or digit"
        )
    return name


def parse_role(given: str) -> Role:
    """Return the role; raise `InvalidRequest`."""
    if given not in _ROLES:
        raise InvalidRequest(f"a role is one of {', '.join(_ROLES)}")
    return _ROLES[given]


def _parse_level(request: DecisionRequest) -> Level:
    if request.level not in _LEVELS:
        raise InvalidRequest(f"a level is one of {', '.join(_LEVELS)}")
    level = _LEVELS[request.level]
    if level is Level.GOOD and (request.rule or request.seconds):
        raise InvalidRequest("a dismissal has no rule and no duration")
    if level is not Level.GOOD and request.rule not in _RULES:
        raise InvalidRequest(f"a rule is one of {', '.join(sorted(_RULES))}")
    if request.dismissal not in (_DISMISSALS if level is Level.GOOD else ("unfounded",)):
        raise InvalidRequest(f"a dismissal, and nothing else, is one of {', '.join(_DISMISSALS)}")
    return level


def _parse_reason(request: DecisionRequest, level: Level, template: StatementTemplate | None) -> str:
    """Return why, for colleagues. A dismissal and a template say it already."""
    if request.reason.strip() or (template is None and level is not Level.GOOD):
        return required_text(request.reason, "why, for colleagues")
    return template.reason if template else ""


def _parse_statement(request: DecisionRequest, needed: bool) -> str:
    """Return what the moderator typed for the visitor."""
    if request.language not in ("", *LANGUAGES):
        raise InvalidRequest(f"a language is one of {', '.join(LANGUAGES)}, or empty")
    if not needed and not request.statement.strip():
        return ""
    return required_text(request.statement, "why, as the visitor is told")
