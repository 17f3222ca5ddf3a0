"""Tests what holds for all reporters under all policies: nobody gains by numbers alone."""

from dataclasses import replace
from math import ceil, inf, isfinite

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from services.contract.ids import ReportId, VisitorId
from services.contract.limits import MAX_DEVICE_HOURS
from services.reports.core.policy import (
    MAX_ACTION_HOURS,
    MAX_ALIKE_COUNTED,
    ActionThreshold,
    Policy,
    ReporterHistory,
)
from services.reports.core.records import Level, Reason
from services.reports.core.review import Action, QueueGroup, review
from services.reports.core.scoring import HOUR_MS, ReportFacts, has_history
from services.reports.shell.policy_file import default_policy

from .report_facts import NOW, again, report_facts

POLICY = default_policy()

shares = st.floats(0, 0.9)
factors = st.floats(0, 1)
steps = st.lists(
    st.builds(
        ActionThreshold,
        score=st.floats(0.01, 5),
        level=st.sampled_from([level for level in Level if level is not Level.GOOD]),
        hours=st.floats(0.01, MAX_ACTION_HOURS),
        networks=st.integers(1, 3),
    ),
    max_size=4,
)


def monotone(steps: list[ActionThreshold]) -> tuple[ActionThreshold, ...]:
    """Sort the thresholds as `parse_policy` demands it."""
    columns = zip(*((step.score, step.level, step.hours, step.networks) for step in steps), strict=True)
    return tuple(ActionThreshold(*row) for row in zip(*map(sorted, columns), strict=True))


policies = st.builds(
    Policy,
    version=st.just("any"),
    weights=st.fixed_dictionaries({reason: st.floats(0, 10) for reason in Reason}),
    half_life_hours=st.floats(1, 1000),
    prior_upheld=st.floats(0.1, 10),
    prior_dismissed=st.floats(0.1, 10),
    free_a_day=st.integers(1, 20),
    same_network_factor=shares,
    same_reporter_factor=shares,
    min_network_points=st.floats(0, 1),
    unproven_factor=factors,
    device_hours=st.integers(0, MAX_DEVICE_HOURS),
    flag_factor=factors,
    thresholds=steps.map(monotone),
    history=st.builds(
        ReporterHistory, device_hours=st.integers(1, MAX_DEVICE_HOURS), upheld=st.integers(1, 60)
    ),
    picture_half_lives=st.floats(0, 10),
    flags_a_day=st.integers(0, MAX_ALIKE_COUNTED) | st.just(inf),
    minors_a_day=st.integers(1, MAX_ALIKE_COUNTED),
    others_a_day=st.integers(1, MAX_ALIKE_COUNTED),
    spam_flag_weight=st.none() | st.floats(0, 1000),
) | st.just(POLICY)
reports = st.builds(
    ReportFacts,
    id=st.uuids().map(lambda uuid: ReportId(uuid.hex)),
    reporter=st.integers(0, 8).map(lambda number: VisitorId(f"reporter {number}")),
    network=st.sampled_from([b"", b"a", b"b", b"c", b"d"]),
    reason=st.sampled_from(Reason),
    filed_at=st.integers(-HOUR_MS, 1000 * HOUR_MS).map(lambda age: NOW - age),
    upheld=st.integers(0, 50),
    dismissed=st.integers(0, 50),
    reported_lately=st.integers(1, 500),
    proven=st.booleans(),
    device_hours=st.integers(0, MAX_DEVICE_HOURS),
    flag=st.booleans(),
    alike_lately=st.integers(0, 20),
    undressed=factors,
    known=st.booleans(),
)
crowds = st.lists(reports, max_size=12, unique_by=lambda one: one.id)
untimed = settings(deadline=None)
STRANGERS = [
    report_facts(reason=reason, proven=False) for reason in Reason for _ in range(50)
]  # each is new and alone in a network


def score(crowd: list[ReportFacts], policy: Policy, now: int = NOW) -> float:
    return review(crowd, policy, now).score


def with_rounding(bound: float) -> float:
    """Return a bound with what rounding may add. Numbers very near zero have few digits."""
    return bound * (1 + 1e-9) + 1e-300


