"""Tests a database that goes away under the reports service, or is not there yet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from grpc import StatusCode, aio

from protos import reports_pb2 as pb
from services.runtime.rpc import error_code

from ..databases import Postgres
from ..servers import free_port
from ..timing import scaled
from .reports_service import ReportsReplica, file_request, past_match, reports_service


class DatabaseProxy:
    """Passes bytes between a port of ours and PostgreSQL until it is cut."""

    def __init__(self, port: int) -> None:
        self.port = free_port()
        self._target = port
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()

    async def join(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)

    def cut(self) -> None:
        if self._server is not None:
            self._server.close()
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target)
        self._ends |= {writer, there_writer}
        await asyncio.gather(_copy(reader, there_writer), _copy(there_reader, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while part := await reader.read(65536):
            writer.write(part)
            await writer.drain()
    except ConnectionError:
        pass  # it was cut
    finally:
        writer.close()


@asynccontextmanager
async def proxied(server: Postgres) -> AsyncIterator[tuple[DatabaseProxy, str]]:
    """Yield a proxy that is not joined yet, and the URL of an empty database behind it."""
    proxy = DatabaseProxy(server.port)
    url = await server.new_database()
    yield proxy, url.replace(f":{server.port}/", f":{proxy.port}/")
    proxy.cut()


async def test_while_the_database_is_away_reports_are_refused_and_afterwards_taken(
    postgres_server: Postgres,
) -> None:
    met = past_match()
    async with proxied(postgres_server) as (proxy, url):
        await proxy.join()
        async with reports_service(url, "nats://127.0.0.1:1") as replica:
            await replica.reports.File(file_request(past_match()))
            proxy.cut()
            with pytest.raises(aio.AioRpcError) as caught:
                await replica.reports.File(file_request(met))
            assert (caught.value.code(), error_code(caught.value)) == (StatusCode.UNAVAILABLE, "unavailable")
            assert await readiness(replica) == (200, "ok"), "no other replica could do what this one cannot"
            await proxy.join()
            assert not (await filed(replica, file_request(met))).repeated_filing
            assert len(await replica.list()) == 2
            assert await readiness(replica) == (200, "ok")


async def test_it_waits_for_a_database_that_starts_later(postgres_server: Postgres) -> None:
    async with proxied(postgres_server) as (proxy, url):
        later = asyncio.create_task(_join_after(proxy, 1))
        async with reports_service(url, "nats://127.0.0.1:1") as replica:
            await replica.reports.File(file_request(past_match()))
        await later


async def _join_after(proxy: DatabaseProxy, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await proxy.join()


async def filed(replica: ReportsReplica, request: pb.FileRequest) -> pb.FileResponse:
    """File a report, again and again until the service takes it, as a page does."""
    async with asyncio.timeout(scaled(15)):
        while True:
            try:
                return await replica.reports.File(request)  # type: ignore[no-any-return]
            except aio.AioRpcError as error:
                if error_code(error) != "unavailable":
                    raise
            await asyncio.sleep(0.05)


async def readiness(replica: ReportsReplica) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"{replica.admin}/readyz") as answer:
        return answer.status, (await answer.text()).strip()
