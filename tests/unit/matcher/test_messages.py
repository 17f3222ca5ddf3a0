"""Offers become tickets with times on our clock; pairings become two sides that fit."""

from protos import matcher_pb2 as wire
from services.contract.ids import GatewayId, VisitorId, random_id, visitor_key
from services.matcher import messages
from services.matcher.tickets import POOLS, Pairing

from .tickets import ticket

GATEWAY = GatewayId("one")


def test_times_are_turned_to_our_clock() -> None:
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
    )
    parsed = messages.ticket(offer, GATEWAY, 100.0)
    assert (parsed.gateway, parsed.number, parsed.since) == (GATEWAY, 7, 98.5)
    assert parsed.visitor_key == visitor_key(VisitorId(visitor))
    assert parsed.pool is POOLS[2, 1]
    assert (parsed.interests, parsed.languages) == (frozenset("ab"), ("en", "de"))
    assert parsed.partners == {5: 98.0, 6: 100.0}
    assert parsed.device == 2**64 - 2
    assert parsed.blocked == frozenset({2**64 - 1})


def test_to_insist_on_no_language_is_not_to_insist() -> None:
    offer = wire.Offer(visitor=random_id(), mode=wire.MODE_TEXT, strict_language=True)
    assert not messages.ticket(offer, GATEWAY, 0.0).strict_language


def test_the_two_sides_of_a_pairing_fit() -> None:
    pairing = Pairing(ticket(1), ticket(2, gateway=GatewayId("two")), 0.0)
    polite, other = messages.pairings(pairing, "m")
    assert (polite.polite, other.polite) == (True, False)
    assert (polite.partner_gateway, other.partner_gateway) == ("two", "one")
    assert (polite.partner_visitor, other.partner_visitor) == ("2", "1")
    assert polite.match == other.match == "m"
