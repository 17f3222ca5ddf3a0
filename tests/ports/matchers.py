"""Real matcher processes, and matchmakers of gateways that use them."""

import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count

from msgspec import structs

from services.contract.ids import GatewayId, TicketId, VisitorId, random_id
from services.signaling.core.events import StageChanged, TicketSuperseded
from services.signaling.core.match_side import MatchProposal
from services.signaling.core.messages import Find, Mode
from services.signaling.core.wishes import SearchTicket, normalize
from services.signaling.shell.adapters.matcher_client import MatcherClient, MatcherEvent
from services.signaling.shell.adapters.matcher_stream import MatcherStream
from services.signaling.shell.stats.popular_interests import PopularInterests, spellings_of

from ..servers import free_port, service

_tickets = count(1)


class MatchmakerClient:
    """A gateway's matchmaker. It keeps the events."""

    def __init__(self, matchmaker: MatcherClient) -> None:
        self.matchmaker = matchmaker
        self.proposals: dict[TicketId, MatchProposal] = {}
        self.declined: list[MatchProposal] = []
        self.stages: list[StageChanged] = []
        self.superseded: list[TicketSuperseded] = []
        matchmaker.start(self._hear)

    def _hear(self, event: MatcherEvent) -> None:
        if isinstance(event, StageChanged):
            self.stages.append(event)
        elif isinstance(event, TicketSuperseded):
            self.superseded.append(event)
        else:
            if event.ticket in self.proposals:
                self.declined.append(event)  # as the hub would
            self.proposals.setdefault(event.ticket, event)

    @property
    def streams(self) -> list[MatcherStream]:
        return list(self.matchmaker._streams.values())

    def offer(self, ticket: SearchTicket, restricted: bool = False) -> SearchTicket:
        self.matchmaker.offer(ticket, restricted)
        return ticket


def ticket(
    mode: Mode = "video",
    *,
    visitor: VisitorId | None = None,
    age: float = 0.0,
    interests: tuple[str, ...] = (),
    epoch: int = 1,
    network: bytes = b"",
    room: str = "",
) -> SearchTicket:
    """Return the ticket of a new visitor without languages, so that every ticket fits."""
    wish = structs.replace(normalize(Find(mode, interests=list(interests))), room=room)
    return SearchTicket(
        id=TicketId(next(_tickets)),
        visitor=visitor or VisitorId(random_id()),
        wish=wish,
        country="",
        since=time.monotonic() - age,
        attempt=1,
        blocked=(),
        partners=(),
        epoch=epoch,
        network=network,
        spellings=spellings_of(wish) if network else (),
    )


class MatcherProcess:
    """A matcher process that can be killed and started again at the same address."""

    def __init__(self, **settings: str) -> None:
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self._settings = settings
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        environment = {
            "ZUFALL_LISTEN": self.address,
            "ZUFALL_ADMIN_LISTEN": f"127.0.0.1:{free_port()}",
            "ZUFALL_STAGE_AGES": "0.5,1,2",
            **self._settings,
        }
        self.process = await self._stack.enter_async_context(
            service("services.matcher", environment, self.port)
        )

    async def stop(self) -> None:
        await self._stack.aclose()

    async def kill(self) -> None:
        self.process.kill()
        await self.stop()

    def pause(self) -> None:
        """Stop the process. It keeps its connections."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@asynccontextmanager
async def replicas(number: int, **settings: str) -> AsyncIterator[list[MatcherProcess]]:
    async with AsyncExitStack() as stack:
        made = [MatcherProcess(**settings) for _ in range(number)]
        for replica in made:
            stack.push_async_callback(replica.stop)
            await replica.start()
        yield made


@asynccontextmanager
async def connect(
    name: str, addresses: list[str], popular: PopularInterests | None = None
) -> AsyncIterator[MatchmakerClient]:
    client = MatcherClient(GatewayId(name), addresses, popular or PopularInterests())
    try:
        yield MatchmakerClient(client)
    finally:
        await client.stop()
