"""Our coturn, as `deploy/coturn` starts it: who may use it for what, and what changes while it is in use."""

import asyncio
import re
import shutil
import signal
import ssl
import stat
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil  # ships no types
import pytest
from aioice.stun import Method
from aioice.turn import DEFAULT_ALLOCATION_LIFETIME, TCP_TRANSPORT

from services.contract.ids import random_id
from services.contract.turn_credentials import TurnCredentials, mint
from services.doctor.core.relay import Transport, TurnServer
from services.doctor.shell.turn_client import TurnClient, TurnRefusal, turn_client
from services.runtime.authority import IssuedCertificate, issue, new_authority

from ..requirements import require
from ..timing import scaled, until
from ..turn_server import DOMAIN, SECRET, START, RunningTurnServer, turn_server

HOST, HOST6 = "127.0.0.1", "::1"
ANSWERS = START.with_name("answers")
PUBLIC, PUBLIC2 = "203.0.113.7", "203.0.113.8"

BOTH_FAMILIES = (
    f"--listening-ip={HOST6}",
    f"--relay-ip={HOST}",
    f"--relay-ip={HOST6}",
    "--allocation-default-address-family=keep",
)

MOUNTED = "mounted"
CertificateWriter = Callable[[Path, IssuedCertificate], None]

REFUSED = [
    "0.0.0.0", "0.0.0.1",  # noqa: S104 -- a peer
    "10.0.0.1", "10.255.255.255", "100.64.0.1", "127.0.0.1", "127.0.0.2", "169.254.1.1",
    "169.254.169.254", "172.16.0.1", "172.17.0.2", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255",
]  # fmt: skip
REFUSED6 = [
    "::", "::1", "::10.0.0.1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::10.0.0.1",
    "64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1", "2001::1", "2001:2::1", "2001:10::1", "2001:db8::1",
    "2002:a00:1::1", "3fff::1", "5f00::1", "fc00::1", "fd00::1", "fe80::1", "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
ALLOWED = [
    "1.1.1.1",
    "9.9.9.9",
    "100.63.255.255",
    "100.128.0.0",
    "172.32.0.1",
    "192.0.1.1",
    "223.255.255.255",
]
ALLOWED6 = ["2000::1", "2001:200::1", "2003::1", "2606:4700::1", "2a00::1", "3ffe::1"]


def credentials(secret: str = SECRET, name: str = "", seconds: int = 120) -> TurnCredentials:
    """Return credentials of a visitor, by default of a new one."""
    return mint(secret, name or random_id(), int(time.time()) + seconds)


@asynccontextmanager
async def client(
    server: RunningTurnServer | TurnServer, given: TurnCredentials, tls: ssl.SSLContext | None = None
) -> AsyncIterator[TurnClient]:
    """Connect, and give up when a server does not answer in time."""
    at = server.over("udp") if isinstance(server, RunningTurnServer) else server
    async with asyncio.timeout(scaled(15)), turn_client(at, given, tls) as made:
        yield made


async def refusal(server: RunningTurnServer, given: TurnCredentials) -> int:
    """Return the code with which an allocation is refused."""
    async with client(server, given) as visitor:
        with pytest.raises(TurnRefusal) as refused:
            await visitor.allocate()
    return refused.value.code


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningTurnServer]:
    """Provide one server for all tests that only ask."""
    require("coturn")
    with turn_server(tmp_path_factory.mktemp("turn"), HOST, *BOTH_FAMILIES, settings=NO_PEERS) as running:
        yield running


NO_PEERS = {"ZUFALL_TURN_EXTERNAL_IP": ""}
"""No address of loopback may be a peer, not even the own one of the server."""


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_visitor_gets_a_relay(server: RunningTurnServer, transport: Transport) -> None:
    async with client(server.over(transport), credentials()) as visitor:
        address, port = await visitor.allocate()
    assert address == HOST
    assert port > server.port + 1


