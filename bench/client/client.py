"""The protocol `zufall.v2` from a visitor's side, without I/O: frames in, events and frames out.

It says hello, resumes a match, numbers and acknowledges lines, repeats them, and searches again. It neither
opens sockets nor reads clocks: README.md shows how to drive it.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf
from typing import Literal

import msgspec
from msgspec import UNSET

from bench.client.delivery import Numbered, SendBuffer
from bench.client.events import (
    ClientEvent,
    LineSkipped,
    MatchSkipped,
    SearchStarted,
    SignalReceived,
    UnreadableFrame,
)
from bench.client.reconnect import ReconnectPlan, plan_after
from services.signaling.core import messages
from services.signaling.core.messages import (
    Block,
    Candidates,
    Chat,
    Description,
    Find,
    FromBrowser,
    Hello,
    Ice,
    Next,
    Partner,
    Received,
    Reveal,
    Rewind,
    Stop,
    ToBrowser,
    Typing,
)

Phase = Literal["offline", "idle", "searching", "matched"]

SEARCH_GOES_ON = ("next", "lost")
"""Reasons of an end after which the gateway searches on by itself."""

_SIGNALS = (b'{"type":"description"', b'{"type":"candidates"')
_decoder: msgspec.json.Decoder[ToBrowser] = msgspec.json.Decoder(ToBrowser)


@dataclass(slots=True)
class ClientMatch:
    """One match as this side knows it."""

    id: str
    polite: bool
    sealed_pass: str
    """The newest one: it resumes the match, reports the partner and blocks them."""
    partner: Partner
    ice: Ice
    partner_here: bool = True
    sending: SendBuffer = field(default_factory=SendBuffer)
    received: int = 0
    """The number of the partner's last line that was taken."""


