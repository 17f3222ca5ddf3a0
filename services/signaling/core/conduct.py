"""Signs of spam in what visitors do at one gateway. Times are monotonic seconds.

One sign says little, and what a person does now and then is none. Signs add up and fade. Whoever has enough
of them is suspect: when strangers are paired, others come first. No text is kept.
"""

from enum import StrEnum

from msgspec import Struct

from services.contract.ids import MatchId, VisitorId, visitor_key
from services.contract.rate_limit import Rate, gcra

from .recently_used import RecentlyUsed
from .telling_lines import TellingLine

HALF_LIFE = 600.0
"""Seconds in which signs fade to half."""

SUSPECT_FROM = 1.0
"""The weight of signs from which a visitor is suspect."""

OBSERVED_FROM = 3.0
"""The weight of new signs from which the reports service is told."""

KEPT = 3600.0
"""Seconds after which a visitor, and a line, of which nothing new was seen is forgotten."""

MAX_REMEMBERED = 32_768
"""Visitors, and lines of networks, that one gateway remembers."""

_LINES_OF_A_VISITOR = 8
_MATCHES_OF_A_LINE = 4


class Sign(StrEnum):
    """A sign of spam."""

    SAME_LINE = "same_line"
    """The visitor said the same telling line to many strangers."""
    NETWORK_LINE = "network_line"
    """Visitors of one network said it to very many strangers, and this visitor did, too."""
    EARLY_LINK = "early_link"
    """The visitor sent a link to a stranger who had not written in this match."""
    MACHINE_RATE = "machine_rate"
    """The visitor goes on to the next stranger at a rate that no person keeps up."""


WEIGHTS = {Sign.SAME_LINE: 0.2, Sign.NETWORK_LINE: 2.0, Sign.EARLY_LINK: 0.5, Sign.MACHINE_RATE: 0.02}


class ConductLimits(Struct, frozen=True):
    """What is no sign yet."""

    same_line: float
    """Strangers to whom one visitor may say the same telling line."""
    network_line: float
    """Strangers to whom the visitors of one network may say it, within about `HALF_LIFE`."""
    presses: Rate
    """How often a visitor may ask for a stranger."""


class Observation(Struct, frozen=True):
    """How many signs of a kind a visitor has shown since the last observation."""

    visitor: VisitorId
    device: int
    sign: Sign
    count: int


class FadingSum(Struct, gc=False):
    """A sum in which what was added `HALF_LIFE` ago counts half."""

    amount: float = 0.0
    at: float = 0.0

    def add(self, amount: float, now: float) -> float:
        """Add the amount and return the sum."""
        self.amount, self.at = self.value(now) + amount, now
        return self.amount

    def value(self, now: float) -> float:
        return self.amount * 0.5 ** ((now - self.at) / HALF_LIFE) if self.amount else 0.0


class ToldLine(Struct):
    """A line that a visitor said to `strangers`, the last of them in `matches`."""

    strangers: int = 0
    matches: tuple[MatchId, ...] = ()

    def tell(self, match: MatchId) -> bool:
        """Note that it was said in the match. Return False if it was before: a page repeats lines."""
        if match in self.matches:
            return False
        self.strangers += 1
        self.matches = (*self.matches, match)[-_MATCHES_OF_A_LINE:]
        return True


class Conduct:
    """What one visitor did, or all visitors of one device."""

    __slots__ = ("_counts", "_lines", "_presses_tat", "_suspicion", "_unobserved")

    def __init__(self) -> None:
        self._suspicion = FadingSum()
        self._unobserved = FadingSum()
        self._counts: dict[Sign, int] = {}
        """The signs since the last observation."""
        self._lines: RecentlyUsed[bytes, ToldLine] | None = None
        self._presses_tat = 0.0

    def suspect(self, now: float) -> bool:
        """Return whether the visitor is suspect."""
        return self._suspicion.value(now) >= SUSPECT_FROM

    def told(self, digest: bytes, now: float) -> ToldLine:
        """Return what is known of a line."""
        if self._lines is None:  # most visitors say none that tells anything
            self._lines = RecentlyUsed(_LINES_OF_A_VISITOR, KEPT)
        return self._lines.use(digest, ToldLine, now)

    def press(self, rate: Rate, now: float) -> bool:
        """Count a `find` or `next`, and return whether it was within the rate."""
        wait, self._presses_tat = gcra(self._presses_tat, rate, now)
        return not wait

    def add(self, sign: Sign, now: float) -> tuple[Sign, int] | None:
        """Add a sign. Once there are enough new ones, return the kind that weighs most, and their number."""
        self._suspicion.add(WEIGHTS[sign], now)
        self._counts[sign] = self._counts.get(sign, 0) + 1
        if self._unobserved.add(WEIGHTS[sign], now) < OBSERVED_FROM:
            return None
        counts, self._counts, self._unobserved = self._counts, {}, FadingSum()
        return max(counts.items(), key=lambda one: WEIGHTS[one[0]] * one[1])


class Conducts:
    """The conduct of the visitors of one gateway, and the telling lines of their networks.

    Signs belong to the device if it is known, else to the visitor, so that a new tab is no new beginning.
    """

    def __init__(self, limits: ConductLimits) -> None:
        self._limits = limits
        self._conducts: RecentlyUsed[int, Conduct] = RecentlyUsed(MAX_REMEMBERED, KEPT)
        self._networks: RecentlyUsed[tuple[bytes, bytes], FadingSum] = RecentlyUsed(MAX_REMEMBERED, KEPT)

    def is_suspect(self, visitor: VisitorId, device: int, now: float) -> bool:
        """Return whether the visitor has shown enough signs lately."""
        conduct = self._conducts.get(device or visitor_key(visitor))
        return conduct is not None and conduct.suspect(now)

    def press(self, visitor: VisitorId, device: int, now: float) -> list[Sign]:
        """Count a `find` or `next`, and return the signs in it."""
        within = self._of(visitor, device, now).press(self._limits.presses, now)
        return [] if within else [Sign.MACHINE_RATE]

    def say(
        self,
        visitor: VisitorId,
        device: int,
        network: bytes,
        line: TellingLine,
        match: MatchId,
        answered: bool,
        now: float,
    ) -> list[Sign]:
        """Count a telling line, and return the signs in it.

        `network` is a keyed hash or empty. `answered` says that the partner has written in this match.
        """
        told = self._of(visitor, device, now).told(line.digest, now)
        if not told.tell(match):
            return []
        signs = [Sign.EARLY_LINK] if line.link and not answered else []
        if told.strangers > self._limits.same_line:
            signs.append(Sign.SAME_LINE)
        if network and self._tell_for(network, line.digest, now) > self._limits.network_line:
            signs.append(Sign.NETWORK_LINE)
        return signs

    def add(self, visitor: VisitorId, device: int, sign: Sign, now: float) -> Observation | None:
        """Hold a sign against the visitor. Return what the reports service is told, if it is time."""
        observed = self._of(visitor, device, now).add(sign, now)
        return Observation(visitor, device, *observed) if observed else None

    def _of(self, visitor: VisitorId, device: int, now: float) -> Conduct:
        return self._conducts.use(device or visitor_key(visitor), Conduct, now)

    def _tell_for(self, network: bytes, digest: bytes, now: float) -> float:
        return self._networks.use((network, digest), FadingSum, now).add(1, now)
