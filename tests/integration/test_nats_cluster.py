"""Three NATS servers let in whom one lets in, take changes without a restart, and survive slow readers."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import nats
import pytest
import pytest_asyncio
import yaml
from nats.aio.subscription import Subscription

from services.contract import identities, subjects
from services.contract.ids import GatewayId, MatchId
from services.reports.shell.nats_announcer import NatsAnnouncer
from services.runtime.authority import IssuedCertificate
from services.runtime.nats_connection import NatsConnection

from ..certificates import Certificates, write
from ..nats_cluster import NAMES, ClusteredNatsServer, NatsServers, nats_cluster
from ..servers import settle
from ..timing import scaled, until
from .test_nats_users import NatsUser, user

pytestmark = pytest.mark.asyncio(loop_scope="module")

SUBJECTS = {
    "gateway": subjects.gateway(GatewayId("gateway.AAAA")),
    "match": subjects.match(MatchId("match")),
    "presence": subjects.PRESENCE,
    "history": subjects.STATUS_HISTORY,
    "standing": subjects.STANDING,
    "inbox of gateways": f"{subjects.inbox('gateway')}.x",
    "inbox of reports": f"{subjects.inbox(identities.REPORTS)}.x",
    "common inbox": "_INBOX.x",
    "all gateways": "zufall.2.gateway.*.*",
    "everything": ">",
    "the server": "$SYS.REQ.SERVER.PING",
}
MAY = {
    "gateway": (
        {"gateway", "match", "presence", "history"},
        {"gateway", "match", "presence", "standing", "inbox of gateways"},
    ),
    "reports": ({"standing"}, {"standing"}),
    "matcher": None,
    "nats": None,
}
"""The subjects that each may publish and subscribe to. None: it has a certificate, but is no user."""

MANIFEST = Path(__file__).parents[2] / "k8s" / "base" / "nats.yaml"
SLOW_READERS = 20
MESSAGE = bytes(512 * 1024)
"""The largest batch of a gateway."""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"), [identities.COMMON_GATEWAY])


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def cluster(certificates: Certificates) -> AsyncIterator[NatsServers]:
    async with nats_cluster(certificates) as running:
        yield running


@pytest.mark.parametrize(("service", "name"), [*zip(MAY, [*NAMES, NAMES[0]], strict=True)])
async def test_each_server_gives_a_service_exactly_its_subjects(
    cluster: NatsServers, certificates: Certificates, service: str, name: str
) -> None:
    expected = MAY[service]
    if expected is None:
        with pytest.raises(nats.errors.Error, match=r"(?i)authorization"):
            async with user(cluster.servers[name], certificates, service):
                pass
        return
    async with user(cluster.servers[name], certificates, service) as who:
        publishes = {one for one, subject in SUBJECTS.items() if not {"*", ">"} & set(subject)}
        publishes = {one for one in publishes if await who.may_publish(SUBJECTS[one])}
        subscribes = {one for one, subject in SUBJECTS.items() if await who.may_subscribe(subject)}
    assert (publishes, subscribes) == expected


async def test_questions_and_answers_cross_from_server_to_server(
    cluster: NatsServers, certificates: Certificates
) -> None:
    one, other, _ = cluster.servers.values()
    async with user(one, certificates, "gateway") as asked, user(other, certificates, "gateway") as asking:
        requests = await asked.client.subscribe(subjects.STATUS_HISTORY, queue=subjects.HISTORY_GROUP)
        await settle(asked.client)
        await until(partial(is_heard, asking, requests))
        inbox = asking.client.new_inbox()
        heard = await asking.client.subscribe(inbox)
        await asking.client.publish(subjects.STATUS_HISTORY, b"", inbox)
        while not (request := await requests.next_msg(scaled(5))).reply:
            pass  # it was sent before
        for number in range(300):
            await asked.client.publish(request.reply, str(number).encode())
        assert [int((await heard.next_msg(scaled(5))).data) for _ in range(300)] == list(range(300))


async def is_heard(asking: NatsUser, requests: Subscription) -> bool:
    """Ask without an answer. Interest takes a moment to reach the other server."""
    await asking.client.publish(subjects.STATUS_HISTORY, b"")
    await settle(asking.client)
    return requests.pending_msgs > 0


async def joins(server: ClusteredNatsServer, context: ssl.SSLContext) -> bool:
    """Tell whether the server takes a connection with this certificate for that of another server."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", server.route_port, ssl=context, server_hostname=identities.NATS
    )
    try:
        writer.write(b'CONNECT {"verbose": false, "name": "another", "cluster": "zufall"}\r\nPING\r\n')
        async with asyncio.timeout(scaled(5)):
            said = await reader.read(4096)
            while said and not re.search(rb"PONG|-ERR", said):
                said += await reader.read(4096)
    except (OSError, asyncio.IncompleteReadError):
        return False
    finally:
        writer.transport.abort()
    return b"-ERR" not in said and b"PONG" in said


