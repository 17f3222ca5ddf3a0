"""Two visitors go back to each other if both ask, and a request that cannot succeed is refused at once."""

import pytest

from services.contract.gateway_messages import DeclineRewind
from services.contract.ids import MatchId, rewound_match_id
from services.contract.limits import REWIND_WINDOW
from services.signaling.core.messages import Block, Next, Rewind, Stop

from .matched_pairs import MatchedPair


@pytest.fixture
def pair() -> MatchedPair:
    return MatchedPair()


def test_two_who_both_ask_are_matched_again(pair: MatchedPair) -> None:
    pair.part()
    pair.cluster.now += 10
    pair.one.says(Rewind(pair.match))
    pair.cluster.network.deliver_all()
    assert pair.other.take() == [
        {"type": "rewind_offer", "match": pair.match, "expires_in": REWIND_WINDOW - 10}
    ]
    pair.other.says(Rewind(pair.match))
    pair.cluster.network.deliver_all()
    for page in (pair.one, pair.other):
        (matched,) = page.take()
        assert (matched["type"], matched["match"]) == ("matched", rewound_match_id(MatchId(pair.match)))
    assert not any(matchmaker.offers for matchmaker in pair.cluster.matchmakers.values()), (
        "without the matcher"
    )


def test_who_has_been_left_can_be_asked_before_they_search_again() -> None:
    pair = MatchedPair(once=True)
    pair.one.says(Next())
    pair.cluster.network.deliver_all()
    assert pair.one.types() == ["searching"]
    assert pair.other.types() == ["ended"], "no search starts by itself"
    pair.one.says(Rewind(pair.match))
    pair.cluster.network.deliver_all()
    assert pair.other.types() == ["rewind_offer"]
    pair.other.says(Rewind(pair.match))
    pair.cluster.network.deliver_all()
    assert [page.types() for page in (pair.one, pair.other)] == [["matched"]] * 2


def test_two_who_ask_at_the_same_moment_are_matched_again(pair: MatchedPair) -> None:
    pair.part()
    for page in (pair.one, pair.other):
        page.says(Rewind(pair.match))
    pair.cluster.network.deliver_all()
    assert [page.types() for page in (pair.one, pair.other)] == [["matched"]] * 2


def test_a_rewind_ends_the_present_match_when_both_have_asked(pair: MatchedPair) -> None:
    pair.part()
    others = [pair.cluster.searching(pair.third) for _ in range(2)]
    matches = [pair.cluster.meet(*both) for both in zip((pair.one, pair.other), others, strict=True)]
    for page in (pair.one, pair.other, *others):
        page.take()
    pair.one.says(Rewind(pair.match))
    pair.cluster.network.deliver_all()
    assert pair.one.take() == [], "they stay in their match until the other asks, too"
    pair.other.says(Rewind(pair.match))
    pair.cluster.network.deliver_all()
    for page, match, third in zip((pair.one, pair.other), matches, others, strict=True):
        frames = [frame for frame in page.take() if frame["type"] != "rewind_offer"]
        assert frames[0] == {"type": "ended", "match": match, "reason": "next"}
        assert [frame["type"] for frame in frames[1:]] == ["searching", "matched"]
        assert third.take()[0] == {"type": "ended", "match": match, "reason": "next"}


def test_after_a_rewind_one_may_go_back_to_the_partner_left_for_it(pair: MatchedPair) -> None:
    pair.part()
    third = pair.cluster.searching(pair.third)
    between = pair.cluster.meet(pair.one, third)
    for page in (pair.one, pair.other):
        page.says(Rewind(pair.match))
    pair.cluster.network.deliver_all()
    for page in (pair.one, third):
        page.take()
        page.says(Rewind(between))
    pair.cluster.network.deliver_all()
    for page in (pair.one, third):
        *_, matched = page.take()
        assert (matched["type"], matched["match"]) == ("matched", rewound_match_id(MatchId(between)))


@pytest.mark.parametrize("why", ["too late", "another match", "never", "stopped", "blocked"])
def test_an_impossible_rewind_is_refused(pair: MatchedPair, why: str) -> None:
    if why != "never":
        pair.part()
    match = pair.match
    if why == "too late":
        pair.cluster.now += REWIND_WINDOW
    elif why == "another match":
        match = "another"
    elif why == "stopped":
        pair.one.says(Stop())
    elif why == "blocked":
        pair.one.says(Block(pair.one.sealed_pass))
    pair.one.take()
    pair.one.says(Rewind(match))
    pair.cluster.network.deliver_all()
    assert [frame.get("code") for frame in pair.one.take()] == ["rewind_refused"]
    assert pair.other.take() == []


def test_a_rewind_with_a_partner_who_stopped_leads_to_a_search(pair: MatchedPair) -> None:
    pair.part()
    pair.one.says(Rewind(pair.match))
    pair.cluster.network.deliver_all()
    pair.other.take()
    pair.one.says(Stop())
    pair.other.says(Rewind(pair.match))
    pair.waits(1.2)
    told = pair.other.take()
    assert [frame.get("code", frame["type"]) for frame in told] == ["rewind_refused", "searching"]
    assert len(pair.cluster.matchmakers[pair.there].offers) == 1


def test_repeated_requests_count_once(pair: MatchedPair) -> None:
    pair.part()
    for _ in range(100):
        pair.one.says(Rewind(pair.match))
    pair.cluster.network.deliver_all()
    assert pair.other.types() == ["rewind_offer"]


def test_nobody_goes_back_to_an_absent_visitor(pair: MatchedPair) -> None:
    pair.part()
    third = pair.cluster.searching(pair.third)
    pair.cluster.meet(pair.one, third)
    pair.one.says(Rewind(pair.match))
    pair.one.loses_socket()
    pair.cluster.network.deliver_all()
    pair.other.says(Rewind(pair.match))
    pair.waits(1.2)
    told = [frame.get("code", frame["type"]) for frame in pair.other.take()]
    assert told == ["rewind_offer", "rewind_refused", "searching"]


def codes(pair: MatchedPair) -> list[str]:
    """Return the error codes that `one` gets after all messages were delivered."""
    pair.cluster.network.deliver_all()
    return [frame.get("code", frame["type"]) for frame in pair.one.take()]


@pytest.mark.parametrize("why", ["stopped", "left", "came again", "gone on"])
def test_a_request_to_a_partner_who_cannot_go_back_is_refused_at_once(pair: MatchedPair, why: str) -> None:
    pair.part()
    if why == "stopped":
        pair.other.says(Stop())
    elif why == "left":
        pair.other.leaves()
    elif why == "came again":
        pair.other.loses_socket()
        pair.other.moves(pair.there)
    else:
        pair.cluster.meet(pair.other, pair.cluster.searching(pair.third))
        pair.other.says(Next())
    pair.cluster.network.deliver_all()
    pair.one.says(Rewind(pair.match))
    assert codes(pair) == ["rewind_refused"]
    pair.one.says(Rewind(pair.match))
    assert codes(pair) == ["rewind_refused"], "the rewind is closed"


def test_a_refusal_of_another_match_changes_nothing(pair: MatchedPair) -> None:
    pair.part()
    pair.one.says(Rewind(pair.match))
    pair.cluster.network.deliver_all()
    place = pair.other.client.place
    refusal = DeclineRewind(pair.one.visitor, MatchId("another"), place.epoch, place.gateway)
    pair.here.on_message(refusal)
    assert pair.one.take() == []
    pair.other.says(Rewind(pair.match))
    assert codes(pair) == ["matched"]
