"""What gateways say to each other comes through whole, and garbage is known as garbage."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.contract.envelopes import (
    Acceptance,
    Envelope,
    Heard,
    Kind,
    Line,
    Whereabouts,
    pack,
    unpack,
    unpack_acceptance,
    unpack_heard,
    unpack_line,
    unpack_whereabouts,
)
from services.contract.ids import GatewayId, MatchId, VisitorId

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
envelopes = st.builds(
    Envelope, texts.map(VisitorId), texts.map(MatchId), st.sampled_from(Kind), st.binary(max_size=200)
)
READERS = (unpack, unpack_acceptance, unpack_line, unpack_heard, unpack_whereabouts)
numbers = st.integers(0, 2**40)
heards = st.builds(Heard, texts, numbers)
lines = st.builds(Line, texts, numbers, numbers, st.binary(max_size=200))
whereabouts = st.builds(
    Whereabouts, texts.map(VisitorId), texts.map(GatewayId), st.booleans(), st.binary(max_size=16), heards
)
acceptances = st.builds(Acceptance, st.lists(texts, max_size=5), st.none() | texts, st.binary(max_size=16))


@unhurried
@given(st.lists(envelopes, max_size=5))
def test_envelopes_come_through_whole_and_in_order(sent: list[Envelope]) -> None:
    assert unpack(pack(sent)) == sent


@unhurried
@given(acceptances)
def test_acceptances_come_through_whole(sent: Acceptance) -> None:
    assert unpack_acceptance(pack(sent)) == sent


@unhurried
@given(lines, heards, whereabouts)
def test_what_a_match_survives_by_comes_through_whole(line: Line, heard: Heard, where: Whereabouts) -> None:
    assert unpack_line(pack(line)) == line
    assert unpack_heard(pack(heard)) == heard
    assert unpack_whereabouts(pack(where)) == where


def test_a_frame_travels_as_the_bytes_it_was() -> None:
    frame = b'{"type":"chat"}\xff\0'
    (envelope,) = unpack(pack([Envelope(VisitorId("v"), MatchId("m"), Kind.FRAME, frame)]))
    assert envelope.body == frame


def test_an_envelope_costs_little_beside_its_body() -> None:
    one = Envelope(VisitorId("v" * 22), MatchId("m" * 22), Kind.FRAME, b"x" * 1000)
    assert len(pack([one])) < 1000 + 60


def test_an_envelope_of_a_newer_gateway_spoils_no_other() -> None:
    newer = [["v", "m", 99, b""], ["v", "m", 3, b"frame", "more"]]
    assert [envelope.kind for envelope in unpack(msgspec.msgpack.encode(newer))] == [99, Kind.FRAME]


GOOD = msgspec.msgpack.encode([["v", "m", 3, b""]])


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xc1",
        b"zufall",
        GOOD[:-1],
        GOOD + b"\0",
        msgspec.msgpack.encode({"visitor": "v"}),
        msgspec.msgpack.encode([["v"]]),
        msgspec.msgpack.encode([["v", "m", "FRAME", b""]]),
        msgspec.msgpack.encode([["v", "m", 3, "text"]]),
        msgspec.msgpack.encode([[1, "m", 3, b""]]),
        msgspec.msgpack.encode([None]),
        b"\x91\x94\xa1\xff\xa1m\x03\xa0",
        b"\x91" * 100_000,
        b"\xdd\xff\xff\xff\xff",
    ],
    ids=lambda payload: repr(payload[:12]),
)
def test_garbage_is_one_kind_of_error(payload: bytes) -> None:
    for read in READERS:
        with pytest.raises(msgspec.DecodeError):
            read(payload)


@unhurried
@given(st.binary(max_size=100))
def test_any_bytes_are_envelopes_or_garbage(payload: bytes) -> None:
    for read in READERS:
        try:
            read(payload)
        except msgspec.DecodeError:
            continue
