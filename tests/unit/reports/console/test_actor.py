"""The rules of undoing a decision."""

from dataclasses import replace

import pytest

from services.contract.ids import CaseId, DecisionId, VisitorId
from services.reports.core.actor import UNDO_WINDOW, Actor
from services.reports.core.records import Decision, Level
from services.reports.core.roles import Role

MADE = Decision(
    id=DecisionId("decision"),
    visitor=VisitorId("visitor"),
    level=Level.BANNED,
    rule="nudity",
    reason="",
    automated=False,
    made_at=1_000,
    until=0,
    moderator="ann",
    case=CaseId("case"),
    sequence=5,
)
LATER = replace(MADE, id=DecisionId("later"), sequence=6, case=CaseId("other"))


@pytest.mark.parametrize(
    ("name", "role", "late", "may"),
    [
        ("ann", Role.MODERATOR, 0, True),
        ("ann", Role.MODERATOR, UNDO_WINDOW, True),
        ("ann", Role.MODERATOR, UNDO_WINDOW + 1, False),
        ("bob", Role.MODERATOR, 0, False),
        ("bob", Role.SENIOR, UNDO_WINDOW * 1000, True),
        ("ann", Role.VIEWER, 0, False),
    ],
)
def test_moderators_undo_their_own_for_a_while_and_seniors_any(
    name: str, role: Role, late: int, may: bool
) -> None:
    assert Actor(name, role, MADE.made_at + late).may_undo(MADE, [MADE]) is may


def test_only_the_newest_decision_can_be_undone() -> None:
    ann = Actor("ann", Role.SENIOR, 2_000)
    assert not ann.may_undo(MADE, [LATER, MADE])
    dismissed = replace(LATER, silent=True, level=Level.GOOD)
    assert ann.may_undo(MADE, [dismissed, MADE]), "a dismissal elsewhere changed nothing"
    assert not ann.may_undo(MADE, [replace(LATER, silent=True), MADE]), "a proposal relies on it"
    restored = replace(MADE, sequence=7)
    assert ann.may_undo(dismissed, [restored, dismissed, MADE])
    assert not ann.may_undo(replace(LATER, silent=True), [restored, LATER, MADE])


def test_a_decision_of_triage_cannot_be_undone() -> None:
    assert not Actor("ann", Role.ADMIN, 2_000).may_undo(replace(MADE, automated=True), [MADE])


def test_a_decision_without_a_case_cannot_be_undone() -> None:
    assert not Actor("ann", Role.ADMIN, 2_000).may_undo(replace(MADE, case=CaseId("")), [MADE])
