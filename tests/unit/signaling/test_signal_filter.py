"""The filter limits the number and size of a visitor's signals, however they are divided into frames."""

import re
from math import inf

import pytest

from services.contract.errors import DescriptionRefused
from services.contract.rate_limit import UNLIMITED, Rate
from services.signaling.core.effects import CountDropped
from services.signaling.core.messages import Candidate, Candidates, Description, SessionDescription, encode
from services.signaling.core.signal_filter import TOO_MANY_BYTES, TOO_MANY_CANDIDATES, SignalFilter

from .browser_samples import DESCRIPTIONS, insert

MOST = 32
OFFER = DESCRIPTIONS["chromium/audio-offer"]
(UFRAG,) = re.findall(r"a=ice-ufrag:(\S+)", OFFER)


def line(number: int) -> str:
    return f"candidate:{number} 1 udp 1 8.8.8.{number % 256} {number} typ host"


class SignalSender:
    """Sends signals of a match and counts those that pass."""

    def __init__(self, most: float = MOST, policy: str = "all", size: Rate = UNLIMITED) -> None:
        self.signal_filter = SignalFilter(policy, most, size)
        self.now = 0.0

    def passing(self, numbers: range, match: str = "m") -> int:
        """Return how many of these candidates pass, in bundles of 16."""
        passed = 0
        for first in numbers[::16]:
            some = [Candidate(line(number)) for number in numbers if first <= number < first + 16]
            message = Candidates(match, some)
            relayed = self.signal_filter.filter_candidates(message, encode(message), self.now)
            passed += len(some) * (not isinstance(relayed, CountDropped))
        return passed

    def describes(self, ufrag: str, now: float, *numbers: int, match: str = "m") -> None:
        self.now = now
        sdp = insert(OFFER, *(f"a={line(number)}" for number in numbers), after="c=IN IP4 0.0.0.0\r\n")
        sdp = sdp.replace(UFRAG, ufrag)
        message = Description(match, SessionDescription("offer", sdp))
        assert self.signal_filter.filter_description(message, encode(message), now) == encode(message)


def test_more_candidates_than_the_limit_are_dropped() -> None:
    talker = SignalSender()
    assert talker.passing(range(320)) == MOST
    more = Candidates("m", [Candidate(line(320))])
    assert talker.signal_filter.filter_candidates(more, encode(more), 0.0) == CountDropped(
        TOO_MANY_CANDIDATES
    )


def test_without_limits_all_candidates_pass() -> None:
    assert SignalSender(most=inf).passing(range(320)) == 320


def test_a_slow_partner_cannot_be_flooded() -> None:
    """Equal descriptions and candidates arrive again and again, which the limit by number allows."""
    size = Rate(per_second=1000, burst=5000)
    talker = SignalSender(size=size)
    passed = sum(talker.passing(range(16)) for _ in range(100)) // 16
    assert 2 <= passed < 10
    with pytest.raises(DescriptionRefused) as refused:
        talker.describes("large", 0.0, *range(20))
    assert refused.value.reason == TOO_MANY_BYTES
    talker.describes("first", 2.0)
    talker.now = 3.0
    assert talker.passing(range(16)) == 16
    assert sum(talker.passing(range(16)) for _ in range(100)) // 16 < 10
    talker.describes("first", 3.0, match="another")


def test_each_match_has_its_own_limit() -> None:
    talker = SignalSender()
    assert [talker.passing(range(40), match) for match in ("m", "n")] == [MOST, MOST]


def test_repeated_candidates_and_the_end_of_candidates_do_not_count() -> None:
    talker = SignalSender()
    assert talker.passing(range(32)) == talker.passing(range(32)) == 32
    end = Candidates("m", [Candidate("")])
    assert talker.signal_filter.filter_candidates(end, encode(end), 0.0) == encode(end)


def test_forbidden_candidates_do_not_count() -> None:
    talker = SignalSender(policy="public")
    private = Candidates("m", [Candidate(line(1).replace("8.8.8.1", "10.0.0.1"))])
    assert talker.signal_filter.filter_candidates(private, encode(private), 0.0) == CountDropped("ice_policy")
    assert talker.passing(range(MOST)) == MOST


def test_a_new_ice_generation_has_its_own_limit_but_only_so_often() -> None:
    talker = SignalSender()
    passed = []
    for restart in range(10):
        talker.describes(f"frag{restart}", now=100.0)
        passed.append(talker.passing(range(100 * restart, 100 * restart + 32)))
    assert passed == [32] * 4 + [0] * 6
    talker.describes("later", now=105.0)
    assert talker.passing(range(5000, 5032)) == 32
    talker.describes("soon", now=105.0)
    assert talker.passing(range(6000, 6032)) == 0


def test_an_ice_restart_every_five_seconds_is_allowed() -> None:
    talker = SignalSender()
    for restart in range(50):
        talker.describes(f"frag{restart}", now=100.0 + 5 * restart)
        assert talker.passing(range(100 * restart, 100 * restart + 32)) == 32


def test_a_description_of_the_same_generation_resets_no_limit() -> None:
    talker = SignalSender()
    talker.describes("frag", now=0.0)
    assert talker.passing(range(32)) == 32
    talker.describes("frag", now=60.0)
    assert talker.passing(range(32, 64)) == 0


def test_candidates_within_descriptions_count_as_well() -> None:
    talker = SignalSender()
    talker.describes("frag", 0.0, *range(30))
    talker.describes("frag", 1.0, *range(30))
    with pytest.raises(DescriptionRefused):
        talker.describes("frag", 2.0, *range(33))
    assert talker.passing(range(30, 46)) == 0


def test_a_refused_description_starts_no_generation() -> None:
    talker = SignalSender()
    talker.describes("frag", 0.0)
    assert talker.passing(range(MOST)) == MOST
    with pytest.raises(DescriptionRefused):
        talker.describes("restarted", 1.0, *range(100, 133))
    assert talker.passing(range(200, 232)) == 0
