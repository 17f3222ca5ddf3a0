"""`python -m bench.matching` measures whether matching is fast, flat and fair, and leaves nobody behind."""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bench.progress import RoundProgress

from . import burst, churn, poisson_waits, replicas, rooms, streams
from .figures import Figure, summary, table
from .installation import Installations


@dataclass(frozen=True, slots=True)
class Scale:
    """The size of the measurements. docs/benchmarks.md quotes the defaults. Rates are for a second."""

    rounds: int = 5
    depths: tuple[int, ...] = (1_000, 100_000, 1_000_000)
    room_offers: int = 100_000
    stream_tickets: int = 100_000
    replicas: tuple[int, ...] = (1, 2, 4)
    ticket_rate: float = 2_000.0
    ticket_seconds: float = 5.0
    gateways: tuple[int, ...] = (1, 2, 4)
    lanes: tuple[int, ...] = (2, 4)
    arrival_rate: float = 5.0
    arrival_seconds: float = 12.0
    visitors: int = 1_000
    burst_gateways: tuple[int, ...] = (1, 2)
    burst_visitors: int = 2_000
    churn_visitors: int = 200
    churn_seconds: float = 20.0


QUICK = Scale(
    rounds=3,
    depths=(1_000, 100_000),
    room_offers=20_000,
    stream_tickets=30_000,
    replicas=(1, 2),
    ticket_seconds=1.0,
    gateways=(1, 2),
    lanes=(2,),
    arrival_seconds=2.0,
    visitors=500,
    burst_gateways=(2,),
    burst_visitors=1_000,
    churn_seconds=10.0,
)

SMOKE = Scale(
    rounds=1,
    depths=(1_000, 5_000),
    room_offers=5_000,
    stream_tickets=5_000,
    replicas=(1, 2),
    ticket_rate=400,
    ticket_seconds=0.2,
    gateways=(2,),
    lanes=(2,),
    arrival_rate=10,
    arrival_seconds=0.5,
    visitors=300,
    burst_gateways=(2,),
    burst_visitors=100,
    churn_visitors=40,
    churn_seconds=1,
)


def _rooms(scale: Scale, _: Installations, progress: RoundProgress) -> Iterator[Figure]:
    yield from rooms.measure(scale.depths, scale.room_offers, scale.rounds, progress)


def _streams(scale: Scale, _: Installations, progress: RoundProgress) -> Iterator[Figure]:
    yield from streams.measure(scale.stream_tickets, scale.rounds, progress)


def _cpu(scale: Scale, _: Installations, progress: RoundProgress) -> Iterator[Figure]:
    workloads = {
        "one rate": dict.fromkeys(scale.replicas, scale.ticket_rate),
        "one rate for each replica": {number: number * scale.ticket_rate for number in scale.replicas},
    }
    yield from replicas.measure(workloads, scale.ticket_seconds, scale.rounds, progress)


def _poisson(scale: Scale, installations: Installations, progress: RoundProgress) -> Iterator[Figure]:
    rate, short = scale.arrival_rate, scale.arrival_seconds

    def measure(
        gateways: int, lanes: int, seconds: float, *rates: float
    ) -> list[poisson_waits.PoissonRounds]:
        name, total = f"gateways: {gateways}, lanes: {lanes}", rate * len(poisson_waits.WISHES)
        plan = poisson_waits.PoissonPlan(name, rates, total, scale.rounds, seconds, scale.visitors)
        return uvloop.run(poisson_waits.measure(installations.get(gateways, lanes), plan, progress))

    spread = {lanes: measure(2, lanes, 2 * short, lanes * rate, rate) for lanes in scale.lanes}
    whole = {gateways: measure(gateways, 1, short, rate)[0] for gateways in scale.gateways}
    yield from poisson_waits.by_gateways(whole)
    yield from poisson_waits.by_lanes({lanes: measured[0] for lanes, measured in spread.items()})
    yield from poisson_waits.at_one_rate({lanes: measured[1] for lanes, measured in spread.items()})
    everything = [*whole.values(), *(rounds for measured in spread.values() for rounds in measured)]
    yield from poisson_waits.of_all([one for rounds in everything for one in rounds])


def _burst(scale: Scale, installations: Installations, progress: RoundProgress) -> Iterator[Figure]:
    for gateways in scale.burst_gateways:
        product = installations.get(gateways)
        yield from uvloop.run(burst.measure(product, scale.burst_visitors, scale.rounds, progress))


def _churn(scale: Scale, installations: Installations, progress: RoundProgress) -> Iterator[Figure]:
    plan = churn.ChurnPlan(scale.churn_visitors, 0.25, scale.churn_seconds)
    yield from uvloop.run(churn.measure(installations.get(2), plan, progress))


PARTS: dict[str, Callable[[Scale, Installations, RoundProgress], Iterator[Figure]]] = {
    "room": _rooms,
    "streams": _streams,
    "cpu": _cpu,
    "poisson": _poisson,
    "burst": _burst,
    "churn": _churn,
}


def main() -> int:
    options = _options()
    figures: list[Figure] = []
    progress = RoundProgress(len(options.only))
    with Installations() as installations:
        for name in options.only:
            progress.begin(name)
            found = list(PARTS[name](options.scale, installations, progress))
            progress.clear()
            print(table(found), flush=True)
            figures += found
    line = summary(figures)
    if options.json:
        options.json.write_bytes(line + b"\n")
    print(f"\n{line.decode()}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.matching", description=__doc__)
    parser.add_argument("--only", type=_parts, default=list(PARTS), metavar="PARTS", help=",".join(PARTS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the JSON line here too")
    parser.set_defaults(scale=Scale())
    sizes = parser.add_mutually_exclusive_group()
    for name, scale, text in (
        ("--quick", QUICK, "measure less of everything, in about two minutes"),
        ("--smoke", SMOKE, "only prove that every part completes"),
    ):
        sizes.add_argument(name, dest="scale", action="store_const", const=scale, help=text)
    return parser.parse_args()


def _parts(text: str) -> list[str]:
    chosen = text.split(",")
    for name in chosen:
        if name not in PARTS:
            raise argparse.ArgumentTypeError(f"{name!r} is not one of {', '.join(PARTS)}")
    return chosen


if __name__ == "__main__":
    sys.exit(main())
