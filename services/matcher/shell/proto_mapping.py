"""Translates gRPC messages to the matcher's types and back. Malformed offers are refused here alone."""

import re
from collections.abc import Sequence

from protos import matcher_pb2 as wire
from services.contract.errors import InvalidRequest
from services.contract.ids import UNTRACED, GatewayId, TicketId, TraceContext, VisitorId, visitor_key
from services.contract.limits import (
    BLOCKED_KEYS_REMEMBERED,
    MAX_AVOIDED_COUNTRIES,
    MAX_INTERESTS,
    MAX_LANGUAGES,
    MAX_RECENT_PARTNERS,
    MAX_ROOM_LENGTH,
    MAX_TAG_LENGTH,
)

from ..core.tickets import (
    POOLS,
    Audience,
    Pairing,
    Pool,
    StageChange,
    SupersededTicket,
    Ticket,
    pool_of_room,
)

_LONGEST_WAIT = 24 * 3600.0
"""Seconds. A ticket that claims to have waited longer counts as this old."""

HIGHEST_EPOCH = 2**53 - 1
"""Browsers number their connections from 1. A missing field is 0."""

_LONGEST_NETWORK = 32
"""Bytes of the hash of a network."""

_GATEWAY = re.compile(r"(?=.{1,64}\Z)([a-z0-9-]+\.)?[A-Za-z0-9_-]+")
_REGION = re.compile(r"[a-z0-9-]{0,32}")
_ROOM = re.compile(rf"[A-Za-z0-9:._-]{{1,{MAX_ROOM_LENGTH}}}")
_VISITOR = re.compile(r"[A-Za-z0-9_-]{22}")


def gateway_id(text: str) -> GatewayId:
    """Return the gateway's name, which ends its NATS subject. Raises `InvalidRequest`."""
    if not _GATEWAY.fullmatch(text):
        raise InvalidRequest("the first batch names no gateway")
    return GatewayId(text)


def region(text: str) -> str:
    """Return the region that the gateway names. Raises `InvalidRequest`."""
    if not _REGION.fullmatch(text):
        raise InvalidRequest("the first batch names a malformed region")
    return text


def ticket(offer: wire.Offer, gateway: GatewayId, now: float, region: str = "") -> Ticket:
    """Return the offered ticket, its times on this clock. Raises `InvalidRequest` for a malformed offer."""
    pool = _pool_of_room(offer) if offer.room else POOLS.get((offer.mode, offer.audience))
    if pool is None:
        raise InvalidRequest("no such mode or audience")
    if not 0 < offer.epoch <= HIGHEST_EPOCH:
        raise InvalidRequest("an epoch is at least 1 and below 2**53")
    if offer.network or offer.spellings:
        _check_counted(offer)
    visitor = _visitor(offer.visitor)
    languages = _tags(offer.languages, MAX_LANGUAGES, "languages")
    return Ticket(
        gateway=gateway,
        number=TicketId(offer.ticket),
        visitor=visitor,
        visitor_key=visitor_key(visitor),
        epoch=offer.epoch,
        pool=pool,
        since=now - min(offer.age_ms / 1000, _LONGEST_WAIT),
        interests=frozenset(_tags(offer.interests, MAX_INTERESTS, "interests")),
        languages=tuple(dict.fromkeys(languages)) if len(languages) > 1 else languages,
        strict_language=offer.strict_language and bool(languages),
        country=_country(offer.country) if offer.country else "",
        avoid_countries=_avoided(offer.avoid_countries),
        nearby=offer.nearby,
        side_lane=offer.lane > 0,
        blocked=_blocked(offer.blocked),
        device=offer.device,
        tabs_meet=offer.tabs_meet,
        guest=offer.guest,
        network=offer.network,
        deferred=offer.deferred,
        region=region,
        trace=TraceContext(offer.trace),
        partners=_partners(offer.partners, offer.parted_ms_ago, now),
    )


def spellings(offer: wire.Offer, ticket: Ticket) -> dict[str, str]:
    """Return the interests of the ticket that count as popular, each with the visitor's spelling."""
    if ticket.pool.audience is Audience.RESTRICTED or ticket.pool.room:
        return {}
    pairs = zip(offer.interests, offer.spellings, strict=False)  # spellings may be missing
    return {interest: spelling for interest, spelling in pairs if spelling}


def pairings(
    pairing: Pairing, match: str, trace: TraceContext = UNTRACED
) -> tuple[wire.Pairing, wire.Pairing]:
    """Return the messages for the gateways of the polite and of the other side, who meet as `match`."""
    one, other = pairing.polite, pairing.other
    shared = sorted(one.interests & other.interests)
    return _side(match, one, other, shared, True, trace), _side(match, other, one, shared, False, trace)