class ZufallClient:
    """One visitor, through one socket after the other. Times are seconds on one monotonic clock.

    Frames of a method wait in `frames_to_send`, which the caller empties after each call.
    """

    def __init__(self, token: str, *, epoch: int = 0, memory: str = "") -> None:
        self.token = token
        self.epoch = epoch
        """The number of the present connection, or the last one."""
        self.memory = memory
        """The newest that any gateway gave."""
        self.wish: Find | None = None
        """The client looks for this, also after the next welcome and after the end of a match."""
        self.match: ClientMatch | None = None
        self.blocks: dict[str, str] = {}
        """The passes of blocked matches that no memory has named yet, by match."""
        self._welcomed = False
        self._searching = False
        self._attempts = 0
        self._unanswered_finds = 0
        """Finds whose `searching` has not come: a `matched` before it belongs to a search taken back."""
        self._stopped_match = ""
        """The last match that was left by `stop`."""
        self._outgoing: list[bytes] = []

    @property
    def phase(self) -> Phase:
        if not self._welcomed:
            return "offline"
        return "matched" if self.match else "searching" if self._searching else "idle"

    @property
    def reachable(self) -> bool:
        """Return whether a frame that is sent now reaches the partner."""
        return self._welcomed and self.match is not None and self.match.partner_here

    def frames_to_send(self) -> list[bytes]:
        """Return what is to be sent since the last call, in order."""
        frames, self._outgoing = self._outgoing, []
        return frames

    # --- the socket --------------------------------------------------------------------------------

    def connect(self, unix_time: float) -> None:
        """Say hello on a new socket. The epoch rises at every dial, whatever the wall clock does."""
        self.epoch = max(self.epoch + 1, int(unix_time * 1000))
        self._unanswered_finds = 0
        self._outgoing.clear()
        self._send(
            Hello(
                self.token,
                self.epoch,
                memory=self.memory or UNSET,
                pass_=self.match.sealed_pass if self.match else UNSET,
            )
        )

    def disconnect(self, code: int, randomness: random.Random) -> ReconnectPlan:
        """Return what to do after the socket ended with close `code`, or could not be opened."""
        plan = plan_after(code, self._attempts, randomness)
        self._attempts += 1
        self._welcomed = self._searching = False
        self._outgoing.clear()
        if self.match is not None:
            self.match.sending.pause()
        return plan

    # --- what the visitor wants --------------------------------------------------------------------

    def find(self, wish: Find) -> None:
        """Look for a stranger, now or after the next welcome. The present match is left."""
        self.wish, self.match = wish, None
        if self._welcomed:
            self._find(wish)

    def next(self) -> None:
        """Leave the match, if there is one, and search again with the same wish."""
        match, self.match = self.match, None
        if match is not None and self._welcomed:
            self._searching = True
            self._unanswered_finds += 1
            self._send(Next(match.id))

    def stop(self) -> None:
        """Leave the match or the search, and stay connected."""
        self._stopped_match = self.match.id if self.match else ""
        self.wish, self.match, self._searching = None, None, False
        self._send_if_welcomed(Stop())

    def say(self, text: str, now: float, chat_id: str = "") -> int:
        """Send a line, or keep it until the partner is within reach; return its number.

        Raises `ValueError` outside of a match, and when too many lines wait.
        """
        match = self._present()
        if match.sending.full:
            raise ValueError("too many lines wait for the partner")
        number = match.sending.last + 1
        return self._deliver(match, Chat(match.id, number, text, chat_id or str(number)), now)

    def reveal(self, now: float) -> int:
        """Say that my curtain is lifted; return its number. Raises `ValueError` outside of a match."""
        match = self._present()
        return self._deliver(match, Reveal(match.id, match.sending.last + 1), now)

    def type(self) -> None:
        """Say that a line is being written."""
        if self.match is not None and self.reachable:
            self._send(Typing(self.match.id))

    def signal(self, signal: Description | Candidates) -> None:
        """Send a description or candidates, unless the partner is away: then send newer ones later."""
        if self.reachable:
            self._send(signal)

    def block(self, match: str, sealed_pass: str) -> None:
        """Never meet the partner of that match again.

        Call `next` first if it is the present match, as the page does. Otherwise the gateway ends the match,
        and a search goes on only if the partner did not leave at the same time.
        """
        self.blocks[match] = sealed_pass
        self._send_if_welcomed(Block(sealed_pass))

    def rewind(self, match: str) -> None:
        """Ask for the partner of a match that ended by `next` less than 30 s ago."""
        self._send_if_welcomed(Rewind(match))

    # --- time --------------------------------------------------------------------------------------

    def next_due(self) -> float:
        """Return when to call `handle_timer`, `inf` for never."""
        return self.match.sending.due if self.match is not None and self.reachable else inf

    def handle_timer(self, now: float) -> None:
        """Send again what is due."""
        if self.match is not None and self.reachable:
            self._send_all(self.match.sending.repeat_oldest(now))

    # --- what the gateway says ---------------------------------------------------------------------

    def receive(self, frame: bytes, now: float) -> list[ClientEvent]:
        """Take one frame and return what happened, in order."""
        if frame.startswith(_SIGNALS):
            return [SignalReceived(frame)]
        try:
            message = _decoder.decode(frame)
        except ValueError:
            return [UnreadableFrame(frame)]
        match message:
            case messages.Welcome():
                return self._on_welcome(message, now)
            case messages.Searching():
                return self._on_searching(message)
            case messages.Matched():
                return self._on_matched(message)
            case messages.Ended():
                return self._on_ended(message)
            case messages.PartnerAway() | messages.PartnerBack():
                self._on_partner_moved(message, now)
            case messages.Memory():
                self.memory = message.memory
                if message.blocked is not UNSET:
                    self.blocks.pop(message.blocked, None)
            case messages.FreshPass():
                if self.match is not None and message.match == self.match.id:
                    self.match.sealed_pass = message.pass_
            case Chat() | Reveal():
                return self._on_numbered(message)
            case Received():
                if self.match is not None and message.match == self.match.id:
                    self._send_all(self.match.sending.acknowledge(message.n, now))
            case messages.Error():
                self._on_error(message, now)
        return [message]

    def _on_welcome(self, welcome: messages.Welcome, now: float) -> list[ClientEvent]:
        self._welcomed, self._attempts, self.memory = True, 0, welcome.memory
        match, resumed = self.match, welcome.resumed
        if match is not None and resumed is not UNSET and resumed.match == match.id:
            match.polite, match.sealed_pass, match.ice = resumed.polite, resumed.pass_, resumed.ice
            match.partner_here = resumed.partner_here
            if match.partner_here:
                self._send_all(match.sending.repeat_all(now))
        else:
            self.match = None
        for sealed_pass in self.blocks.values():
            self._send(Block(sealed_pass))
        if self.match is not None or self.wish is None:
            return [welcome]
        self._find(self.wish)
        return [welcome, SearchStarted()]

    def _on_searching(self, searching: messages.Searching) -> list[ClientEvent]:
        self._unanswered_finds = max(self._unanswered_finds - 1, 0)
        if self.match is not None or self._searching or self.wish is None:
            return [searching]
        self._searching = True
        return [searching, SearchStarted()]

    def _on_matched(self, matched: messages.Matched) -> list[ClientEvent]:
        self.memory = matched.memory
        if self._unanswered_finds or self.wish is None:
            return [MatchSkipped(matched.match)]
        self._searching = False
        self.match = ClientMatch(matched.match, matched.polite, matched.pass_, matched.partner, matched.ice)
        return [matched]

    def _on_ended(self, ended: messages.Ended) -> list[ClientEvent]:
        by_me = ended.reason == "blocked" and ended.match in self.blocks
        goes_on = by_me or ended.reason in SEARCH_GOES_ON
        if ended.match == self._stopped_match and goes_on:
            self._unanswered_finds += 1  # it had not read the `stop` yet: its `searching` answers no find
        if self.match is not None and ended.match == self.match.id:
            self.match = None
            if self.wish is None:
                return [ended]
            self._searching = True
            if not goes_on:
                self._find(self.wish)
            return [ended, SearchStarted()]
        if self._searching and not goes_on and self.wish is not None:
            # It had ended before the gateway read the `next`, which is dropped, and so nothing is searched.
            self._unanswered_finds = max(self._unanswered_finds - 1, 0)
            self._find(self.wish)
            return [ended, SearchStarted()]
        return [ended]

    def _on_partner_moved(self, message: messages.PartnerAway | messages.PartnerBack, now: float) -> None:
        match = self.match
        if match is None or message.match != match.id:
            return
        match.partner_here = isinstance(message, messages.PartnerBack)
        if isinstance(message, messages.PartnerAway):
            match.sending.pause()
            return
        if message.pass_ is not UNSET:
            match.sealed_pass = message.pass_
        self._send_all(match.sending.repeat_all(now))

    def _on_numbered(self, message: Numbered) -> list[ClientEvent]:
        """Take only the next number, and acknowledge at once what there is."""
        match = self.match
        if match is None or message.match != match.id:
            return [LineSkipped(message)]
        taken = message.n == match.received + 1
        match.received += taken
        self._send(Received(match.id, match.received))
        return [message if taken else LineSkipped(message)]

    def _on_error(self, error: messages.Error, now: float) -> None:
        if error.epoch is not UNSET:
            self.epoch = max(self.epoch, error.epoch)
        if error.id is not UNSET and self.match is not None:
            self._send_all(self.match.sending.withdraw(error.id, now))

    # -----------------------------------------------------------------------------------------------

    def _find(self, wish: Find) -> None:
        self._searching = True
        self._unanswered_finds += 1
        self._send(wish)

    def _present(self) -> ClientMatch:
        if self.match is None:
            raise ValueError("there is no match")
        return self.match

    def _deliver(self, match: ClientMatch, message: Numbered, now: float) -> int:
        numbered = match.sending.add(message)
        if self.reachable:
            self._send(numbered)
            match.sending.sent(now)
        return numbered.n

    def _send_if_welcomed(self, message: FromBrowser) -> None:
        if self._welcomed:
            self._send(message)

    def _send_all(self, sent: Iterable[FromBrowser]) -> None:
        for message in sent:
            self._send(message)

    def _send(self, message: FromBrowser) -> None:
        self._outgoing.append(messages.encode(message))
