"""Counts the visitors of a gateway who search or talk, some at a time, because a count of all takes long."""

from collections import Counter
from collections.abc import Callable, Mapping

from msgspec import Struct

from services.contract.presence import ModeCounts, RoomCount

from ..core.session import Session

AT_ONCE = 2_000
"""Sessions that one call looks at, in 1 to 2 ms. The count of 16,000 takes eight calls."""


class PeopleCounts(Struct, frozen=True):
    """The numbers of visitors who search or talk: by mode, and in each room but that of everybody."""

    modes: ModeCounts
    rooms: Mapping[str, RoomCount]


class PeopleCount:
    """The last count, and the next one, which goes on with each call: of the `sessions` when it began."""

    def __init__(self, sessions: Callable[[], list[Session]], at_once: int = AT_ONCE) -> None:
        self._sessions = sessions
        self._at_once = at_once
        self._last = PeopleCounts(ModeCounts(), {})
        self._left: list[Session] = []
        self._clear()

    def advance(self) -> PeopleCounts:
        """Count some more sessions, and return the last count of all."""
        self._left = self._left or self._sessions()
        summaries = [session.summary for session in self._left[-self._at_once :]]
        del self._left[-self._at_once :]
        self._modes.update(summary.mode for summary in summaries)
        self._rooms.update(summary.room for summary in summaries)
        self._waiting.update(summary.room for summary in summaries if summary.phase == "searching")
        if not self._left:
            self._last = self._counted()
            self._clear()
        return self._last

    def _counted(self) -> PeopleCounts:
        modes, waiting = self._modes, self._waiting
        return PeopleCounts(
            ModeCounts(modes["video"], modes["audio"], modes["text"]),
            {room: RoomCount(people, waiting[room]) for room, people in self._rooms.items() if room},
        )

    def _clear(self) -> None:
        self._modes: Counter[str | None] = Counter()
        self._rooms: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
