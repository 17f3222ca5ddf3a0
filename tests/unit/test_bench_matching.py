"""The figures of `python -m bench.matching` are computed as docs/benchmarks.md says."""

import random
import re
from collections.abc import Sequence
from io import StringIO
from math import inf
from statistics import fmean
from time import perf_counter

import msgspec
import pytest

from bench.client.transports import ConnectionClosed
from bench.client.transports.picows import PicowsTransport
from bench.matching import stream_load
from bench.matching.arrivals import ideal_mean_wait, poisson, rate_of
from bench.matching.churn import Churn
from bench.matching.deques import LanguageDeques, PlainDeque
from bench.matching.figures import Figure, at_least, at_most, over_rounds, ratios, summary, table
from bench.matching.meeting_history import MeetingHistory
from bench.matching.poisson_waits import WISHES, ArrivalDriver, ArrivalGroup, summarize
from bench.matching.room import COMPARED, BenchmarkRoom, arriving
from bench.matching.rooms import _figures
from bench.matching.seekers import ANYONE, Seeker, Seekers
from bench.progress import RoundProgress
from protos import matcher_pb2 as wire
from services.matcher.core.tickets import Pairing, Ticket
from services.signaling.core import messages

from .test_bench_load_generator import MATCHED, SEARCHING, welcomed_client


