"""A port that cannot be used is said in a sentence, and nobody shares one by accident."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from grpc import aio

from services.runtime.admin import AdminServer
from services.runtime.listening import check_free
from services.runtime.rpc import bind

from ...servers import free_port

TAKEN = "^cannot listen on 127.0.0.1:[0-9]+: another process uses this port: stop it, or choose another port$"


@pytest.fixture
def taken() -> Iterator[str]:
    """Provide an address at which another process listens that would share it."""
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as listening:
        yield f"127.0.0.1:{listening.getsockname()[1]}"


def test_a_port_that_is_taken_is_named_though_its_owner_would_share_it(taken: str) -> None:
    with pytest.raises(OSError, match=TAKEN):
        check_free(taken)


def test_nobody_can_connect_to_a_port_while_it_is_checked() -> None:
    """A load balancer that could would take the service for ready."""
    port, over = free_port(), Event()

    def connects() -> int:
        met = 0
        while not over.is_set():
            with socket.socket() as client:
                met += client.connect_ex(("127.0.0.1", port)) == 0
        return met

    with ThreadPoolExecutor() as threads:
        met = threads.submit(connects)
        for _ in range(2_000):
            check_free(f"127.0.0.1:{port}")
        over.set()
    assert met.result() == 0


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("192.0.2.1:8080", "this machine has no such address"),
        ("no-such-host.invalid:8080", "cannot listen on"),
    ],
)
def test_an_address_that_is_not_ours_is_named(address: str, says: str) -> None:
    with pytest.raises(OSError, match=says):
        check_free(address)


async def test_the_admin_port_says_that_it_is_taken(taken: str) -> None:
    server = AdminServer(taken, list)
    with pytest.raises(OSError, match=TAKEN):
        await server.start()
    await server.stop()


async def test_grpc_says_that_its_port_is_taken_and_prints_nothing(
    taken: str, capfd: pytest.CaptureFixture[str]
) -> None:
    server = aio.server()
    with pytest.raises(OSError, match=TAKEN):
        bind(server, taken, None)
    assert capfd.readouterr() == ("", "")
