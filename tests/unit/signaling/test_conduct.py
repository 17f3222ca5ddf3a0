"""Signs of spam: what is one, what people do that is none, and how signs add up and fade."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contract.ids import MatchId, VisitorId, random_id
from services.contract.rate_limit import UNLIMITED, Rate
from services.signaling.core.conduct import (
    HALF_LIFE,
    KEPT,
    MAX_REMEMBERED,
    SUSPECT_FROM,
    WEIGHTS,
    ConductLimits,
    Conducts,
    FadingSum,
    Observation,
    Sign,
)
from services.signaling.core.telling_lines import telling_line

LIMITS = ConductLimits(same_line=8, network_line=40, presses=Rate(2, 120))
KEY = b"k" * 32
INTRO = "hi, i am a student from hamburg and i love to talk about films"
LINK = "my pictures are on spam.example/me"
NETWORK, OTHER_NETWORK = b"network1", b"network2"

_matches = map(str, count(1))


class SpamSuspect:
    """A visitor who says lines, each to another stranger unless a match is given."""

    def __init__(
        self, conducts: Conducts, now: float = 1000.0, device: int = 0, network: bytes = NETWORK
    ) -> None:
        self.conducts = conducts
        self.now = now
        self.visitor, self.device, self.network = VisitorId(random_id()), device, network
        self.observed: list[Observation] = []
        self.signs: list[Sign] = []

    @property
    def suspect(self) -> bool:
        return self.conducts.is_suspect(self.visitor, self.device, self.now)

    def say(self, text: str, match: str = "", answered: bool = False) -> list[Sign]:
        line = telling_line(text, KEY)
        if line is None:
            return []
        place = MatchId(match or next(_matches))
        return self._add(
            self.conducts.say(self.visitor, self.device, self.network, line, place, answered, self.now)
        )

    def press(self) -> list[Sign]:
        return self._add(self.conducts.press(self.visitor, self.device, self.now))

    def _add(self, signs: list[Sign]) -> list[Sign]:
        for sign in signs:
            self.signs.append(sign)
            if told := self.conducts.add(self.visitor, self.device, sign, self.now):
                self.observed.append(told)
        return signs


@pytest.fixture
def conducts() -> Conducts:
    return Conducts(LIMITS)


@pytest.fixture
def talker(conducts: Conducts) -> SpamSuspect:
    return SpamSuspect(conducts)


# --- what people do --------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["hi", "m 22 germany", "hello, how are you? where are you from?"])
def test_a_short_line_to_everybody_is_no_sign(talker: SpamSuspect, line: str) -> None:
    for _ in range(500):
        talker.now += 5
        assert talker.say(line) == []
    assert not talker.suspect


def test_the_same_introduction_in_long_conversations_makes_nobody_suspect(talker: SpamSuspect) -> None:
    for _ in range(100):
        talker.now += 240
        talker.say(INTRO)
        assert not talker.suspect


def test_a_link_in_each_conversation_after_the_other_has_written_makes_nobody_suspect(
    talker: SpamSuspect,
) -> None:
    for _ in range(50):
        talker.now += 300
        assert Sign.EARLY_LINK not in talker.say(LINK, answered=True)
        assert not talker.suspect


def test_one_link_before_an_answer_makes_nobody_suspect(talker: SpamSuspect) -> None:
    assert talker.say(LINK) == [Sign.EARLY_LINK]
    assert not talker.suspect


def test_a_person_who_presses_next_once_a_second_for_an_hour_shows_no_sign(talker: SpamSuspect) -> None:
    for _ in range(3600):
        talker.now += 1
        assert talker.press() == []
    assert not talker.suspect


def test_a_person_who_hammers_next_for_half_a_minute_shows_no_sign(talker: SpamSuspect) -> None:
    for _ in range(5 * 30):
        talker.now += 0.2
        assert talker.press() == []


def test_a_line_that_the_page_repeats_counts_once(talker: SpamSuspect) -> None:
    assert talker.say(LINK, "match") == [Sign.EARLY_LINK]
    for _ in range(20):
        assert talker.say(LINK, "match") == []


def test_many_people_of_one_network_may_say_a_line_that_goes_around(conducts: Conducts) -> None:
    for _ in range(40):
        assert SpamSuspect(conducts).say(INTRO) == []


def test_lines_that_nobody_else_says_are_no_sign_of_the_network(conducts: Conducts) -> None:
    for number in range(500):
        letters = "".join(chr(ord("a") + int(digit)) for digit in f"{number:04}")
        assert SpamSuspect(conducts).say(f"{INTRO} {letters}") == []


# --- what spammers do ------------------------------------------------------------------------------


def test_the_same_line_to_many_strangers_makes_suspect_after_a_while(talker: SpamSuspect) -> None:
    said = 0
    while not talker.suspect:
        talker.now += 10
        talker.say(INTRO)
        said += 1
    assert said == 14, "eight strangers are free, and signs fade a little"
    assert set(talker.signs) == {Sign.SAME_LINE}


def test_the_third_link_within_a_minute_before_an_answer_makes_suspect(talker: SpamSuspect) -> None:
    suspicion = []
    for _ in range(3):
        talker.now += 20
        talker.say(LINK)
        suspicion.append(talker.suspect)
    assert suspicion == [False, False, True]


@pytest.mark.parametrize("rate", [3, 5, 20])
def test_a_machine_that_presses_next_all_the_time_becomes_suspect(talker: SpamSuspect, rate: int) -> None:
    for _ in range(300 * rate):
        talker.now += 1 / rate
        talker.press()
    assert talker.suspect
    assert {one.sign for one in talker.observed} == {Sign.MACHINE_RATE}


def test_a_line_of_many_visitors_of_one_network_makes_each_of_them_suspect(conducts: Conducts) -> None:
    """Each of them is a new visitor, who says it to one stranger only."""
    talkers = [SpamSuspect(conducts, now=1000.0 + number) for number in range(60)]
    signs = [each.say(INTRO) for each in talkers]
    assert signs[:40] == [[]] * 40
    assert signs[45:] == [[Sign.NETWORK_LINE]] * 15
    assert all(each.suspect for each in talkers[45:])
    assert not any(each.suspect for each in talkers[:40])
    stranger = SpamSuspect(conducts, now=1060.0, network=OTHER_NETWORK)
    assert stranger.say(INTRO) == []


def test_an_unknown_network_is_none(conducts: Conducts) -> None:
    for _ in range(100):
        assert SpamSuspect(conducts, network=b"").say(INTRO) == []


# --- how signs add up ------------------------------------------------------------------------------


def test_signs_fade(talker: SpamSuspect) -> None:
    for _ in range(4):
        talker.say(LINK)
    assert talker.suspect
    talker.now += 0.9 * HALF_LIFE
    assert talker.suspect, "twice the weight that makes suspect"
    talker.now += 0.2 * HALF_LIFE
    assert not talker.suspect


def test_more_of_it_is_told_again_and_again_with_the_weightiest_sign(talker: SpamSuspect) -> None:
    for _ in range(13):
        talker.now += 1
        talker.say(LINK)
    told = [(one.sign, one.count) for one in talker.observed]
    assert told == [(Sign.EARLY_LINK, 7), (Sign.EARLY_LINK, 5)], "the second time the same line adds to it"
    assert {(one.visitor, one.device) for one in talker.observed} == {(talker.visitor, 0)}


def test_few_signs_over_a_long_time_are_never_told(talker: SpamSuspect) -> None:
    for _ in range(100):
        talker.now += 3600
        talker.say(LINK)
    assert talker.observed == []


def test_a_new_token_of_the_same_device_is_no_new_beginning(conducts: Conducts) -> None:
    for _ in range(3):
        SpamSuspect(conducts, device=7).say(LINK)
    assert SpamSuspect(conducts, device=7).suspect
    assert not SpamSuspect(conducts, device=8).suspect
    assert not SpamSuspect(conducts).suspect


def test_what_is_remembered_is_bounded(conducts: Conducts) -> None:
    first = SpamSuspect(conducts)
    first.say(LINK)
    for _ in range(MAX_REMEMBERED):
        SpamSuspect(conducts).press()
    assert len(conducts._conducts) == MAX_REMEMBERED
    assert conducts._conducts.get(first.device) is None
    talker = SpamSuspect(conducts)
    for number in range(1000):
        talker.say(f"{LINK}/{'abcdefghij'[number % 10] * (number // 10 + 1)}")
    conduct = conducts._of(talker.visitor, 0, talker.now)
    assert conduct._lines is not None
    assert len(conduct._lines) == 8
    assert len(conducts._networks) <= MAX_REMEMBERED


def test_after_an_hour_nothing_is_known_of_a_visitor_and_a_line(conducts: Conducts) -> None:
    SpamSuspect(conducts).say(INTRO)
    talker = SpamSuspect(conducts, now=1000.0 + KEPT)
    talker.say(LINK)
    assert (len(conducts._conducts), len(conducts._networks)) == (1, 1)


@given(st.lists(st.tuples(st.sampled_from(Sign), st.floats(0, 2000)), max_size=60))
def test_who_is_suspect_has_shown_enough_signs_lately(shown: list[tuple[Sign, float]]) -> None:
    """The weights of all signs, each halved for every half-life since, add up to the bound or more."""
    conducts = Conducts(ConductLimits(8, 40, UNLIMITED))
    visitor, now = VisitorId(random_id()), 100.0
    signs: list[tuple[Sign, float]] = []
    for sign, pause in shown:
        now += pause
        conducts.add(visitor, 0, sign, now)
        signs.append((sign, now))
        total = sum(WEIGHTS[one] * 0.5 ** ((now - at) / HALF_LIFE) for one, at in signs)
        if abs(total - SUSPECT_FROM) > 1e-6:
            assert conducts.is_suspect(visitor, 0, now) is (total > SUSPECT_FROM)


def test_a_fading_sum_of_nothing_is_nothing() -> None:
    assert FadingSum().value(1e9) == 0.0
