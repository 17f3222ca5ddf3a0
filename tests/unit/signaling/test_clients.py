"""The clients of a gateway, with and without a socket, and their free `received` frames."""

import asyncio
from collections.abc import Callable
from itertools import count

import pytest

from services.contract.errors import CloseCode
from services.contract.ids import GatewayId, Place, TicketId, VisitorId, random_id
from services.contract.rate_limit import UNLIMITED
from services.signaling.core.match_side import Participant
from services.signaling.core.messages import Chat, Received, Reveal, Typing
from services.signaling.core.pacer import Pacer
from services.signaling.core.session import Session
from services.signaling.core.visitor_history import EncounterHistory
from services.signaling.shell.clients import MAX_ACK_CREDIT, Client, ClientRegistry, Handshake
from tests.timing import scaled

from ...in_memory.cluster import InMemoryCluster
from ...in_memory.ports import unscreened


class Sink:
    """An `Outbox` that keeps what is sent."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.closed: CloseCode | None = None

    def send(self, frame: bytes) -> None:
        self.frames.append(frame)

    def close(self, code: CloseCode) -> None:
        self.closed = code


def client(visitor: VisitorId | None = None, device: int = 0) -> tuple[Client, Sink]:
    me = Participant(visitor or VisitorId(random_id()), Place(1, GatewayId("here")), b"hash", device)
    pacer, sink = Pacer(UNLIMITED), Sink()
    session = Session(me, "", map(TicketId, count(1)), EncounterHistory(), pacer, unscreened())
    handshake = Handshake(me.visitor, 1, b"hash", sink, unscreened())
    return Client(me, session, pacer, handshake), sink


# --- what pays for `received` ----------------------------------------------------------------------


def test_each_numbered_frame_allows_one_free_received() -> None:
    one, sink = client()
    assert not one.spend_ack_credit()
    one.send(b"typing")
    one.send(b"chat", numbered=True)
    one.send(b"reveal", numbered=True)
    assert [one.spend_ack_credit() for _ in range(3)] == [True, True, False]
    assert sink.frames == [b"typing", b"chat", b"reveal"]


def test_free_received_frames_are_limited() -> None:
    one, _ = client()
    for _ in range(2 * MAX_ACK_CREDIT):
        one.send(b"chat", numbered=True)
    assert sum(one.spend_ack_credit() for _ in range(2 * MAX_ACK_CREDIT)) == MAX_ACK_CREDIT


def test_a_frame_without_a_socket_allows_nothing() -> None:
    one, _ = client()
    clients = ClientRegistry()
    clients.add(one)
    clients.detach_socket(one)
    one.send(b"chat", numbered=True)
    one.close(CloseCode.RESTART)
    assert not one.spend_ack_credit()


def test_only_frames_that_the_partner_numbers_count() -> None:
    cluster = InMemoryCluster()
    one, other = cluster.searching(cluster.hub("here")), cluster.searching(cluster.hub("there"))
    match = cluster.meet(one, other)
    for message in (Typing(match), Received(match, 4), Chat(match, 1, "hi", "1"), Reveal(match, 2)):
        one.says(message)
    cluster.network.deliver_all()
    assert other.types()[1:] == ["typing", "received", "chat", "reveal"]
    assert [other.client.spend_ack_credit() for _ in range(3)] == [True, True, False]


# --- who is here -----------------------------------------------------------------------------------


def lose(clients: ClientRegistry, one: Client) -> None:
    clients.detach_socket(one)
    clients.detach_socket(one)


def remove(clients: ClientRegistry, one: Client) -> None:
    clients.remove(one)
    clients.remove(one)


@pytest.mark.parametrize(
    ("steps", "sockets", "known"),
    [([], 2, 2), ([lose], 1, 2), ([remove], 1, 1), ([lose, remove], 1, 1), ([remove, remove], 1, 1)],
)
def test_clients_with_a_socket_are_counted(
    steps: list[Callable[[ClientRegistry, Client], None]], sockets: int, known: int
) -> None:
    clients = ClientRegistry()
    one, other = client()[0], client()[0]
    for each in (one, other):
        clients.add(each)
    for step in steps:
        step(clients, one)
    assert (len(clients), len(list(clients)), len(clients.sockets())) == (sockets, known, sockets)


def test_a_newer_client_takes_the_place_of_the_older() -> None:
    clients, visitor = ClientRegistry(), VisitorId(random_id())
    old, new = client(visitor)[0], client(visitor)[0]
    clients.add(old)
    clients.detach_socket(old)
    clients.add(new)
    assert (old in clients, new in clients, len(clients)) == (False, True, 1)
    clients.remove(old)
    assert clients.get(visitor) is new


def test_clients_are_found_by_their_device_while_they_are_there() -> None:
    clients, nobody = ClientRegistry(), VisitorId(random_id())
    one, tab, other, without = client(device=7)[0], client(device=7)[0], client(device=8)[0], client()[0]
    for each in (one, tab, other, without):
        clients.add(each)
    assert clients.of(nobody, 0) == clients.of(nobody, 9) == []
    assert clients.of(without.visitor, 0) == [without]
    assert set(clients.of(one.visitor, 7)) == {one, tab}
    assert set(clients.of(other.visitor, 7)) == {one, tab, other}
    moved = client(tab.visitor, device=8)[0]
    clients.add(moved)
    assert clients.of(nobody, 7) == [one]
    assert set(clients.of(nobody, 8)) == {other, moved}
    for each in (one, moved, other, without):
        clients.remove(each)
    assert not any((clients.of(nobody, 7), clients.of(nobody, 8), clients._of_device))


async def test_a_drain_can_wait_until_all_clients_are_removed() -> None:
    clients = ClientRegistry()
    one = client()[0]
    clients.add(one)
    clients.detach_socket(one)
    gone = asyncio.create_task(clients.wait_until_empty())
    await asyncio.sleep(0)
    assert not gone.done(), "they may come back"
    clients.remove(one)
    async with asyncio.timeout(scaled(5)):
        await gone
