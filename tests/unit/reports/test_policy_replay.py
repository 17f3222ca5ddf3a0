"""Tests the replay of past cases under two policies, and how it is shown."""

from dataclasses import replace

import pytest

from services.contract.ids import VisitorId
from services.reports.core.policy import ActionThreshold
from services.reports.core.policy_replay import (
    AutomaticAction,
    CaseDifference,
    ReplayCase,
    ReviewOutcome,
    actions,
    replay,
    review_outcome,
)
from services.reports.core.records import Dismissal, Level, Reason
from services.reports.core.scoring import MAX_REPORTS_WEIGHED
from services.reports.shell.commands.replay_table import conclusions, differences, format_duration, table
from services.reports.shell.policy_file import default_policy

from .report_facts import HOUR, NOW, report_facts

BEFORE = default_policy()
SOONER = replace(BEFORE, version="sooner-2", thresholds=(ActionThreshold(0.9, Level.RESTRICTED, 12, 1),))


def case(*hours_ago: float, decided: Level | None = None, name: str = "visitor") -> ReplayCase:
    """Return a case of nudity, each report by somebody else; a person decides now, if at all."""
    reports = tuple(report_facts(hours_ago=hours) for hours in hours_ago)
    return ReplayCase(VisitorId(name), reports, decided)


def taken(hours_ago: float, level: Level, ends_ago: float) -> AutomaticAction:
    return AutomaticAction(NOW - round(hours_ago * HOUR), NOW - round(ends_ago * HOUR), level, Reason.NUDITY)


def test_each_report_is_reviewed_with_those_before_it() -> None:
    assert actions(case(5, 4, 3), BEFORE) == (taken(4, Level.WATCHED, -20), taken(3, Level.RESTRICTED, -21))


@pytest.mark.no_cover
@pytest.mark.long
def test_of_a_large_case_the_newest_are_weighed_as_when_they_were_filed() -> None:
    policy = replace(BEFORE, half_life_hours=1e9, thresholds=(ActionThreshold(1.5, Level.RESTRICTED, 12, 2),))
    first = report_facts(hours_ago=3, network=b"another", reason=Reason.SPAM)
    others = [
        report_facts(hours_ago=2, network=b"one", reason=Reason.OTHER) for _ in range(MAX_REPORTS_WEIGHED - 1)
    ]
    last = report_facts(hours_ago=1, network=b"one", reason=Reason.NUDITY, upheld=98)
    assert actions(ReplayCase(VisitorId("v"), (first, *others[1:], last)), policy) != ()
    assert actions(ReplayCase(VisitorId("v"), (first, *others, last)), policy) == ()


def test_a_further_report_prolongs_the_decision_in_force() -> None:
    assert actions(case(5, 4), SOONER) == (taken(5, Level.RESTRICTED, -8),)


def test_an_action_may_be_taken_again_after_its_end() -> None:
    assert actions(case(50, 10), SOONER) == (taken(50, Level.RESTRICTED, 38), taken(10, Level.RESTRICTED, -2))


def test_a_decision_in_force_stays_as_strict_when_older_reports_fade() -> None:
    policy = replace(BEFORE, half_life_hours=0.5)
    assert actions(case(3, 3, 3, 1, 1), policy) == (
        taken(3, Level.WATCHED, -21),
        taken(3, Level.RESTRICTED, -21),
    )


def test_a_person_upholds_softens_or_overturns() -> None:
    restricted = taken(1, Level.RESTRICTED, -1)
    told = {level: review_outcome(restricted, case(1, decided=level)) for level in Level}
    assert told == {
        Level.GOOD: ReviewOutcome.OVERTURNED,
        Level.WATCHED: ReviewOutcome.SOFTENED,
        Level.RESTRICTED: ReviewOutcome.UPHELD,
        Level.BANNED: ReviewOutcome.UPHELD,
    }
    assert review_outcome(restricted, case(1)) is ReviewOutcome.UNDECIDED


def test_an_action_that_nobody_could_judge_is_neither_upheld_nor_overturned() -> None:
    restricted, dismissed = taken(1, Level.RESTRICTED, -1), case(1, decided=Level.GOOD)
    told = [review_outcome(restricted, replace(dismissed, dismissal=one)) for one in Dismissal]
    assert told == [ReviewOutcome.OVERTURNED, ReviewOutcome.UNCLEAR, ReviewOutcome.OVERTURNED]


