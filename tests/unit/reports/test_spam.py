"""Tests of what follows when gateways tell of signs of spam."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contract.ids import CaseId, DecisionId, VisitorId
from services.reports.core.policy import SpamRules
from services.reports.core.records import Decision, Level, NewDecision, SpamObservation, SpamSign
from services.reports.core.spam import STATEMENTS, spam_action
from services.reports.core.triage import Triage
from services.reports.shell.policy_file import default_policy

HOUR = 3_600_000
NOW = 1_800_000_000_000
VISITOR = VisitorId("visitor")
POLICY = default_policy()
assert POLICY.spam is not None
RULES = POLICY.spam


def observed(sign: SpamSign = SpamSign.EARLY_LINK) -> SpamObservation:
    return SpamObservation(VISITOR, 7, sign, 9)


def made(decision: NewDecision | None, sequence: int = 1, **changed: object) -> Decision:
    assert decision is not None
    values = {name: getattr(decision, name) for name in NewDecision.__dataclass_fields__}
    return Decision(**(values | changed), sequence=sequence)


def follows(last: list[Decision], now: int = NOW, sign: SpamSign = SpamSign.EARLY_LINK) -> NewDecision | None:
    return Triage(POLICY, lambda: "decision").spam_evaluator(observed(sign), now)(last)


def of_a_person(level: Level, until: int = 0, made_at: int = NOW - 1) -> Decision:
    return Decision(
        DecisionId("person"), VISITOR, level, "spam", "", False, made_at, until, "ann", sequence=9
    )


def test_the_first_time_the_visitor_is_watched_and_the_decision_says_why() -> None:
    decision = follows([])
    assert decision == NewDecision(
        DecisionId("decision"),
        VISITOR,
        Level.WATCHED,
        "spam",
        "early_link, 9 times, seen by a gateway",
        automated=True,
        made_at=NOW,
        until=NOW + 24 * HOUR,
        statement=STATEMENTS[SpamSign.EARLY_LINK],
        template="early_link",
        policy=POLICY.version,
        device=7,
    )


def test_told_again_the_visitor_is_restricted_for_a_short_time_and_each_time_again() -> None:
    first = made(follows([]))
    second = follows([first], NOW + HOUR)
    assert second is not None
    assert (second.level, second.until) == (Level.RESTRICTED, NOW + 2 * HOUR)
    third = follows([made(second, 2), first], NOW + 2 * HOUR)
    assert third is not None
    assert (third.level, third.until) == (Level.RESTRICTED, NOW + 3 * HOUR)


def test_while_a_restriction_holds_another_one_adds_nothing() -> None:
    first = made(follows([]))
    second = made(follows([first], NOW + HOUR), 2)
    assert follows([second, first], NOW + HOUR + HOUR // 2) is None


def test_a_day_later_it_is_the_first_time_again() -> None:
    decision = follows([made(follows([]))], NOW + 24 * HOUR + 1)
    assert decision is not None
    assert decision.level is Level.WATCHED


@pytest.mark.parametrize("sign", [SpamSign.SAME_LINE, SpamSign.NETWORK_LINE])
def test_what_people_might_do_by_chance_never_restricts(sign: SpamSign) -> None:
    first = made(follows([], sign=sign))
    assert follows([first], NOW + HOUR // 2, sign) is None
    again = follows([first], NOW + 2 * HOUR, sign)
    assert again is not None
    assert (again.level, again.until) == (Level.WATCHED, NOW + 26 * HOUR)


@pytest.mark.parametrize(
    "held",
    [
        of_a_person(Level.BANNED),
        of_a_person(Level.RESTRICTED, NOW + HOUR),
        of_a_person(Level.WATCHED),
    ],
)
def test_a_persons_decision_is_never_made_milder_or_shorter(held: Decision) -> None:
    assert follows([held, made(follows([]))]) is None


def test_after_a_person_lifted_it_it_begins_anew() -> None:
    decision = follows([of_a_person(Level.GOOD), made(follows([]))])
    assert decision is not None
    assert decision.level is Level.WATCHED


def test_what_followed_from_reports_of_spam_is_not_the_first_time() -> None:
    reported = made(follows([]), case=CaseId("case"))
    assert follows([reported], NOW + HOUR // 2) is None, "it is watched already"
    decision = follows([reported], NOW + 2 * HOUR)
    assert decision is not None
    assert decision.level is Level.WATCHED


def test_a_policy_without_the_table_decides_nothing() -> None:
    triage = Triage(replace(POLICY, spam=None), lambda: "decision")
    assert triage.spam_evaluator(observed(), NOW)([]) is None


@given(
    sign=st.sampled_from(SpamSign),
    restricting=st.frozensets(st.sampled_from(SpamSign)),
    hours=st.tuples(st.floats(0.1, 168), st.floats(0.1, 168), st.floats(0, 1000)),
    pauses=st.lists(st.integers(0, 72 * HOUR), max_size=8),
)
def test_no_rules_ban_anybody_or_act_without_an_end(
    sign: SpamSign, restricting: frozenset[SpamSign], hours: tuple[float, float, float], pauses: list[int]
) -> None:
    rules, now, last = SpamRules(*hours, restricting), NOW, list[Decision]()
    for number, pause in enumerate(pauses):
        now += pause
        action = spam_action(sign, rules, last, now)
        if action is None:
            continue
        assert action.level in (Level.WATCHED, Level.RESTRICTED)
        assert 0 < action.seconds <= 168 * 3600
        assert action.level is Level.WATCHED or (sign in restricting and last)
        until = now + action.seconds * 1000
        decision = Decision(
            DecisionId(""), VISITOR, action.level, "spam", "", True, now, until, sequence=number
        )
        last.insert(0, decision)
