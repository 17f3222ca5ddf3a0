"""The gRPC server: one handler for each gateway's stream."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from grpc import StatusCode, aio
from grpc_health.v1 import health_pb2, health_pb2_grpc  # ships no types
from grpc_health.v1.health import aio as health_aio

from protos import matcher_pb2 as wire
from protos import matcher_pb2_grpc
from services.contract import identities
from services.contract.errors import InvalidRequest
from services.contract.ids import GatewayId
from services.runtime.logs import logger
from services.runtime.peer_names import PeerInterceptor, peer_names
from services.runtime.rpc import LARGE_MESSAGES, bind
from services.runtime.tls import TlsFolder

from . import proto_mapping
from .gateway_stream import LEAVING, REPLACED, SILENT, GatewayStream, StreamClose
from .matcher_service import MatcherService
from .metrics import Metrics

CALLERS = {"zufall.matcher.v1.Matcher": (identities.GATEWAY,)}
"""The names of those who may call each service."""

_GRACE = 1.0
"""Seconds that a gateway has to read that this replica leaves, or why its stream ends."""

Context = aio.ServicerContext[wire.GatewayBatch, wire.MatcherBatch]


class MatcherServer:
    """Serves `Pair` and the standard health service on `address` (host:port).

    With a certificate, only gateways may call `Pair`, and each only with its own word in its id.
    """

    def __init__(
        self,
        address: str,
        service: MatcherService,
        metrics: Metrics,
        certificate: TlsFolder | None = None,
    ) -> None:
        self._address = address
        self._certificate = certificate
        self._service = service
        self._health = health_aio.HealthServicer()
        interceptors = [PeerInterceptor(CALLERS)] if certificate else []
        self._server = aio.server(interceptors=interceptors, options=LARGE_MESSAGES)
        servicer = _Servicer(service, metrics, names_are_known=certificate is not None)
        matcher_pb2_grpc.add_MatcherServicer_to_server(servicer, self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        self.serving = False

    async def start(self) -> int:
        """Start to listen, and return the port. Raises `OSError` if the port is taken."""
        port = bind(self._server, self._address, self._certificate)
        await self._server.start()
        await self._health.set("", health_pb2.HealthCheckResponse.SERVING)
        self.serving = True
        return port

    async def stop(self) -> None:
        """Tell the gateways that this replica leaves, end every stream and stop, within two seconds."""
        self.serving = False
        await self._health.enter_graceful_shutdown()
        self._service.shut_down()
        await self._server.stop(_GRACE)


class _Servicer(matcher_pb2_grpc.MatcherServicer):
    def __init__(self, service: MatcherService, metrics: Metrics, *, names_are_known: bool) -> None:
        self._service = service
        self._metrics = metrics
        self._names_are_known = names_are_known

    async def Pair(self, requests: AsyncIterator[wire.GatewayBatch], context: Context) -> None:  # noqa: N802 -- gRPC's
        first = await anext(aiter(requests), None)
        if first is None:
            return
        try:
            gateway = proto_mapping.gateway_id(first.gateway)
            region = proto_mapping.region(first.region)
        except InvalidRequest as error:
            await context.abort(StatusCode.INVALID_ARGUMENT, error.message)
        if self._names_are_known and not _is_id_of(gateway, context):
            await context.abort(StatusCode.PERMISSION_DENIED, "this certificate is another gateway's")
        stream = self._service.open(gateway, region)
        logger().info("gateway connected", gateway=gateway, region=region)
        try:
            self._service.receive(stream, first)
            closed = await self._serve(stream, requests, context)
        finally:
            self._service.close(stream)
            logger().info("gateway disconnected", gateway=gateway)
        if closed is not None:
            self._metrics.closed.labels(closed.status.name.lower()).inc()
            logger().info("stream ended", gateway=gateway, reason=closed.reason)
            # The status comes after what the gateway has not read yet. One that never reads is not awaited.
            with suppress(TimeoutError):
                async with asyncio.timeout(_GRACE):
                    await context.abort(closed.status, closed.reason)

    async def _serve(
        self, stream: GatewayStream, requests: AsyncIterator[wire.GatewayBatch], context: Context
    ) -> StreamClose | None:
        """Read and write until one ends. Return why the matcher ended it, or None if the gateway did."""
        reading = asyncio.create_task(self._read(stream, requests))
        writing = asyncio.create_task(self._write(stream, context))
        watching = asyncio.create_task(self._watch(stream))
        tasks: list[asyncio.Future[Any]] = [reading, writing, watching]
        try:
            await asyncio.wait([*tasks, stream.closed], return_when=asyncio.FIRST_COMPLETED)
            if stream.closed.done() and stream.closed.result() in (LEAVING, REPLACED):
                # The last pairs go out first, and gRPC can send no status while it still writes.
                await asyncio.wait([writing], timeout=_GRACE)
        finally:
            for task in tasks:
                task.cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        return stream.closed.result() if stream.closed.done() else None

    async def _read(self, stream: GatewayStream, requests: AsyncIterator[wire.GatewayBatch]) -> None:
        async for batch in requests:
            stream.watchdog.reset()
            self._service.receive(stream, batch)

    async def _write(self, stream: GatewayStream, context: Context) -> None:
        while not stream.is_finished:
            await context.write(await stream.take())
            self._metrics.batches.inc()

    async def _watch(self, stream: GatewayStream) -> None:
        await stream.watchdog.expired()
        stream.close(SILENT)


def _is_id_of(gateway: GatewayId, context: Context) -> bool:
    """Tell whether the id begins with the word of the peer's certificate."""
    return identities.gateway_name(gateway.partition(".")[0]) in peer_names(context)
