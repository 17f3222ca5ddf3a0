"""Offers become tickets with times on this clock, and a pairing becomes two matching sides."""

from typing import Any

import pytest

from protos import matcher_pb2 as wire
from services.contract.errors import InvalidRequest
from services.contract.ids import GatewayId, Place, VisitorId, random_id, visitor_key
from services.contract.limits import BLOCKED_KEYS_REMEMBERED
from services.matcher.core.tickets import POOLS, Pairing, SupersededTicket, pool_of_room
from services.matcher.shell import proto_mapping

from .tickets import ticket

GATEWAY = GatewayId("one")


def test_times_are_converted_to_this_clock() -> None:
    visitor = random_id()
    offer = wire.Offer(
        ticket=7,
        visitor=visitor,
        age_ms=1500,
        mode=wire.MODE_AUDIO,
        audience=wire.AUDIENCE_RESTRICTED,
        interests=["a", "b", "a"],
        languages=["en", "de", "en"],
        partners=[5, 5, 6],
        parted_ms_ago=[9000, 2000, 0],
        blocked=[2**64 - 1],
        device=2**64 - 2,
        tabs_meet=True,
        guest=True,
        epoch=2**53 - 1,
        network=b"n",
        deferred=True,
    )
    parsed = proto_mapping.ticket(offer, GATEWAY, 100.0)
    assert (parsed.gateway, parsed.number, parsed.since) == (GATEWAY, 7, 98.5)
    assert parsed.visitor_key == visitor_key(VisitorId(visitor))
    assert parsed.pool is POOLS[2, 1]
    assert (parsed.interests, parsed.languages) == (frozenset("ab"), ("en", "de"))
    assert parsed.partners == {5: 98.0, 6: 100.0}
    assert (parsed.device, parsed.tabs_meet, parsed.guest) == (2**64 - 2, True, True)
    assert parsed.identity_key == parsed.visitor_key
    assert parsed.blocked == frozenset({2**64 - 1})
    assert parsed.place == Place(2**53 - 1, GATEWAY)
    assert (parsed.network, parsed.deferred) == (b"n", True)


def test_a_strict_wish_without_languages_is_not_strict() -> None:
    offer = wire.Offer(visitor=random_id(), mode=wire.MODE_TEXT, strict_language=True, epoch=1)
    assert not proto_mapping.ticket(offer, GATEWAY, 0.0).strict_language


def test_the_two_sides_of_a_pairing_fit() -> None:
    pairing = Pairing(ticket(1, epoch=3), ticket(2, gateway=GatewayId("two"), epoch=5), 0.0)
    polite, other = proto_mapping.pairings(pairing, "m")
    assert (polite.polite, other.polite) == (True, False)
    assert (polite.partner_gateway, other.partner_gateway) == ("two", "one")
    assert (polite.partner_visitor, other.partner_visitor) == ("2", "1")
    assert polite.match == other.match == "m"
    assert (polite.partner_epoch, other.partner_epoch) == (5, 3)


def test_blocks_of_more_keys_than_a_memory_holds_are_refused() -> None:
    offer = wire.Offer(visitor=random_id(), mode=wire.MODE_TEXT, epoch=1)
    offer.blocked.extend(range(BLOCKED_KEYS_REMEMBERED))
    assert len(proto_mapping.ticket(offer, GATEWAY, 0.0).blocked) == BLOCKED_KEYS_REMEMBERED
    offer.blocked.append(BLOCKED_KEYS_REMEMBERED)
    with pytest.raises(InvalidRequest):
        proto_mapping.ticket(offer, GATEWAY, 0.0)


@pytest.mark.parametrize("epoch", [0, 2**53, 2**64 - 1])
def test_an_epoch_that_no_browser_has_is_refused(epoch: int) -> None:
    with pytest.raises(InvalidRequest):
        proto_mapping.ticket(wire.Offer(visitor=random_id(), mode=wire.MODE_TEXT, epoch=epoch), GATEWAY, 0.0)


def test_a_superseded_ticket_is_told_with_the_newer_place() -> None:
    told = proto_mapping.superseded(SupersededTicket(ticket(1, number=7), Place(9, GatewayId("two"))))
    assert told == wire.Superseded(ticket=7, epoch=9, gateway="two")


def counting(**other: Any) -> wire.Offer:
    wanted: dict[str, Any] = {
        "visitor": random_id(),
        "mode": wire.MODE_TEXT,
        "epoch": 1,
        "interests": ["cafe", "evil.example"],
        "spellings": ["café", ""],
        "network": b"n",
    }
    return wire.Offer(**(wanted | other))


