"""The numbers of the whole cluster, from the heartbeats of all gateways. Pure: the caller gives the time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

from msgspec import Struct

from services.contract.ids import GatewayId
from services.contract.presence import DEAD_AFTER, Heartbeat, HistoryReply, MinuteCounts

from .minute_counters import MINUTES, minute_of
from .popular_interests import PopularInterests
from .wait_histogram import WaitHistogram

MAX_GATEWAYS = 256
"""The most gateways that are kept. A minute of one takes 2.5 kB, so invented gateways fill at most 40 MB."""

WINDOW = 5
"""The minutes, with the present one, that the current numbers are taken from."""


class WaitQuantiles(Struct, frozen=True):
    """Quantiles of the wait for a match in seconds, or None without a match."""

    p50: float | None
    p99: float | None


class MinuteStats(Struct, frozen=True):
    """One minute. `online` is the mean, or for the present minute the number of visitors now."""

    minute: str  # the start of the minute in ISO 8601 and UTC
    online: float
    matches: int
    repeats: float | None
    wait_p50: float | None
    wait_p99: float | None


class PeopleByMode(Struct, frozen=True):
    """The number of visitors who search or talk, by mode."""

    video: int
    audio: int
    text: int


class PoolNumbers(Struct, frozen=True):
    """A named pool, with the number of visitors who search or talk there, and of those who search."""

    name: str
    title: str
    people: int
    waiting: int


class ClusterStatus(Struct, frozen=True):
    """The public status. `repeats` is the share, 0 to 1, of matches of two who had met before.

    `complete` is false while this gateway does not hear the others, or does not know the last hour yet.
    `popular` holds interests that many visitors name now, the most frequent first.
    """

    online: int
    waiting: int
    wait: WaitQuantiles
    repeats: float | None
    matches_per_minute: float
    gateways: int
    complete: bool
    hour: list[MinuteStats]
    people: PeopleByMode
    popular: list[str] = []
    pools: list[PoolNumbers] = []


class ClusterStats:
    """Adds up heartbeats, which may be late, doubled or in any order.

    `now` is in monotonic seconds, `wall` in Unix seconds.
    """

    def __init__(
        self,
        popular: PopularInterests | None = None,
        max_gateways: int = MAX_GATEWAYS,
        pools: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.pools = pools
        """The titles of the named pools by their names."""
        self._max_gateways = max_gateways
        self._popular = popular or PopularInterests()
        self._alive: dict[GatewayId, tuple[float, Heartbeat]] = {}
        self._hour: dict[int, dict[GatewayId, MinuteCounts]] = {}
        self._sums: dict[int, _Sum] = {}  # sums of `_hour` that are up to date

    def add_heartbeat(self, heartbeat: Heartbeat, now: float, wall: float) -> None:
        """Add a heartbeat, unless there are too many gateways."""
        _, known = self._alive.get(heartbeat.gateway, (now, None))
        if known is None and len(self._alive) >= self._max_gateways:
            self._forget_gone(now)
            if len(self._alive) >= self._max_gateways:
                return
        if known is None or heartbeat.number > known.number:
            self._alive[heartbeat.gateway] = (now, heartbeat)
        self.merge_history(HistoryReply(heartbeat.gateway, heartbeat.minutes), wall)

    def merge_history(self, past: HistoryReply, wall: float) -> None:
        """Add what a gateway counted in minutes of the last hour."""
        running = minute_of(wall)
        for minute in past.minutes:
            if running - MINUTES <= minute.number <= running + 1:  # clocks may differ a little
                self._learn_minute(past.gateway, minute)
        for number in [number for number in self._hour if not running - MINUTES <= number <= running + 1]:
            del self._hour[number]
            self._sums.pop(number, None)

    def history(self) -> Iterator[HistoryReply]:
        """Return what is known of the last hour, with the last reply marked."""
        gateways: dict[GatewayId, list[MinuteCounts]] = {}
        for minutes in self._hour.values():
            for gateway, minute in minutes.items():
                gateways.setdefault(gateway, []).append(minute)
        return (
            HistoryReply(gateway, minutes, last=place == len(gateways))
            for place, (gateway, minutes) in enumerate(gateways.items(), 1)
        )

    def status(self, now: float, wall: float, complete: bool) -> ClusterStatus:
        living, running = self._living(now), minute_of(wall)
        online = sum(heartbeat.online for heartbeat in living)
        recent = _added(self._sum(number) for number in range(running - WINDOW + 1, running + 1))
        minutes = WINDOW - 1 + wall % 60 / 60
        return ClusterStatus(
            online,
            sum(heartbeat.waiting for heartbeat in living),
            WaitQuantiles(recent.waits.quantile(0.5), recent.waits.quantile(0.99)),
            recent.repeat_rate,
            round(recent.sides / 2 / minutes, 2),
            len(living),
            complete,
            [
                self._minute_stats(number, online if number == running else None)
                for number in range(running - MINUTES + 1, running + 1)
                if number in self._hour
            ],
            _people(living),
            self._popular.top(),
            [self._pool(name, title, living) for name, title in self.pools.items()],
        )

    def _pool(self, name: str, title: str, living: Sequence[Heartbeat]) -> PoolNumbers:
        counts = [heartbeat.pools[name] for heartbeat in living if name in heartbeat.pools]
        return PoolNumbers(name, title, sum(one.people for one in counts), sum(one.waiting for one in counts))

    def _learn_minute(self, gateway: GatewayId, heard: MinuteCounts) -> None:
        minutes = self._hour.setdefault(heard.number, {})
        known = minutes.get(gateway)
        if known is None and len(minutes) >= self._max_gateways:
            return
        if known is None or heard > known:
            minutes[gateway] = heard
            self._sums.pop(heard.number, None)

    def _minute_stats(self, number: int, online: int | None) -> MinuteStats:
        counted = self._sum(number)
        return MinuteStats(
            datetime.fromtimestamp(number * 60, UTC).isoformat().replace("+00:00", "Z"),
            round(counted.visitor_ms / 60_000, 1) if online is None else online,
            round(counted.sides / 2),
            counted.repeat_rate,
            counted.waits.quantile(0.5),
            counted.waits.quantile(0.99),
        )

    def _sum(self, number: int) -> "_Sum":
        known = self._sums.get(number)
        if known is None:
            known = _added(self._hour.get(number, {}).values())
            if number in self._hour:
                self._sums[number] = known
        return known

    def _living(self, now: float) -> list[Heartbeat]:
        self._forget_gone(now)
        return [heartbeat for _, heartbeat in self._alive.values() if not heartbeat.leaving]

    def _forget_gone(self, now: float) -> None:
        gone = [gateway for gateway, (heard, _) in self._alive.items() if now - heard > DEAD_AFTER]
        for gateway in gone:
            del self._alive[gateway]


class _Sum:
    """The sum of minutes of several gateways, or of several minutes."""

    def __init__(self) -> None:
        self.sides = self.visitor_ms = self.repeats = 0
        self.waits = WaitHistogram()

    def add(self, minute: "MinuteCounts | _Sum") -> None:
        self.sides += minute.sides
        self.visitor_ms += minute.visitor_ms
        self.repeats += minute.repeats
        self.waits.add(minute.waits)

    @property
    def repeat_rate(self) -> float | None:
        return round(self.repeats / self.sides, 4) if self.sides else None


def _people(living: list[Heartbeat]) -> PeopleByMode:
    modes = [heartbeat.modes for heartbeat in living]
    return PeopleByMode(
        sum(one.video for one in modes), sum(one.audio for one in modes), sum(one.text for one in modes)
    )


def _added(minutes: Iterable[MinuteCounts | _Sum]) -> _Sum:
    total = _Sum()
    for minute in minutes:
        total.add(minute)
    return total
