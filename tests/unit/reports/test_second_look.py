"""Which decisions need a second moderator, who may confirm them, and what holds until then."""

from dataclasses import replace

import pytest

from services.contract.ids import CaseId, DecisionId, VisitorId
from services.reports.core.records import DAY_MS, Decision, DecisionCause, Evidence, Level, NewDecision
from services.reports.core.roles import Role
from services.reports.core.second_look import (
    LONGEST_ALONE,
    PROVISIONAL_LIFETIME,
    Proposal,
    confirmed_decision,
    confirming_role,
    needs_second_look,
    provisional_decision,
)

NOW = 1_000
PROPOSED = NewDecision(
    id=DecisionId("decision"),
    visitor=VisitorId("visitor"),
    level=Level.BANNED,
    rule="nudity",
    reason="seen",
    automated=False,
    made_at=NOW,
    until=0,
    moderator="ann",
    statement="You were seen.",
    evidence=Evidence.PICTURES,
    case=CaseId("case"),
    device=7,
)


def proposal(proposed: NewDecision = PROPOSED) -> Proposal:
    held = provisional_decision(proposed, None)
    columns = {name: getattr(held, name) for name in NewDecision.__dataclass_fields__}
    return Proposal(CaseId("case"), Decision(**columns, sequence=1), proposed.until)


@pytest.mark.parametrize(
    ("level", "rule", "until", "needs"),
    [
        (Level.BANNED, "nudity", 0, True),
        (Level.RESTRICTED, "spam", 0, True),
        (Level.WATCHED, "spam", 0, False),
        (Level.BANNED, "nudity", NOW + DAY_MS, False),
        (Level.BANNED, "nudity", NOW + LONGEST_ALONE, False),
        (Level.BANNED, "nudity", NOW + LONGEST_ALONE + 1, True),
        (Level.WATCHED, "spam", NOW + 2 * LONGEST_ALONE, False),
        (Level.BANNED, "minor", NOW + DAY_MS, True),
        (Level.WATCHED, "minor", NOW + DAY_MS, True),
        (Level.GOOD, "", 0, False),
        (Level.GOOD, "minor", 0, False),
    ],
)
def test_what_has_no_end_and_what_is_about_minors_needs_two(
    level: Level, rule: str, until: int, needs: bool
) -> None:
    assert needs_second_look(replace(PROPOSED, level=level, rule=rule, until=until)) is needs


def test_until_the_second_look_a_decision_holds_for_three_days_and_never_longer_than_proposed() -> None:
    cause = DecisionCause.PROPOSED
    assert provisional_decision(PROPOSED, None) == replace(
        PROPOSED, until=NOW + PROVISIONAL_LIFETIME, cause=cause
    )
    short = replace(PROPOSED, rule="minor", until=NOW + DAY_MS)
    assert provisional_decision(short, None) == replace(short, cause=cause)
    long = replace(short, until=NOW + 30 * DAY_MS)
    assert provisional_decision(long, None).until == NOW + PROVISIONAL_LIFETIME


@pytest.mark.parametrize(
    ("level", "until", "silent"),
    [
        (Level.BANNED, 0, True),
        (Level.BANNED, NOW + PROVISIONAL_LIFETIME, True),
        (Level.BANNED, NOW + PROVISIONAL_LIFETIME - 1, False),
        (Level.BANNED, NOW - 1, False),
        (Level.RESTRICTED, 0, False),
        (Level.GOOD, 0, False),
    ],
)
def test_a_proposal_never_shortens_what_holds(level: Level, until: int, silent: bool) -> None:
    held = replace(proposal().decision, level=level, until=until, cause=DecisionCause.DECIDED)
    assert provisional_decision(PROPOSED, held).silent is silent


@pytest.mark.parametrize(
    ("name", "role", "may"),
    [
        ("ann", Role.ADMIN, False),
        ("bob", Role.MODERATOR, False),
        ("bob", Role.SENIOR, True),
        ("bob", Role.ADMIN, True),
    ],
)
def test_another_senior_confirms_a_ban_without_an_end(name: str, role: Role, may: bool) -> None:
    assert proposal().may_be_confirmed_by(name, role) is may


def test_a_ban_of_a_century_is_one_without_an_end() -> None:
    century = replace(PROPOSED, until=NOW + 100 * LONGEST_ALONE)
    assert confirming_role(century) is Role.SENIOR
    assert not proposal(century).may_be_confirmed_by("bob", Role.MODERATOR)


def test_another_moderator_confirms_what_a_moderator_may_decide() -> None:
    of_minor = replace(PROPOSED, rule="minor", until=NOW + DAY_MS)
    assert confirming_role(of_minor) is Role.MODERATOR
    assert proposal(of_minor).may_be_confirmed_by("bob", Role.MODERATOR)
    assert not proposal(of_minor).may_be_confirmed_by("bob", Role.VIEWER)
    assert not proposal(of_minor).may_be_confirmed_by("ann", Role.MODERATOR)
    assert confirming_role(replace(PROPOSED, level=Level.RESTRICTED)) is Role.MODERATOR


def test_what_is_confirmed_is_what_was_proposed_by_both() -> None:
    made = confirmed_decision(proposal(), DecisionId("second"), "bob", NOW + 9)
    assert made == replace(PROPOSED, id=DecisionId("second"), made_at=NOW + 9, confirmed_by="bob")
    assert [name for name in ("ann", "bob", "carl", "") if made.was_decided_by(name)] == ["ann", "bob"]


def test_a_proposal_is_over_when_even_its_own_end_has_passed() -> None:
    assert not proposal().is_over(NOW + 999 * DAY_MS)
    short = proposal(replace(PROPOSED, rule="minor", until=NOW + DAY_MS))
    assert not short.is_over(NOW + DAY_MS - 1)
    assert short.is_over(NOW + DAY_MS)
