"""Messages between gateways arrive unchanged, and garbage raises one kind of error."""

from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from services.contract.gateway_messages import (
    Accept,
    Decline,
    DeclineRewind,
    GatewayMessage,
    LocatePartner,
    PartnerLeft,
    PartnerLocation,
    PartnerNotHere,
    Relay,
    RequestRewind,
    Superseded,
    Takeover,
    TakeoverAck,
    pack,
    unpack,
)
from services.contract.ids import UNTRACED, EndReason, GatewayId, MatchId, Place, TraceContext, VisitorId

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
visitors, matches, gateways = texts.map(VisitorId), texts.map(MatchId), texts.map(GatewayId)
epochs = st.integers(0, 2**53 - 1)
hashes = st.binary(max_size=16)
head = (visitors, matches, epochs, gateways)
TYPES: dict[type, st.SearchStrategy[GatewayMessage]] = {
    Accept: st.builds(
        Accept,
        *head,
        st.lists(texts, max_size=5),
        st.none() | texts,
        hashes,
        st.integers(0, 2**64 - 1),
        hashes.map(TraceContext),
    ),
    Decline: st.builds(Decline, *head),
    Relay: st.builds(Relay, *head, st.binary(max_size=200), st.booleans()),
    PartnerLeft: st.builds(PartnerLeft, *head, st.sampled_from(get_args(EndReason))),
    LocatePartner: st.builds(LocatePartner, *head, visitors, hashes),
    PartnerLocation: st.builds(PartnerLocation, *head, visitors, hashes, st.booleans(), hashes),
    PartnerNotHere: st.builds(PartnerNotHere, *head),
    Takeover: st.builds(Takeover, *head),
    TakeoverAck: st.builds(TakeoverAck, *head, st.none() | st.builds(Place, epochs, gateways)),
    Superseded: st.builds(Superseded, *head),
    RequestRewind: st.builds(RequestRewind, *head, visitors),
    DeclineRewind: st.builds(DeclineRewind, *head),
}
FRAME = b'{"type":"chat"}\xff\0'
ONE = Relay(VisitorId("v"), MatchId("m"), 4, GatewayId("g"), FRAME, True)


@given(st.lists(st.one_of(list(TYPES.values())), max_size=5))
def test_messages_arrive_unchanged_and_in_order(sent: list[GatewayMessage]) -> None:
    assert unpack(pack(sent)) == (sent, 0)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_a_message_of_each_type_arrives_unchanged(kind: type) -> None:
    @settings(max_examples=20)
    @given(TYPES[kind])
    def comes_through(message: GatewayMessage) -> None:
        assert unpack(pack([message])) == ([message], 0)
        assert message.place == Place(message.epoch, message.gateway)

    comes_through()


def test_every_message_type_has_its_own_tag() -> None:
    kinds = get_args(GatewayMessage)
    assert set(kinds) == set(TYPES)
    assert len({kind.__struct_config__.tag for kind in kinds}) == len(kinds)


def test_a_relayed_message_is_little_longer_than_its_frame() -> None:
    relay = Relay(VisitorId("v" * 22), MatchId("m" * 22), 2**53 - 1, GatewayId("g" * 12), b"x" * 1000)
    assert len(pack([relay])) < 1000 + 90


def raw(message: GatewayMessage) -> list[object]:
    return list(msgspec.msgpack.decode(pack([message]))[0])


UNREADABLE: dict[str, object] = {
    "a newer kind": [99, "v", "m", 4, "g", "whatever"],
    "no tag": [],
    "no list": None,
    "too short": raw(ONE)[:5],
    "an epoch that is none": [*raw(ONE)[:3], "four", *raw(ONE)[4:]],
    "a visitor that is none": [3, 1, *raw(ONE)[2:]],
    "a reason nobody knows": [4, "v", "m", 4, "g", "bored"],
    "text for bytes": [*raw(ONE)[:5], "é!", True],
}


@pytest.mark.parametrize("unreadable", UNREADABLE.values(), ids=UNREADABLE)
def test_a_message_of_a_newer_gateway_does_not_spoil_the_others(unreadable: object) -> None:
    payload = msgspec.msgpack.encode([raw(ONE), unreadable, raw(ONE), unreadable])
    assert unpack(payload) == ([ONE, ONE], 2)


def test_a_field_of_a_newer_gateway_is_ignored() -> None:
    assert unpack(msgspec.msgpack.encode([[*raw(ONE), "more"]])) == ([ONE], 0)


def test_an_acceptance_of_an_older_gateway_is_untraced() -> None:
    accept = Accept(
        VisitorId("v"), MatchId("m"), 4, GatewayId("g"), ["de"], None, b"", 5, TraceContext(b"trace")
    )
    (received,), _ = unpack(msgspec.msgpack.encode([raw(accept)[:-1]]))
    assert received == structs.replace(accept, trace=UNTRACED)


def test_a_message_with_invalid_utf_8_is_left_out() -> None:
    spoilt = pack([ONE]).replace(b"\xa1v", b"\xa1\xff")
    both = b"\x92" + pack([ONE])[1:] + spoilt[1:]
    assert unpack(both) == ([ONE], 1)


GOOD = pack([ONE])
DEEP = b"\x91" * 100_000 + b"\x90"


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xc1",
        b"zufall",
        GOOD[:-1],
        GOOD + b"\0",
        msgspec.msgpack.encode({"to": "v"}),
        msgspec.msgpack.encode("list"),
        DEEP,
        b"\x91\x98" + GOOD[2:] + DEEP,
        b"\xdd\xff\xff\xff\xff",
    ],
    ids=lambda payload: repr(payload[:12]),
)
def test_bytes_that_are_no_list_raise_a_decode_error(payload: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        unpack(payload)


@given(st.binary(max_size=100))
def test_any_bytes_decode_or_raise_a_decode_error(payload: bytes) -> None:
    try:
        readable, unread = unpack(payload)
    except msgspec.DecodeError:
        return
    assert unread >= 0
    assert all(isinstance(message, GatewayMessage) for message in readable)
