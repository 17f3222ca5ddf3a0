"""Each NATS user may use exactly its subjects, and nobody comes in without a certificate."""

import asyncio
import signal
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import nats
import pytest
import pytest_asyncio

from services.contract import identities, subjects
from services.contract.ids import GatewayId, MatchId
from services.reports.shell.nats_announcer import NatsAnnouncer
from services.runtime.nats_connection import NatsConnection
from services.signaling.shell.adapters.nats_bus import NatsBus

from ..certificates import Certificates, of_a_stranger, write
from ..ports.buses import BusEndpoint, decline, settled
from ..servers import NatsServer, nats_server, settle
from ..timing import scaled, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST, SECOND = GatewayId("gateway-1.AAAA"), GatewayId("gateway-2.BBBB")
MATCH = MatchId("match")
SUBJECTS = {
    "own gateway": subjects.gateway(FIRST),
    "other gateway": subjects.gateway(SECOND),
    "all gateways": "zufall.2.gateway.*.*",
    "match": subjects.match(MATCH),
    "meeting": subjects.meeting(f"{MATCH}.polite"),
    "presence": subjects.PRESENCE,
    "history": subjects.STATUS_HISTORY,
    "standing": subjects.STANDING,
    "own inbox": f"{subjects.inbox('gateway-1')}.x",
    "other inbox": f"{subjects.inbox('gateway-2')}.x",
    "inbox of reports": f"{subjects.inbox(identities.REPORTS)}.x",
    "common inbox": "_INBOX.x",
    "everything": ">",
    "the server": "$SYS.REQ.SERVER.PING",
}
"""The subjects that each service tries. A pattern with a star is only for subscribing."""

PUBLISH = {
    "gateway-1": {"own gateway", "other gateway", "match", "meeting", "presence", "history"},
    "reports": {"standing"},
    "matcher": None,
    "nats": None,
}
SUBSCRIBE = {
    "gateway-1": {"own gateway", "match", "meeting", "presence", "standing", "own inbox"},
    "reports": {"standing"},
    "matcher": None,
    "nats": None,
}
"""The subjects that each may use. None: it has a certificate, but is no user."""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def server(certificates: Certificates) -> AsyncIterator[NatsServer]:
    async with nats_server(certificates) as running:
        yield running


class NatsUser:
    """A client with a certificate, and the problems that the server told it."""

    def __init__(self, client: NatsConnection, problems: list[str]) -> None:
        self.client = client
        self._problems = problems

    async def may(self, act: Callable[[], Awaitable[object]]) -> bool:
        """Tell whether the server lets it pass. A refusal comes before the answer to a later ping."""
        self._problems.clear()
        await act()
        await settle(self.client)
        assert all("permissions violation" in problem.lower() for problem in self._problems), self._problems
        return not self._problems

    async def may_publish(self, subject: str) -> bool:
        return await self.may(lambda: self.client.publish(subject, b""))

    async def may_subscribe(self, subject: str, group: str = "") -> bool:
        return await self.may(lambda: self.client.subscribe(subject, queue=group))


@asynccontextmanager
async def user(server: NatsServer, certificates: Certificates, service: str) -> AsyncIterator[NatsUser]:
    problems: list[str] = []

    async def problem(error: Exception) -> None:
        problems.append(str(error))

    client = NatsConnection(identities.NATS, subjects.inbox(service), certificates.of(service))
    try:
        await client.dial([server.url], error_cb=problem, allow_reconnect=False, connect_timeout=scaled(2))
        yield NatsUser(client, problems)
        await client.drain()  # the next user must not share a queue group with this one
    finally:
        await client.close()


@pytest.mark.parametrize("service", PUBLISH)
async def test_a_service_may_use_exactly_its_subjects(
    server: NatsServer, certificates: Certificates, service: str
) -> None:
    expected = PUBLISH[service], SUBSCRIBE[service]
    if expected == (None, None):
        with pytest.raises(nats.errors.Error, match=r"(?i)authorization"):
            async with user(server, certificates, service):
                pass
        return
    async with user(server, certificates, service) as who:
        publishes = {name for name, one in SUBJECTS.items() if "*" not in one and ">" not in one}
        publishes = {name for name in publishes if await who.may_publish(SUBJECTS[name])}
        subscribes = {name for name, one in SUBJECTS.items() if await who.may_subscribe(one)}
    assert (publishes, subscribes) == expected


