"""Services call each other by gRPC only with certificates, and each calls only what is for it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from grpc import StatusCode, aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from structlog.testing import capture_logs

from protos import matcher_pb2 as wire
from protos import matcher_pb2_grpc, reports_pb2_grpc
from protos import reports_pb2 as pb
from services.contract import identities
from services.contract.errors import PassRefused, Unavailable
from services.contract.ids import GatewayId, VisitorId
from services.matcher.core.stages import Stages
from services.runtime.rpc import open_channel
from services.runtime.tls import TlsFolder
from services.signaling.shell.adapters.matcher_client import MatcherClient
from services.signaling.shell.adapters.reports_client import ReportsClient
from services.signaling.shell.stats.popular_interests import PopularInterests

from ..certificates import Certificates, of_a_stranger, write
from ..databases import new_sqlite
from ..timing import scaled, until
from .matcher_streams import MatcherReplica, StreamingGateway
from .reports_service import MODERATOR, NO_NATS, reports_service

ID = "gateway-1.AAAA"
LOCAL_POOL = [("grpc.use_local_subchannel_pool", 1)]


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path / "certificates")


@pytest.fixture
async def matcher(certificates: Certificates) -> AsyncIterator[MatcherReplica]:
    running = MatcherReplica(Stages((0, 0, 0), 0, 0), certificates.of("matcher"))
    running.port = await running.server.start()
    yield running
    await running.server.stop()


@asynccontextmanager
async def stream(
    port: int, certificate: TlsFolder, name: str = ID, server: str = identities.MATCHER
) -> AsyncIterator[StreamingGateway]:
    async with open_channel(f"127.0.0.1:{port}", server, certificate, LOCAL_POOL) as channel:
        yield StreamingGateway(channel, name)


async def code_of(call: Any, gateway: str = ID) -> StatusCode:
    """Return the status of a stream whose first message is awaited, OK if one comes."""
    try:
        await asyncio.wait_for(call.write(wire.GatewayBatch(gateway=gateway)), scaled(5))
        await asyncio.wait_for(call.read(), scaled(5))
    except aio.AioRpcError as error:
        return error.code()
    return StatusCode.OK if not call.done() else await call.code()


async def code_with(port: int, credentials: grpc.ChannelCredentials | None) -> StatusCode:
    """Return how the matcher answers a gateway that connects like this, or does not."""
    address, options = (
        f"127.0.0.1:{port}",
        [*LOCAL_POOL, ("grpc.ssl_target_name_override", identities.MATCHER)],
    )
    async with (
        aio.secure_channel(address, credentials, options=options)
        if credentials
        else aio.insecure_channel(address, options=LOCAL_POOL)
    ) as channel:
        return await code_of(matcher_pb2_grpc.MatcherStub(channel).Pair())


async def test_only_who_has_a_good_certificate_connects(
    certificates: Certificates, matcher: MatcherReplica
) -> None:
    names = identities.gateway_names("gateway-1")
    good, expired = certificates.issue(*names), certificates.issue(*names, lifetime=-timedelta(minutes=1))
    assert await code_with(matcher.port, certificates.credentials(good)) is StatusCode.OK
    for bad in (expired, of_a_stranger(*names), None):
        assert await code_with(matcher.port, certificates.credentials(bad)) is StatusCode.UNAVAILABLE
    assert await code_with(matcher.port, None) is StatusCode.UNAVAILABLE, "plain TCP"


async def test_a_caller_needs_the_name_of_a_gateway(
    certificates: Certificates, matcher: MatcherReplica
) -> None:
    for service in ("reports", "matcher", "nats"):
        async with stream(matcher.port, certificates.of(service)) as refused:
            assert await code_of(refused.stream, f"{service}.AAAA") is StatusCode.PERMISSION_DENIED
    async with open_channel(f"127.0.0.1:{matcher.port}", identities.MATCHER, certificates.of("nats")) as one:
        answer = await health_pb2_grpc.HealthStub(one).Check(health_pb2.HealthCheckRequest())
        assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_a_gateway_cannot_end_the_stream_of_another(
    certificates: Certificates, matcher: MatcherReplica
) -> None:
    """A second stream with the same id replaces the first one, so only its own gateway may open it."""
    async with stream(matcher.port, certificates.of("gateway-1")) as victim:
        await victim.send()
        await victim.next()
        async with stream(matcher.port, certificates.of("gateway-2")) as intruder:
            assert await code_of(intruder.stream) is StatusCode.PERMISSION_DENIED
        await victim.find()
        await until(lambda: matcher.waiting == 1)
        assert not victim.stream.done()


@pytest.mark.parametrize("bad", ["other name", "expired", "stranger", "plain"])
async def test_a_gateway_refuses_a_server_with_a_bad_certificate(
    certificates: Certificates, bad: str
) -> None:
    """The server serves with whatever it has. The gateway does not tell it who waits."""
    issued = {
        "other name": certificates.issue(identities.REPORTS),
        "expired": certificates.issue(identities.MATCHER, lifetime=-timedelta(minutes=1)),
        "stranger": of_a_stranger(identities.MATCHER),
        "plain": None,
    }[bad]
    server = aio.server()
    health_pb2_grpc.add_HealthServicer_to_server(health_pb2_grpc.HealthServicer(), server)
    if issued is None:
        port = server.add_insecure_port("127.0.0.1:0")
    else:
        served = grpc.ssl_server_credentials([(issued.key, issued.certificate)])
        port = server.add_secure_port("127.0.0.1:0", served)
    await server.start()
    async with stream(port, certificates.of("gateway-1")) as gateway:
        assert await code_of(gateway.stream) is StatusCode.UNAVAILABLE
    await server.stop(None)


async def test_a_new_certificate_is_served_while_a_stream_goes_on(
    certificates: Certificates, matcher: MatcherReplica
) -> None:
    async with stream(matcher.port, certificates.of("gateway-1")) as kept:
        await kept.send()
        await kept.next()
        before = await served_number(certificates, matcher.port)
        certificates.replace("matcher", identities.MATCHER)
        assert await served_number(certificates, matcher.port) != before
        (certificates.folder / "matcher" / "tls.key").write_bytes(b"half of")
        (certificates.folder / "matcher" / "tls.crt").unlink()
        assert await served_number(certificates, matcher.port) != before, "the last usable one stays"
        await kept.find()
        await kept.find()
        await kept.pairing()


async def served_number(certificates: Certificates, port: int) -> int:
    """Return the number of the certificate that a server shows to a new connection."""
    context = certificates.context(certificates.issue(*identities.gateway_names("gateway-1")))
    context.set_alpn_protocols(["h2"])
    _, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname=identities.MATCHER
    )
    connection: ssl.SSLObject = writer.get_extra_info("ssl_object")
    shown = connection.getpeercert(binary_form=True)
    writer.transport.abort()
    assert shown is not None
    return x509.load_der_x509_certificate(shown).serial_number


async def test_a_gateway_connects_with_its_new_certificate(
    certificates: Certificates, matcher: MatcherReplica
) -> None:
    own = certificates.of("gateway-1")
    write(certificates.folder / "gateway-1", certificates.issue(identities.NATS))
    client = MatcherClient(GatewayId(ID), [f"127.0.0.1:{matcher.port}"], PopularInterests(), own)
    client.start(lambda _: None)
    try:
        with capture_logs() as logged:
            await until(lambda: any(one.get("status") == "PERMISSION_DENIED" for one in logged))
        assert not client.ready
        certificates.replace("gateway-1", *identities.gateway_names("gateway-1"))
        await until(lambda: client.ready)
    finally:
        await client.stop()


async def test_moderation_is_not_for_gateways(certificates: Certificates, tmp_path: Path) -> None:
    """Not even with the moderators' token."""
    folder = str(certificates.folder / "reports")
    ask = pb.ListReportsRequest()
    async with reports_service(new_sqlite(tmp_path), NO_NATS, ZUFALL_CERTIFICATES=folder) as replica:
        async with open_channel(replica.address, identities.REPORTS, certificates.of("gateway-1")) as channel:
            with pytest.raises(aio.AioRpcError) as refused:
                await reports_pb2_grpc.ModerationStub(channel).ListReports(ask, metadata=MODERATOR)
            assert refused.value.code() is StatusCode.PERMISSION_DENIED
        async with open_channel(replica.address, identities.REPORTS, certificates.of("reports")) as channel:
            answer = await reports_pb2_grpc.ModerationStub(channel).ListReports(ask, metadata=MODERATOR)
            assert not answer.reports
        await check_reports_for_gateways(replica.address, certificates)


async def check_reports_for_gateways(address: str, certificates: Certificates) -> None:
    write(certificates.folder / "gateway-1", certificates.issue(identities.NATS))
    client = ReportsClient(address, certificates.of("gateway-1"))
    with pytest.raises(Unavailable):
        await client.appeal("nonsense")
    certificates.replace("gateway-1", *identities.gateway_names("gateway-1"))
    watched = await anext(aiter(client.stub().WatchStandings(pb.WatchStandingsRequest())))
    assert watched.complete
    with pytest.raises(PassRefused):
        await client.appeal("nonsense")
    await client.stop()
    async with open_channel(address, identities.REPORTS, certificates.of("matcher")) as channel:
        with pytest.raises(aio.AioRpcError) as refused:
            await reports_pb2_grpc.ReportsStub(channel).Standing(pb.StandingRequest(visitor=VisitorId("v")))
        assert refused.value.code() is StatusCode.PERMISSION_DENIED
