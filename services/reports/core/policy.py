"""Parses the policy of triage from TOML: what a report weighs, and what follows without a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from types import MappingProxyType

from services.contract.limits import MAX_DEVICE_HOURS
from services.contract.toml_table import TomlTable, parse_toml

from .records import Level, Reason, SpamSign

MAX_ACTION_HOURS = 7 * 24
"""No action that a person has not decided lasts longer."""

MAX_ALIKE_COUNTED = 100
"""Further reports alike of one reporter or network within a day are not even counted."""

_MAX_REPEATED_FACTOR = 0.9
"""With it, however many reports count together for at most ten times the first."""
_MAX_PICTURE_HALF_LIVES = 10
"""This is a thousand times the score, and more than any classifier is worth."""
_LEVELS = {level.name.lower(): level for level in Level if level is not Level.GOOD}


@dataclass(frozen=True, slots=True)
class ActionThreshold:
    """Says from which score on, with reports from how many networks, which level holds for how long.

    An action always ends: a threshold without an end cannot be built, so no policy can say otherwise.
    """

    score: float
    level: Level
    hours: float
    networks: int

    def __post_init__(self) -> None:
        if not 0 < self.hours <= MAX_ACTION_HOURS or self.level is Level.GOOD:
            raise ValueError(f"an action ends within {MAX_ACTION_HOURS} hours, and its level is not good")


@dataclass(frozen=True, slots=True)
class ReporterHistory:
    """Says whose reports may restrict or ban somebody. Either of the two is enough."""

    device_hours: int
    """For how many hours the reporter's device key must have been known, at least 1."""
    upheld: int
    """How many earlier reports people must have upheld, at least 1, and more than they dismissed."""


@dataclass(frozen=True, slots=True)
class SpamRules:
    """Says what follows when a gateway tells of a visitor with many signs of spam: nobody is banned."""

    watched_hours: float
    """For how long the visitor is watched, the first time."""
    restricted_hours: float
    """For how long the visitor is restricted when it is told again, if the sign may lead to that."""
    again_hours: float
    """How long after it was told the last time it counts as again."""
    restricting: frozenset[SpamSign]
    """The signs that may lead to a restriction."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of triage. `policy.toml` says them in the words of a moderator."""

    version: str
    """Decisions and the audit log name it."""
    weights: Mapping[Reason, float]
    half_life_hours: float
    """Hours after which a report counts half."""
    prior_upheld: float
    """The number of earlier reports that every reporter is assumed to have had upheld."""
    prior_dismissed: float
    """The number of earlier reports that every reporter is assumed to have had dismissed.

    The smaller both numbers are, the sooner a reporter's own record counts.
    """
    free_a_day: int
    """How many visitors one may report in a day before each report counts for less."""
    same_network_factor: float
    """Each further reporter of a network counts for this share of the one before, which is below 1."""
    same_reporter_factor: float
    """Each further report of a reporter counts for this share of the one before, which is below 1."""
    min_network_points: float
    """A network with fewer points is not one of the networks that a threshold asks for."""
    unproven_factor: float
    """A report from a browser with no device key, or with a new one, counts for this share of a report."""
    device_hours: int
    """Hours after which a device key counts as old, and a report from it counts in full."""
    flag_factor: float
    """A flag counts for this share of the report of a person."""
    thresholds: tuple[ActionThreshold, ...]
    """The mildest comes first. A later one asks for more, and is neither milder nor shorter."""
    picture_half_lives: float = 0.0
    """How many half-lives a case gains in the queue where the classifier is sure of a picture.

    It orders the queue and decides nothing. At 0, a policy from before the classifier keeps its meaning.
    """
    history: ReporterHistory | None = None
    """A reporter needs this so that their reports can restrict or ban.

    Without it, everybody's reports can, those of minors too: such a policy from before can only be replayed.
    """
    flags_a_day: float = inf
    """How many flags of one reporter or network within a day count; further ones count for nothing."""
    minors_a_day: float = inf
    """How many reports of minors of one reporter or network within a day are not yet a flood."""
    others_a_day: float = inf
    """How many reports of people with any one other reason are not yet a flood."""

    spam_flag_weight: float | None = None
    """What a flag of spam weighs, before `flag_factor`. Without it, as much as a report of spam."""
    spam: SpamRules | None = None
    """Without it nothing follows from signs of spam."""

    def weight(self, reason: Reason, *, flag: bool) -> float:
        """Return what a report or a flag with this reason weighs."""
        if flag and reason is Reason.SPAM and self.spam_flag_weight is not None:
            return self.spam_flag_weight
        return self.weights[reason]

    def most_a_day(self, reason: Reason, *, flag: bool) -> float:
        """Return how many reports alike of one reporter or network within a day are not yet a flood."""
        if flag:
            return self.flags_a_day
        return self.minors_a_day if reason is Reason.MINOR else self.others_a_day