def alone(one: ReportFacts, number: int) -> ReportFacts:
    """Return the same report of somebody else, in a network of their own."""
    name = f"independent {number}"
    return replace(one, id=ReportId(name), reporter=VisitorId(name), network=name.encode())


@st.composite
def strangers(draw: st.DrawFn) -> list[ReportFacts]:
    """Draw reports of any reason, time and number, of reporters with neither a key nor upheld reports.

    Each of up to four kinds comes from up to twenty reporters, who are all in networks of their own.
    """
    kinds = st.lists(st.tuples(reports, st.integers(1, 20)), max_size=4)
    return [
        replace(alone(one, 100 * kind + number), proven=False, device_hours=0, upheld=0)
        for kind, (one, count) in enumerate(draw(kinds))
        for number in range(count)
    ]


def restriction(crowd: list[ReportFacts], policy: Policy) -> Action | None:
    """Return the action if it restricts or bans."""
    action = review(crowd, policy, NOW).action
    return action if action and action.level >= Level.RESTRICTED else None


@untimed
@given(crowd=strangers(), policy=policies)
@example(crowd=STRANGERS, policy=POLICY)
def test_no_set_of_reporters_without_key_and_history_restricts_or_bans(
    crowd: list[ReportFacts], policy: Policy
) -> None:
    assert restriction(crowd, policy) is None


@untimed
@given(crowd=crowds, more=strangers(), policy=policies)
def test_strangers_change_nothing_about_a_restriction_or_a_ban(
    crowd: list[ReportFacts], more: list[ReportFacts], policy: Policy
) -> None:
    """They neither add to what others say, nor prolong it, nor take anything from it."""
    assert restriction([*crowd, *more], policy) == restriction(crowd, policy)


@untimed
@given(crowd=crowds, policy=policies)
def test_only_reports_of_reporters_with_a_history_restrict_or_ban(
    crowd: list[ReportFacts], policy: Policy
) -> None:
    assert policy.history is not None
    trusted = [one for one in crowd if has_history(one, policy.history)]
    assert restriction(crowd, policy) == restriction(trusted, policy)


@untimed
@given(crowd=crowds, minors=crowds, policy=policies)
def test_reports_of_minors_lead_to_no_action(
    crowd: list[ReportFacts], minors: list[ReportFacts], policy: Policy
) -> None:
    """This holds for every reporter, of whatever history."""
    more = [replace(one, reason=Reason.MINOR) for one in minors]
    others = [one for one in crowd if one.reason is not Reason.MINOR]
    assert review(more, policy, NOW).action is None
    assert review([*others, *more], policy, NOW).action == review(others, policy, NOW).action


@untimed
@given(one=reports, count=st.integers(1, 300), policy=policies)
def test_a_network_counts_for_no_more_than_a_few_independent_reporters(
    one: ReportFacts, count: int, policy: Policy
) -> None:
    enough = ceil(1 / (1 - policy.same_network_factor))
    independent = [alone(one, number) for number in range(enough)]
    assert score(again(one, count, by_others=True), policy) <= with_rounding(score(independent, policy))


@untimed
@given(one=reports, count=st.integers(1, 100), each=st.integers(1, 3))
def test_a_network_counts_for_no_more_than_two_under_the_default_policy_or_three_if_all_report_often(
    one: ReportFacts, count: int, each: int
) -> None:
    colluders = again(one, count, by_others=True)
    crowd = [report for colluder in colluders for report in again(colluder, each)]
    enough = 2 if each == 1 else 3
    found = review(crowd, POLICY, NOW)
    assert found.score <= with_rounding(score([alone(one, number) for number in range(enough)], POLICY))
    assert found.networks <= 1
    assert found.action is None


@untimed
@given(one=reports, count=st.integers(1, 100), policy=policies)
def test_a_reporter_counts_for_no_more_than_a_few_from_wherever_they_report(
    one: ReportFacts, count: int, policy: Policy
) -> None:
    reports = [replace(copy, network=b"%d" % number) for number, copy in enumerate(again(one, count))]
    found = review(reports, policy, NOW)
    assert found.score <= with_rounding(score([one], policy) / (1 - policy.same_reporter_factor))
    assert found.networks <= 1