CASES = [
    case(5, 4, 3, decided=Level.BANNED, name="one"),
    case(5, decided=Level.GOOD, name="two"),
    case(5, name="three"),
    case(decided=Level.BANNED, name="four"),
]


def test_actions_are_counted_by_level_and_by_their_review() -> None:
    found = replay(CASES, BEFORE, SOONER)
    assert found.cases == 4
    assert found.before.actions == {
        (Level.WATCHED, ReviewOutcome.UPHELD): 1,
        (Level.RESTRICTED, ReviewOutcome.UPHELD): 1,
    }
    assert found.after.actions == {
        (Level.RESTRICTED, ReviewOutcome.UPHELD): 1,
        (Level.RESTRICTED, ReviewOutcome.OVERTURNED): 1,
        (Level.RESTRICTED, ReviewOutcome.UNDECIDED): 1,
    }
    assert (found.before.missed, found.after.missed) == (1, 1)
    assert [one.case.visitor for one in found.differences] == ["one", "two", "three"]


def test_how_much_sooner_and_later_is_told_the_other_way_round_for_the_other_order() -> None:
    there, back = replay(CASES, BEFORE, SOONER), replay(CASES, SOONER, BEFORE)
    assert (there.sooner, there.later) == ([3600], [])
    assert (back.sooner, back.later) == ([], [3600])
    assert there.differences[0].delay == -3600
    assert there.differences[1].delay is None


def test_a_replay_shows_what_the_demand_for_a_history_changes() -> None:
    """The policy of before banned whom strangers without a key reported as a minor from five networks."""
    strangers = tuple(report_facts(hours_ago=1, reason=Reason.MINOR, proven=False) for _ in range(5))
    brigade = ReplayCase(VisitorId("v"), strangers, Level.GOOD)
    old = replace(BEFORE, version="default-3", history=None)
    found = replay([brigade, case(5, 4, 3, name="honest")], old, BEFORE)
    assert found.before.actions[Level.BANNED, ReviewOutcome.OVERTURNED] == 1
    assert [one.after for one in found.differences] == [()], "only the brigade differs"


def test_a_policy_does_not_differ_from_itself() -> None:
    found = replay(CASES, BEFORE, BEFORE)
    assert found.before == found.after
    assert found.differences == ()
    assert list(conclusions(found)) == [
        "0 of 4 cases differ between default-5 and default-5.",
        "A person acted where the policy had done nothing: 1 visitor.",
    ]


def test_the_table_shows_before_and_after_side_by_side() -> None:
    assert table(replay(CASES, BEFORE, SOONER)).splitlines() == [
        "            actions  upheld  softened  overturned  unclear  undecided",
        "watched       1 → 0   1 → 0         0           0        0          0",
        "restricted    1 → 3       1         0       0 → 1        0      0 → 1",
        "banned            0       0         0           0        0          0",
    ]


def test_the_conclusions_add_to_the_table() -> None:
    found = replay(CASES, BEFORE, SOONER)
    assert list(conclusions(found)) == [
        "3 of 4 cases differ between default-5 and sooner-2.",
        "Only default-5 acts in 0 of them, only sooner-2 in 2.",
        "sooner-2 acts sooner in 1, by 1 h (median).",
        "A person acted where the policy had done nothing: 1 visitor.",
    ]


def test_each_case_that_differs_has_a_line() -> None:
    assert list(differences(replay(CASES[1:], BEFORE, SOONER))) == [
        "two: nothing → restricted for 12 h from 2027-01-15 03:00 (nudity); a person decided good",
        "three: nothing → restricted for 12 h from 2027-01-15 03:00 (nudity); nobody has decided",
    ]


@pytest.mark.parametrize(("later", "longer"), [(2_000, 2_000), (1, 1), (0, 1_000)])
def test_both_sides_of_a_case_that_differs_read_differently(later: int, longer: int) -> None:
    first = taken(2, Level.RESTRICTED, 1)
    second = replace(first, at=first.at + later, until=first.until + longer)
    of_both = CaseDifference(case(2), (first,), (second,))
    (line,) = differences(replace(replay([], BEFORE, BEFORE), differences=(of_both,)))
    before, after = line.partition(": ")[2].partition(";")[0].split(" → ")
    assert before != after
    assert "until 2027-01-15 07:00:00.000" in before


def test_a_length_of_time_is_told_in_its_largest_unit() -> None:
    assert [format_duration(seconds) for seconds in (0.4, 59, 90, 3600, 86_400, 172_801)] == [
        "0 s", "59 s", "1.5 min", "1 h", "1 d", "2 d",
    ]  # fmt: skip
