"""The way back to the last partner, between hubs in memory: asked and granted by both, or refused at once."""

import pytest

from services.contract.gateway_messages import DeclineRewind
from services.contract.ids import MatchId, rewound_match_id
from services.contract.limits import REWIND_WINDOW
from services.signaling.core.messages import Block, Next, Rewind, Stop

from .couples import Couple


@pytest.fixture
def couple() -> Couple:
    return Couple()


def test_both_ask_and_are_together_again(couple: Couple) -> None:
    couple.part()
    couple.town.now += 10
    couple.one.says(Rewind(couple.match))
    couple.town.wire.pump()
    assert couple.other.take() == [
        {"type": "rewind_offer", "match": couple.match, "expires_in": REWIND_WINDOW - 10}
    ]
    couple.other.says(Rewind(couple.match))
    couple.town.wire.pump()
    for page in (couple.one, couple.other):
        (matched,) = page.take()
        assert (matched["type"], matched["match"]) == ("matched", rewound_match_id(MatchId(couple.match)))
    assert not any(desk.offers for desk in couple.town.desk.values()), "without the matcher"


def test_both_ask_at_the_same_moment(couple: Couple) -> None:
    couple.part()
    for page in (couple.one, couple.other):
        page.says(Rewind(couple.match))
    couple.town.wire.pump()
    assert [page.types() for page in (couple.one, couple.other)] == [["matched"]] * 2


def test_who_is_with_somebody_else_leaves_them_when_both_have_asked(couple: Couple) -> None:
    couple.part()
    others = [couple.town.searching(couple.third) for _ in range(2)]
    matches = [couple.town.meet(*pair) for pair in zip((couple.one, couple.other), others, strict=True)]
    for page in (couple.one, couple.other, *others):
        page.take()
    couple.one.says(Rewind(couple.match))
    couple.town.wire.pump()
    assert couple.one.take() == [], "they stay with whom they are until the other wants it, too"
    couple.other.says(Rewind(couple.match))
    couple.town.wire.pump()
    for page, match, third in zip((couple.one, couple.other), matches, others, strict=True):
        frames = [frame for frame in page.take() if frame["type"] != "rewind_offer"]
        assert frames[0] == {"type": "ended", "match": match, "reason": "next"}
        assert [frame["type"] for frame in frames[1:]] == ["searching", "matched"]
        assert third.take()[0] == {"type": "ended", "match": match, "reason": "next"}


def test_who_went_back_may_go_back_again_to_whom_they_left_for_it(couple: Couple) -> None:
    couple.part()
    third = couple.town.searching(couple.third)
    between = couple.town.meet(couple.one, third)
    for page in (couple.one, couple.other):
        page.says(Rewind(couple.match))
    couple.town.wire.pump()
    for page in (couple.one, third):
        page.take()
        page.says(Rewind(between))
    couple.town.wire.pump()
    for page in (couple.one, third):
        *_, matched = page.take()
        assert (matched["type"], matched["match"]) == ("matched", rewound_match_id(MatchId(between)))


@pytest.mark.parametrize("why", ["too late", "another match", "never", "stopped", "blocked"])
def test_who_cannot_go_back_is_told(couple: Couple, why: str) -> None:
    if why != "never":
        couple.part()
    match = couple.match
    if why == "too late":
        couple.town.now += REWIND_WINDOW
    elif why == "another match":
        match = "another"
    elif why == "stopped":
        couple.one.says(Stop())
    elif why == "blocked":
        couple.one.says(Block(couple.passes[couple.one]))
    couple.one.take()
    couple.one.says(Rewind(match))
    couple.town.wire.pump()
    assert [frame.get("code") for frame in couple.one.take()] == ["rewind_refused"]
    assert couple.other.take() == []


def test_the_other_has_stopped_so_the_asker_searches_on(couple: Couple) -> None:
    couple.part()
    couple.one.says(Rewind(couple.match))
    couple.town.wire.pump()
    couple.other.take()
    couple.one.says(Stop())
    couple.other.says(Rewind(couple.match))
    couple.waits(1.2)
    told = couple.other.take()
    assert [frame.get("code", frame["type"]) for frame in told] == ["rewind_refused", "searching"]
    assert len(couple.town.desk[couple.there].offers) == 1


def test_who_asks_back_again_and_again_is_heard_once(couple: Couple) -> None:
    couple.part()
    for _ in range(100):
        couple.one.says(Rewind(couple.match))
    couple.town.wire.pump()
    assert couple.other.types() == ["rewind_offer"]


def test_nobody_is_taken_back_while_they_are_not_there(couple: Couple) -> None:
    couple.part()
    third = couple.town.searching(couple.third)
    couple.town.meet(couple.one, third)
    couple.one.says(Rewind(couple.match))
    couple.one.loses_socket()
    couple.town.wire.pump()
    couple.other.says(Rewind(couple.match))
    couple.waits(1.2)
    told = [frame.get("code", frame["type"]) for frame in couple.other.take()]
    assert told == ["rewind_offer", "rewind_refused", "searching"]


def codes(couple: Couple) -> list[str]:
    """The answers to `one` after the messages have gone there and back."""
    couple.town.wire.pump()
    return [frame.get("code", frame["type"]) for frame in couple.one.take()]


@pytest.mark.parametrize("why", ["stopped", "left", "came again", "gone on"])
def test_who_asks_somebody_without_a_way_back_is_told_at_once(couple: Couple, why: str) -> None:
    couple.part()
    if why == "stopped":
        couple.other.says(Stop())
    elif why == "left":
        couple.other.leaves()
    elif why == "came again":
        couple.other.loses_socket()
        couple.other.moves(couple.there)
    else:
        couple.town.meet(couple.other, couple.town.searching(couple.third))
        couple.other.says(Next())
    couple.town.wire.pump()
    couple.one.says(Rewind(couple.match))
    assert codes(couple) == ["rewind_refused"]
    couple.one.says(Rewind(couple.match))
    assert codes(couple) == ["rewind_refused"], "and there is none any more"


def test_a_refusal_for_another_match_changes_nothing(couple: Couple) -> None:
    couple.part()
    couple.one.says(Rewind(couple.match))
    couple.town.wire.pump()
    place = couple.other.client.place
    refusal = DeclineRewind(couple.one.visitor, MatchId("another"), place.epoch, place.gateway)
    couple.here.on_message(refusal)
    assert couple.one.take() == []
    couple.other.says(Rewind(couple.match))
    assert codes(couple) == ["matched"]
