"""What is done to an installation, and when. Pure: the same seed gives the same schedule."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["kill", "pause", "terminate", "cut", "swallow", "delay", "jump"]

SUDDEN: frozenset[Kind] = frozenset(("kill", "terminate", "jump"))
"""These are over at once: everybody else has to go on without the service."""
CENTRAL = "nats"
"""Without it gateways cannot speak with each other, so its death lasts until it is back."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`target` is a service such as `gateway-1`, or a link such as `gateway-1~nats`. Times in seconds."""

    number: int
    at: float
    kind: Kind
    target: str
    lasts: float
    detail: str = ""

    @property
    def sudden(self) -> bool:
        return self.kind in SUDDEN and self.target != CENTRAL

    def __str__(self) -> str:
        return f"{self.kind} {self.target}{f' ({self.detail})' if self.detail else ''} for {self.lasts:.1f} s"


@dataclass(frozen=True, slots=True)
class Shape:
    """Of an installation: how many of each there are, and what can be done to them."""

    gateways: int = 3
    matchers: int = 2
    wire_to_database: bool = True
    """SQLite has none."""

    def services(self, kind: str) -> list[str]:
        count = {"gateway": self.gateways, "matcher": self.matchers}.get(kind)
        return [kind] if count is None else [f"{kind}-{number}" for number in range(1, count + 1)]

    def links(self, kind: str) -> list[str]:
        if kind == "database":
            return ["reports~database"] if self.wire_to_database else []
        return [f"{one}~{other}" for one in self.services("gateway") for other in self.services(kind)]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two faults, and that one lasts, drawn evenly."""

    gap: tuple[float, float] = (1.0, 6.0)
    lasts: tuple[float, float] = (1.0, 10.0)


Card = tuple[Kind, Sequence[str]]
"""A kind of fault and the targets that it may have."""


def deck(shape: Shape) -> list[Card]:
    """Every kind of fault for every kind of target; what matters most is in it more than once."""
    gateways, matchers = shape.services("gateway"), shape.services("matcher")
    to_nats, to_matchers, to_database = (shape.links(kind) for kind in ("nats", "matcher", "database"))
    cards: list[Card] = [
        *[("kill", gateways)] * 3,
        ("kill", matchers),
        ("kill", ["reports"]),
        ("kill", [CENTRAL]),
        *[("pause", gateways)] * 2,
        ("pause", matchers),
        ("pause", [CENTRAL]),
        *[("terminate", gateways)] * 2,
        ("terminate", matchers),
        *[("cut", to_nats)] * 2,
        ("cut", to_matchers),
        ("cut", to_database),
        ("swallow", to_nats),
        *[("swallow", to_matchers)] * 2,
        ("swallow", to_database),
        ("delay", to_nats),
        ("delay", to_matchers),
        ("jump", [*gateways, *matchers, "reports"]),
    ]
    return [card for card in cards if card[1]]


def schedule(
    seed: object, seconds: float, cards: Sequence[Card], pace: Pace | None = None, first: int = 1
) -> list[Fault]:
    """Faults from the beginning on until `seconds`, when all are healed, numbered from `first`.

    The deck is dealt to its end before it is shuffled again, so nothing is left to chance for long. No
    target has two faults at a time.
    """
    pace = pace or Pace()
    randomness = random.Random(f"nemesis/{seed}")
    dealt = _deal(cards, randomness)
    busy: dict[str, float] = {}
    faults: list[Fault] = []
    at = randomness.uniform(0.5, 1.5)
    while at < seconds - pace.lasts[0]:
        kind, targets = next(dealt)
        target = randomness.choice(targets)
        lasts = min(randomness.uniform(*pace.lasts), seconds - at)
        detail = _detail(kind, randomness)
        gap = randomness.uniform(*pace.gap)
        if busy.get(target, 0.0) > at:
            continue
        faults.append(Fault(first + len(faults), round(at, 2), kind, target, round(lasts, 2), detail))
        busy[target] = at + lasts + RESTART
        at += gap
    return faults


RESTART = 4.0
"""Seconds that a service may need after it was started again."""


def _deal(cards: Sequence[Card], randomness: random.Random) -> Iterator[Card]:
    while True:
        yield from randomness.sample(cards, len(cards))


def _detail(kind: Kind, randomness: random.Random) -> str:
    """Which way bytes vanish, how slow a link gets, how far a clock jumps."""
    way, most, hours = (
        randomness.choice(["there", "back", "both ways"]),
        randomness.choice([50, 200, 500]),
        randomness.choice([-3, -1, 1, 3]),
    )
    details: dict[Kind, str] = {"swallow": way, "delay": f"up to {most} ms", "jump": f"{hours:+d} h"}
    return details.get(kind, "")


def rounds(seed: object, seconds: float, storm: float, calm: float) -> list[tuple[str, float]]:
    """The seeds of the storms of a long run, with how long each lasts; a calm follows each."""
    count = max(1, round(seconds / (storm + calm)))
    return [(f"{seed}/{number}", storm) for number in range(1, count + 1)]
