"""Decides which bytes of a visitor's frames a partner gets: signals by content, number and size.

Signals are written anew from what was parsed. A browser sends packets to every candidate it gets, so
candidates could make strangers attack any host. A new ICE generation (an ICE restart, or a rollback when both
made an offer at once) needs its own candidates, so it starts the count anew, but only at a limited rate.
"""

from collections.abc import Iterable

from services.contract.errors import DescriptionRefused
from services.contract.rate_limit import Rate, gcra

from .effects import CountDropped
from .ice_policy import allowed_candidates, allowed_description
from .messages import Candidates, Chat, Description, SessionDescription, ToPartner, encode
from .sdp import parse_sdp, write_sdp

ICE_RESTART_RATE = Rate(0.2, 4)
"""The rate of ICE generations. A new call has up to three; an unstable network restarts every few seconds."""

SMALL_FRAME_BYTES = 256
"""The size up to which a frame of few fields is relayed as it came, with its white space."""

TOO_MANY_BYTES = "too_many_signals"
"""The label under which signals beyond the byte limit are counted."""

TOO_MANY_CANDIDATES = "too_many_candidates"
"""The label under which candidates beyond the limit are counted."""


class SignalFilter:
    """The filter of one visitor at one gateway. Times are monotonic seconds.

    The caller makes sure that messages are about the visitor's current match.
    """

    __slots__ = (
        "_byte_rate",
        "_bytes_tat",
        "_generation",
        "_match",
        "_max_candidates",
        "_policy",
        "_restart_tat",
        "_seen",
    )

    def __init__(self, policy: str, max_candidates: float, byte_rate: Rate) -> None:
        """Create a filter with limits for each match. `byte_rate` counts descriptions and candidates."""
        self._policy = policy
        self._max_candidates = max_candidates
        self._byte_rate = byte_rate
        self._match = ""
        self._generation = ""
        self._restart_tat = 0.0
        self._bytes_tat = 0.0
        self._seen: set[int] = set()

    def filter(self, message: ToPartner, frame: bytes, now: float) -> bytes | CountDropped:
        """Return the bytes to relay for `message`, which came as `frame`, or the reason why there are none.

        Raises `DescriptionRefused`.
        """
        if isinstance(message, Candidates):
            return self.filter_candidates(message, frame, now)
        if isinstance(message, Description):
            return self.filter_description(message, frame, now)
        if len(frame) > SMALL_FRAME_BYTES and not isinstance(message, Chat):
            return encode(message)  # without white space, which nothing else limits
        return frame

    def filter_description(self, message: Description, frame: bytes, now: float) -> bytes:
        """Return the frame to relay; raise `DescriptionRefused`."""
        self._start_match(message.match)
        if not self._admit_bytes(frame, now):
            raise DescriptionRefused("there are too many descriptions and candidates", TOO_MANY_BYTES)
        kind = message.description.type
        sdp = "" if kind == "rollback" else self._filter_sdp(message.description.sdp, now)
        return encode(Description(message.match, SessionDescription(kind, sdp)))

    def filter_candidates(self, message: Candidates, frame: bytes, now: float) -> bytes | CountDropped:
        """Return the frame to relay, or the reason why there is none."""
        self._start_match(message.match)
        if not self._admit_bytes(frame, now):
            return CountDropped(TOO_MANY_BYTES)
        passing = allowed_candidates(message.candidates, self._policy)
        if not passing:
            return CountDropped("ice_policy")
        if not self._admit_candidates(one.candidate for one in passing if one.candidate):
            return CountDropped(TOO_MANY_CANDIDATES)
        return encode(Candidates(message.match, passing))

    def _filter_sdp(self, text: str, now: float) -> str:
        sdp = allowed_description(parse_sdp(text), self._policy)
        candidates = {one.text for section in sdp.sections for one in section.candidates}
        if len(candidates) <= self._max_candidates:  # a refused description starts no generation
            self._start_generation(sdp.ufrag, now)
            if self._admit_candidates(candidates):
                return write_sdp(sdp)
        raise DescriptionRefused("the description has too many candidates", TOO_MANY_CANDIDATES)

    def _start_match(self, match: str) -> None:
        if match != self._match:
            self._match, self._generation, self._restart_tat, self._bytes_tat = match, "", 0.0, 0.0
            self._seen.clear()

    def _admit_bytes(self, frame: bytes, now: float) -> bool:
        """Return whether the frame is admitted. More bytes would fill the queue of a slow partner.

        What is relayed of a frame is hardly longer: an address that is hidden may grow by a few bytes.
        """
        wait, self._bytes_tat = gcra(self._bytes_tat, self._byte_rate, now, len(frame))
        return not wait

    def _start_generation(self, generation: str, now: float) -> None:
        if generation == self._generation:
            return
        wait, self._restart_tat = gcra(self._restart_tat, ICE_RESTART_RATE, now)
        if not wait:
            self._generation = generation
            self._seen.clear()

    def _admit_candidates(self, lines: Iterable[str]) -> bool:
        """Return whether there are not too many. Repeated ones do not count, as descriptions repeat them."""
        new = {hash(line) for line in lines} - self._seen
        if len(self._seen) + len(new) > self._max_candidates:
            return False
        self._seen |= new
        return True
