"""Tests the appeal store: the fake one, and the real one on both databases."""

import asyncio
from dataclasses import replace

import pytest

from services.contract.errors import InvalidRequest, NotFound
from services.contract.ids import DecisionId, VisitorId
from services.reports.core.appeals import lifting_decision
from services.reports.core.records import (
    Appeal,
    AppealedDecision,
    AppealState,
    Decision,
    Evidence,
    Level,
    SpamObservation,
    SpamSign,
)

from .report_stores import RecordingEvaluator, Stores, decide_nothing, decision, report


def appeal(against: Decision, text: str = "I did not", filed_at: int = 5_000) -> Appeal:
    return Appeal(against.id, text, filed_at)


def answered(against: Decision, state: AppealState, moderator: str = "bob") -> Appeal:
    return Appeal(against.id, "", 0, state, "we looked again", moderator, 6_000)


async def overturned(stores: Stores, against: Decision, moderator: str = "bob") -> Decision | None:
    decided = answered(against, AppealState.OVERTURNED, moderator)
    return await stores.appeals.decide(
        decided, lifting_decision(against, DecisionId(f"lift {against.id}"), decided)
    )


async def test_a_decision_is_found_with_its_appeal(stores: Stores) -> None:
    made = await stores.store.decide(decision("v"))
    assert await stores.appeals.find(made.id) == AppealedDecision(made, None)
    filed = appeal(made)
    assert await stores.appeals.file(filed) == AppealedDecision(made, filed)
    assert await stores.appeals.find(made.id) == AppealedDecision(made, filed)
    with pytest.raises(NotFound):
        await stores.appeals.find(DecisionId("no such decision"))


async def test_there_is_one_appeal_against_a_decision(stores: Stores) -> None:
    made = await stores.store.decide(decision("v"))
    found = await asyncio.gather(*(stores.appeals.file(appeal(made, f"text {n}")) for n in range(8)))
    assert len({one.appeal for one in found}) == 1
    assert len(await stores.appeals.open_appeals(10)) == 1


async def test_open_appeals_come_in_the_order_in_which_they_were_filed(stores: Stores) -> None:
    made = [await stores.store.decide(decision(f"v{n}")) for n in range(3)]
    for one, filed_at in zip(made, (3, 1, 2), strict=True):
        await stores.appeals.file(appeal(one, filed_at=filed_at))
    assert [one.decision for one in await stores.appeals.open_appeals(2)] == [made[1], made[2]]


async def test_an_appeal_that_is_upheld_changes_nothing_but_is_answered(stores: Stores) -> None:
    made = await stores.store.decide(decision("v"))
    await stores.appeals.file(appeal(made))
    assert await stores.appeals.decide(answered(made, AppealState.UPHELD), None) is None
    found = (await stores.appeals.find(made.id)).appeal
    assert found == replace(answered(made, AppealState.UPHELD), text="I did not", filed_at=5_000)
    assert await stores.appeals.open_appeals(10) == []
    assert await stores.store.decisions_after(made.sequence) == []


async def test_an_appeal_that_is_right_lifts_the_decision(stores: Stores) -> None:
    made = await stores.store.decide(decision("v"))
    await stores.appeals.file(appeal(made))
    lift = await overturned(stores, made)
    assert lift is not None
    assert (lift.level, lift.visitor, lift.statement) == (Level.GOOD, "v", "we looked again")
    assert await stores.store.standings(7_000) == (lift.sequence, [])


async def test_a_decision_that_was_replaced_says_since_when(stores: Stores) -> None:
    made = await stores.store.decide(decision("v"))
    assert (await stores.appeals.find(made.id)).replaced_at == 0
    await stores.store.decide(replace(decision("v", Level.GOOD), made_at=3_000))
    await stores.store.decide(replace(decision("v"), made_at=4_000))
    assert (await stores.appeals.find(made.id)).replaced_at == 3_000


async def test_an_appeal_does_not_lift_a_later_decision(stores: Stores) -> None:
    made = await stores.store.decide(decision("v", Level.RESTRICTED))
    await stores.appeals.file(appeal(made))
    later = await stores.store.decide(decision("v"))
    assert await overturned(stores, made) is None
    assert await stores.store.standings(7_000) == (later.sequence, [later])


