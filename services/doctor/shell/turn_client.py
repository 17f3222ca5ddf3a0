"""A TURN client (RFC 8656) over UDP, TCP or TLS that tells with which code a server refuses."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aioice.stun import Class, Message, Method, TransactionFailed
from aioice.turn import (
    DEFAULT_ALLOCATION_LIFETIME,
    DEFAULT_CHANNEL_REFRESH_TIME,
    TurnClientProtocol,
    TurnClientTcpProtocol,
    TurnClientUdpProtocol,
)

from services.contract.turn_credentials import TurnCredentials

from ..core.relay import TurnServer

Endpoint = tuple[str, int]


_REASONS = {
    401: "the credentials are not good",
    403: "this address must not be a peer",
    486: "this user, or the server, has enough allocations",
    508: "no port is left",
}


class TurnRefusal(Exception):
    """The server answered with an error: 401 bad credentials, 403 forbidden peer, 486 quota (RFC 8656)."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the relay refuses with {code}: {_REASONS.get(code, 'see RFC 8656')}")
        self.code = code


class _Inbox(asyncio.DatagramProtocol):
    """What peers sent to the relayed address."""

    def __init__(self) -> None:
        self.datagrams: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: Endpoint) -> None:
        self.datagrams.put_nowait(data)


class TurnClient:
    """One client of a server, which may have one allocation."""

    def __init__(self, protocol: TurnClientProtocol) -> None:
        self._protocol = protocol
        self._inbox = _Inbox()
        protocol.receiver = self._inbox

    async def allocate(self) -> Endpoint:
        """Return the relayed address of a new allocation. It is kept alive. Raises `TurnRefusal`."""
        try:
            return await self._protocol.connect()
        except TransactionFailed as failure:
            raise _refusal(failure) from None

    @property
    def seen_as(self) -> str:
        """The address of ours that the server sees, once there is an allocation."""
        return self._protocol.mapped_address[0] if self._protocol.mapped_address else ""

    async def permit(self, address: str) -> None:
        """Ask that datagrams may pass between the relay and an IP address. Raises `TurnRefusal`."""
        await self.ask(Method.CREATE_PERMISSION, XOR_PEER_ADDRESS=(address, 0))

    async def send(self, data: bytes, peer: Endpoint) -> None:
        """Send a datagram from the relayed address to a peer. Raises `TurnRefusal`."""
        try:
            await self._protocol.send_data(data, peer)
        except TransactionFailed as failure:
            raise _refusal(failure) from None

    async def receive(self) -> bytes:
        """Wait for a datagram from a peer to whom something was sent."""
        return await self._inbox.datagrams.get()

    async def ask(self, method: Method, **attributes: object) -> Message:
        """Send a request with these attributes, in whose names `_` is for `-`, and return the answer.

        Raises `TurnRefusal`.
        """
        named = {name.replace("_", "-"): value for name, value in attributes.items()}
        try:
            asked = Message(method, Class.REQUEST, attributes=named)
            return (await self._protocol.request_with_retry(asked))[0]
        except TransactionFailed as failure:
            raise _refusal(failure) from None


@asynccontextmanager
async def turn_client(
    server: TurnServer, credentials: TurnCredentials, tls: ssl.SSLContext | None = None
) -> AsyncIterator[TurnClient]:
    """Connect to a server, and give the allocation back in the end. Raises `OSError`."""
    protocol = await _connect(server, credentials, tls or ssl.create_default_context())
    try:
        yield TurnClient(protocol)
    finally:
        if protocol.relayed_address is not None:
            await protocol.delete()
        protocol.transport.close()


async def _connect(
    server: TurnServer, credentials: TurnCredentials, tls: ssl.SSLContext
) -> TurnClientProtocol:
    loop = asyncio.get_running_loop()
    address = (server.host, server.port)
    settings = (
        address,
        credentials.username,
        credentials.password,
        DEFAULT_ALLOCATION_LIFETIME,
        DEFAULT_CHANNEL_REFRESH_TIME,
    )
    if server.transport == "udp":
        _, datagrams = await loop.create_datagram_endpoint(
            lambda: TurnClientUdpProtocol(*settings), remote_addr=address
        )
        return datagrams
    _, stream = await loop.create_connection(
        lambda: TurnClientTcpProtocol(*settings), *address, ssl=tls if server.transport == "tls" else None
    )
    return stream


def _refusal(failure: TransactionFailed) -> TurnRefusal:
    return TurnRefusal(failure.response.error_code or 0)