def test_the_health_check_knows_one_that_hangs(tmp_path: Path) -> None:
    require("coturn")
    with turn_server(tmp_path, HOST) as running:
        (coturn,) = [
            child for child in psutil.Process(running.process.pid).children() if child.name() == "turnserver"
        ]
        assert _health(running.port) == 0
        coturn.suspend()
        try:
            assert _health(running.port) == 2
        finally:
            coturn.resume()
    assert _health(running.port) == 2


def _health(port: int) -> int:
    return subprocess.run([str(ANSWERS), str(port)], check=False, capture_output=True).returncode


@pytest.mark.parametrize("peer", REFUSED)
async def test_a_peer_that_is_not_on_the_internet_is_refused(server: RunningTurnServer, peer: str) -> None:
    async with client(server, credentials()) as visitor:
        await visitor.allocate()
        await _is_refused(visitor, peer)


@pytest.mark.parametrize("peer", REFUSED6)
async def test_so_is_one_of_ipv6(server: RunningTurnServer, peer: str) -> None:
    async with client(server.over("udp", HOST6), credentials()) as visitor:
        await visitor.allocate()
        await _is_refused(visitor, peer)


async def _is_refused(visitor: TurnClient, peer: str) -> None:
    with pytest.raises(TurnRefusal) as permission:
        await visitor.permit(peer)
    with pytest.raises(TurnRefusal) as channel:
        await visitor.ask(Method.CHANNEL_BIND, CHANNEL_NUMBER=0x4000, XOR_PEER_ADDRESS=(peer, 9))
    assert (permission.value.code, channel.value.code) == (403, 403)


async def test_a_peer_on_the_internet_is_allowed(server: RunningTurnServer) -> None:
    for address, peers in ((HOST, ALLOWED), (HOST6, ALLOWED6)):
        async with client(server.over("udp", address), credentials()) as visitor:
            await visitor.allocate()
            for peer in peers:
                await visitor.permit(peer)


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [
        ({}, []),
        ({"ZUFALL_TURN_PEERS": "9.9.9.9,2606:4700::1"}, ["9.9.9.9", "2606:4700::1"]),
        ({"ZUFALL_ICE_POLICY": "public"}, ["1.1.1.1", "9.9.9.9", "2606:4700::1"]),
    ],
    ids=["relay", "other relays", "public"],
)
async def test_with_the_policy_relay_only_relays_of_ours_are_peers(
    tmp_path: Path, settings: dict[str, str], allowed: list[str]
) -> None:
    require("coturn")
    external = {"ZUFALL_TURN_EXTERNAL_IP": f"{PUBLIC}/{HOST},{HOST6}/{HOST6}"}
    with turn_server(tmp_path, HOST, *BOTH_FAMILIES, settings=external | settings) as running:
        for address, peers in ((HOST, ["1.1.1.1", "9.9.9.9"]), (HOST6, ["2606:4700::1"])):
            async with client(running.over("udp", address), credentials()) as visitor:
                await visitor.allocate()
                for peer in peers:
                    await (visitor.permit(peer) if peer in allowed else _is_refused(visitor, peer))


async def test_nobody_keeps_a_relay_for_an_hour_without_asking_again(server: RunningTurnServer) -> None:
    async with client(server, credentials()) as visitor:
        await visitor.allocate()
        granted = await visitor.ask(Method.REFRESH, LIFETIME=3600)
    assert granted.attributes["LIFETIME"] == 600


@pytest.mark.parametrize(
    "given",
    [
        credentials("another secret"),
        credentials(seconds=-60),
        TurnCredentials("visitor", "password"),
        TurnCredentials(credentials().username, credentials(name="other").password),
    ],
    ids=["secret", "expired", "nobody", "name"],
)
async def test_bad_credentials_are_refused(server: RunningTurnServer, given: TurnCredentials) -> None:
    assert await refusal(server, given) == 401


