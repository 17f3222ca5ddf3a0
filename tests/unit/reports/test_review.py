"""Tests one plain case of triage each, under the policy that comes with Zufall."""

from dataclasses import replace
from time import process_time

import pytest

from services.reports.core.records import Evidence, Level, Reason
from services.reports.core.review import Action, Verdict, review
from services.reports.core.scoring import (
    MAX_REPORTS_WEIGHED,
    Reduction,
    ReductionReason,
    ReportFacts,
    choose_weighed,
)
from services.reports.shell.policy_file import default_policy

from .report_facts import HOUR, NOW, again, report_facts

POLICY = default_policy()
NEW = Reduction(ReductionReason.RELIABILITY, 0.5)


def verdict(*reports: ReportFacts, now: int = NOW) -> Verdict:
    return review(reports, POLICY, now)


def test_no_action_follows_from_no_reports() -> None:
    nothing = verdict()
    assert (nothing.score, nothing.networks, nothing.action, nothing.weighted) == (0, 0, None, ())
    assert nothing.urgency < verdict(report_facts(hours_ago=1000)).urgency
    assert nothing.policy == POLICY.version


def test_a_first_report_by_somebody_new_counts_half_its_weight() -> None:
    (weighted,) = verdict(report_facts(reason=Reason.NUDITY)).weighted
    assert (weighted.points, weighted.reductions) == (1.0, (NEW,))


def test_each_reason_weighs_what_the_policy_says() -> None:
    for reason in Reason:
        assert verdict(report_facts(reason=reason)).score == POLICY.weights[reason] / 2


@pytest.mark.parametrize(
    ("fields", "cuts"),
    [
        ({"upheld": 4}, [Reduction(ReductionReason.RELIABILITY, 0.75)]),
        ({"dismissed": 4}, [Reduction(ReductionReason.RELIABILITY, 0.25)]),
        ({"upheld": 3, "dismissed": 3}, [NEW]),
        ({"reported_lately": 4}, [NEW]),
        ({"reported_lately": 8}, [NEW, Reduction(ReductionReason.MANY, 0.5)]),
        ({"reported_lately": 400}, [NEW, Reduction(ReductionReason.MANY, 0.01)]),
        ({"hours_ago": 48}, [NEW, Reduction(ReductionReason.AGE, 0.5)]),
        ({"hours_ago": 96}, [NEW, Reduction(ReductionReason.AGE, 0.25)]),
        ({"hours_ago": -96}, [NEW]),
        ({"proven": False}, [NEW, Reduction(ReductionReason.UNPROVEN, 0.5)]),
        ({"device_hours": 0}, [NEW, Reduction(ReductionReason.UNPROVEN, 0.5)]),
        ({"device_hours": 6}, [NEW, Reduction(ReductionReason.UNPROVEN, 0.625)]),
        ({"device_hours": 24}, [NEW]),
        ({"flag": True}, [NEW, Reduction(ReductionReason.FLAG, 0.25)]),
        ({"flag": True, "alike_lately": 10}, [NEW, Reduction(ReductionReason.FLAG, 0.25)]),
        (
            {"flag": True, "alike_lately": 11},
            [NEW, Reduction(ReductionReason.FLAG, 0.25), Reduction(ReductionReason.MANY_FLAGS, 0)],
        ),
        ({"alike_lately": 11}, [NEW]),
        (
            {"flag": True, "dismissed": 4},
            [Reduction(ReductionReason.RELIABILITY, 0.25), Reduction(ReductionReason.FLAG, 0.25)],
        ),
        (
            {"flag": True, "proven": False},
            [NEW, Reduction(ReductionReason.UNPROVEN, 0.5), Reduction(ReductionReason.FLAG, 0.25)],
        ),
    ],
)
def test_a_report_tells_why_it_counts_for_less(fields: dict[str, int], cuts: list[Reduction]) -> None:
    (weighted,) = verdict(report_facts(**fields)).weighted  # type: ignore[arg-type]  # a table of any fields
    assert list(weighted.reductions) == cuts


def test_the_next_reporters_of_a_network_count_half_of_the_one_before() -> None:
    first = report_facts()
    weighted = verdict(first, *again(first, 3, by_others=True)).weighted
    assert [one.points for one in weighted] == [1.0, 0.5, 0.25, 0.125]
    assert [one.reductions[1:] for one in weighted] == [
        (), *((Reduction(ReductionReason.SAME_NETWORK, factor),) for factor in (0.5, 0.25, 0.125))
    ]  # fmt: skip


def test_the_best_reporter_of_a_network_counts_in_full() -> None:
    new = report_facts(network=b"one")
    known = report_facts(network=b"one", upheld=4)
    assert [one.report for one in verdict(new, known).weighted] == [known, new]
    assert verdict(new, known).score == 1.5 + 0.5


def test_the_next_report_of_a_reporter_counts_a_quarter() -> None:
    first = report_facts()
    found = verdict(first, *again(first, 1))
    assert [one.reductions[1:] for one in found.weighted] == [
        (),
        (Reduction(ReductionReason.SAME_REPORTER, 0.25),),
    ]
    assert (found.score, found.networks) == (1.25, 1)