@untimed
@given(crowd=crowds, place=st.integers(0), less=st.integers(1, 1000), policy=policies)
def test_a_reporter_of_more_visitors_counts_for_less(
    crowd: list[ReportFacts], place: int, less: int, policy: Policy
) -> None:
    assume(crowd)
    one = crowd[place % len(crowd)]
    eager = replace(one, reported_lately=one.reported_lately + less)
    others = [other for other in crowd if other is not one]
    assert score([*others, eager], policy) <= with_rounding(score(crowd, policy))
    assert score([eager], policy) <= score([one], policy)


@untimed
@given(one=reports, policy=policies)
def test_a_reporter_of_everybody_counts_for_next_to_nothing(one: ReportFacts, policy: Policy) -> None:
    everybody = replace(one, reported_lately=1000 * policy.free_a_day)
    assert score([everybody], policy) <= with_rounding(policy.weight(one.reason, flag=one.flag) / 1000)


@untimed
@given(one=reports, more=st.integers(1, 50), policy=policies)
def test_earlier_decisions_change_the_weight_of_a_reporter(
    one: ReportFacts, more: int, policy: Policy
) -> None:
    better = replace(one, upheld=one.upheld + more)
    worse = replace(one, dismissed=one.dismissed + more)
    assume(score([one], policy) > 1e-100)
    assert score([worse], policy) < score([one], policy) < score([better], policy)


@untimed
@given(one=reports, hours=st.integers(1, MAX_DEVICE_HOURS), policy=policies)
def test_a_device_earns_trust_by_its_age_alone_and_never_more_than_a_report_is_worth(
    one: ReportFacts, hours: int, policy: Policy
) -> None:
    none = replace(one, proven=False)
    new, older = replace(one, proven=True, device_hours=0), replace(one, proven=True, device_hours=hours)
    old = replace(one, proven=True, device_hours=MAX_DEVICE_HOURS)
    if policy.device_hours:
        assert score([new], policy) == score([none], policy)  # else a script had only to make keys
    assert score([none], policy) <= score([new], policy) <= score([older], policy) <= score([old], policy)
    assert score([none], policy) == pytest.approx(score([old], policy) * policy.unproven_factor)


@untimed
@given(crowd=crowds, one=reports, policy=policies)
def test_a_report_from_a_new_network_never_lowers_the_score(
    crowd: list[ReportFacts], one: ReportFacts, policy: Policy
) -> None:
    before, after = review(crowd, policy, NOW), review([*crowd, alone(one, 0)], policy, NOW)
    assert before.score <= with_rounding(after.score)
    assert after.networks >= before.networks
    assert after.score == pytest.approx(before.score + score([one], policy))


@untimed
@given(crowd=crowds, one=reports, policy=policies)
def test_no_further_report_lowers_the_score(
    crowd: list[ReportFacts], one: ReportFacts, policy: Policy
) -> None:
    last = replace(one, id=ReportId("last"), filed_at=max([NOW, *(other.filed_at for other in crowd)]) + 1)
    assert score(crowd, policy) <= with_rounding(score([*crowd, last], policy))


@untimed
@given(
    crowd=crowds,
    ages=st.tuples(st.integers(0, 10_000 * HOUR_MS), st.integers(0, 10_000 * HOUR_MS)),
    policy=policies,
)
def test_a_score_only_falls_while_nobody_reports(
    crowd: list[ReportFacts], ages: tuple[int, int], policy: Policy
) -> None:
    sooner, later = sorted(ages)
    assert score(crowd, policy, NOW + later) <= with_rounding(score(crowd, policy, NOW + sooner))


@untimed
@given(crowd=crowds, half_lives=st.integers(0, 20), policy=policies)
def test_a_score_halves_in_each_half_life(crowd: list[ReportFacts], half_lives: int, policy: Policy) -> None:
    start = max([NOW, *(one.filed_at for one in crowd)])
    later = start + round(half_lives * policy.half_life_hours * HOUR_MS)
    assert score(crowd, policy, later) == pytest.approx(score(crowd, policy, start) / 2**half_lives, rel=1e-5)


