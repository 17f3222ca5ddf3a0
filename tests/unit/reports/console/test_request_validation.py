"""The checks of what moderators send."""

import pytest

from services.contract.errors import InvalidRequest
from services.contract.ids import DecisionId
from services.reports.core.actor import Actor
from services.reports.core.records import AppealState, Dismissal, Level, NewDecision
from services.reports.core.roles import Role
from services.reports.shell.console import request_validation
from services.reports.shell.console.views import AppealAnswerRequest, DecisionRequest

from ....statements import STATEMENTS

ANN = Actor("ann", Role.MODERATOR, 10_000)
SUE = Actor("sue", Role.SENIOR, 10_000)


def asked(**changes: object) -> DecisionRequest:
    fields: dict[str, object] = {
        "level": "banned",
        "seconds": 60,
        "rule": "nudity",
        "statement": "you were seen",
        "reason": "seen",
    }
    return DecisionRequest(**{**fields, **changes})  # type: ignore[arg-type]  # some are wrong on purpose


def parse(request: DecisionRequest, actor: Actor) -> NewDecision:
    return request_validation.parse_decision(request, DecisionId("d"), actor, STATEMENTS)


def test_a_decision_lasts_as_long_as_requested() -> None:
    made = parse(asked(), ANN)
    assert (made.level, made.made_at, made.until) == (Level.BANNED, 10_000, 70_000)
    assert (made.moderator, made.automated, made.rule) == ("ann", False, "nudity")


def test_a_decision_of_no_seconds_has_no_end() -> None:
    assert parse(asked(seconds=0), ANN).until == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"level": "gone"},
        {"rule": ""},
        {"rule": "being rude"},
        {"seconds": -1},
        {"seconds": 10**12},
        {"statement": " "},
        {"reason": ""},
        {"reason": "x" * 1001},
        {"statement": "x" * 1001},
        {"level": "good"},
        {"level": "good", "rule": "", "seconds": 5},
        {"template": "unknown"},
        {"template": "minor"},
        {"rule": "minor", "template": "minor_pictures", "level": "watched"},
        {"template": "nudity", "statement": "x" * 1001},
        {"language": "tlh"},
        {"dismissal": "unclear"},
        {"level": "good", "rule": "", "seconds": 0, "dismissal": "perhaps"},
    ],
)
def test_invalid_decisions_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest):
        parse(asked(**changes), SUE)


def test_a_dismissal_needs_no_statement() -> None:
    dismissed = asked(level="good", rule="", seconds=0, statement="")
    assert parse(dismissed, ANN).level is Level.GOOD


def test_a_template_needs_no_words() -> None:
    made = parse(asked(template="nudity", statement="", reason=" "), ANN)
    assert (made.template, made.reason) == ("nudity", "Undressed, or in sexual acts.")
    assert (made.statement, made.addition, made.language) == ("", "", "")
    own = parse(asked(template="nudity", statement="On the bus.", reason="again", language="de"), ANN)
    assert (own.reason, own.addition, own.language) == ("again", "On the bus.", "de")


def test_what_is_typed_in_place_of_a_template_keeps_its_language() -> None:
    made = parse(asked(language="fr"), ANN)
    assert (made.template, made.statement, made.addition, made.language) == ("", "you were seen", "", "fr")


@pytest.mark.parametrize("dismissal", list(Dismissal))
def test_a_dismissal_says_why_and_needs_no_words(dismissal: Dismissal) -> None:
    words = {"rule": "", "seconds": 0, "statement": "", "reason": ""}
    made = parse(asked(level="good", dismissal=dismissal.name.lower(), **words), ANN)
    assert (made.dismissal, made.reason) == (dismissal, "")


def test_nul_is_replaced() -> None:
    assert request_validation.required_text("a\0b", "why") == "a\N{REPLACEMENT CHARACTER}b"


def test_an_appeal_answer_is_parsed() -> None:
    answered = request_validation.parse_appeal_answer(
        DecisionId("d"), AppealAnswerRequest(True, "you were right"), ANN
    )
    assert (answered.state, answered.moderator) == (AppealState.OVERTURNED, "ann")
    for answer in ("", " ", "x" * 2001):
        with pytest.raises(InvalidRequest):
            request_validation.parse_appeal_answer(DecisionId("d"), AppealAnswerRequest(False, answer), ANN)


@pytest.mark.parametrize("name", ["", "a", "-ann", "Ann Lee", "ann\0", "ä" * 3, "x" * 65, "../ann", "<b>"])
def test_invalid_account_names_are_refused(name: str) -> None:
    with pytest.raises(InvalidRequest):
        request_validation.parse_account_name(name)


@pytest.mark.parametrize("name", ["ann", " Ann ", "ann.lee@example.org", "a1"])
def test_account_names_are_trimmed_and_lowered(name: str) -> None:
    assert request_validation.parse_account_name(name) == name.strip().lower()
