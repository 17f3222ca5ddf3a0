"""The tickets a second that one matcher replica takes through its streams, against streams that only echo."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from bench.progress import RoundProgress

from .figures import Figure, at_least, over_rounds, ratios
from .matchers import GrpcServers, echo, matchers
from .stream_load import BATCH, GATEWAYS, StreamLoadRound
from .workers import BenchmarkWorker, workers

WISHES = {
    "language": "language",
    "interests": "language + 3 interests",
    "partners": "language + 3 interests, 16 former partners",
}

BAR = at_least(0.4)


@dataclass(frozen=True, slots=True)
class StreamRate:
    """One round at one server: tickets a second, and its CPU seconds for 100,000 tickets."""

    tickets: float
    cpu: float


def measure(tickets: int, rounds: int, progress: RoundProgress) -> Iterator[Figure]:
    """Measure rounds of `tickets`, each until nearly all answers have arrived."""
    with matchers(1) as replica, echo() as bare:
        for wish, name in WISHES.items():
            load_of_it = ("stream_load", replica.addresses[0], bare.addresses[0], wish, tickets)
            with workers(load_of_it) as (load,):
                turns = [_round(load, replica, bare) for _ in progress.rounds(name, rounds)]
            yield from _figures(name, turns)


def _round(load: BenchmarkWorker, *servers: GrpcServers) -> list[StreamRate]:
    """Return the rates of the replica and of the server that echoes."""
    before = [one.cpu_seconds() for one in servers]
    found = msgspec.json.decode(load.ask(), type=list[StreamLoadRound])
    spent = [one.cpu_seconds() - start for one, start in zip(servers, before, strict=True)]
    return [
        StreamRate(one.tickets / one.seconds, 100_000 * cpu / one.tickets)
        for one, cpu in zip(found, spent, strict=True)
    ]


def _figures(name: str, turns: list[list[StreamRate]]) -> Iterator[Figure]:
    part = f"one replica, {GATEWAYS} streams of batches of {BATCH}"
    replica, bare = zip(*turns, strict=True)
    mine, theirs = [one.tickets for one in replica], [one.tickets for one in bare]
    yield ratios(part, f"{name}: tickets, against a stream that echoes", mine, theirs, BAR)
    yield over_rounds(part, f"{name}: tickets", mine, "/s")
    yield over_rounds(part, f"{name}: tickets of a stream that echoes", theirs, "/s")
    yield over_rounds(part, f"{name}: matcher's CPU for 100,000 tickets", [one.cpu for one in replica], "s")
    yield over_rounds(part, f"{name}: echo's CPU for 100,000 tickets", [one.cpu for one in bare], "s")