async def test_it_lifts_what_triage_has_prolonged_or_added_since_in_the_same_case(stores: Stores) -> None:
    made = []
    for number, level in enumerate((Level.RESTRICTED, Level.RESTRICTED, Level.BANNED)):
        automated = replace(decision("accused", level, moderator=""), automated=True)
        filed = await stores.store.file(report(f"m{number}", f"r{number}"), [], RecordingEvaluator(automated))
        assert filed.decision is not None
        made.append(filed.decision)
        await stores.appeals.file(appeal(made[0]))
    lift = await overturned(stores, made[0])
    assert lift is not None
    assert await stores.store.standings(7_000) == (lift.sequence, [])


async def test_an_appeal_does_not_lift_an_automatic_decision_of_another_case(stores: Stores) -> None:
    made = []
    for number in range(2):
        automated = replace(decision("accused", moderator=""), automated=True, evidence=Evidence.REPORTS)
        filed = await stores.store.file(report(f"m{number}", f"r{number}"), [], RecordingEvaluator(automated))
        assert filed.decision is not None
        made.append(filed.decision)
        await stores.appeals.file(appeal(made[0]))
        if number == 0:
            await stores.store.decide(decision("accused"))
    assert await overturned(stores, made[0]) is None
    assert (await stores.store.standings(7_000))[1] == [made[1]]


@pytest.mark.parametrize("moderator", ["ann", ""])
async def test_the_moderator_who_decided_does_not_decide_the_appeal(stores: Stores, moderator: str) -> None:
    made = await stores.store.decide(decision("v", moderator="ann"))
    await stores.appeals.file(appeal(made))
    with pytest.raises(InvalidRequest):
        await overturned(stores, made, moderator)
    assert len(await stores.appeals.open_appeals(10)) == 1


async def test_it_is_decided_once(stores: Stores) -> None:
    made = await stores.store.decide(decision("v"))
    await stores.appeals.file(appeal(made))
    results = await asyncio.gather(
        *(overturned(stores, made, moderator) for moderator in ("bob", "cem", "dan")), return_exceptions=True
    )
    assert sum(isinstance(one, InvalidRequest) for one in results) == 2


async def test_an_appeal_that_was_not_made_cannot_be_decided(stores: Stores) -> None:
    made = await stores.store.decide(decision("v"))
    with pytest.raises(InvalidRequest):
        await overturned(stores, made)


async def test_reports_whose_decision_was_wrong_count_as_dismissed(stores: Stores) -> None:
    await stores.store.file(report("a", accused="v"), [], decide_nothing)
    made = await stores.store.decide(decision("v"))
    await stores.appeals.file(appeal(made))
    await overturned(stores, made)
    evaluator = RecordingEvaluator()
    await stores.store.file(report("b", filed_at=7_000), [], evaluator)
    ((seen,), _) = evaluator.seen[0]
    assert (seen.upheld, seen.dismissed) == (0, 1)


async def test_an_overturned_decision_does_not_follow_again_from_the_same_reports(stores: Stores) -> None:
    """The case was open, for no person had decided it."""
    automated = replace(decision("accused", moderator=""), automated=True)
    filed = await stores.store.file(report("a"), [], RecordingEvaluator(automated))
    assert filed.decision is not None
    await stores.appeals.file(appeal(filed.decision))
    await overturned(stores, filed.decision)
    evaluator = RecordingEvaluator()
    await stores.store.file(report("b", filed_at=7_000), [], evaluator)
    ((seen,), _) = evaluator.seen[0]
    assert (seen.filed_at, seen.dismissed) == (7_000, 1)


async def test_to_overturn_what_followed_from_signs_of_spam_leaves_the_reports_alone(stores: Stores) -> None:
    await stores.store.file(report("m1"), [], decide_nothing)
    automatic = replace(decision("accused", Level.RESTRICTED), automated=True, moderator="")
    signs = SpamObservation(VisitorId("accused"), 0, SpamSign.EARLY_LINK, 3)
    made = await stores.store.observe(signs, lambda last: automatic)
    assert made is not None
    await stores.appeals.file(appeal(made))
    assert await overturned(stores, made) is not None
    evaluator = RecordingEvaluator()
    await stores.store.file(report("m2", "another", filed_at=9_000), [], evaluator)
    ((seen, _),) = evaluator.seen
    assert len(seen) == 2, "both are still in the open case"