def parse_policy(text: str) -> Policy:
    """Parse `text` (TOML); raises `InvalidToml` with every mistake."""
    return parse_toml(text, _policy)


def _policy(fields: TomlTable, problems: list[str]) -> Policy:
    tables = [fields.table(key) for key in ("weights", "reporter", "independence", "doubt")]
    weights, reporter, independence, doubt = tables
    optional = [fields.optional_table(key) for key in ("pictures", "flags", "history", "flood", "spam")]
    pictures, flags, history, flood, spam = optional
    policy = Policy(
        version=fields.name("version"),
        weights=MappingProxyType({one: weights.number(one.name.lower(), 0, 1000) for one in Reason}),
        half_life_hours=fields.number("half_life_hours", 0, 365 * 24, above=True),
        prior_upheld=reporter.number("upheld", 0, 1000, above=True),
        prior_dismissed=reporter.number("dismissed", 0, 1000, above=True),
        free_a_day=reporter.integer("free_a_day", 1, 1000),
        same_network_factor=independence.number("same_network", 0, _MAX_REPEATED_FACTOR),
        same_reporter_factor=independence.number("same_reporter", 0, _MAX_REPEATED_FACTOR),
        min_network_points=independence.number("least", 0, 1000),
        unproven_factor=doubt.number("unproven", 0, 1),
        device_hours=doubt.integer("device_hours", 0, MAX_DEVICE_HOURS),
        flag_factor=doubt.number("flag", 0, 1),
        thresholds=_thresholds(fields, problems),
        picture_half_lives=pictures.number("half_lives", 0, _MAX_PICTURE_HALF_LIVES) if pictures else 0.0,
        history=_history(history) if history else None,
        minors_a_day=flood.integer("minors_a_day", 1, MAX_ALIKE_COUNTED) if flood else inf,
        others_a_day=flood.integer("others_a_day", 1, MAX_ALIKE_COUNTED) if flood else inf,
        flags_a_day=flags.integer("count_a_day", 0, MAX_ALIKE_COUNTED) if flags else inf,
        spam_flag_weight=flags.optional_number("spam", 0, 1000) if flags else None,
        spam=_spam(spam) if spam else None,
    )
    for table in (fields, *tables, *filter(None, optional)):
        table.refuse_unread()
    return policy


def _history(fields: TomlTable) -> ReporterHistory:
    return ReporterHistory(
        fields.integer("device_hours", 1, MAX_DEVICE_HOURS), fields.integer("upheld", 1, 1000)
    )


def _spam(fields: TomlTable) -> SpamRules:
    levels = {one: fields.one_of(one.name.lower(), ("watched", "restricted")) for one in SpamSign}
    return SpamRules(
        fields.number("watched_hours", 0, MAX_ACTION_HOURS, above=True),
        fields.number("restricted_hours", 0, MAX_ACTION_HOURS, above=True),
        fields.number("again_hours", 0, 365 * 24),
        frozenset(one for one, level in levels.items() if level == "restricted"),
    )


def _thresholds(fields: TomlTable, problems: list[str]) -> tuple[ActionThreshold, ...]:
    before = len(problems)
    tables = fields.tables("action")
    thresholds = [one for table in tables if (one := _threshold(table, problems))]
    if len(problems) == before:
        for (one, other), table in zip(pairwise(thresholds), tables[1:], strict=True):
            _compare(one, other, table)
    return tuple(thresholds)


def _threshold(fields: TomlTable, problems: list[str]) -> ActionThreshold | None:
    before = len(problems)
    score = fields.number("from_score", 0, 1_000_000, above=True)
    level = _LEVELS[fields.one_of("level", tuple(_LEVELS))]
    hours = fields.number("hours", 0, MAX_ACTION_HOURS, above=True)
    networks = fields.integer("networks", 1, 1000)
    fields.refuse_unread()
    return ActionThreshold(score, level, hours, networks) if len(problems) == before else None


def _compare(one: ActionThreshold, other: ActionThreshold, table: TomlTable) -> None:
    """Refuse a threshold by which more reports would lead to a milder or shorter action."""
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
