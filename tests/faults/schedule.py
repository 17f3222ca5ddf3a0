"""Schedules faults of an installation. Pure: the same seed gives the same schedule."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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
    seed: int = 0
    """The number that decides all that is left to chance."""

    @property
    def sudden(self) -> bool:
        return self.kind in SUDDEN and self.target != CENTRAL

    @property
    def name(self) -> str:
        """The name of its kind, like `kill gateway`."""
        return name_of(self.kind, self.target)

    def __str__(self) -> str:
        return f"{self.kind} {self.target}{f' ({self.detail})' if self.detail else ''} for {self.lasts:.1f} s"


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of an installation: how many of each there are, and what can be done to them."""

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


@dataclass(frozen=True, slots=True)
class FaultTemplate:
    """A kind of fault, the targets that it may have, and the ways in which it may be done."""

    kind: Kind
    targets: Sequence[str]
    details: Sequence[str] = ("",)
    lasts: tuple[float, float] | None = None
    """Seconds, where they are not those of the pace."""

    @property
    def name(self) -> str:
        """The name in the table of a run, like `kill gateway`."""
        return name_of(self.kind, self.targets[0])


def name_of(kind: str, target: str) -> str:
    """Name a fault without the numbers of its target."""
    return f"{kind} {'~'.join(part.partition('-')[0] for part in target.split('~'))}"


def fault_templates(shape: Shape) -> list[FaultTemplate]:
    """Return every kind of fault for every kind of target; what matters most is there more than once."""
    gateways, matchers = shape.services("gateway"), shape.services("matcher")
    to_nats, to_matchers, to_database = (shape.links(kind) for kind in ("nats", "matcher", "database"))
    templates = [
        *[FaultTemplate("kill", gateways)] * 3,
        FaultTemplate("kill", matchers),
        FaultTemplate("kill", ["reports"]),
        FaultTemplate("kill", [CENTRAL]),
        *[FaultTemplate("pause", gateways)] * 2,
        FaultTemplate("pause", matchers),
        FaultTemplate("pause", [CENTRAL], lasts=HANGING),
        FaultTemplate("pause", [CENTRAL]),
        *[FaultTemplate("terminate", gateways)] * 2,
        FaultTemplate("terminate", matchers),
        *[FaultTemplate("cut", to_nats)] * 2,
        FaultTemplate("cut", to_matchers),
        FaultTemplate("cut", to_database),
        FaultTemplate("swallow", to_nats, SWALLOWED),
        *[FaultTemplate("swallow", to_matchers, SWALLOWED)] * 2,
        FaultTemplate("swallow", to_database, SWALLOWED),
        FaultTemplate("delay", to_nats, DELAYS),
        FaultTemplate("delay", to_matchers, DELAYS),
        FaultTemplate("jump", [*gateways, *matchers, "reports"], JUMPS),
    ]
    return [template for template in templates if template.targets]


HANGING = (10.0, 25.0)
"""Longer than the grace of a match: nobody's silence is to be blamed on anybody meanwhile."""
SWALLOWED = ("there", "back", "both ways")
DELAYS = ("up to 50 ms", "up to 200 ms", "up to 500 ms")
"""Each connection has its own delay, so what goes over two of them changes places."""
JUMPS = ("-3 h", "-1 h", "+1 h", "+3 h")


def schedule(
    seed: object, seconds: float, templates: Sequence[FaultTemplate], pace: Pace | None = None, first: int = 1
) -> list[Fault]:
    """Return faults until `seconds`, when all are healed, numbered from `first`.

    Every template is used before one is used again, so nothing is left to chance for long. No target has two
    faults at a time.
    """
    pace = pace or Pace()
    randomness = random.Random(f"nemesis/{seed}")
    shuffle = _Shuffle(templates, randomness)
    busy: dict[str, float] = {}
    faults: list[Fault] = []
    at = randomness.uniform(0.5, 1.5)
    while at < seconds - pace.lasts[0]:
        now = at
        drawn = shuffle.draw(lambda target: busy.get(target, 0.0) <= now)  # noqa: B023 -- called at once
        if drawn:
            template, target = drawn
            lasts = min(randomness.uniform(*(template.lasts or pace.lasts)), seconds - at)
            fault = Fault(first + len(faults), round(at, 2), template.kind, target, round(lasts, 2))
            detail, own_seed = randomness.choice(template.details), randomness.randrange(2**32)
            faults.append(replace(fault, detail=detail, seed=own_seed))
            busy[target] = at + lasts + (RESTART if template.kind in RESTARTED else 0)
        at += randomness.uniform(*pace.gap)
    return faults


RESTARTED: frozenset[Kind] = frozenset(("kill", "terminate"))
RESTART = 4.0
"""Seconds that a service may need after it was started again."""


class _Shuffle:
    """Draws templates in turn; one whose targets all have a fault waits until a target is free."""

    def __init__(self, templates: Sequence[FaultTemplate], randomness: random.Random) -> None:
        self._templates = templates
        self._randomness = randomness
        self._left: list[FaultTemplate] = []

    def draw(self, free: Callable[[str], bool]) -> tuple[FaultTemplate, str] | None:
        """Return a template with a target for it, if anything can be struck now."""
        self._left = self._left or self._randomness.sample(self._templates, len(self._templates))
        for place, template in enumerate(self._left):
            targets = [target for target in template.targets if free(target)]
            if targets:
                del self._left[place]
                return template, self._randomness.choice(targets)
        return None