async def test_gateways_answer_questions_only_in_turn(server: NatsServer, certificates: Certificates) -> None:
    async with user(server, certificates, "gateway-1") as who:
        assert await who.may_subscribe(subjects.STATUS_HISTORY, subjects.HISTORY_GROUP)
        assert not await who.may_subscribe(subjects.STATUS_HISTORY, "others")
        assert not await who.may_subscribe(subjects.STATUS_HISTORY)


async def test_a_gateway_replies_to_whom_it_was_asked_by(
    server: NatsServer, certificates: Certificates
) -> None:
    """A reply reaches the one who asked, and nobody may write to an inbox unasked."""
    async with (
        user(server, certificates, "gateway-1") as asked,
        user(server, certificates, "gateway-2") as asking,
    ):
        requests = await asked.client.subscribe(subjects.STATUS_HISTORY, queue=subjects.HISTORY_GROUP)
        inbox = asking.client.new_inbox()
        await settle(asked.client)
        heard = await asking.client.subscribe(inbox)
        await asking.client.publish(subjects.STATUS_HISTORY, b"", inbox)
        request = await requests.next_msg(scaled(5))
        for number in range(300):
            await asked.client.publish(request.reply, str(number).encode())
        replies = [(await heard.next_msg(scaled(5))).data for _ in range(300)]
        assert replies == [str(number).encode() for number in range(300)]
        assert not await asked.may_publish(asking.client.new_inbox())


async def test_a_gateway_cannot_ban_anybody(server: NatsServer, certificates: Certificates) -> None:
    heard: list[bytes] = []
    bus = NatsBus(SECOND, [server.url], certificates.of("gateway-2"))
    endpoint = BusEndpoint(bus)
    announcer = NatsAnnouncer([server.url], lambda: heard.append(b"announced"), certificates.of("reports"))
    await endpoint.start()
    announcer.start()
    try:
        async with user(server, certificates, "gateway-1") as intruder:
            assert not await intruder.may_publish(subjects.STANDING)

        def announced() -> object:
            return bool(heard)

        async def announce() -> bool:
            await announcer.announce(b"ours")
            return bool(endpoint.standings and announced())

        await until(announce)
        assert set(endpoint.standings) == {b"ours"}
    finally:
        await announcer.close()
        await bus.stop()


async def test_the_bus_of_gateways_needs_no_more(server: NatsServer, certificates: Certificates) -> None:
    one, other = (
        BusEndpoint(NatsBus(gateway, [server.url], certificates.of(gateway.partition(".")[0])))
        for gateway in (FIRST, SECOND)
    )
    await one.start()
    await other.start()
    assert isinstance(one.bus, NatsBus)
    assert isinstance(other.bus, NatsBus)
    try:
        await settled(one, other, SECOND)
        await settled(other, one, FIRST)
        other.bus.subscribe_to_match(MATCH)

        def called() -> bool:
            one.bus.publish_to_match(decline(MATCH))
            return bool(other.calls)

        await until(called)
    finally:
        await one.bus.stop()
        await other.bus.stop()


async def refused(
    server: NatsServer, context: ssl.SSLContext | None, hostname: str = identities.NATS
) -> bool:
    """Tell whether the server, or the client itself, breaks off a connection with this context."""
    name = hostname if context else None
    try:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", server.port, ssl=context, server_hostname=name
        )
        writer.write(b'CONNECT {"verbose": false}\r\nPING\r\n')
        async with asyncio.timeout(scaled(5)):
            said = await reader.readuntil(b"PONG\r\n")
        writer.transport.abort()
    except (OSError, asyncio.IncompleteReadError):
        return True
    return b"-ERR" in said