def test_interests_that_may_be_shown_keep_their_spelling() -> None:
    offer = counting()
    assert proto_mapping.spellings(offer, proto_mapping.ticket(offer, GATEWAY, 0.0)) == {"cafe": "café"}


@pytest.mark.parametrize("other", [{"spellings": []}, {"audience": wire.AUDIENCE_RESTRICTED}])
def test_interests_do_not_count_without_spellings_or_if_restricted(other: dict[str, object]) -> None:
    offer = counting(**other)
    assert proto_mapping.spellings(offer, proto_mapping.ticket(offer, GATEWAY, 0.0)) == {}


def test_visitors_without_a_network_count_as_one() -> None:
    offer = counting(network=b"")
    assert proto_mapping.spellings(offer, proto_mapping.ticket(offer, GATEWAY, 0.0)) == {"cafe": "café"}


@pytest.mark.parametrize(
    "other", [{"spellings": ["café"]}, {"spellings": ["x" * 65, ""]}, {"network": b"n" * 33}]
)
def test_spellings_that_do_not_fit_are_refused(other: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest):
        proto_mapping.ticket(counting(**other), GATEWAY, 0.0)


@pytest.mark.parametrize("name", ["", "eu", "us-east-1", "x" * 32])
def test_a_gateway_may_name_its_region(name: str) -> None:
    offer = wire.Offer(visitor=random_id(), mode=wire.MODE_TEXT, epoch=1)
    assert proto_mapping.ticket(offer, GATEWAY, 0.0, proto_mapping.region(name)).region == name


@pytest.mark.parametrize("name", ["EU", "x" * 33, "eu west", "eu\n"])
def test_a_malformed_region_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest):
        proto_mapping.region(name)


def test_tickets_of_equal_rooms_have_one_pool() -> None:
    offer = wire.Offer(visitor=random_id(), mode=wire.MODE_TEXT, epoch=1, room="p:berlin")
    offer.audience = wire.AUDIENCE_RESTRICTED_IN_ROOM
    pool = proto_mapping.ticket(offer, GATEWAY, 0.0).pool
    assert pool is pool_of_room(POOLS[3, 1], "p:berlin")
    offer.audience = wire.AUDIENCE_EVERYONE_IN_ROOM
    assert proto_mapping.ticket(offer, GATEWAY, 0.0).pool is pool_of_room(POOLS[3, 0], "p:berlin")
    assert proto_mapping.lane_advice(pool, 2).audience == wire.AUDIENCE_RESTRICTED_IN_ROOM


@pytest.mark.parametrize(
    ("room", "audience"),
    [
        ("p:" + 63 * "x", wire.AUDIENCE_EVERYONE_IN_ROOM),
        ("two words", wire.AUDIENCE_EVERYONE_IN_ROOM),
        ("p:caf\xe9", wire.AUDIENCE_EVERYONE_IN_ROOM),
        ("p:berlin\n", wire.AUDIENCE_EVERYONE_IN_ROOM),
        ("p:berlin", wire.AUDIENCE_EVERYONE),
        ("p:berlin", wire.AUDIENCE_RESTRICTED),
        ("", wire.AUDIENCE_EVERYONE_IN_ROOM),
        ("", wire.AUDIENCE_RESTRICTED_IN_ROOM),
    ],
)
def test_a_room_with_a_malformed_name_or_the_audience_of_everybody_is_refused(
    room: str, audience: wire.Audience
) -> None:
    """So is what a gateway that knows rooms sends to a matcher that does not."""
    offer = wire.Offer(visitor=random_id(), mode=wire.MODE_TEXT, epoch=1, room=room, audience=audience)
    with pytest.raises(InvalidRequest):
        proto_mapping.ticket(offer, GATEWAY, 0.0)


def test_interests_in_a_room_do_not_count_among_the_popular_ones() -> None:
    offer = wire.Offer(visitor=random_id(), mode=wire.MODE_TEXT, epoch=1, interests=["a"], spellings=["A"])
    assert proto_mapping.spellings(offer, proto_mapping.ticket(offer, GATEWAY, 0.0)) == {"a": "A"}
    offer.room, offer.audience = "p:berlin", wire.AUDIENCE_EVERYONE_IN_ROOM
    assert proto_mapping.spellings(offer, proto_mapping.ticket(offer, GATEWAY, 0.0)) == {}
