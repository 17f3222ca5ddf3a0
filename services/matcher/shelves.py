"""The waiting tickets of one pool by what they accept: each stands where its stage lets others find it."""

from collections.abc import Iterable
from itertools import islice

from .queues import Entry, Queue
from .stages import INTEREST, LANGUAGE, Crowd
from .tickets import Ticket

LEVELS = (range(1), range(2), range(3), range(3))
"""By stage: the levels at which one looks and stands, the best first."""

_ANY = ("",)
"""The language of wishes that name none: it fits every other."""


class Shelves:
    """One queue for each language and interest, one for each language, one for all.

    A ticket is in the first kind from its beginning, in the second from stage 1, in the third from stage 2.
    So whoever is found on a shelf accepts what is looked for there.
    """

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.waiting = 0
        self._interests: dict[str, dict[str, Queue]] = {}
        self._languages: dict[str, Queue] = {}
        self._all = Queue("", None)

    def put(self, entry: Entry, level: int) -> None:
        """Let others of stage `level` find the entry."""
        ticket = entry.ticket
        if level == INTEREST:
            for interest in ticket.interests:
                by_language = self._interests.get(interest)
                if by_language is None:
                    by_language = self._interests[interest] = {}
                for language in ticket.languages or _ANY:
                    _put(entry, by_language, language, interest)
        elif level == LANGUAGE:
            for language in ticket.languages or _ANY:
                _put(entry, self._languages, language, None)
        elif not ticket.strict_language:
            self._all.add(entry)
            entry.queues.append(self._all)

    def remove(self, entry: Entry) -> None:
        """Forget an entry that waits no longer, and the shelves that it leaves empty."""
        self.waiting -= 1
        for queue in entry.queues:
            queue.bury()
            if not queue.live and queue is not self._all:
                self._discard(queue)

    def queues(self, ticket: Ticket, level: int, limit: int | None) -> Iterable[Queue]:
        """Where to look at `level`; at most `limit` queues for each of the ticket's interests."""
        if level == INTEREST:
            found: list[Queue] = []
            interests = self._interests
            for interest in ticket.interests:
                if interest in interests:
                    found += _fitting(interests[interest], ticket, limit)
            return found
        if level == LANGUAGE:
            return _fitting(self._languages, ticket, limit)
        return () if ticket.strict_language else (self._all,)

    def _discard(self, queue: Queue) -> None:
        if queue.interest is None:
            del self._languages[queue.language]
            return
        by_language = self._interests[queue.interest]
        del by_language[queue.language]
        if not by_language:
            del self._interests[queue.interest]


def _put(entry: Entry, queues: dict[str, Queue], language: str, interest: str | None) -> None:
    queue = queues.get(language)
    if queue is None:
        queue = queues[language] = Queue(language, interest)
    queue.add(entry)
    entry.queues.append(queue)


def _fitting(queues: dict[str, Queue], ticket: Ticket, limit: int | None) -> list[Queue]:
    if not ticket.languages:
        return list(islice(queues.values(), limit))
    wanted = ticket.languages if ticket.strict_language else ticket.languages + _ANY
    return [queues[language] for language in wanted if language in queues]