async def test_only_servers_join_the_cluster(cluster: NatsServers, certificates: Certificates) -> None:
    """A server that joined would hear everything, and could say who is banned."""
    server = cluster.servers[NAMES[0]]
    assert await joins(server, certificates.context(certificates.issue(identities.NATS)))
    for name in (identities.GATEWAY, identities.REPORTS, identities.MATCHER):
        assert not await joins(server, certificates.context(certificates.issue(name))), name
    assert not await joins(server, certificates.context(None)), "no certificate"


async def routes(cluster: NatsServers) -> set[tuple[str, int]]:
    """Return the numbers of all connections between servers, which are new for new connections."""
    return {
        (name, route["rid"])
        for name, server in cluster.servers.items()
        for route in (await server.page("routez"))["routes"]
    }


async def test_a_reload_takes_changed_users_and_cuts_nobody_off(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path, [identities.COMMON_GATEWAY])
    async with nats_cluster(certificates) as cluster, AsyncExitStack() as stack:
        kept: list[NatsUser] = []
        for server in cluster.servers.values():
            for service in ("gateway", "reports"):
                kept.append(await stack.enter_async_context(user(server, certificates, service)))
        connected = await routes(cluster)
        assert not any([await one.may_publish("zufall.2.new") for one in kept])
        for server in cluster.servers.values():
            text = server.config.read_text()
            server.config.write_text(text.replace("publish: [", 'publish: ["zufall.2.new", '))
            await server.signal("reload")
        for one in kept:  # they would not connect again
            await until(partial(one.may_publish, "zufall.2.new"))
        assert await routes(cluster) == connected


async def test_a_reload_takes_a_renewed_certificate_and_cuts_nobody_off(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path, [identities.COMMON_GATEWAY])
    async with nats_cluster(certificates) as cluster:
        connected = await routes(cluster)
        async with AsyncExitStack() as stack:
            kept = [
                await stack.enter_async_context(user(server, certificates, "gateway"))
                for server in cluster.servers.values()
            ]
            renewed = certificates.issue(identities.NATS, "localhost")
            write(certificates.folder / "nats", renewed)
            context = certificates.context(certificates.issue(identities.GATEWAY))
            for server in cluster.servers.values():
                await server.signal("reload")
                await until(partial(shows, server, renewed, context))
            assert all([await one.may_publish(subjects.PRESENCE) for one in kept])
            assert await routes(cluster) == connected
        first = cluster.servers[NAMES[0]]
        await first.terminate()
        await first.start()
        await cluster.until_whole()  # new connections between servers take it, too


async def shows(server: ClusteredNatsServer, expected: IssuedCertificate, context: ssl.SSLContext) -> bool:
    """Tell whether clients are shown this certificate."""
    _, writer = await asyncio.open_connection(
        "127.0.0.1", server.port, ssl=context, server_hostname=identities.NATS
    )
    shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.transport.abort()
    return bool(ssl.PEM_cert_to_DER_cert(expected.certificate.decode()) == shown)