@untimed
@given(crowds=st.tuples(crowds, crowds), hours=st.integers(0, 1000), policy=policies)
def test_the_queue_keeps_its_order_while_time_passes(
    crowds: tuple[list[ReportFacts], list[ReportFacts]], hours: int, policy: Policy
) -> None:
    start = NOW + HOUR_MS  # no report is from the future
    one, other = (review(crowd, policy, start).urgency for crowd in crowds)
    later = review(crowds[1], policy, start + hours * HOUR_MS).urgency
    assume(abs(one.heat - other.heat) > 1e-6)
    assume(isfinite(later.heat) == isfinite(other.heat))  # below 1e-308 a score is none
    assert (one < other) is (one < later)


@untimed
@given(crowd=crowds, data=st.data(), policy=policies)
def test_the_order_in_which_reports_came_in_changes_nothing(
    crowd: list[ReportFacts], data: st.DataObject, policy: Policy
) -> None:
    assert review(data.draw(st.permutations(crowd)), policy, NOW) == review(crowd, policy, NOW)


@untimed
@given(crowd=crowds, policy=policies)
def test_the_weights_of_reports_are_shown_and_add_up(crowd: list[ReportFacts], policy: Policy) -> None:
    found = review(crowd, policy, NOW)
    assert sorted(one.report.id for one in found.weighted) == sorted(one.id for one in crowd)
    assert found.score == pytest.approx(sum(one.points for one in found.weighted))
    for one in found.weighted:
        told = policy.weight(one.report.reason, flag=one.report.flag)
        for cut in one.reductions:
            assert 0 <= cut.factor < 1
            told *= cut.factor
        assert one.points == pytest.approx(told)
        assert len({cut.reason for cut in one.reductions}) == len(one.reductions)


@untimed
@given(crowd=crowds, wait=st.integers(0, 400 * HOUR_MS), policy=policies)
def test_an_automatic_action_ends(crowd: list[ReportFacts], wait: int, policy: Policy) -> None:
    newest = max((one.filed_at for one in crowd), default=NOW)
    now = max(NOW, newest) + wait
    action = review(crowd, policy, now).action
    if action:
        assert 0 < action.seconds <= MAX_ACTION_HOURS * 3600
        assert now + action.seconds * 1000 <= newest + MAX_ACTION_HOURS * HOUR_MS, "waiting prolongs nothing"
        assert action.level is not Level.GOOD


def counted_for_actions(crowd: list[ReportFacts], policy: Policy) -> list[list[ReportFacts]]:
    """Return the reports that may have a visitor watched, and those that may restrict or ban."""
    if policy.history is None:
        return [crowd, [one for one in crowd if not is_spam_flag(one)]]
    accusing = [one for one in crowd if one.reason is not Reason.MINOR]
    trusted = [one for one in accusing if has_history(one, policy.history) and not is_spam_flag(one)]
    return [accusing, trusted]


def is_spam_flag(report: ReportFacts) -> bool:
    return report.flag and report.reason is Reason.SPAM


@untimed
@given(crowd=crowds, policy=policies)
def test_an_automatic_action_needs_the_score_and_the_networks_of_the_policy(
    crowd: list[ReportFacts], policy: Policy
) -> None:
    found = review(crowd, policy, NOW)
    known = {one.network for one in crowd if one.network}
    assert found.networks <= max(len(known), min(len(crowd), 1))
    if found.action:
        reached = {
            one.level
            for verdict in (review(counted, policy, NOW) for counted in counted_for_actions(crowd, policy))
            for one in policy.thresholds
            if verdict.score >= one.score and verdict.networks >= one.networks
        }
        assert found.action.level in reached
        assert found.action.rule in {one.reason for one in crowd}


@untimed
@given(crowd=st.lists(reports, min_size=1, max_size=12, unique_by=lambda one: one.id), policy=policies)
def test_a_report_of_a_minor_comes_before_all_others(crowd: list[ReportFacts], policy: Policy) -> None:
    others = [
        replace(one, reason=Reason.NUDITY, upheld=50, dismissed=0, undressed=1.0, known=False)
        for one in crowd * 3
    ]
    minor = replace(crowd[0], reason=Reason.MINOR, flag=False, alike_lately=1)
    assert review([minor], policy, NOW).urgency > review(others, policy, NOW).urgency