def test_a_reporter_who_moves_to_another_network_is_still_one_reporter() -> None:
    at_home = report_facts("moves", b"home", hours_ago=1)
    abroad = report_facts("moves", b"abroad")
    found = verdict(at_home, abroad)
    assert found.networks == 1
    assert {cut.reason for one in found.weighted for cut in one.reductions} >= {ReductionReason.SAME_REPORTER}


def test_reporters_of_unknown_networks_count_as_one_network() -> None:
    found = verdict(*(report_facts(network=b"") for _ in range(3)))
    assert (found.score, found.networks) == (1.75, 1)


def test_an_unknown_network_is_none_beside_others() -> None:
    found = verdict(report_facts(), report_facts(network=b""))
    assert (found.score, found.networks) == (2.0, 1)


def test_a_network_that_adds_hardly_anything_is_no_second_one() -> None:
    discredited = report_facts(dismissed=30)
    assert verdict(report_facts(), report_facts(), discredited).networks == 2


def test_two_strangers_have_a_visitor_watched_three_restricted_five_banned() -> None:
    reports = [report_facts(hours_ago=0.1) for _ in range(5)]
    day = 24 * 3600 - 360  # since the newest of the reports
    assert verdict(reports[0]).action is None
    assert verdict(*reports[:2]).action == Action(Level.WATCHED, day, Reason.NUDITY, Evidence.REPORTS)
    assert verdict(*reports[:3]).action == Action(Level.RESTRICTED, day, Reason.NUDITY, Evidence.REPORTS)
    assert verdict(*reports[:4]).action == Action(Level.RESTRICTED, day, Reason.NUDITY, Evidence.REPORTS)
    assert verdict(*reports).action == Action(Level.BANNED, day, Reason.NUDITY, Evidence.REPORTS)


def test_an_action_rests_on_what_was_weighed_for_it() -> None:
    people = [report_facts() for _ in range(3)]
    new = report_facts(flag=True, device_hours=1)
    flagged = [verdict(*people, one).action for one in (new, replace(new, device_hours=168))]
    found = [one and (one.level, one.evidence) for one in flagged]
    assert found == [
        (Level.RESTRICTED, Evidence.REPORTS),
        (Level.RESTRICTED, Evidence.REPORTS | Evidence.FLAGS),
    ], "the flag of a new browser restricts nobody"
    flood = replace(new, device_hours=168, alike_lately=11)
    worthless = verdict(*people, flood).action
    assert worthless is not None
    assert worthless.evidence == Evidence.REPORTS, "it has no points"


def test_a_flag_makes_old_reports_no_younger() -> None:
    over = [report_facts(hours_ago=25) for _ in range(9)]
    assert verdict(*over).action is None
    assert verdict(*over, report_facts(flag=True)).action is None
    assert verdict(*over, report_facts()).action is not None


def test_flags_of_six_networks_alone_have_a_visitor_watched() -> None:
    flags = [report_facts(flag=True) for _ in range(6)]
    assert verdict(*flags).action == Action(Level.WATCHED, 24 * 3600, Reason.NUDITY, Evidence.FLAGS)


def test_flags_of_spam_lead_to_no_more_than_watched() -> None:
    flags = [report_facts(flag=True, reason=Reason.SPAM, upheld=8) for _ in range(200)]
    assert verdict(*flags[:6]).action == Action(Level.WATCHED, 24 * 3600, Reason.SPAM, Evidence.FLAGS)
    assert verdict(*flags).action == Action(Level.WATCHED, 24 * 3600, Reason.SPAM, Evidence.FLAGS)
    undressed = [replace(one, reason=Reason.NUDITY) for one in flags]
    strict = verdict(*undressed).action
    assert strict is not None
    assert strict.level is Level.BANNED


def test_flags_rank_beneath_a_report_of_a_person() -> None:
    flags = [report_facts(flag=True, upheld=50) for _ in range(50)]
    weak = report_facts(reason=Reason.OTHER, dismissed=50, hours_ago=2000)
    assert verdict(weak).urgency > verdict(*flags).urgency
    assert verdict(weak, flags[0]).urgency > verdict(*flags).urgency
    assert verdict(*flags).urgency > verdict(flags[0]).urgency


def test_a_hundred_reports_of_one_network_cause_no_action() -> None:
    first = report_facts(reason=Reason.MINOR)
    found = verdict(first, *again(first, 99, by_others=True))
    assert found.score <= verdict(report_facts(reason=Reason.MINOR), report_facts(reason=Reason.MINOR)).score
    assert (found.networks, found.action) == (1, None)


def test_the_rule_is_the_reason_that_counts_for_most() -> None:
    found = verdict(
        report_facts(reason=Reason.SPAM), report_facts(reason=Reason.SPAM), report_facts(reason=Reason.HATE)
    )
    assert found.action
    assert found.action.rule is Reason.SPAM


