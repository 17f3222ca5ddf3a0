"""Tests of what holds for a visitor and a device, against the rule written out over all decisions."""

from dataclasses import dataclass
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from services.contract.standing_index import StandingIndex

NOW = 100


@dataclass(frozen=True)
class Made:
    visitor: str
    device: int
    level: int
    until: int
    sequence: int

    @property
    def in_force(self) -> bool:
        return self.level > 0 and (self.until == 0 or self.until > NOW)


VISITORS, DEVICES = st.sampled_from("abcd"), st.sampled_from([0, 1, 2**64 - 1])
MADE = st.tuples(VISITORS, DEVICES, st.integers(0, 3), st.sampled_from([0, 50, 100, 101, 200]))
DECISIONS = st.lists(MADE, max_size=12).map(lambda them: [Made(*one, n) for n, one in enumerate(them, 1)])


def index(*decisions: Made) -> StandingIndex[Made]:
    made: StandingIndex[Made] = StandingIndex(lambda one: one.until)
    for decision in decisions:
        made.add(decision)
    return made


def last_of_each(decisions: list[Made]) -> list[Made]:
    return list({one.visitor: one for one in decisions}.values())


def test_the_last_decision_may_come_again_with_its_device() -> None:
    known = index(Made("a", 0, 3, 0, 1), Made("a", 0, 3, 0, 2))
    assert known.strictest("b", 7, NOW) is None
    assert known.add(Made("a", 7, 3, 0, 2))
    assert not known.add(Made("a", 0, 3, 0, 2)), "it is not forgotten again"
    assert not known.add(Made("a", 7, 3, 0, 1))
    assert known.strictest("b", 7, NOW) == Made("a", 7, 3, 0, 2)


@given(data=st.data(), decisions=DECISIONS, visitor=VISITORS, device=DEVICES)
def test_the_strictest_that_is_in_force_holds(
    data: st.DataObject, decisions: list[Made], visitor: str, device: int
) -> None:
    heard = data.draw(st.permutations(decisions + decisions[:3]))
    about = [
        one
        for one in last_of_each(decisions)
        if one.in_force and (one.visitor == visitor or (device and one.device == device))
    ]
    expected = max(about, key=lambda one: (one.level, one.until or inf, one.sequence), default=None)
    assert index(*heard).strictest(visitor, device, NOW) == expected


@given(decisions=DECISIONS, visitor=VISITORS, other=VISITORS, device=DEVICES, level=st.integers(0, 3))
def test_a_decision_about_another_visitor_makes_nobody_freer(
    decisions: list[Made], visitor: str, other: str, device: int, level: int
) -> None:
    """This holds unless it replaces what was decided about that other visitor."""
    before = index(*[one for one in decisions if one.visitor != other])
    held = before.strictest(visitor, device, NOW)
    before.add(Made(other, device, level, 0, 99))
    holds = before.strictest(visitor, device, NOW)
    if held is not None and other != visitor:
        assert holds is not None
        assert holds.level >= held.level


@given(decisions=DECISIONS, device=DEVICES)
def test_lifting_all_decisions_lifts_them_for_the_device(decisions: list[Made], device: int) -> None:
    lifts = [Made(one.visitor, one.device, 0, 0, 99) for one in decisions]
    assert index(*decisions, *lifts).strictest("somebody new", device, NOW) is None


@given(decisions=DECISIONS, device=DEVICES)
def test_nothing_is_left_of_removed_visitors(decisions: list[Made], device: int) -> None:
    made = index(*decisions)
    for visitor in "abcd":
        made.remove(visitor)
    assert made.strictest("a", device, NOW) is None
    assert list(made) == []
    assert vars(made)["_visitors"] == {}


def test_a_new_token_does_not_end_a_ban() -> None:
    banned = Made("a", 7, 3, 0, 1)
    made = index(banned)
    assert made.strictest("b", 7, NOW) == banned
    assert made.strictest("b", 8, NOW) is None
    assert made.strictest("b", 0, NOW) is None


def test_without_a_device_nobody_shares_a_standing() -> None:
    assert index(Made("a", 0, 3, 0, 1)).strictest("b", 0, NOW) is None
