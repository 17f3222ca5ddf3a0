"""The policy of triage: what a report weighs and what follows by itself; parsed from TOML text."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from types import MappingProxyType

from services.contract.limits import MAX_DEVICE_HOURS

from .records import Level, Reason
from .toml_table import TomlTable

MAX_ACTION_HOURS = 7 * 24
"""No longer does anything last that no person has decided."""

MAX_FLAGS_COUNTED = 100
"""Of one reporter or network within a day: further ones are not even counted."""

_MOST_REPEATED = 0.9
"""Of what further reports count for: so many together count never for more than ten times the first."""
_MOST_HALF_LIVES = 10
"""By which a picture may move a case: a thousand times the score is more than any classifier is worth."""
_LEVELS = {level.name.lower(): level for level in Level if level is not Level.GOOD}


class InvalidPolicy(Exception):
    """The text is no usable policy; `problems` has a sentence for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Step:
    """From which score on, with reports from how many networks, which level holds by itself for how long.

    It always ends: hours that do not are refused here, so that no policy can say otherwise.
    """

    score: float
    level: Level
    hours: float
    networks: int

    def __post_init__(self) -> None:
        if not 0 < self.hours <= MAX_ACTION_HOURS or self.level is Level.GOOD:
            raise ValueError(f"what happens by itself ends within {MAX_ACTION_HOURS} hours, and sets apart")


@dataclass(frozen=True, slots=True)
class Policy:
    """See `policy.toml`, which says the same in the words of a moderator."""

    version: str
    """Decisions and the audit log name it."""
    weights: Mapping[Reason, float]
    half_life: float
    """Hours after which a report counts half."""
    upheld: float
    """Reports that every reporter is taken to have filed before, and that people had upheld …"""
    dismissed: float
    """… or dismissed: the less of both, the sooner a reporter's own past tells."""
    free: int
    """How many visitors one may report in a day before each report counts less."""
    same_network: float
    """What the next reporter of a network counts for, compared with the one before; below 1."""
    same_reporter: float
    """What the next report of a reporter counts for, compared with the one before; below 1."""
    least: float
    """What must come from a network at least for it to be one of the networks that a step asks for."""
    unproven: float
    """What a report from a browser without a device key counts for, or with one of just now."""
    device_hours: int
    """After how many hours a device key is an old one, so that a report counts in full."""
    flag: float
    """What the guess of a classifier counts for, compared with the report of a person."""
    steps: tuple[Step, ...]
    """The mildest first; a later one asks for more, sets further apart or holds longer, and nothing less."""
    pictures: float = 0.0
    """How many half-lives a case gains in the queue where the classifier is sure of a picture.

    It orders and decides nothing. A policy of before there was a classifier keeps its meaning.
    """
    flags_a_day: float = inf
    """How many flags of one reporter or network within a day count; those after them count for nothing."""


def parse_policy(text: str) -> Policy:
    """The policy that `text` (TOML) tells; raises `InvalidPolicy` with every problem."""
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidPolicy([f"this is not TOML: {error}"]) from None
    problems: list[str] = []
    policy = _policy(TomlTable(content, problems), problems)
    if problems:
        raise InvalidPolicy(problems)
    return policy


def _policy(fields: TomlTable, problems: list[str]) -> Policy:
    tables = [fields.table(key) for key in ("weights", "reporter", "independence", "doubt")]
    weights, reporter, independence, doubt = tables
    pictures, flags = (fields.optional_table(key) for key in ("pictures", "flags"))
    policy = Policy(
        version=fields.name("version"),
        weights=MappingProxyType({one: weights.number(one.name.lower(), 0, 1000) for one in Reason}),
        half_life=fields.number("half_life_hours", 0, 365 * 24, above=True),
        upheld=reporter.number("upheld", 0, 1000, above=True),
        dismissed=reporter.number("dismissed", 0, 1000, above=True),
        free=reporter.whole("free_a_day", 1, 1000),
        same_network=independence.number("same_network", 0, _MOST_REPEATED),
        same_reporter=independence.number("same_reporter", 0, _MOST_REPEATED),
        least=independence.number("least", 0, 1000),
        unproven=doubt.number("unproven", 0, 1),
        device_hours=doubt.whole("device_hours", 0, MAX_DEVICE_HOURS),
        flag=doubt.number("flag", 0, 1),
        steps=_steps(fields, problems),
        pictures=pictures.number("half_lives", 0, _MOST_HALF_LIVES) if pictures else 0.0,
        flags_a_day=flags.whole("count_a_day", 0, MAX_FLAGS_COUNTED) if flags else inf,
    )
    for table in (fields, *tables, *filter(None, (pictures, flags))):
        table.end()
    return policy


def _steps(fields: TomlTable, problems: list[str]) -> tuple[Step, ...]:
    before = len(problems)
    tables = fields.tables("action")
    steps = [step for table in tables if (step := _step(table, problems))]
    if len(problems) == before:
        for (one, other), table in zip(pairwise(steps), tables[1:], strict=True):
            _compare(one, other, table)
    return tuple(steps)


def _step(fields: TomlTable, problems: list[str]) -> Step | None:
    before = len(problems)
    score = fields.number("from_score", 0, 1_000_000, above=True)
    level = _LEVELS[fields.one_of("level", tuple(_LEVELS))]
    hours = fields.number("hours", 0, MAX_ACTION_HOURS, above=True)
    networks = fields.whole("networks", 1, 1000)
    fields.end()
    return Step(score, level, hours, networks) if len(problems) == before else None


def _compare(one: Step, other: Step, table: TomlTable) -> None:
    """Else more reports could set a visitor less apart, or free them sooner."""
    if other.score <= one.score:
        table.problem("from_score must be higher than in the action before")
    if other.level < one.level:
        table.problem("level must not be milder than in the action before")
    if other.hours < one.hours:
        table.problem("hours must not be fewer than in the action before")
    if other.networks < one.networks:
        table.problem("networks must not be fewer than in the action before")
    if (other.level, other.hours) == (one.level, one.hours):
        table.problem("does the same as the action before")