def test_a_review_without_a_new_report_prolongs_nothing() -> None:
    reports = [report_facts(upheld=40) for _ in range(5)]
    assert verdict(*reports).action == Action(Level.BANNED, 24 * 3600, Reason.NUDITY, Evidence.REPORTS)
    assert verdict(*reports, now=NOW + 9 * HOUR).action == Action(
        Level.BANNED, 15 * 3600, Reason.NUDITY, Evidence.REPORTS
    )
    assert verdict(*reports, now=NOW + 24 * HOUR).action is None


def test_a_report_of_a_minor_is_looked_at_before_all_others() -> None:
    weak = report_facts(reason=Reason.MINOR, dismissed=50, proven=False, flag=True, hours_ago=100)
    many = verdict(*(report_facts(upheld=50) for _ in range(200)))
    assert verdict(weak).urgency > many.urgency
    assert verdict(weak, report_facts(reason=Reason.MINOR)).urgency > verdict(weak).urgency


def test_the_queue_stays_in_order_while_nobody_reviews_anything_again() -> None:
    yesterday, today = report_facts(upheld=4, hours_ago=24), report_facts()
    stored = verdict(yesterday, now=yesterday.filed_at).urgency
    assert (stored > verdict(today).urgency) is (verdict(yesterday).score > verdict(today).score)
    assert stored.heat == pytest.approx(verdict(yesterday).urgency.heat)


@pytest.mark.parametrize(
    ("level", "until", "adds"),
    [
        (Level.GOOD, 0, True),
        (Level.WATCHED, 0, True),
        (Level.RESTRICTED, NOW, True),
        (Level.RESTRICTED, NOW + HOUR, True),
        (Level.RESTRICTED, NOW + HOUR + 1, False),
        (Level.RESTRICTED, 0, False),
        (Level.BANNED, NOW + 1, False),
        (Level.BANNED, NOW, True),
    ],
)
def test_a_decision_in_force_becomes_neither_milder_nor_shorter(level: Level, until: int, adds: bool) -> None:
    assert Action(Level.RESTRICTED, 7200, Reason.HATE, Evidence.REPORTS).exceeds(level, until, NOW) is adds


@pytest.mark.parametrize(
    ("level", "until", "adds"),
    [
        (Level.WATCHED, 0, True),
        (Level.RESTRICTED, NOW + 2 * HOUR, True),
        (Level.RESTRICTED, NOW + 2 * HOUR + 1, False),
        (Level.RESTRICTED, 0, False),
    ],
)
def test_a_short_ban_does_not_end_a_long_restriction(level: Level, until: int, adds: bool) -> None:
    assert Action(Level.BANNED, 7200, Reason.HATE, Evidence.REPORTS).exceeds(level, until, NOW) is adds


@pytest.mark.no_cover
def test_ten_thousand_reports_are_no_work() -> None:
    crowd = [report_facts(network=b"%d" % (number % 700)) for number in range(10_000)]
    few = min(_seconds(crowd[:1_000]) for _ in range(3))
    assert min(_seconds(crowd) for _ in range(3)) < 60 * few


@pytest.mark.no_cover
def test_ten_thousand_reports_of_one_reporter_or_network_are_reviewed_quickly() -> None:
    one = report_facts()
    for crowd in (again(one, 10_000), again(one, 10_000, by_others=True)):
        few = min(_seconds(crowd[:1_000]) for _ in range(3))
        assert min(_seconds(crowd) for _ in range(3)) < 60 * few
        assert verdict(*crowd).score < 2.001


def _seconds(crowd: list[ReportFacts]) -> float:
    before = process_time()
    review(crowd, POLICY, NOW)
    return process_time() - before


def test_a_policy_without_actions_does_nothing_by_itself() -> None:
    reports = [report_facts() for _ in range(9)]
    assert review(reports, replace(POLICY, thresholds=()), NOW).action is None


def test_of_a_large_case_neither_minors_nor_newcomers_push_out_the_others() -> None:
    minors = [report_facts(reason=Reason.MINOR) for _ in range(600)]
    new = [report_facts(device_hours=0) for _ in range(600)]
    old = [report_facts(hours_ago=20) for _ in range(5)]
    flags = [report_facts(flag=True) for _ in range(5)]
    chosen = choose_weighed([*old, *flags, *new, *minors])
    assert len(chosen) == MAX_REPORTS_WEIGHED
    assert sum(one.reason is Reason.MINOR for one in chosen) == MAX_REPORTS_WEIGHED / 2
    assert set(old) < set(chosen)
    assert not set(flags) & set(chosen)
    few = [*minors[:10], *new]
    assert set(choose_weighed(few)) > set(minors[:10]), "what one kind leaves free, the other takes"
    assert len(choose_weighed(few)) == MAX_REPORTS_WEIGHED


def test_nothing_pushes_a_known_picture_out_of_a_large_case() -> None:
    known = replace(report_facts(hours_ago=20, device_hours=0), known=True)
    crowd = [report_facts() for _ in range(600)] + [report_facts(reason=Reason.MINOR) for _ in range(600)]
    assert known in choose_weighed([*crowd, known])
