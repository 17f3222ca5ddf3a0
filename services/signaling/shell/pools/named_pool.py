"""A named pool as the operator defined it, and as the page learns of it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from ...core.opening_hours import OpeningHours
from ..site.site import Logo


class PoolDescription(Struct, frozen=True):
    """A pool as its page needs to know it. `titles` and `texts` are by language, with "" for all others.

    `open` says whether it is open at `now`. `opens` and `closes` are the next times when that changes, if it
    ever does. All times are in ISO 8601 and UTC. `picture` is the address of the picture.
    """

    name: str
    titles: Mapping[str, str]
    texts: Mapping[str, str]
    picture: str | None
    interests: Sequence[str]
    minimum_age: int
    now: str
    open: bool
    opens: str | None
    closes: str | None


class NamedPool(Struct, frozen=True):
    """One pool. `embed` holds the origins whose pages may show its page in a frame."""

    name: str
    titles: Mapping[str, str]
    texts: Mapping[str, str]
    hours: OpeningHours
    picture: Logo | None = None
    interests: Sequence[str] = ()
    minimum_age: int = 18
    embed: Sequence[str] = ()

    @property
    def title(self) -> str:
        """The title for those of whom no language is known."""
        return _default(self.titles)

    @property
    def text(self) -> str:
        return _default(self.texts)

    @property
    def picture_path(self) -> str | None:
        return f"/p/{self.name}/picture?{self.picture.digest}" if self.picture else None

    def description(self, now: float) -> PoolDescription:
        """Return what the page learns of the pool at `now` (Unix seconds)."""
        current, following = self.hours.current(now), self.hours.following(now)
        is_open = self.hours.is_open(now)
        return PoolDescription(
            self.name,
            self.titles,
            self.texts,
            self.picture_path,
            self.interests,
            self.minimum_age,
            _iso(now),
            is_open,
            _iso(following.begin) if following and not is_open else None,
            _iso(current.end) if current else None,
        )


class NamedPools:
    """All pools by their names, in the order of the file."""

    def __init__(self, pools: Sequence[NamedPool] = ()) -> None:
        self._pools = {pool.name: pool for pool in pools}

    def __iter__(self) -> Iterator[NamedPool]:
        return iter(self._pools.values())

    def get(self, name: str) -> NamedPool | None:
        return self._pools.get(name)


def _default(words: Mapping[str, str]) -> str:
    return words.get("") or words.get("en") or next(iter(words.values()))


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
