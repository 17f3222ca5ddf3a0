"""One visitor's page: what it knows, what it may say, what it does with what it hears. No I/O of its own."""

from collections.abc import Callable
from typing import Literal

from bench.client import next_epoch
from bench.swarm import events, frames
from bench.swarm.delivery import FIRST_REPEAT, Line, Outgoing
from bench.swarm.events import OfVisitor
from bench.swarm.history import History

State = Literal["away", "idle", "searching", "matched"]
Act = Literal["find", "say", "next", "stop", "block", "report", "rewind", "accept", "cut", "leave", "wait"]

REWINDABLE = 30.0
"""Seconds after a parting by `next` in which the two may have each other back."""
SEARCH_GOES_ON = ("next", "lost")
"""Reasons of an end after which the gateway searches on by itself."""
KEPT_PASSES = 20


class Page:
    """It belongs to the visitor `name`, who wishes for anybody in `mode`."""

    def __init__(self, name: str, mode: str, history: History) -> None:
        self.name = name
        self.mode = mode
        self.match = ""
        self.memory = ""
        """The newest that any gateway gave."""
        self.passes: dict[str, str] = {}
        """The latest one of each match."""
        self.offered = ""
        """The match whose partner wants them back."""
        self.welcomed = False
        self.was_welcomed = False
        """On the present socket, or the last one."""
        self.cut = self.left = False
        """By the person: the present socket, or the page for good."""
        self.on_reunion: Callable[[], None] = lambda: None
        """Both are back in a match that was disturbed."""
        self._history = history
        self._send: Callable[[bytes], None] = lambda _: None
        self._origin = ""
        self._epoch = 0
        self._searching = False
        self._wished = False
        self._unanswered = 0
        """Finds whose `searching` has not come: a `matched` before it belongs to a search taken back."""
        self._parted = ("", 0.0)
        self._stopped_in = ""
        """The last match that they left by `stop`."""
        self._blocks: dict[str, str] = {}
        """Passes of matches that no memory has named yet."""
        self._partner_here = True
        self._said = Outgoing()
        self._heard = 0
        """The number of the partner's last line."""

    @property
    def state(self) -> State:
        if not self.welcomed:
            return "away"
        return "matched" if self.match else "searching" if self._searching else "idle"

    @property
    def latest(self) -> tuple[str, str]:
        """The last match with its pass, empty before the first."""
        return next(reversed(self.passes.items()), ("", ""))

    @property
    def rewindable(self) -> str:
        """The match that was parted by `next` not long ago, if any."""
        match, at = self._parted
        return match if self._wished and self._history.now - at < REWINDABLE else ""

    # --- the socket --------------------------------------------------------------------------------

    def dials(self, origin: str) -> None:
        self._record(events.Dials(self._now, self.name, origin))

    def open(self, send: Callable[[bytes], None], origin: str, token: str, unix_time: float) -> None:
        """A socket is there: say hello on it. `send` raises nothing when the socket has ended."""
        self._send, self._origin = send, origin
        self._epoch = next_epoch(self._epoch, unix_time)
        self.was_welcomed = self.cut = False
        self._unanswered = 0
        shown = {"memory": self.memory} if self.memory else {}
        resume = {"pass_": self.passes[self.match]} if self.match else {}
        send(frames.frame("hello", token=token, epoch=self._epoch, **shown, **resume))

    def lost(self, code: int) -> None:
        """The socket is gone."""
        if self.welcomed:
            self._record(events.Lost(self._now, self.name, code, self.cut))
        self.welcomed = False
        self._searching = False

    def gone(self, code: int) -> None:
        self._record(events.Gone(self._now, self.name, code, self.left))
        self.welcomed = False

    # --- what the person wants ---------------------------------------------------------------------

    def do(self, act: Act) -> None:
        """Whatever needs no more than this page."""
        match act:
            case "find":
                self.find()
            case "say":
                self.say()
            case "next":
                self.next()
            case "stop":
                self.stop()
            case "block":
                self.block()
            case "rewind":
                self.rewind(self.rewindable)
            case "accept":
                self.rewind(self.offered)
            case _:
                self.offered = ""  # they look at an offer once

    def find(self) -> None:
        self._wished = True
        if self.match:
            self._part(events.Pressed(self._now, self.name, self.match))
        self._search()
        self._unanswered += 1
        self._send(frames.frame("find", mode=self.mode, languages=["en"]))

    def next(self) -> None:
        match = self.match
        self._part(events.Pressed(self._now, self.name, match))
        self._parted = (match, self._now)
        self._search()
        self._unanswered += 1
        self._send(frames.frame("next", match=match))

    def stop(self) -> None:
        self._wished = self._searching = False
        self._stopped_in = self.match
        self._part(events.Stopped(self._now, self.name))
        self._send(frames.frame("stop"))

    def say(self) -> None:
        """One more line, unless too many wait: it says whose it is, of which match, and the how many-th."""
        if self._said.full:
            return
        number = self._said.last + 1
        text = f"{self.name} {self.match} {number}"
        line = frames.frame("chat", match=self.match, n=number, text=text, id=str(number))
        self._said.add(line, self._now)
        self._record(events.Said(self._now, self.name, self.match, number, held=not self._partner_here))
        if self._partner_here:
            self._send(line)

    def repeat(self) -> float:
        """Say again what is due by now; returns the seconds after which to ask again, at the latest."""
        talking = self.welcomed and self.match and self._partner_here
        if talking:
            self._say_again(self._said.repeat(self._now))
        return max(min(self._said.due - self._now, FIRST_REPEAT), 0.0) if talking else FIRST_REPEAT

    def block(self) -> None:
        """Never the present partner again. The gateway ends the match."""
        sealed = self.passes[self.match]
        self._blocks[self.match] = sealed
        self._record(events.Blocked(self._now, self.name, self.match))
        self._send(frames.frame("block", pass_=sealed))

    def rewind(self, match: str) -> None:
        self.offered = ""
        self._record(events.Asked(self._now, self.name, match))
        self._send(frames.frame("rewind", match=match))

    # --- what it hears -----------------------------------------------------------------------------

    def hear(self, frame: bytes) -> None:
        try:
            message = frames.parse(frame)
        except ValueError:
            self._record(events.Unreadable(self._now, self.name, frame[:200].decode(errors="replace")))
            return
        match message:
            case frames.Welcome():
                self._welcome(message)
            case frames.Searching():
                self._on_searching()
            case frames.Matched():
                self._meet(message)
            case frames.Ended():
                self._end(message)
            case frames.PartnerAway() | frames.PartnerBack():
                self._partner_moved(message)
            case frames.Memory():
                self._remember(message)
            case frames.Chat():
                self._hear_line(message)
            case frames.Received():
                self._hear_answer(message)
            case frames.RewindOffer():
                self.offered = message.match
                self._record(events.Offered(self._now, self.name, message.match))
            case frames.Error():
                self._record(events.Refused(self._now, self.name, message.code))
            case frames.Banned():
                self._record(events.Refused(self._now, self.name, "banned"))

    def _welcome(self, message: frames.Welcome) -> None:
        resumed = message.resumed
        match, here = (resumed.match, resumed.partner_here) if resumed else ("", True)
        who = (message.gateway, message.visitor)
        self._record(events.Came(self._now, self.name, self._origin, *who, match, here))
        self.welcomed = self.was_welcomed = True
        self.match, self.memory = match, message.memory
        for sealed in self._blocks.values():
            self._send(frames.frame("block", pass_=sealed))
        if resumed:
            self._keep(match, resumed.pass_)
            self._partner_here = here
            if here:
                self._reunite()
        elif self._wished:
            self.find()

    def _reunite(self) -> None:
        self._say_again(self._said.all_again(self._now))
        self.on_reunion()

    def _say_again(self, lines: list[Line]) -> None:
        for number, line in lines:
            self._record(events.Said(self._now, self.name, self.match, number, again=True))
            self._send(line)

    def _on_searching(self) -> None:
        self._unanswered = max(self._unanswered - 1, 0)
        if not self.match and not self._searching and self._wished:
            self._search()

    def _meet(self, message: frames.Matched) -> None:
        self.memory = message.memory
        if self._unanswered or not self._wished:
            self._record(events.Passed(self._now, self.name, message.match))
            return  # the gateway has not yet read that they took that search back
        self._record(events.Met(self._now, self.name, message.match, message.polite))
        self.match = message.match
        self._keep(message.match, message.pass_)
        self._searching = False
        self._partner_here = True
        self._said, self._heard = Outgoing(), 0

    def _end(self, message: frames.Ended) -> None:
        self._record(events.Ended(self._now, self.name, message.match, message.reason))
        if message.match == self._stopped_in and message.reason in SEARCH_GOES_ON:
            self._unanswered += 1  # the gateway has not yet read the `stop`: its `searching` answers no find
        if message.match != self.match:  # they had left it by themselves already, so their `next` is dropped
            if self._searching and message.reason not in SEARCH_GOES_ON:
                self._unanswered = max(self._unanswered - 1, 0)
                self.find()
            return
        self.match = ""
        if message.reason == "next":
            self._parted = (message.match, self._now)
        if message.reason in SEARCH_GOES_ON and self._wished:
            self._search()

    def _partner_moved(self, message: frames.PartnerAway | frames.PartnerBack) -> None:
        kind = events.Away if isinstance(message, frames.PartnerAway) else events.Back
        self._record(kind(self._now, self.name, message.match))
        if message.match != self.match:
            return
        self._partner_here = isinstance(message, frames.PartnerBack)
        if isinstance(message, frames.PartnerBack):
            if message.pass_:
                self._keep(message.match, message.pass_)
            self._reunite()

    def _remember(self, message: frames.Memory) -> None:
        self.memory = message.memory
        if message.blocked:
            self._record(events.Remembered(self._now, self.name, message.blocked))
            self._blocks.pop(message.blocked, None)

    def _hear_line(self, message: frames.Chat) -> None:
        mine = message.match == self.match
        taken = mine and message.n == self._heard + 1
        kind = events.Heard if taken else events.Ignored
        self._record(kind(self._now, self.name, message.match, *read_line(message.text)))
        self._heard += taken
        if mine:
            self._send(frames.frame("received", match=self.match, n=self._heard))

    def _hear_answer(self, message: frames.Received) -> None:
        mine = message.match == self.match
        if not mine or message.n > self._said.acknowledged:
            self._record(events.Acknowledged(self._now, self.name, message.match, message.n))
        if mine:
            self._say_again(self._said.acknowledge(message.n, self._now))

    # --- -------------------------------------------------------------------------------------------

    @property
    def _now(self) -> float:
        return self._history.now

    def _record(self, event: OfVisitor) -> None:
        self._history.record(event)

    def _keep(self, match: str, sealed: str) -> None:
        self.passes[match] = sealed
        if len(self.passes) > KEPT_PASSES:
            del self.passes[next(iter(self.passes))]

    def _search(self) -> None:
        self._searching = True
        self._record(events.Searches(self._now, self.name, self.mode))

    def _part(self, how: OfVisitor) -> None:
        self._record(how)
        self.match = ""


def read_line(text: str) -> tuple[str, str, int]:
    """The name of the writer, the match and the number; an unreadable line is nobody's."""
    words = text.split(" ")
    if len(words) == 3 and words[2].isdigit():
        return words[0], words[1], int(words[2])
    return "?", "?", 0