@untimed
@given(crowd=crowds, one=reports, policy=policies)
def test_flags_only_rank_beneath_every_report_of_a_person(
    crowd: list[ReportFacts], one: ReportFacts, policy: Policy
) -> None:
    assume(crowd)
    flags = [replace(other, flag=True, reason=Reason.NUDITY, known=False) for other in crowd]
    said = review([replace(one, flag=False, alike_lately=1)], policy, NOW).urgency
    assert said > review(flags, policy, NOW).urgency


@untimed
@given(crowd=crowds, flags=crowds, policy=policies)
def test_flags_of_spam_restrict_nobody_and_add_to_no_restriction(
    crowd: list[ReportFacts], flags: list[ReportFacts], policy: Policy
) -> None:
    still = [
        replace(one, id=ReportId(f"flag {number}"), flag=True, reason=Reason.SPAM)
        for number, one in enumerate(flags)
    ]
    assert restriction([*crowd, *still], policy) == restriction(crowd, policy)


@untimed
@given(crowd=crowds, flood=crowds, policy=policies)
def test_a_flood_ranks_beneath_all_else_and_moves_no_other_case_down(
    crowd: list[ReportFacts], flood: list[ReportFacts], policy: Policy
) -> None:
    assume(crowd and flood)
    policy = replace(policy, flags_a_day=min(policy.flags_a_day, MAX_ALIKE_COUNTED))
    excess = [replace(one, alike_lately=MAX_ALIKE_COUNTED + 1, known=False) for one in flood]
    counted = [replace(one, alike_lately=1) for one in crowd if not one.flag or policy.flags_a_day]
    assume(counted)
    assert review(excess, policy, NOW).urgency.group is QueueGroup.FLOOD
    alone = review(counted, policy, NOW).urgency.group
    assert QueueGroup.FLOOD < alone is review([*counted, *excess], policy, NOW).urgency.group


@untimed
@given(one=reports, count=st.integers(1, 60), most=st.integers(0, 30))
def test_flags_of_one_network_about_whomever_come_to_no_more_than_so_many(
    one: ReportFacts, count: int, most: int
) -> None:
    policy = replace(POLICY, flags_a_day=most)
    flag = replace(one, flag=True, filed_at=NOW)
    total = sum(score([replace(flag, alike_lately=nth)], policy) for nth in range(1, count + 1))
    assert total <= with_rounding(most * score([replace(flag, alike_lately=0)], policy))


@untimed
@given(crowd=crowds, data=st.data(), policy=policies)
def test_scores_of_pictures_decide_nothing(
    crowd: list[ReportFacts], data: st.DataObject, policy: Policy
) -> None:
    seen = [replace(one, undressed=data.draw(factors), known=data.draw(st.booleans())) for one in crowd]
    found, again = review(crowd, policy, NOW), review(seen, policy, NOW)
    assert (again.action, again.score, again.networks) == (found.action, found.score, found.networks)
    assert [one.points for one in again.weighted] == [one.points for one in found.weighted]


@untimed
@given(crowd=crowds, place=st.integers(0), scores=st.tuples(factors, factors), policy=policies)
def test_a_picture_that_looks_worse_never_comes_later_and_moves_a_case_only_so_far(
    crowd: list[ReportFacts], place: int, scores: tuple[float, float], policy: Policy
) -> None:
    assume(crowd)
    one = place % len(crowd)
    less, more = (
        review([*crowd[:one], replace(crowd[one], undressed=score), *crowd[one + 1 :]], policy, NOW).urgency
        for score in sorted(scores)
    )
    bare = review([replace(other, undressed=0.0) for other in crowd], policy, NOW).urgency
    assert bare <= less <= more
    assert more.heat <= bare.heat + policy.picture_half_lives + 1e-9


@untimed
@given(crowd=crowds, one=reports, policy=policies)
def test_a_picture_on_a_list_comes_before_everything_else(
    crowd: list[ReportFacts], one: ReportFacts, policy: Policy
) -> None:
    others = [replace(other, known=False) for other in crowd]
    known = replace(one, reason=Reason.SPAM, known=True)
    assert review([known], policy, NOW).urgency > review(others, policy, NOW).urgency
