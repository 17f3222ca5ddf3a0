"""How much work a browser must do before it gets a token: a pure rule, and what it counts."""

from math import exp

from msgspec import Struct

from services.contract.ids import DecisionId

OLD_TOKEN_SECONDS = 1200
"""A token of this age is an old one. Pages renew theirs after half an hour at the earliest."""

MOST_DOUBLINGS = 16
"""Bans that count at most for one network, so that the work stays a number of a usual size."""


class WorkPolicy(Struct, frozen=True):
    """The bounds of the work, in key derivations, and the newcomers a second that a quiet gateway has.

    Who proves no key of a device does `keyless_factor` times the work.
    """

    least: int
    most: int
    quiet_rate: float
    keyless_factor: float

    def work(
        self, newcomers_per_second: float, bans: int, token_age: float | None, *, has_key: bool = False
    ) -> int:
        """Return the key derivations that a solution may take at most. On average it takes half of them.

        Whoever renews an old token does the least, whatever happens. For all others the work grows with the
        newcomers beyond the quiet rate, doubles with each ban of their network, and is more without the key
        of a device. `token_age` is in seconds, and None without a token.
        """
        if token_age is not None and token_age >= OLD_TOKEN_SECONDS:
            return self.least
        crowd = max(1.0, newcomers_per_second / self.quiet_rate)
        doubt = 2.0 ** min(bans, MOST_DOUBLINGS) * (1.0 if has_key else self.keyless_factor)
        return int(min(self.most, self.least * crowd * doubt))


class NewcomerRate:
    """The newcomers a second, as an average in which older ones count less and less."""

    def __init__(self, seconds: float = 10.0) -> None:
        """Create the average; what is `seconds` old counts a third."""
        self._seconds = seconds
        self._sum = 0.0
        self._at = 0.0

    def add(self, now: float) -> None:
        """Count one newcomer. `now` is in monotonic seconds."""
        self._sum, self._at = self._decayed(now) + 1.0, now

    def per_second(self, now: float) -> float:
        return self._decayed(now) / self._seconds

    def _decayed(self, now: float) -> float:
        return self._sum * exp((self._at - now) / self._seconds)


class NetworkBans:
    """Counts the bans with which somebody came to this gateway lately, for each network by its keyed hash.

    It keeps at most `most` bans, and each for `seconds` after somebody came with it last. All visitors of a
    banned device come with the same ban.
    """

    def __init__(self, seconds: float, most: int = 100_000) -> None:
        self._seconds = seconds
        self._most = most
        self._until: dict[tuple[bytes, DecisionId], float] = {}  # in the order in which they expire
        self._counts: dict[bytes, int] = {}

    def record(self, network: bytes, ban: DecisionId, now: float) -> None:
        """Note that somebody whom `ban` holds for came from the network. `now` is in monotonic seconds."""
        self._forget(now)
        self._remove((network, ban))
        if len(self._until) >= self._most:
            self._remove(next(iter(self._until)))
        self._until[network, ban] = now + self._seconds
        self._counts[network] = self._counts.get(network, 0) + 1

    def count(self, network: bytes, now: float) -> int:
        """Return the number of different bans with which somebody came from the network."""
        self._forget(now)
        return self._counts.get(network, 0)

    def _forget(self, now: float) -> None:
        while self._until:
            first = next(iter(self._until))
            if self._until[first] > now:
                return
            self._remove(first)

    def _remove(self, seen: tuple[bytes, DecisionId]) -> None:
        if self._until.pop(seen, None) is None:
            return
        network = seen[0]
        self._counts[network] -= 1
        if not self._counts[network]:
            del self._counts[network]
