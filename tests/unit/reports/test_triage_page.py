"""Tests that `docs/triage.md` shows the numbers of the policy and of its example as they are."""

from dataclasses import replace
from pathlib import Path

from services.contract.ids import VisitorId
from services.reports.core.policy_replay import replay
from services.reports.core.records import Evidence, Level, Reason
from services.reports.core.review import Action, review
from services.reports.core.scoring import ReductionReason, ReportFacts, WeightedReport
from services.reports.shell.commands.replay_table import table
from services.reports.shell.policy_file import default_policy

from .report_facts import NOW, again, report_facts
from .test_policy_replay import BEFORE, CASES, SOONER

PAGE = (Path(__file__).parents[3] / "docs" / "triage.md").read_text("utf-8")
POLICY = default_policy()
EXAMPLE = [
    report_facts("A", b"one", upheld=4),
    report_facts("B", b"two", Reason.HARASSMENT, hours_ago=48),
    report_facts("C", b"two"),
    report_facts("D", b"three", reported_lately=8),
    report_facts("E", b"four", proven=False, flag=True),
]


def rows(section: str) -> list[list[str]]:
    """Return the cells of the first table under a heading, without its head."""
    lines = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0].splitlines()
    table = [line for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def told(counted: WeightedReport) -> list[str]:
    one = counted.report
    factors = [
        f"{POLICY.weights[one.reason]:g}",
        *(f"{cut.factor:g} {cut.reason}" for cut in counted.reductions),
    ]
    return [one.reporter, one.reason.name.lower(), " × ".join(factors), f"{counted.points:g}"]


def test_the_documented_example_is_computed_by_triage() -> None:
    found = review(EXAMPLE, POLICY, NOW)
    assert [[a, b, counted, total_points] for a, b, _, counted, total_points in rows("An example")] == [
        told(one) for one in found.weighted
    ]
    assert f"The score is {found.score:g}." in PAGE
    assert f"which leaves {found.networks}." in PAGE
    assert found.action == Action(Level.RESTRICTED, 24 * 3600, Reason.NUDITY, Evidence.REPORTS)
    assert f"without E the score is {review(EXAMPLE[:-1], POLICY, NOW).score:g}." in PAGE
    younger = [replace(one, device_hours=min(one.device_hours, 24)) for one in EXAMPLE]
    both = Evidence.REPORTS | Evidence.FLAGS
    assert review(younger, POLICY, NOW).action == Action(Level.WATCHED, 24 * 3600, Reason.NUDITY, both)


def test_the_documented_examples_of_one_network_are_computed_by_triage() -> None:
    together = review([replace(one, network=b"one") for one in EXAMPLE], POLICY, NOW)
    assert f"their score would be {together.score:.2f} and nothing would follow" in PAGE
    hundred = review(again(report_facts(), 100, by_others=True), POLICY, NOW)
    assert f"come to a score of {hundred.score:g}," in PAGE
    assert together.action is hundred.action is None


def test_the_policy_is_told_as_it_is() -> None:
    assert f"`{POLICY.version}`" in PAGE
    assert POLICY.weights == {
        Reason.MINOR: 4, Reason.NUDITY: 2, Reason.VIOLENCE: 2, Reason.HARASSMENT: 1.5,
        Reason.HATE: 1.5, Reason.SELF_HARM: 1, Reason.SPAM: 1, Reason.OTHER: 0.5,
    }, "the sentence about weights says so"  # fmt: skip
    assert (POLICY.free_a_day, POLICY.half_life_hours, POLICY.min_network_points) == (4, 48, 0.25)
    (younger,) = review([report_facts(device_hours=12)], POLICY, NOW).weighted
    assert (POLICY.device_hours, younger.reductions[-1].factor) == (24, 0.75)
    assert POLICY.history is not None
    assert f"known for {POLICY.history.device_hours} hours (a week)" in PAGE
    assert f"upheld at least {POLICY.history.upheld} of" in PAGE
    assert f"{POLICY.minors_a_day} reports of minors of one reporter or one network" in PAGE
    assert f"and {POLICY.others_a_day} reports with each other reason" in PAGE
    assert (
        POLICY.unproven_factor,
        POLICY.flag_factor,
        POLICY.same_reporter_factor,
        POLICY.same_network_factor,
    ) == (0.5, 0.25, 0.25, 0.5)


def test_every_reason_to_count_less_is_explained() -> None:
    assert [name for name, _ in rows("What a report counts for")] == [f"`{one}`" for one in ReductionReason]


def test_every_action_is_told() -> None:
    stated = [
        [score, networks, what.partition(":")[0], hours]
        for score, networks, what, hours in rows("Automatic actions")
    ]
    assert stated == [
        [f"{one.score:g}", f"{one.networks} networks", f"`{one.level.name.lower()}`", f"{one.hours:g} hours"]
        for one in POLICY.thresholds
    ]


def test_the_replay_is_one() -> None:
    assert f"```\n{table(replay(CASES, BEFORE, SOONER))}\n```" in PAGE


def test_the_limits_are_told_as_they_are() -> None:
    strangers: list[ReportFacts] = [report_facts(VisitorId(f"{number}")) for number in range(5)]
    for hours in (0, 24, 167):
        new = [replace(one, device_hours=hours) for one in strangers]
        assert review(new, POLICY, NOW).action == Action(
            Level.WATCHED, 24 * 3600, Reason.NUDITY, Evidence.REPORTS
        )
    levels = [review(strangers[:count], POLICY, NOW).action for count in range(1, 6)]
    assert [one and one.level for one in levels] == [
        None, Level.WATCHED, Level.RESTRICTED, Level.RESTRICTED, Level.BANNED,
    ]  # fmt: skip
