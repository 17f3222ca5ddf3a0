"""The waiting tickets of one pool by what they accept: each stands where its stage lets others find it."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice

from .queues import Entry, Queue
from .stages import INTEREST, LANGUAGE, Crowd
from .tickets import Ticket

LEVELS = (range(1), range(2), range(3), range(3))
"""By stage: the levels at which one looks and stands, the best first."""

_ANY = ("",)
"""The language of wishes that name none: it fits every other."""

_SPARE = 1024
"""Empty shelves that are kept, because those who come next often need the same ones."""


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
        self._all.idle = True
        self._idle: deque[Queue] = deque()

    def put(self, entry: Entry, level: int) -> None:
        """Let others of stage `level` find the entry."""
        ticket, queues = entry.ticket, entry.queues
        before = len(queues)
        if level == INTEREST:
            for interest in ticket.interests:
                by_language = self._interests.get(interest)
                if by_language is None:
                    by_language = self._interests[interest] = {}
                for language in ticket.languages or _ANY:
                    queues.append(by_language.get(language) or _shelf(by_language, language, interest))
        elif level == LANGUAGE:
            for language in ticket.languages or _ANY:
                queues.append(self._languages.get(language) or _shelf(self._languages, language, None))
        elif not ticket.strict_language:
            queues.append(self._all)
        for queue in queues[before:]:
            queue.add(entry)

    def remove(self, entry: Entry) -> None:
        """Forget an entry that waits no longer."""
        self.waiting -= 1
        for queue in entry.queues:
            queue.remove(entry)
            if not (queue.live or queue.idle):
                queue.idle = True
                self._idle.append(queue)

    def queues(self, ticket: Ticket, level: int, limit: int | None) -> Iterable[Queue]:
        """Where somebody waits who may be met at `level`; for any language `limit` for each interest."""
        if level == INTEREST:
            found: list[Queue] = []
            wanted = _wanted(ticket)
            for interest in ticket.interests:
                by_language = self._interests.get(interest)
                if by_language is None:
                    continue
                for language in wanted:
                    queue = by_language.get(language)
                    if queue is not None and queue.live:
                        found.append(queue)
                if not wanted:
                    found += islice(_used(by_language), limit)
            return found
        if level == LANGUAGE:
            if not ticket.languages:
                return list(islice(_used(self._languages), limit))
            return [self._languages[language] for language in _wanted(ticket) if language in self._languages]
        return () if ticket.strict_language else (self._all,)

    def tidy(self) -> None:
        """Throw away empty shelves that nobody needed for long."""
        while len(self._idle) > _SPARE:
            queue = self._idle.popleft()
            queue.idle = False
            if not queue.live:
                self._discard(queue)

    def _discard(self, queue: Queue) -> None:
        if queue.interest is None:
            del self._languages[queue.language]
            return
        by_language = self._interests[queue.interest]
        del by_language[queue.language]
        if not by_language:
            del self._interests[queue.interest]


def _wanted(ticket: Ticket) -> tuple[str, ...]:
    """The languages to look under; none means all."""
    return ticket.languages if ticket.strict_language or not ticket.languages else ticket.languages + _ANY


def _shelf(queues: dict[str, Queue], language: str, interest: str | None) -> Queue:
    queue = queues[language] = Queue(language, interest)
    return queue


def _used(queues: dict[str, Queue]) -> Iterator[Queue]:
    return (queue for queue in queues.values() if queue.live)