def stage_change(change: StageChange) -> wire.StageChange:
    return wire.StageChange(
        ticket=change.ticket.number,
        stage=change.stage,
        widens_in_ms=round(change.widens_in * 1000),
        hint=change.hint,
        waiting=change.waiting,
    )


def superseded(ticket: SupersededTicket) -> wire.Superseded:
    return wire.Superseded(
        ticket=ticket.ticket.number, epoch=ticket.newer.epoch, gateway=ticket.newer.gateway
    )


def popular_interest(interest: str, networks: int) -> wire.PopularInterest:
    return wire.PopularInterest(interest=interest, networks=networks)


def pool_size(pool: Pool, waiting: int) -> wire.PoolSize:
    return wire.PoolSize(mode=_mode(pool), audience=_audience(pool), waiting=waiting)


def lane_advice(pool: Pool, lanes: int) -> wire.LaneAdvice:
    return wire.LaneAdvice(mode=_mode(pool), audience=_audience(pool), lanes=lanes, room=pool.room)


def _mode(pool: Pool) -> str:
    return f"MODE_{pool.mode.name}"


def _audience(pool: Pool) -> str:
    return f"AUDIENCE_{pool.audience.name}{'_IN_ROOM' if pool.room else ''}"


def _side(
    match: str, mine: Ticket, theirs: Ticket, shared: Sequence[str], polite: bool, trace: TraceContext
) -> wire.Pairing:
    return wire.Pairing(
        match=match,
        ticket=mine.number,
        partner_gateway=theirs.gateway,
        partner_visitor=theirs.visitor,
        polite=polite,
        shared_interests=shared,
        partner_epoch=theirs.epoch,
        trace=trace,
    )


def _pool_of_room(offer: wire.Offer) -> Pool | None:
    if not _ROOM.fullmatch(offer.room):
        raise InvalidRequest("a room with a malformed name")
    everybody = POOLS.get((offer.mode, offer.audience - wire.AUDIENCE_EVERYONE_IN_ROOM))
    return everybody and pool_of_room(everybody, offer.room)


def _check_counted(offer: wire.Offer) -> None:
    if len(offer.network) > _LONGEST_NETWORK:
        raise InvalidRequest("an overlong network")
    if len(offer.spellings) not in (0, len(offer.interests)):
        raise InvalidRequest("not a spelling for each interest")
    if max(map(len, offer.spellings), default=0) > MAX_TAG_LENGTH:
        raise InvalidRequest("an overlong spelling")


def _visitor(text: str) -> VisitorId:
    if not _VISITOR.fullmatch(text):
        raise InvalidRequest("a visitor's id is 22 base64url characters")
    return VisitorId(text)


def _tags(tags: Sequence[str], most: int, what: str) -> tuple[str, ...]:
    if len(tags) > most:
        raise InvalidRequest(f"more than {most} {what}")
    checked = tuple(tags)  # reading them one by one from a message takes longer
    for tag in checked:
        if not 0 < len(tag) <= MAX_TAG_LENGTH:
            raise InvalidRequest(f"an empty or overlong tag among the {what}")
    return checked


def _country(code: str) -> str:
    if len(code) == 2 and code.isascii() and code.isalpha() and code.isupper():
        return code
    raise InvalidRequest("a country is two capital letters")


def _avoided(codes: Sequence[str]) -> frozenset[str]:
    if len(codes) > MAX_AVOIDED_COUNTRIES:
        raise InvalidRequest(f"more than {MAX_AVOIDED_COUNTRIES} countries avoided")
    return frozenset(map(_country, codes)) if codes else frozenset()  # faster: most avoid none


def _blocked(keys: Sequence[int]) -> frozenset[int]:
    if len(keys) > BLOCKED_KEYS_REMEMBERED:
        raise InvalidRequest(f"more than {BLOCKED_KEYS_REMEMBERED} keys blocked")
    return frozenset(keys) if keys else frozenset()  # faster: most block nobody


def _partners(keys: Sequence[int], parted_ms_ago: Sequence[int], now: float) -> dict[int, float]:
    if len(keys) > MAX_RECENT_PARTNERS or len(keys) != len(parted_ms_ago):
        raise InvalidRequest(f"more than {MAX_RECENT_PARTNERS} partners, or not a time for each")
    partners: dict[int, float] = {}
    for key, ago in zip(keys, parted_ms_ago, strict=True):
        partners[key] = max(now - ago / 1000, partners.get(key, float("-inf")))
    return partners
