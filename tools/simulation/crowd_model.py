"""The model of the crowd: what visitors are and wish for, drawn from the shares that an operator states."""

from bisect import bisect
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import accumulate
from typing import Protocol, TypeVar
from zlib import crc32

from services.contract.limits import MAX_INTERESTS
from services.matcher.core.tickets import POOLS, Audience, Mode, Pool

PARTS = ("interests", "languages", "strict", "avoid", "nearby", "regions")
"""The parts of a wish that a second run can leave out, and the preference for one's own region."""

T = TypeVar("T")


class RandomSource(Protocol):
    """The part of `random.Random` that the simulation uses."""

    def random(self) -> float: ...
    def expovariate(self, lambd: float) -> float: ...


class StableHashStr(str):
    """A text whose hash is the same in every process, so that a seed repeats the order of sets, too.

    It equals only texts of its own type, because equal objects must have equal hashes.
    """

    __slots__ = ("_hash",)
    _hash: int

    def __new__(cls, text: str) -> "StableHashStr":
        stable = super().__new__(cls, text)
        stable._hash = crc32(text.encode())
        return stable

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StableHashStr) and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other


class VisitorKind(Enum):
    """The ways in which visitors behave: a person, one who presses Next after a second, and a bot.

    A watched person behaves like any other, but a gateway defers their tickets.
    """

    PERSON = "person"
    QUICK = "quick"
    WATCHED = "watched"
    BOT = "bot"


OWN_NETWORK = 0
"""The number of a network that no other visitor is in."""
CARRIER = 1
FIRST_BOT_NETWORK = 2


@dataclass(frozen=True, slots=True)
class Profile:
    """The attributes and the wish of one visitor. Visitors with one number of a network share it."""

    pool: Pool
    languages: tuple[str, ...] = ()
    strict: bool = False
    interests: frozenset[StableHashStr] = frozenset()
    country: str = ""
    avoids: frozenset[str] = frozenset()
    nearby: bool = False
    region: str = ""
    kind: VisitorKind = VisitorKind.PERSON
    network: int = OWN_NETWORK

    def without(self, parts: Collection[str]) -> "Profile":
        """Return the same visitor with a wish that leaves out some of `PARTS`."""
        languages = () if "languages" in parts else self.languages
        return replace(
            self,
            languages=languages,
            strict=self.strict and bool(languages) and "strict" not in parts,
            interests=frozenset() if "interests" in parts else self.interests,
            avoids=frozenset() if "avoid" in parts else self.avoids,
            nearby=self.nearby and "nearby" not in parts,
            region="" if "regions" in parts else self.region,
        )


class InterestModel(Protocol):
    """The distribution of interests over the crowd."""

    @property
    def named(self) -> Sequence[StableHashStr]:
        """The interests that are reported one by one."""

    @property
    def none(self) -> bool:
        """Whether nobody names an interest."""

    def draw(self, source: RandomSource) -> frozenset[StableHashStr]: ...


class ZipfInterests:
    """`count` interests, the n-th 1/n as popular as the first (Zipf). A `share` of visitors names `each`."""

    named: Sequence[StableHashStr] = ()

    def __init__(self, count: int, each: int, share: float) -> None:
        self._tags = [StableHashStr(f"interest {rank}") for rank in range(1, count + 1)]
        self._weights = list(accumulate(1 / rank for rank in range(1, count + 1)))
        self._each = min(each, count)
        self._share = share
        self.none = not (count and share)

    def draw(self, source: RandomSource) -> frozenset[StableHashStr]:
        chosen: dict[StableHashStr, None] = {}
        if self._tags and source.random() < self._share:
            while len(chosen) < self._each:
                chosen[self._tags[bisect(self._weights, source.random() * self._weights[-1])]] = None
        return frozenset(chosen)


class NamedInterests:
    """InterestModel with the share of the crowd that names each, whatever else they name."""

    def __init__(self, shares: Mapping[str, float]) -> None:
        self.named: Sequence[StableHashStr] = [StableHashStr(name) for name in shares]
        self._shares = list(shares.values())
        self.none = not any(self._shares)

    def draw(self, source: RandomSource) -> frozenset[StableHashStr]:
        chosen = [tag for tag, of in zip(self.named, self._shares, strict=True) if source.random() < of]
        return frozenset(chosen[:MAX_INTERESTS])


@dataclass(frozen=True, slots=True)
class Company:
    """The visitors beside people with networks of their own, as shares of all visitors.

    Each bot is in one of `networks`, and its talks are `pace` times as short as those of people. If bots
    `refuse` each other, they say that they are in a country that they avoid. The `carrier` is one network
    with many people. A `quick` person presses Next after a second.
    """

    bots: float = 0.0
    networks: int = 3
    pace: float = 10.0
    refuse: bool = False
    carrier: float = 0.0
    quick: float = 0.0
    watched: float = 0.0

    @property
    def is_empty(self) -> bool:
        return not (self.bots or self.carrier or self.quick or self.watched)

    def join(self, profile: Profile, source: RandomSource) -> Profile:
        """Return the profile as it is, or that of somebody else who comes instead."""
        point = source.random()
        if point < self.bots:
            network = FIRST_BOT_NETWORK + int(source.random() * self.networks)
            bot = replace(profile, kind=VisitorKind.BOT, network=network)
            return replace(bot, country=_NOWHERE, avoids=frozenset({_NOWHERE})) if self.refuse else bot
        if point < self.bots + self.carrier:
            return replace(profile, network=CARRIER)
        if point < self.bots + self.carrier + self.quick:
            return replace(profile, kind=VisitorKind.QUICK)
        if point < self.bots + self.carrier + self.quick + self.watched:
            return replace(profile, kind=VisitorKind.WATCHED)
        return profile


_NOWHERE = "ZZ"
"""A code that ISO 3166 leaves to users, so no country has it."""


@dataclass(frozen=True, slots=True)
class CrowdModel:
    """The shares of all visitors, from 0 to 1. `strict` is the share of those who name a language."""

    languages: Mapping[tuple[str, ...], float] = field(default_factory=dict)
    strict: float = 0.0
    interests: InterestModel = ZipfInterests(0, 0, 0.0)
    countries: Mapping[str, float] = field(default_factory=dict)
    avoid: Mapping[str, float] = field(default_factory=dict)
    nearby: float = 0.0
    regions: Mapping[str, float] = field(default_factory=dict)
    restricted: float = 0.0
    modes: Mapping[str, float] = field(default_factory=lambda: {"video": 1.0})
    company: Company = Company()

    def draw(self, source: RandomSource) -> Profile:
        """Draw one more visitor. Nobody avoids their own country."""
        languages = _pick(self.languages, source, ())
        strict = source.random() < self.strict
        country = _pick(self.countries, source, "")
        avoids = [code for code, of in self.avoid.items() if source.random() < of and code != country]
        audience = Audience.RESTRICTED if source.random() < self.restricted else Audience.EVERYONE
        profile = Profile(
            pool=POOLS[Mode[_pick(self.modes, source, "video").upper()], audience],
            languages=languages,
            strict=strict and bool(languages),
            interests=self.interests.draw(source),
            country=country,
            avoids=frozenset(avoids),
            nearby=source.random() < self.nearby,
            region=_pick(self.regions, source, "") if self.regions else "",
        )
        return profile if self.company.is_empty else self.company.join(profile, source)


def _pick(shares: Mapping[T, float], source: RandomSource, otherwise: T) -> T:
    point = source.random()
    for one, of in shares.items():
        if point < of:
            return one
        point -= of
    return otherwise