class RecordingTransport(PicowsTransport):
    """A connection whose sent frames wait in `sent`."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []

    def send_now(self, frame: bytes) -> None:
        self.sent.append(frame)


# --- waits ------------------------------------------------------------------------------------------


def test_at_best_every_second_arrival_ends_a_wait() -> None:
    assert ideal_mean_wait([0.0, 1.0, 5.0, 5.5]) == pytest.approx((1.0 + 0.5) / 4)
    assert ideal_mean_wait([0.0, 1.0, 5.0]) == pytest.approx(0.5), "the last one is alone"
    assert ideal_mean_wait([3.0]) == 0


def test_with_poisson_arrivals_the_best_mean_wait_is_half_the_mean_gap() -> None:
    """The mean wait × 2λ is therefore 1."""
    arrivals = list(poisson(5.0, 20_000.0, random.Random(1)))
    assert rate_of(arrivals) == pytest.approx(5.0, rel=0.02)
    assert 2 * rate_of(arrivals) * ideal_mean_wait(arrivals) == pytest.approx(1.0, rel=0.02)


def test_arrivals_rise_and_end() -> None:
    arrivals = list(poisson(100.0, 1.0, random.Random(1)))
    assert arrivals == sorted(arrivals)
    assert arrivals[-1] < 1.0


def test_an_outcome_is_that_of_all_markets() -> None:
    full = ArrivalGroup(ANYONE, arrivals=[0.0, 1.0, 2.0, 4.0], waits=[1.1, 0.1, 2.1, 0.1])
    left = ArrivalGroup(ANYONE, arrivals=[0.0, 1.0, 2.0], waits=[], stranded=3)
    assert summarize([full]).mean == pytest.approx(fmean(full.waits))
    assert summarize([full]).ideal == pytest.approx(3 / 4)
    assert (summarize([full]).pairs, summarize([full]).stranded) == (2, 0)
    assert summarize([full, left]).stranded == 3


def test_the_markets_are_valid_searches_that_never_mix() -> None:
    assert all(messages.parse(messages.encode(wish)) == wish for wish in WISHES)
    found = {(wish.mode, *wish.languages) for wish in WISHES if wish.strict_language}
    assert len(found) == len(WISHES) == 6


# --- who met whom -----------------------------------------------------------------------------------


def test_a_repeat_is_a_meeting_within_a_minute_of_parting() -> None:
    known = MeetingHistory()
    known.meet(1, 2, now=0.0)
    known.part(2, 1, now=10.0)
    known.meet(1, 2, now=69.9)
    assert (known.meetings, known.repeats) == (2, 1)
    known.meet(1, 2, now=70.0)
    assert (known.meetings, known.repeats) == (3, 1)


def test_two_who_wait_and_may_meet_are_stranded() -> None:
    known = MeetingHistory()
    for one, other in ((1, 2), (1, 3), (2, 3)):
        known.part(one, other, now=0.0)
    assert known.stranded([1, 2, 3], now=5.0) == set()
    assert known.stranded([1, 2, 4], now=5.0) == {1, 2, 4}
    assert known.stranded([4], now=5.0) == set()
    assert known.stranded([1, 2], now=60.0) == {1, 2}
    assert known.stranded([1, 2], now=60.0, apart=inf) == set()
    assert known.stranded([1, 4], now=60.0, apart=inf) == {1, 4}


class TwoSeekers:
    """Two visitors who churn, and the test as their server."""

    def __init__(self) -> None:
        self.crowd = Seekers()
        self.churn = Churn(self.crowd)
        self.transports = (RecordingTransport(), RecordingTransport())
        self.one, self.other = (
            Seeker(number, transport, welcomed_client(), self.crowd)
            for number, transport in enumerate(self.transports)
        )
        for seeker in (self.one, self.other):
            seeker.find(ANYONE)

    def matched(self, side: int, match: str) -> None:
        self.transports[side].on_frame(SEARCHING)
        self.transports[side].on_frame(MATCHED % (match.encode(), b"true"))

    def ended(self, side: int, match: str) -> None:
        self.transports[side].on_frame(b'{"type":"ended","match":"%b","reason":"next"}' % match.encode())


def test_churn_counts_two_who_meet_again() -> None:
    two = TwoSeekers()
    for match in ("m1", "m2"):
        two.matched(0, match)
        two.matched(1, match)
        two.churn.press_next(two.one)
        assert two.transports[0].sent[-1] == b'{"type":"next","match":"%b"}' % match.encode()
        two.ended(1, match)
    known = two.churn.meetings
    assert (known.meetings, known.repeats, known.pairs, two.churn.one_sided) == (2, 1, 1, 0)
    two.crowd.check()


def test_churn_knows_a_match_that_one_left_before_the_other_saw_it() -> None:
    two = TwoSeekers()
    two.matched(0, "m1")
    two.churn.press_next(two.one)
    assert two.churn.one_sided == 1
    two.matched(1, "m1")
    two.ended(1, "m1")
    assert two.churn.one_sided == 0
    assert two.churn.meetings.stranded([0, 1], now=0.0) == set()


def test_two_who_met_before_are_not_stranded() -> None:
    two = TwoSeekers()
    visits = ArrivalDriver(two.crowd)
    market = ArrivalGroup(ANYONE)
    visits._searching = {two.one: market, two.other: market}
    assert visits._count_stranded([market]) == 2
    visits._meetings.part(0, 1, perf_counter() - 100)
    assert visits._count_stranded([market]) == 0


def test_an_unforeseen_error_of_a_seeker_is_a_fault() -> None:
    crossed = TwoSeekers()
    crossed.matched(0, "m1")
    crossed.matched(0, "m2")
    with pytest.raises(RuntimeError, match="matched while in a match"):
        crossed.crowd.check()
    strange = TwoSeekers()
    strange.transports[0].on_frame(b'{"type":"error","code":"bad_frame","message":"no"}')
    with pytest.raises(RuntimeError, match="bad_frame"):
        strange.crowd.check()
    closed = TwoSeekers()
    closed.transports[0].on_closed(ConnectionClosed(1006))
    with pytest.raises(RuntimeError, match="1006"):
        closed.crowd.check()


# --- the room ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("wish", ["fifo", "language", "interests", "guests"])
def test_the_depth_stays_while_newcomers_come(wish: str) -> None:
    """Newcomers find somebody, and hardly more visitors wait in the end than in the beginning."""
    room = BenchmarkRoom(500)
    before = sum(room.room.waiting().values())
    assert next(arriving(room, wish, 2_000))["room"] > 0
    assert abs(sum(room.room.waiting().values()) - before) < 200


def test_a_deque_pairs_any_two_in_the_order_of_arrival() -> None:
    one, other, third, last = newcomers("en", "de", "en", "fr")
    queue = PlainDeque()
    assert queue.pair([one], 1.0) == []
    assert sides(queue.pair([other, third, last], 2.0)) == [(other, one, 2.0), (last, third, 2.0)]


def test_a_deque_for_each_language_pairs_only_within_a_language() -> None:
    one, other, third, last = newcomers("en", "de", "de", "en")
    queue = LanguageDeques()
    assert queue.pair([one, other], 1.0) == []
    assert sides(queue.pair([third, last], 2.0)) == [(third, other, 2.0), (last, one, 2.0)]


@pytest.mark.parametrize("wish", [*COMPARED, "guests"])
def test_a_round_measures_the_deques_beside_the_room(wish: str) -> None:
    rates = next(arriving(BenchmarkRoom(10), wish, 800))
    assert set(rates) == ({"room", "plain", "languages"} if wish in COMPARED else {"room"})
    assert min(rates.values()) > 0


def newcomers(*languages: str) -> list[Ticket]:
    """Return a ticket for each language."""
    drawn = BenchmarkRoom(0).language()
    return [
        msgspec.structs.replace(one, languages=(name,)) for one, name in zip(drawn, languages, strict=False)
    ]


def sides(pairings: Sequence[Pairing]) -> list[tuple[Ticket, Ticket, float]]:
    return [(one.polite, one.other, one.at) for one in pairings]


def test_the_ratio_of_a_room_is_the_median_of_its_rounds() -> None:
    """The shallowest room is compared with the deques, and the deepest with the shallowest."""
    shallow = [{"room": room, "plain": 100.0, "languages": 50.0} for room in (20.0, 30.0, 40.0)]
    deep = [{"room": room, "plain": 1.0, "languages": 1.0} for room in (10.0, 27.0, 36.0)]
    measured = list(_figures("interests", (1_000, 5_000), list(zip(shallow, deep, strict=True))))
    plain, languages, flat, *rates = measured
    assert (plain.value, plain.bar, plain.met) == (0.3, at_least(0.25), True)
    assert (languages.value, languages.bar) == (0.6, None)
    assert (flat.value, flat.bar, flat.rounds) == (0.9, at_least(0.8), (0.5, 0.9, 0.9))
    assert [figure.value for figure in rates] == [30.0, 27.0, 100.0, 50.0]


# --- streams ----------------------------------------------------------------------------------------


def test_the_load_counts_the_tickets_that_a_message_answers() -> None:
    [[message], [_]] = stream_load.make_batches("language", 100)
    assert stream_load.echoed(message) == 50
    assert stream_load.echoed(wire.GatewayBatch(gateway="g").SerializeToString()) == 0
    pairings = [wire.Pairing(ticket=number) for number in (1, 2, 3)]
    assert stream_load.paired(wire.MatcherBatch(pairings=pairings).SerializeToString()) == 3


# --- progress ---------------------------------------------------------------------------------------


def test_progress_names_the_part_and_the_round() -> None:
    told = StringIO()
    progress = RoundProgress(2, told)
    for part in ("room", "streams"):
        progress.begin(part)
        assert list(progress.rounds("language", 2)) == [0, 1]
    progress.clear()
    times, lines = zip(*(line.split(" ", 1) for line in told.getvalue().splitlines()), strict=True)
    assert all(re.fullmatch(r"0:\d\d", time) for time in times)
    assert lines == tuple(
        f"part {number} of 2, {part}: language, round {turn} of 2"
        for number, part in ((1, "room"), (2, "streams"))
        for turn in (1, 2)
    )


# --- figures ----------------------------------------------------------------------------------------


def test_a_bar_is_met_or_missed() -> None:
    assert Figure("p", "n", 400.0, "/s", at_least(400)).met
    assert not Figure("p", "n", 399.0, "/s", at_least(400)).met
    assert Figure("p", "n", 1.1, "", at_most(1.1)).met
    assert not Figure("p", "n", 1.2, "", at_most(1.1)).met
    assert Figure("p", "n", 1.2, "").met is None


def test_a_ratio_is_taken_within_each_round() -> None:
    ratio = ratios("p", "n", [1.0, 8.0, 3.0], [2.0, 4.0, 1.0], at_least(2))
    assert (ratio.value, ratio.rounds, ratio.met) == (2.0, (0.5, 2.0, 3.0), True)


def test_the_table_shows_median_spread_bar_and_verdict() -> None:
    figure = over_rounds("a part", "a figure", [1.0, 3.0, 2000.0], "ms", at_most(2))
    heading, line = table([figure]).splitlines()[-2:]
    assert heading == "a part"
    assert line.split() == ["a", "figure", "3", "ms", "(1–2,000)", "≤", "2", "MISSED"]


def test_the_summary_is_one_line_of_json() -> None:
    line = summary([over_rounds("p", "n", [1.0, 2.0, 4.0], "s", at_most(3)), Figure("p", "m", 7.0, "s")])
    assert b"\n" not in line
    first, second = msgspec.json.decode(line)["figures"]
    assert (first["value"], first["rounds"], first["met"]) == (2.0, [1.0, 2.0, 4.0], True)
    assert (second["value"], second["met"]) == (7.0, None)
