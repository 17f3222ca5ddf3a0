"""The decision that is in force after a dismissal or an undo."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.contract.ids import CaseId, DecisionId, VisitorId
from services.reports.core import decision_precedence
from services.reports.core.records import Decision, DecisionCause, Level

NOW = 1_000


def made(sequence: int, level: Level, case: str, until: int = 0, silent: bool = False) -> Decision:
    return Decision(
        id=DecisionId(f"d{sequence}"),
        visitor=VisitorId("visitor"),
        level=level,
        rule="nudity",
        reason="",
        automated=False,
        made_at=sequence,
        until=until,
        moderator="bob",
        case=CaseId(case),
        silent=silent,
        sequence=sequence,
    )


def about_one(drawn: list[tuple[Level, str, int]]) -> list[Decision]:
    return [made(n, *one) for n, one in enumerate(drawn, 1)][::-1]


DECISIONS = st.lists(
    st.tuples(st.sampled_from(Level), st.sampled_from(["a", "b", ""]), st.sampled_from([0, 5, 2_000])),
    max_size=6,
).map(about_one)
"""Decisions about one visitor, the newest first. Some have ended at `NOW`."""


def holds(decisions: list[Decision]) -> Level:
    last = decision_precedence.in_force(decisions)
    return last.level if last is not None and last.holds(NOW) else Level.GOOD


@given(DECISIONS)
def test_a_dismissal_leaves_what_is_in_force_without_the_case(decisions: list[Decision]) -> None:
    how = decision_precedence.dismissal_effect(decisions, CaseId("a"), NOW)
    after = [made(10, Level.GOOD, "a", silent=how.silent), *decisions]
    if how.restored is not None:
        again = decision_precedence.restored_decision(
            how.restored, how.restored, DecisionCause.RESTORED, "", "ann", NOW
        )
        after = [made(11, again.level, again.case, again.until), *after]
    last = decision_precedence.in_force(decisions)
    if last is None or last.case != "a":
        assert holds(after) == holds(decisions), "another case brought it"
        assert how.restored is None, "and nothing is decided anew"
    else:
        assert holds(after) == holds([one for one in decisions if one.case != "a"])


@given(DECISIONS.filter(bool))
def test_an_undo_restores_what_was_in_force_before(decisions: list[Decision]) -> None:
    newest = decisions[0]
    again = decision_precedence.restored_decision(
        decision_precedence.in_force_before(newest, decisions),
        newest,
        DecisionCause.UNDONE,
        "",
        "ann",
        NOW,
    )
    assert again.level == holds(decisions[1:])


def test_a_restored_decision_keeps_its_moderator_and_case() -> None:
    held = replace(made(1, Level.BANNED, "a", until=2_000), statement="you were seen")
    again = decision_precedence.restored_decision(
        held, made(2, Level.WATCHED, "b"), DecisionCause.UNDONE, "taken back", "ann", NOW
    )
    assert (again.moderator, again.case, again.until, again.statement) == ("bob", "a", 2_000, "you were seen")
    over = decision_precedence.restored_decision(
        replace(held, until=NOW),
        made(2, Level.WATCHED, "b"),
        DecisionCause.UNDONE,
        "taken back",
        "ann",
        NOW,
    )
    assert (over.level, over.moderator, over.rule) == (Level.GOOD, "ann", "")
    assert again.cause is over.cause is DecisionCause.UNDONE
