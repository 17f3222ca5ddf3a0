"""The plans of cuts are the same for all products, and what is lost, doubled or missing is noticed."""

import random
from collections import Counter, defaultdict

import pytest

from bench.drops.outcome import DropOutcome
from bench.drops.plan import DropPlan, plan_drops, plan_storm
from bench.drops.report import drop_figures, drop_table
from bench.drops.zufall_talkers import Talker
from services.signaling.core.messages import Chat, Ice, IceRules, Matched, Partner, Welcome


def drops() -> DropPlan:
    return plan_drops(20, 10.0, interval=0.5, cut_every=2.0, randomness=random.Random(1))


def test_everybody_says_numbered_lines_at_one_rate() -> None:
    plan = drops()
    assert plan == drops(), "the same seed draws the same plan"
    assert [act.at for act in plan.acts] == sorted(act.at for act in plan.acts)
    said = defaultdict(list)
    for act in plan.acts:
        if act.what == "say":
            said[act.visitor].append((act.at, act.line))
    assert sorted(said) == list(range(20))
    for visitor, lines in said.items():
        assert [line for _, line in lines] == [f"{visitor} {number}" for number in range(1, 21)]
        assert lines[-1][0] - lines[0][0] == pytest.approx(19 * 0.5)


def test_connections_are_cut_again_and_again_but_not_before_the_first_line() -> None:
    cuts = [act for act in drops().acts if act.what == "cut"]
    each = Counter(act.visitor for act in cuts)
    assert len(each) == 20
    assert min(act.at for act in cuts) >= 1.0
    assert max(act.at for act in cuts) < 10.0
    assert 20 * 3 <= len(cuts) <= 20 * 6


def test_a_storm_cuts_all_at_once_between_the_lines() -> None:
    plan = plan_storm(20, interval=4.0, randomness=random.Random(1))
    assert [act.visitor for act in plan.acts if act.what == "cut"] == list(range(20))
    assert {act.at for act in plan.acts if act.what == "cut"} == {5.0}
    before = [act for act in plan.acts if act.what == "say" and act.at < 4.0]
    assert Counter(act.visitor for act in before) == dict.fromkeys(range(20), 1)
    assert sum(act.what == "say" for act in plan.acts) == 60


def test_lines_that_came_once_are_neither_lost_nor_wrong() -> None:
    outcome = DropOutcome(said=["0 1", "1 1"], heard=["1 1", "0 1"], absences=[0.2])
    assert (outcome.once, outcome.lost, outcome.repeated, outcome.cuts) == (2, 0, 0, 1)
    assert outcome.wrongs() == []


@pytest.mark.parametrize(
    ("outcome", "wrong"),
    [
        (DropOutcome(said=["0 1", "0 2"], heard=["0 1"]), "lines lost: 1"),
        (DropOutcome(said=["0 1"], heard=["0 1", "0 1"]), "lines that came more than once: 1"),
        (DropOutcome(said=["0 1"], heard=["0 1", "0 9"]), "lines that nobody said: 1"),
        (DropOutcome(missing=3), "visitors who were not back at the end: 3"),
        (DropOutcome(faults=["visitor 7 came back to no conversation"]), "visitor 7"),
    ],
)
def test_whatever_goes_wrong_is_said(outcome: DropOutcome, wrong: str) -> None:
    (said,) = outcome.wrongs()
    assert wrong in said


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (["3 1", "3 2"], ""),
        (["3 1", "3 3"], "visitor 0 heard '3 3' instead of line 2 of 3"),
        (["3 1", "3 1"], "visitor 0 heard '3 1' instead of line 2 of 3"),
        (["3 1", "5 2"], "visitor 0 heard '5 2' instead of line 2 of 3"),
    ],
)
def test_lines_must_come_in_order_and_from_one_partner(lines: list[str], fault: str) -> None:
    outcome = DropOutcome()
    talker = Talker(0, "token", ["http://localhost"], outcome)
    for number, line in enumerate(lines, 1):
        talker.handle(Chat("m1", number, line, f"{number}"))
    assert outcome.heard == lines
    assert outcome.faults == ([fault] if fault else [])


def test_who_comes_back_to_no_conversation_is_a_fault() -> None:
    outcome = DropOutcome()
    talker = Talker(0, "token", ["http://localhost"], outcome)
    talker.handle(Welcome("v", "g", "memory", IceRules("all")))
    assert outcome.faults == [], "the first welcome comes before the conversation"
    talker.handle(Matched("m1", True, "pass", "memory", Partner([], []), Ice([], "all")))
    talker.handle(Welcome("v", "g", "memory", IceRules("all")))
    assert outcome.faults == ["visitor 0 came back to no conversation"]


def test_figures_count_lines_and_absences() -> None:
    lossy = DropOutcome(
        said=["0 1", "0 2", "0 3", "1 1"], heard=["0 1", "0 2", "0 2"], absences=[1.0, 0.5, 3.0], missing=1
    )
    one = drop_figures(lossy)
    assert (one.cuts, one.said, one.once, one.lost, one.repeated, one.missing) == (4, 4, 1, 2, 1, 1)
    assert (one.away_median, one.away_longest) == (1.0, 3.0)


def test_the_table_shows_what_was_lost() -> None:
    outcome = DropOutcome(said=["0 1", "0 2"], heard=["0 2"], absences=[0.25, 0.75], server_cpu=1.23)
    text = drop_table([drops()], {"drops": {"stock": outcome}})
    assert "20 visitors in pairs, a line each every 0.5 s for 10 s" in text
    *_, row = text.splitlines()
    assert row.startswith("  Socket.IO: 2 processes, Redis adapter, rooms ")
    assert row.split()[-10:] == ["2", "2", "1", "1", "(50.00%)", "0", "0.50", "/", "0.75", "1.2"]