async def test_there_is_no_relay_over_tcp(server: RunningTurnServer) -> None:
    async with client(server.over("tcp"), credentials()) as visitor:
        with pytest.raises(TurnRefusal) as refused:
            await visitor.ask(
                Method.ALLOCATE, LIFETIME=DEFAULT_ALLOCATION_LIFETIME, REQUESTED_TRANSPORT=TCP_TRANSPORT
            )
    assert refused.value.code == 442


async def test_one_name_gets_only_so_many_relays_and_all_names_too(tmp_path: Path) -> None:
    require("coturn")
    quotas = {"ZUFALL_TURN_USER_QUOTA": "2", "ZUFALL_TURN_TOTAL_QUOTA": "3"}
    one, other, third = (credentials(name=name) for name in ("one", "other", "third"))
    async with AsyncExitStack() as stack:
        running = stack.enter_context(turn_server(tmp_path, HOST, settings=quotas))
        for given in (one, one):
            await (await stack.enter_async_context(client(running, given))).allocate()
        assert await refusal(running, one) == 486
        last = await stack.enter_async_context(client(running, other))
        await last.allocate()
        assert await refusal(running, third) == 486
        await last.ask(Method.REFRESH, LIFETIME=0)
        await until(lambda: _has_room(running, third))


async def _has_room(server: RunningTurnServer, given: TurnCredentials) -> bool:
    """Return whether an allocation is possible. What was given back counts for about a second more."""
    async with client(server, given) as visitor:
        try:
            await visitor.allocate()
        except TurnRefusal:
            return False
        return True


@pytest.mark.parametrize("external", [f"{HOST}/{HOST}", f"{PUBLIC}/{HOST}"], ids=["plain", "behind NAT"])
async def test_both_sides_of_a_call_have_their_relay_here(tmp_path: Path, external: str) -> None:
    require("coturn")
    settings = {"ZUFALL_TURN_EXTERNAL_IP": external}
    with turn_server(tmp_path, HOST, "--allow-loopback-peers", settings=settings) as running:
        await _talks(running, credentials(name="ada"), credentials(name="bob"))
        async with client(running, credentials()) as visitor:
            assert (await visitor.allocate())[0] == external.partition("/")[0]
            for neighbour in ("127.0.0.2", "203.0.113.8"):
                await _is_refused(visitor, neighbour)


async def _talks(running: RunningTurnServer, one: TurnCredentials, other: TurnCredentials) -> None:
    async with client(running, one) as ada, client(running.over("tcp"), other) as bob:
        await _talk(ada, await ada.allocate(), bob, await bob.allocate())


async def _talk(ada: TurnClient, at: tuple[str, int], bob: TurnClient, there: tuple[str, int]) -> None:
    """Send datagrams each way through both relays. The first ones open the way, and may be lost."""
    for _ in range(2):
        await ada.send(b"from Ada", there)
        await bob.send(b"from Bob", at)
    assert (await ada.receive(), await bob.receive()) == (b"from Bob", b"from Ada")


async def test_the_sides_of_a_call_may_have_their_relays_on_two_nodes(tmp_path: Path) -> None:
    """Kubernetes tells each its own address. The public ones lead nowhere here, so the pairs were used."""
    require("coturn")
    nodes = (HOST, "127.0.0.2")
    pairs = {"ZUFALL_TURN_EXTERNAL_IP": f"{PUBLIC}/{nodes[0]},{PUBLIC2}/{nodes[1]}"}
    async with AsyncExitStack() as stack:
        clients = []
        for node in nodes:
            (tmp_path / node).mkdir()
            settings = pairs | {"ZUFALL_TURN_OWN_IP": node}
            running = stack.enter_context(
                turn_server(tmp_path / node, node, "--allow-loopback-peers", settings=settings)
            )
            clients.append(await stack.enter_async_context(client(running, credentials())))
        ada, bob = clients
        at, there = await ada.allocate(), await bob.allocate()
        assert (at[0], there[0]) == (PUBLIC, PUBLIC2)
        for stranger in ("127.0.0.3", "203.0.113.9", "10.0.0.1", "1.1.1.1"):
            await _is_refused(ada, stranger)
        await _talk(ada, at, bob, there)


