"""The tickets a second that one matcher replica takes through its streams from another process."""

from collections.abc import Iterator

import msgspec

from .figures import Figure, at_least, over_rounds
from .matchers import matchers
from .stream_load import BATCH, GATEWAYS, StreamLoadRound
from .workers import workers

WISHES = {
    "language": "language",
    "interests": "language + 3 interests",
    "partners": "language + 3 interests, 16 former partners",
}


def measure(tickets: int, rounds: int) -> Iterator[Figure]:
    """Measure rounds of `tickets`, each until both sides of nearly all pairs have arrived."""
    part = f"one replica, {GATEWAYS} streams of batches of {BATCH}"
    for wish, name in WISHES.items():
        rates, costs = [], []
        with matchers(1) as replica, workers(("stream_load", replica.addresses[0], wish, tickets)) as (load,):
            for _ in range(rounds):
                before = replica.cpu_seconds()
                found = msgspec.json.decode(load.ask(), type=StreamLoadRound)
                rates.append(found.tickets / found.seconds)
                costs.append(100_000 * (replica.cpu_seconds() - before) / found.tickets)
        yield over_rounds(part, f"{name}: tickets", rates, "/s", at_least(40_000))
        yield over_rounds(part, f"{name}: matcher's CPU for 100,000 tickets", costs, "s")
