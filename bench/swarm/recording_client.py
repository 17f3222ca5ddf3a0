"""The client of one simulated visitor, which records all that the visitor does and sees."""

import random
from collections.abc import Sequence
from typing import Literal

from bench.client.client import ZufallClient
from bench.client.events import ClientEvent, LineSkipped, MatchSkipped, SearchStarted, UnreadableFrame
from bench.client.reconnect import ReconnectPlan
from bench.swarm import events
from bench.swarm.events import OfVisitor
from bench.swarm.history import History
from services.signaling.core import messages

Act = Literal["find", "say", "next", "stop", "block", "report", "rewind", "accept", "cut", "leave", "wait"]

REWIND_SECONDS = 30.0
"""So many seconds after a parting by `next` the two may rewind."""

_CHAT = b'{"type":"chat"'


class RecordingClient(ZufallClient):
    """The visitor `name`, who wishes for anybody in `mode`."""

    def __init__(self, name: str, mode: messages.Mode, history: History, token: str = "") -> None:
        super().__init__(token)
        self.name = name
        self.offered = ""
        """The match whose partner wants them back."""
        self.latest = ("", "")
        """The last match with its newest pass, empty before the first."""
        self.cut = self.left = False
        """True when the person ended the present socket, or closed the page for good."""
        self.welcomed_once = False
        """True when a welcome came on the present socket, or the last one."""
        self._anybody = messages.Find(mode, languages=["en"])
        self.wish = self._anybody
        self._history = history
        self._origin = ""
        self._match_before = ""
        """The match in which the last frame came."""
        self._parted = ("", 0.0)
        self._unsent: set[int] = set()
        """The numbers of lines that are to be sent for the first time."""
        self._acknowledged = 0

    @property
    def rewindable(self) -> str:
        """The match that was parted by `next` not long ago, if any."""
        match, at = self._parted
        return match if self.wish is not None and self._now - at < REWIND_SECONDS else ""

    def dial(self, origin: str) -> None:
        """Note that the visitor tries to connect to this gateway."""
        self._origin = origin
        self._record(events.Dials(self._now, self.name, origin))

    def connect(self, unix_time: float) -> None:
        self.welcomed_once = self.cut = False
        super().connect(unix_time)

    def disconnect(self, code: int, randomness: random.Random) -> ReconnectPlan:
        """End the visitor where the page would ask for a new token, because that is a new visitor's."""
        if self.phase != "offline":
            self._record(events.Lost(self._now, self.name, code, self.cut))
        plan = super().disconnect(code, randomness)
        if plan.reconnect and not plan.new_token and not self.left:
            return plan
        self._record(events.Gone(self._now, self.name, code, self.left))
        return ReconnectPlan(reconnect=False)

    # --- what the person wants ---------------------------------------------------------------------

    def perform(self, act: Act) -> None:
        """Do what needs no more than this client."""
        match act:
            case "find":
                self.find(self._anybody)
            case "say":
                self.say_line()
            case "next":
                self.next()
            case "stop":
                self.stop()
            case "block":
                self.block(*self.latest)
            case "rewind":
                self.rewind(self.rewindable)
            case "accept":
                self.rewind(self.offered)
            case _:
                self.offered = ""  # they look at an offer once

    def find(self, wish: messages.Find) -> None:
        if self.match is not None:
            self._record(events.Pressed(self._now, self.name, self.match.id))
        super().find(wish)
        self._record_search()

    def next(self) -> None:
        if self.match is not None:
            self._record(events.Pressed(self._now, self.name, self.match.id))
            self._parted = (self.match.id, self._now)
        super().next()
        self._record_search()

    def stop(self) -> None:
        super().stop()
        self._record(events.Stopped(self._now, self.name))

    def say_line(self) -> None:
        """Say whose line it is, of which match, and its number; nothing, when too many lines wait."""
        match = self.match
        if match is None or match.sending.full:
            return
        number = self.say(f"{self.name} {match.id} {match.sending.last + 1}", self._now)
        self._record(events.Said(self._now, self.name, match.id, number, held=not self.reachable))
        if self.reachable:
            self._unsent.add(number)

    def block(self, match: str, sealed_pass: str) -> None:
        if self.match is not None and self.match.id == match:
            self.next()
        self._record(events.Blocked(self._now, self.name, match))
        super().block(match, sealed_pass)

    def rewind(self, match: str) -> None:
        self.offered = ""
        self._record(events.Asked(self._now, self.name, match))
        super().rewind(match)

    # --- frames ------------------------------------------------------------------------------------

    def frames_to_send(self) -> list[bytes]:
        """Return what is to be sent, and record which lines are repeats."""
        frames = super().frames_to_send()
        for frame in frames:
            if frame.startswith(_CHAT):
                self._record_repeat(messages.parse(frame))
        return frames

    def _record_repeat(self, line: messages.FromBrowser) -> None:
        if not isinstance(line, messages.Chat):
            return
        if line.n in self._unsent:
            self._unsent.remove(line.n)
        else:
            self._record(events.Said(self._now, self.name, line.match, line.n, again=True))

    def receive(self, frame: bytes, now: float) -> list[ClientEvent]:
        """Record what happens; who is back with their partner says something."""
        self._match_before = self.match.id if self.match is not None else ""
        happened = super().receive(frame, now)
        for event in happened:
            self._record_event(event)
        if self.match is not None:
            self.latest = (self.match.id, self.match.sealed_pass)
            self._acknowledged = self.match.sending.acknowledged
        if self._reunited(happened):
            self.say_line()
        return happened

    def _reunited(self, happened: Sequence[ClientEvent]) -> bool:
        first = happened[0]
        if isinstance(first, messages.PartnerBack):
            return self.match is not None and first.match == self.match.id
        return isinstance(first, messages.Welcome) and self.reachable

    def _record_event(self, event: ClientEvent) -> None:
        match event:
            case messages.Welcome():
                self._record_welcome(event)
            case SearchStarted():
                self._record_search()
            case messages.Matched():
                self._unsent.clear()
                self._acknowledged = 0
                self._record(events.Met(self._now, self.name, event.match, event.polite))
            case MatchSkipped():
                self._record(events.Skipped(self._now, self.name, event.match))
            case messages.Ended():
                self._record_end(event)
            case messages.PartnerAway():
                self._record(events.Away(self._now, self.name, event.match))
            case messages.PartnerBack():
                self._record(events.Back(self._now, self.name, event.match))
            case messages.Memory(blocked=str() as blocked):
                self._record(events.Remembered(self._now, self.name, blocked))
            case messages.Chat():
                self._record(events.Heard(self._now, self.name, event.match, *read_line(event.text)))
            case LineSkipped(messages.Chat() as line):
                self._record(events.Ignored(self._now, self.name, line.match, *read_line(line.text)))
            case messages.Received():
                self._record_acknowledgement(event)
            case messages.RewindOffer():
                self.offered = event.match
                self._record(events.Offered(self._now, self.name, event.match))
            case messages.Error():
                self._record(events.ErrorReceived(self._now, self.name, event.code))
            case messages.Banned():
                self._record(events.ErrorReceived(self._now, self.name, "banned"))
            case UnreadableFrame():
                text = event.frame[:200].decode(errors="replace")
                self._record(events.Unreadable(self._now, self.name, text))

    def _record_welcome(self, welcome: messages.Welcome) -> None:
        self.welcomed_once = True
        resumed = welcome.resumed
        match, here = (resumed.match, resumed.partner_here) if resumed else ("", True)
        who = (self._origin, welcome.gateway, welcome.visitor)
        self._record(events.Came(self._now, self.name, *who, match, here))

    def _record_end(self, ended: messages.Ended) -> None:
        if ended.reason == "next" and ended.match == self._match_before:
            self._parted = (ended.match, self._now)
        self._record(events.MatchEnded(self._now, self.name, ended.match, ended.reason))

    def _record_acknowledgement(self, received: messages.Received) -> None:
        mine = self.match is not None and received.match == self.match.id
        if not mine or received.n > self._acknowledged:
            self._record(events.Acknowledged(self._now, self.name, received.match, received.n))

    def _record_search(self) -> None:
        if self.phase != "offline":
            self._record(events.Searches(self._now, self.name, self._anybody.mode))

    def _record(self, event: OfVisitor) -> None:
        self._history.record(event)

    @property
    def _now(self) -> float:
        return self._history.now


def read_line(text: str) -> tuple[str, str, int]:
    """Return the name of the writer, the match and the number; an unreadable line is nobody's."""
    words = text.split(" ")
    if len(words) == 3 and words[2].isdigit():
        return words[0], words[1], int(words[2])
    return "?", "?", 0