async def test_a_relay_behind_a_load_balancer_reaches_only_itself(tmp_path: Path) -> None:
    """Only the ports for visitors can be reached of a pod. The relays of both sides are in it."""
    require("coturn")
    settings = {"ZUFALL_TURN_EXTERNAL_IP": PUBLIC, "ZUFALL_TURN_OWN_IP": HOST}
    with turn_server(tmp_path, HOST, "--allow-loopback-peers", settings=settings) as running:
        await _talks(running, credentials(name="ada"), credentials(name="bob"))
        async with client(running, credentials()) as visitor:
            assert (await visitor.allocate())[0] == PUBLIC
            for stranger in ("127.0.0.2", "203.0.113.8", "10.0.0.1", "1.1.1.1"):
                await _is_refused(visitor, stranger)


def test_a_node_that_is_not_in_the_list_does_not_start(tmp_path: Path) -> None:
    require("coturn")
    settings = {"ZUFALL_TURN_EXTERNAL_IP": f"{PUBLIC}/{HOST}", "ZUFALL_TURN_OWN_IP": "127.0.0.2"}
    with (
        pytest.raises(RuntimeError, match=r"ZUFALL_TURN_EXTERNAL_IP has no pair for 127\.0\.0\.2"),
        turn_server(tmp_path, HOST, settings=settings),
    ):
        pass


async def test_a_secret_is_replaced_while_calls_go_on(tmp_path: Path) -> None:
    require("coturn")
    old, both, new = (credentials(secret, name=secret) for secret in ("A", "A", "B"))
    async with AsyncExitStack() as stack:
        running = stack.enter_context(turn_server(tmp_path, HOST, "--allow-loopback-peers"))
        running.set_secrets("A")
        ada, bob = [await stack.enter_async_context(client(running, old)) for _ in range(2)]
        at, there = await ada.allocate(), await bob.allocate()
        assert await refusal(running, new) == 401
        running.set_secrets("B", "A")
        for given in (both, new):
            await (await stack.enter_async_context(client(running, given))).allocate()
        running.set_secrets("B")
        assert await refusal(running, old) == 401
        await (await stack.enter_async_context(client(running, new))).allocate()
        await _talk(ada, at, bob, there)


def _as_caddy_writes(folder: Path, issued: IssuedCertificate) -> None:
    folder = folder / "caddy" / "certificates" / "an-issuer" / DOMAIN
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{DOMAIN}.key").write_bytes(issued.key)
    (folder / f"{DOMAIN}.crt").write_bytes(issued.certificate)
    (folder / f"{DOMAIN}.json").write_text("{}")


def _as_kubernetes_mounts(folder: Path, issued: IssuedCertificate) -> None:
    """Put a Secret of kubernetes.io/tls where the kubelet does, which turns a link to a new folder."""
    mounted = folder / MOUNTED
    new = mounted / f"..{random_id()}"
    new.mkdir(parents=True)
    for name, content in (("tls.crt", issued.certificate), ("tls.key", issued.key)):
        (new / name).write_bytes(content)
        (new / name).chmod(0o440)
        if not (mounted / name).is_symlink():
            (mounted / name).symlink_to(Path("..data", name))
    old = [one for one in mounted.iterdir() if one.is_dir() and not one.is_symlink() and one != new]
    (mounted / "..data_tmp").symlink_to(new.name)
    (mounted / "..data_tmp").rename(mounted / "..data")
    for one in old:
        shutil.rmtree(one)


