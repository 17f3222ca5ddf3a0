"""What of one visitor's signals may reach their partner: by content, by number of candidates, and by size.

A browser checks a path to every candidate it is told, so candidates are also a way to make strangers send
to whomever one likes. A new ICE generation (an ICE restart, or a rollback when both offered at once) needs
candidates of its own and renews the allowance, but only so often: else it would be none.
"""

from collections.abc import Iterable

from services.contract.errors import DescriptionRefused
from services.contract.rate_limit import Rate, gcra

from .effects import CountDropped
from .ice_policy import candidates_in, filter_candidates, filter_description, ice_generation
from .messages import Candidates, Description, encode

ICE_RESTART_RATE = Rate(0.2, 4)
"""A call that begins has up to three; a network that changes all the time restarts every few seconds."""

TOO_MANY_BYTES = "too_many_signals"
TOO_MANY_CANDIDATES = "too_many_candidates"
"""The words under which what is not relayed is counted."""


class SignalFilter:
    """Belongs to one visitor while they are at one gateway, whatever their sockets.

    Times are monotonic seconds; messages are about the present match.
    """

    __slots__ = ("_bytes_tat", "_generation", "_match", "_most", "_policy", "_restart_tat", "_seen", "_size")

    def __init__(self, policy: str, most: float, size: Rate) -> None:
        """`most` candidates, and `size` in bytes, the descriptions among them."""
        self._policy = policy
        self._most = most
        self._size = size
        self._match = ""
        self._generation = ""
        self._restart_tat = 0.0
        self._bytes_tat = 0.0  # when nothing of the size will be in use any more
        self._seen: set[int] = set()

    def filter_description(self, message: Description, frame: bytes, now: float) -> bytes:
        """The bytes to relay; raises `DescriptionRefused`."""
        self._attend(message.match)
        passing = filter_description(message, self._policy)
        relayed = frame if passing is message else encode(passing)
        if not self._fits(frame, relayed, now):
            raise DescriptionRefused("there are too many descriptions and candidates", TOO_MANY_BYTES)
        sdp = passing.description.sdp
        self._renew(ice_generation(sdp), now)
        if not self._takes(candidates_in(sdp)):
            raise DescriptionRefused("the description has too many candidates", TOO_MANY_CANDIDATES)
        return relayed

    def filter_candidates(self, message: Candidates, frame: bytes, now: float) -> bytes | CountDropped:
        """The bytes to relay, or why there are none."""
        passing = filter_candidates(message, self._policy)
        if passing is None:
            return CountDropped("ice_policy")
        self._attend(message.match)
        relayed = frame if passing is message else encode(passing)
        if not self._fits(frame, relayed, now):
            return CountDropped(TOO_MANY_BYTES)
        fits = self._takes(one.candidate for one in passing.candidates if one.candidate)
        return relayed if fits else CountDropped(TOO_MANY_CANDIDATES)

    def _attend(self, match: str) -> None:
        if match != self._match:
            self._match, self._generation, self._restart_tat, self._bytes_tat = match, "", 0.0, 0.0
            self._seen.clear()

    def _fits(self, frame: bytes, relayed: bytes, now: float) -> bool:
        """Whether it is no flood: a partner whose line is slow would be cut off for what waits."""
        wait, self._bytes_tat = gcra(self._bytes_tat, self._size, now, max(len(frame), len(relayed)))
        return not wait

    def _renew(self, ice_generation: str, now: float) -> None:
        if ice_generation in ("", self._generation):
            return
        wait, self._restart_tat = gcra(self._restart_tat, ICE_RESTART_RATE, now)
        if not wait:
            self._generation = ice_generation
            self._seen.clear()

    def _takes(self, lines: Iterable[str]) -> bool:
        """Whether there are not too many. Descriptions tell those again that are known: they do not count."""
        new = {hash(line) for line in lines} - self._seen
        if len(self._seen) + len(new) > self._most:
            return False
        self._seen |= new
        return True