async def test_a_server_that_stops_says_so_before_it_sends_its_clients_away(
    cluster: NatsServers, certificates: Certificates
) -> None:
    """SIGTERM, which follows, is ignored then. By itself it ends all connections at once."""
    told: list[bool] = []
    client = NatsConnection(identities.NATS, subjects.inbox("gateway"), certificates.of("gateway"))
    first, second, _ = cluster.servers.values()

    async def leaving() -> None:
        told.append(client.is_connected)

    await client.dial([first.url], lame_duck_mode_cb=leaving)
    try:
        client.set_server_pool([first.url, second.url])
        await first.terminate()
        assert told == [True]
        await until(lambda: client.is_connected)
    finally:
        await client.close()
        await first.start()
        await cluster.until_whole()


async def test_servers_notice_soon_that_one_is_cut_off(cluster: NatsServers) -> None:
    """By default they would believe in it for a minute and a half."""
    first, *others = cluster.servers.values()
    wires = cluster.wires(first.name)
    for wire in wires:
        wire.swallow("there", "back")

    async def noticed() -> bool:
        return [await other.peers() for other in others] == [1, 1]

    await until(noticed, seconds=6)
    for wire in wires:
        await wire.heal()
    await cluster.until_whole()


async def test_reports_leaves_a_server_that_hangs(cluster: NatsServers, certificates: Certificates) -> None:
    servers = {server.port: server for server in cluster.servers.values()}
    announcer = NatsAnnouncer(
        [server.url for server in servers.values()], lambda: None, certificates.of("reports")
    )
    announcer.start()

    def port() -> int | None:
        url = announcer._client.connected_url
        return url.port if url else None

    try:
        await until(port)
        first = port()
        assert first is not None
        with servers[first].hanging():
            await until(lambda: port() not in (None, first))
        await cluster.until_whole()
    finally:
        await announcer.close()


def container() -> dict[str, Any]:
    """Return the container of NATS on Kubernetes."""
    (stateful_set,) = (
        one for one in yaml.safe_load_all(MANIFEST.read_text()) if one["kind"] == "StatefulSet"
    )
    (found,) = stateful_set["spec"]["template"]["spec"]["containers"]
    return dict(found)


async def slow_reader(port: int, context: ssl.SSLContext) -> asyncio.StreamWriter:
    """Subscribe, and never read again after the server has understood that."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname=identities.NATS, limit=4096
    )
    writer.write(f'CONNECT {{"verbose": false}}\r\nSUB {subjects.PRESENCE} 1\r\nPING\r\n'.encode())
    await reader.readuntil(b"PONG\r\n")
    return writer


def most_memory(pid: int) -> int:
    """Return the most bytes that a process has held."""
    (kibibytes,) = re.findall(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(kibibytes) * 1024


async def test_slow_readers_are_cut_off_before_they_fill_the_memory(tmp_path: Path) -> None:
    """Nobody else feels them. Twenty at once stay below 80 % of the limit, where the soft limit is."""
    certificates = Certificates(tmp_path, [identities.COMMON_GATEWAY])
    context = certificates.context(certificates.issue(identities.GATEWAY))
    (soft,) = (one["value"] for one in container()["env"] if one["name"] == "GOMEMLIMIT")
    async with (
        nats_cluster(certificates, GOMEMLIMIT=soft) as cluster,
        user(cluster.servers[NAMES[0]], certificates, "gateway") as publisher,
        user(cluster.servers[NAMES[0]], certificates, "gateway") as honest,
    ):
        server = cluster.servers[NAMES[0]]
        slow = [await slow_reader(server.port, context) for _ in range(SLOW_READERS)]
        heard = await honest.client.subscribe(subjects.PRESENCE)
        await settle(honest.client)

        async def all_cut_off() -> bool:
            await publisher.client.publish(subjects.PRESENCE, MESSAGE)
            await heard.next_msg(scaled(5))
            return int((await server.page("varz"))["slow_consumers"]) == SLOW_READERS

        await until(all_cut_off)
        for writer in slow:
            writer.transport.abort()
        assert honest.client.stats["reconnects"] == 0
        assert most_memory(server.pid) < int(soft.removesuffix("MiB")) * 1024 * 1024