@pytest.mark.parametrize("write", [_as_caddy_writes, _as_kubernetes_mounts], ids=["caddy", "kubernetes"])
async def test_tls_begins_with_the_first_certificate_and_a_renewed_one_ends_no_call(
    tmp_path: Path, write: CertificateWriter
) -> None:
    require("coturn")
    authority = new_authority("Zufall test", datetime.now(UTC), timedelta(days=1))
    tls = ssl.create_default_context(cadata=authority.certificate.decode())
    settings = {"ZUFALL_TURN_CERTIFICATE": str(tmp_path / MOUNTED)}
    with turn_server(tmp_path, HOST, "--allow-loopback-peers", settings=settings) as running:
        async with client(running, credentials()) as visitor:
            await visitor.allocate()
        over_tls = TurnServer("localhost", running.port + 1, "tls")
        first = _renew_certificate(running, authority, write)
        await until(lambda: _served(over_tls, tls, first))
        async with (
            client(over_tls, credentials(name="ada"), tls) as ada,
            client(over_tls, credentials(name="bob"), tls) as bob,
        ):
            at, there = await ada.allocate(), await bob.allocate()
            renewed = _renew_certificate(running, authority, write)
            await until(lambda: _served(over_tls, tls, renewed))
            await ada.ask(Method.REFRESH, LIFETIME=DEFAULT_ALLOCATION_LIFETIME)
            await _talk(ada, at, bob, there)
        taken = running.folder / "runtime" / "tls.key"
        assert (
            stat.S_IMODE(taken.stat().st_mode) == 0o600
        )  # so that it can be replaced, whatever the mount's mode


def _renew_certificate(
    running: RunningTurnServer, authority: IssuedCertificate, write: CertificateWriter
) -> bytes:
    """Write a new certificate, tell the server to look, and return the certificate (DER)."""
    issued = issue(authority, [DOMAIN, "localhost"], datetime.now(UTC), timedelta(days=1))
    write(running.folder, issued)
    running.process.send_signal(signal.SIGHUP)
    return ssl.PEM_cert_to_DER_cert(issued.certificate.decode())


async def _served(server: TurnServer, tls: ssl.SSLContext, certificate: bytes) -> bool:
    try:
        _, writer = await asyncio.open_connection(server.host, server.port, ssl=tls)
    except OSError:  # it does not listen yet
        return False
    served = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return bool(served == certificate)


DRAIN = {"ZUFALL_TURN_DRAIN_SECONDS": "600"}


def test_without_calls_it_ends_at_once(tmp_path: Path) -> None:
    require("coturn")
    with turn_server(tmp_path, HOST, settings=DRAIN) as running:
        running.process.terminate()
        assert running.process.wait(scaled(10)) == 0


async def test_calls_go_on_after_it_was_told_to_end(tmp_path: Path) -> None:
    require("coturn")
    if _version() < (4, 7):
        pytest.skip("coturn before 4.7 ends at once: it knows no SIGUSR1")
    with turn_server(tmp_path, HOST, "--allow-loopback-peers", settings=DRAIN) as running:
        async with client(running, credentials()) as ada, client(running, credentials()) as bob:
            at, there = await ada.allocate(), await bob.allocate()
            running.process.terminate()
            await until(lambda: "Draining" in running.log)
            assert await refusal(running, credentials()) == 403
            assert _health(running.port) == 0
            await ada.ask(Method.REFRESH, LIFETIME=DEFAULT_ALLOCATION_LIFETIME)
            await _talk(ada, at, bob, there)
        assert running.process.wait(scaled(10)) == 0


def _version() -> tuple[int, ...]:
    said = subprocess.run(["turnserver", "--version"], check=False, capture_output=True, text=True)
    return tuple(int(part) for part in said.stdout.strip().split(".")[:2])


async def test_the_log_names_no_address_of_a_visitor(tmp_path: Path) -> None:
    require("coturn")
    with turn_server(tmp_path, HOST, *BOTH_FAMILIES) as running:
        for address, peer in ((HOST, "10.1.2.3"), (HOST6, "fd00::123")):
            async with client(running.over("tcp", address), credentials()) as visitor:
                await visitor.allocate()
                await _is_refused(visitor, peer)
        await refusal(running, credentials("wrong"))
        await until(lambda: "Cannot find credentials" in running.log)
    assert "1.2.3" not in running.log
    assert not re.search(r"fd00|127\.0\.0|::1", running.log)
