"""Uses the relay as the browsers of two visitors who have met do, with their credentials."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from services.contract.turn_credentials import TurnCredentials

from ..core.check_result import Check, CheckResult, green, red, skipped, yellow
from ..core.relay import INSIDE, Transport, TurnServer, judge_peers, judge_policy
from .probes import Examination, Probe
from .site import ANSWER_SECONDS
from .turn_client import TurnRefusal, turn_client
from .visitor import Side

_NONE = "no TURN server is offered"
_TRIES = 10
"""Datagrams that are sent before somebody says that none arrives."""


async def _policy(examination: Examination) -> CheckResult:
    async with examination.site.http() as http:
        told = await examination.site.policy(http)
    one, _ = await examination.sides()
    if told.ice_policy != one.policy:
        return red(f"the page is told `{told.ice_policy}`, and a match `{one.policy}`")
    return judge_policy(one.policy)


def _allocation(transport: Transport) -> Callable[[Examination], Awaitable[CheckResult]]:
    """Return a probe of one way to the relay."""

    async def look(examination: Examination) -> CheckResult:
        one, _ = await examination.sides()
        offered = [relay for relay in one.relays if relay[0].transport == transport]
        if not one.relays:
            return skipped(_NONE)
        if not offered:
            return yellow(f"no TURN server is offered over {transport.upper()}")
        for server, credentials in offered:
            try:
                async with (
                    asyncio.timeout(ANSWER_SECONDS),
                    turn_client(server, credentials, examination.site.tls) as client,
                ):
                    await client.allocate()
            except TimeoutError:
                return red(f"{server.host}:{server.port} does not answer over {transport.upper()}")
        return green(f"{', '.join(f'{server.host}:{server.port}' for server, _ in offered)} relays")

    return look


async def _peers(examination: Examination) -> CheckResult:
    one, _ = await examination.sides()
    if not one.relays:
        return skipped(_NONE)
    server, credentials = one.relays[0]
    async with (
        asyncio.timeout(3 * ANSWER_SECONDS),
        turn_client(server, credentials, examination.site.tls) as client,
    ):
        own = (await client.allocate())[0]  # relay to relay must work, whatever its address
        codes: dict[str, int | None] = {}
        for peer in INSIDE:
            if peer != own:
                try:
                    await client.permit(peer)
                    codes[peer] = None
                except TurnRefusal as refusal:
                    codes[peer] = refusal.code
    return judge_peers(codes)


async def _both_ways(examination: Examination) -> CheckResult:
    sides = await examination.sides()
    if not all(side.relays for side in sides):
        return skipped(_NONE)
    if await _talk(examination, [_first(side) for side in sides]):
        return green("what one side sends to its relay arrives through the other's, both ways")
    return red("nothing arrives from one relay at the other")


def _first(side: Side) -> tuple[TurnServer, TurnCredentials]:
    return side.relays[0]


async def _talk(examination: Examination, relays: list[tuple[TurnServer, TurnCredentials]]) -> bool:
    """Send datagrams between two relays until one has arrived each way; tell whether that happened."""
    async with AsyncExitStack() as stack:
        one, other = [
            await stack.enter_async_context(turn_client(server, credentials, examination.site.tls))
            for server, credentials in relays
        ]
        at, there = await one.allocate(), await other.allocate()
        arrived = asyncio.gather(one.receive(), other.receive())
        try:
            for _ in range(_TRIES):
                await one.send(b"from one", there)
                await other.send(b"from the other", at)
                await asyncio.wait([arrived], timeout=0.5)
                if arrived.done():
                    return True
        except TurnRefusal:
            return False
        finally:
            arrived.cancel()
    return False


_OPEN = (
    "Open {ports} in the firewall of the machine and of its provider, and look at `./zufall logs coturn`. "
    "Gateways and coturn must have the same secret, and the clock must be right."
)
PROBES = (
    Probe(
        Check(
            "policy",
            "strangers see only the relay's address",
            "Set ZUFALL_TURN_URLS and ZUFALL_ICE_POLICY=relay, unless you mean to show strangers each "
            "other's addresses.",
        ),
        _policy,
        90.0,
    ),
    Probe(
        Check("turn-udp", "the relay works over UDP", _OPEN.format(ports="3478/udp")),
        _allocation("udp"),
        90.0,
    ),
    Probe(
        Check("turn-tcp", "the relay works over TCP", _OPEN.format(ports="3478/tcp")),
        _allocation("tcp"),
        90.0,
    ),
    Probe(
        Check(
            "turn-tls",
            "the relay works over TLS, which strict firewalls let pass",
            _OPEN.format(ports="5349/tcp") + " Its certificate is Caddy's.",
        ),
        _allocation("tls"),
        90.0,
    ),
    Probe(
        Check(
            "turn-peers",
            "the relay reaches no private, loopback or metadata address",
            "Run coturn with deploy/coturn/turnserver.conf: its denied-peer-ip lines keep visitors out of "
            "your own network.",
        ),
        _peers,
        120.0,
    ),
    Probe(
        Check(
            "turn-calls",
            "both sides of a call can have their relay on this server",
            "Behind NAT set ZUFALL_TURN_EXTERNAL_IP=public/private, with this machine's two addresses. Open "
            "the ports of relays in the firewall, from 49160/udp on.",
        ),
        _both_ways,
        120.0,
    ),
)
