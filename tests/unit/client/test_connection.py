"""A client comes back as the close codes say, and resumes its match."""

import asyncio
import random

import pytest

from bench.client.client import ZufallClient
from bench.client.connection import ClientConnection, stay_connected
from bench.client.transports import ConnectionClosed
from bench.client.transports.memory import MemoryTransport
from services.signaling.core.messages import Find

from .scripted_gateway import ICE, SEARCHING, ScriptedGateway, matched, until, welcome


class NoDelay(random.Random):
    def random(self) -> float:
        return 0.0


async def test_a_restart_resumes_the_match_and_repeats_what_is_not_acknowledged() -> None:
    client = ZufallClient("token")
    client.find(Find("text"))
    gateway = ScriptedGateway({"hello": [welcome()], "find": [SEARCHING, matched("m")]})
    running = asyncio.create_task(stay_connected(client, gateway.dial, lambda _: None, randomness=NoDelay()))
    await until(lambda: client.match is not None)
    client.say("hello", 0.0)
    resumed = {"match": "m", "polite": False, "pass": "newer", "partner_here": True, "ice": ICE}
    gateway.answers["hello"] = [welcome(resumed=resumed)]
    gateway.heard.clear()
    gateway.close(1012)
    await until(lambda: len(gateway.heard) == 2)
    gateway.close(4403)
    assert await running == 4403
    hello, chat = gateway.heard
    assert (hello["pass"], hello["memory"]) == ("pass of m", "memory of m")
    assert (chat["type"], chat["n"], chat["text"]) == ("chat", 1, "hello")
    assert client.match is not None
    assert client.match.sealed_pass == "newer"


async def test_a_gateway_that_cannot_be_reached_is_dialled_again() -> None:
    gateway = ScriptedGateway({"hello": [welcome()]})
    attempts = 0

    async def dial() -> MemoryTransport:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise ConnectionRefusedError
        return await gateway.dial()

    client = ZufallClient("token")
    running = asyncio.create_task(stay_connected(client, dial, lambda _: None, randomness=NoDelay()))
    await until(lambda: client.phase != "offline")
    gateway.close(4409)
    assert await running == 4409
    assert attempts == 3


async def test_a_refused_token_ends_it_because_only_the_caller_can_get_another() -> None:
    gateway = ScriptedGateway({})
    running = asyncio.create_task(stay_connected(ZufallClient("old"), gateway.dial, lambda _: None))
    await until(lambda: bool(gateway.heard))
    gateway.close(4401)
    assert await running == 4401


async def test_an_error_of_a_handler_ends_the_connection() -> None:
    gateway = ScriptedGateway({"hello": [welcome()]})

    def fail(_: object) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await ClientConnection(ZufallClient("token"), await gateway.dial()).run(fail)


async def test_a_memory_transport_is_closed_from_both_sides() -> None:
    gateway = ScriptedGateway({})
    one, other = await gateway.dial(), await gateway.dial()
    await one.close(1001)
    other.abort()
    assert gateway.closed == [1001, 1006]
    for transport in (one, other):
        with pytest.raises(ConnectionClosed):
            await transport.send(b"{}")
        with pytest.raises(ConnectionClosed):
            await transport.receive()
