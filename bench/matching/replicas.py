"""The CPU time of a ticket with one, two and four matcher replicas and as many lanes a pool."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack

import msgspec

from bench.progress import RoundProgress

from .figures import Figure, over_rounds, ratios
from .gateway_load import POOLS, GatewayLoadRound
from .matchers import GrpcServers, matchers
from .workers import BenchmarkWorker, workers

GATEWAYS = 2

Rates = Mapping[int, float]
"""The total tickets a second, by the number of replicas."""


def measure(
    workloads: Mapping[str, Rates], seconds: float, rounds: int, progress: RoundProgress
) -> Iterator[Figure]:
    """Measure each workload on the same replicas. Rounds with different numbers of replicas alternate."""
    where = f"{GATEWAYS} gateways, {len(POOLS)} pools, as many lanes as replicas"
    part = f"matchers' CPU for 100,000 tickets, {where}"
    with ExitStack() as stack:
        setups = {number: _setup(stack, number) for rates in workloads.values() for number in rates}
        for name, rates in workloads.items():
            turns = [
                {number: _round(*setups[number], rate, seconds) for number, rate in rates.items()}
                for _ in progress.rounds(name, rounds)
            ]
            yield from _figures(part, name, rates, turns)


def _setup(stack: ExitStack, number: int) -> tuple[GrpcServers, list[BenchmarkWorker]]:
    running = stack.enter_context(matchers(number, {"ZUFALL_LANE_RATE": "1"}))
    load = ("gateway_load", ",".join(running.addresses))
    return running, stack.enter_context(workers(*[load] * GATEWAYS))


def _round(running: GrpcServers, gateways: Sequence[BenchmarkWorker], rate: float, seconds: float) -> float:
    """Return the CPU seconds for 100,000 tickets. Raises `RuntimeError` if a ticket was not paired."""
    before = running.cpu_seconds()
    for gateway in gateways:
        gateway.begin(rate / GATEWAYS, seconds)
    found = [msgspec.json.decode(gateway.answer(), type=GatewayLoadRound) for gateway in gateways]
    offered = sum(one.offered for one in found)
    if sum(one.paired for one in found) != offered:
        raise RuntimeError(f"some tickets were not paired: {found}")
    return 100_000 * (running.cpu_seconds() - before) / offered


def _figures(
    part: str, workload: str, rates: Rates, turns: Sequence[Mapping[int, float]]
) -> Iterator[Figure]:
    first, *others = rates
    for number, rate in rates.items():
        name = f"{workload}: {number} replica{'s' if number > 1 else ''}, {rate:,.0f} tickets/s"
        yield over_rounds(part, name, [turn[number] for turn in turns], "s")
    for number in others:
        name = f"{workload}: {number} against {first}"
        yield ratios(part, name, [turn[number] for turn in turns], [turn[first] for turn in turns])