async def test_who_has_no_good_certificate_does_not_come_in(
    server: NatsServer, certificates: Certificates
) -> None:
    name = identities.gateway_name("gateway-1")
    good = certificates.issue(name)
    assert not await refused(server, certificates.context(good))
    assert await refused(server, None), "plain TCP"
    assert await refused(server, certificates.context(None)), "no certificate"
    assert await refused(
        server, certificates.context(certificates.issue(name, lifetime=-timedelta(minutes=1)))
    )
    assert await refused(server, certificates.context(of_a_stranger(name)))
    assert await refused(server, certificates.context(certificates.issue("gateway-9.zufall.internal")))
    assert await refused(server, certificates.context(good), identities.REPORTS), "not the server's name"


async def test_a_client_refuses_a_server_without_tls_or_with_another_name(certificates: Certificates) -> None:
    """It says why, and tries on, so that it comes in as soon as the server is right."""
    problems: list[str] = []

    async def problem(error: Exception) -> None:
        problems.append(str(error))

    async with nats_server() as plain, nats_server(certificates) as server:
        for url, name, reason in (
            (plain.url, identities.NATS, "SSL"),
            (server.url, identities.REPORTS, "hostname mismatch"),
        ):
            client = NatsConnection(name, "_INBOX.x", certificates.of("gateway-1"))
            dialling = asyncio.create_task(client.dial([url], error_cb=problem, reconnect_time_wait=0.01))
            problems.clear()
            await until(lambda: len(problems) > 2)
            assert all(reason.lower() in problem.lower() for problem in problems), problems
            assert not dialling.done()
            dialling.cancel()
            await client.close()


async def test_a_new_certificate_is_used_at_the_next_connection(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path)
    async with nats_server(certificates) as server:
        bus = NatsBus(FIRST, [server.url], certificates.of("gateway-1"))
        await BusEndpoint(bus).start()
        try:
            stranger = certificates.issue("gateway-9.zufall.internal")  # no user of this server
            write(certificates.folder / "gateway-1", stranger)
            await server.stop()
            await until(lambda: not bus.connected)
            await server.start()
            await until(lambda: "authorization" in str(bus._client.last_error).lower())
            certificates.replace("gateway-1", *identities.gateway_names("gateway-1"))
            await until(lambda: bus.connected)
        finally:
            await bus.stop()


async def test_a_server_takes_a_new_certificate_without_a_restart(tmp_path: Path) -> None:
    """SIGHUP makes it read its certificate again. Connections stay."""
    certificates = Certificates(tmp_path)
    async with nats_server(certificates) as server, user(server, certificates, "reports") as kept:
        certificates.replace("nats", "renamed.zufall.internal")
        server.send(signal.SIGHUP)
        context = certificates.context(certificates.issue(identities.REPORTS))

        async def renamed() -> bool:
            return not await refused(server, context, "renamed.zufall.internal")

        await until(renamed)
        assert await kept.may_publish(subjects.STANDING)
        assert kept.client.stats["reconnects"] == 0


async def test_a_service_ends_when_nats_py_gives_its_connection_up(tmp_path: Path) -> None:
    """nats-py does so when a server allows no more subscriptions. The service would be cut off unseen."""
    certificates = Certificates(tmp_path)
    async with nats_server(certificates) as server:
        await server.stop()
        with (certificates.folder / "nats.conf").open("a") as config:
            config.write("max_subscriptions: 2\n")
        await server.start()
        bus = NatsBus(FIRST, [server.url], certificates.of("gateway-1"))
        announcer = NatsAnnouncer([server.url], lambda: None, certificates.of("reports"))
        await BusEndpoint(bus).start()
        watched = asyncio.create_task(bus.run()), announcer.start()
        try:
            await until(lambda: announcer._client.is_connected)
            for client, task in zip((bus._client, announcer._client), watched, strict=True):
                for _ in range(2):
                    await client.subscribe(subjects.STANDING)
                with pytest.raises(ConnectionError, match="for good"):
                    await asyncio.wait_for(task, scaled(10))
        finally:
            await announcer.close()
            await bus.stop()


async def test_servers_that_make_no_sense_end_the_service() -> None:
    announcer = NatsAnnouncer(["ws://127.0.0.1:1", "nats://127.0.0.1:1"], lambda: None)
    with pytest.raises(OSError, match="mixing"):
        await asyncio.wait_for(announcer.start(), scaled(5))
    await announcer.close()
