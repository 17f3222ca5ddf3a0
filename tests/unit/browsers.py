"""A visitor's browser that knows which frames it may get, and fails the test at any other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from typing import Any

from bench.client.client import ClientMatch
from bench.client.events import ClientEvent, LineSkipped, MatchSkipped, UnreadableFrame
from services.contract.errors import CloseCode, StaleEpoch
from services.contract.ids import MatchId, VisitorId, rewound_match_id
from services.signaling.core import messages
from services.signaling.core.messages import Mode, Next
from services.signaling.core.states import SessionSummary
from services.signaling.shell.clients import Client
from services.signaling.shell.hub import Hub

from ..in_memory.cluster import InMemoryCluster
from ..in_memory.page import Page
from ..in_memory.ports import PASSES


@dataclass
class Storage:
    """What all pages of one visitor know together."""

    epoch: int = 0
    """The epoch of the newest dial."""
    parted: dict[VisitorId, float] = field(default_factory=dict)
    """The partners from whom the visitor parted, and when."""


class Browser(Page):
    """A page that lets its client say all that it wants to say, and checks what it is told."""

    rematch_seconds = 60.0
    """The shortest time after which the visitor may meet a former partner again."""

    def __init__(
        self, cluster: InMemoryCluster, hub: Hub, visitor: VisitorId, storage: Storage, memory: str = ""
    ) -> None:
        self.cluster = cluster
        self.storage = storage
        self.match = ""
        """The match that goes on, as far as this page knows."""
        self.partner = visitor
        self.passes: list[str] = []
        self.blocked: set[VisitorId] = set()
        self.last = ""
        """The match that ended by `next`, for a rewind."""
        self.asked_back = ""
        self._connecting = False
        super().__init__(hub, visitor, epoch=storage.epoch + 1, memory=memory)
        self.flush()

    @property
    def summary(self) -> SessionSummary:
        return self.client.session.summary

    @property
    def welcomed(self) -> bool:
        """True when the gateway has welcomed the page, which sends nothing before."""
        return self.summary.welcomed and self.protocol.phase != "offline"

    # --- what the visitor does ---------------------------------------------------------------------

    def find(self, mode: Mode = "video", **wish: Any) -> None:
        self._part("next")
        super().find(mode, **wish)

    def next(self) -> None:
        if self.protocol.phase == "searching":
            self.says(Next())  # which no client says, for it changes nothing
        elif not self.match:
            return
        self._part("next")
        self.protocol.next()
        self.flush()

    def stop(self) -> None:
        self._part("stop")
        self.last = ""
        self.protocol.stop()
        self.flush()

    def talk(self) -> None:
        match = self.protocol.match
        if match is not None and not match.sending.full:
            number = match.sending.last + 1
            self.protocol.say(f"{self.visitor} to {self.partner}: {number}", self.cluster.now)
            self.flush()

    def block(self, which: int) -> None:
        """Block the partner of an earlier match or of this one."""
        if self.passes:
            sealed_pass = self.passes[which % len(self.passes)]
            content = PASSES.open(sealed_pass, self.visitor, self.cluster.now)
            self.blocked.add(content.partner)
            self.protocol.block(content.match, sealed_pass)
            self.flush()

    def go_back(self) -> None:
        if self.last:
            self.asked_back = self.last
            self.protocol.rewind(self.last)
            self.flush()

    def go(self) -> None:
        """Close the page."""
        self._part("lost")
        if self.online:
            self.leaves()

    # --- the socket --------------------------------------------------------------------------------

    def come_back(self, hub: Hub) -> None:
        """Say hello with a new socket, with the pass of the match that goes on as far as this page knows."""
        self.hub, self.online = hub, True
        try:
            self.client = self.dials(hub)
        except StaleEpoch:  # another page of the same visitor is newer
            self.close(CloseCode.CONNECTED_ELSEWHERE)
            return
        self.flush()

    def dials(self, hub: Hub) -> Client:
        self.protocol.epoch = max(self.protocol.epoch, self.storage.epoch)
        self.storage.epoch = self.protocol.epoch + 1
        self._connecting = True  # the hub has no client yet to whom anything can be said
        try:
            return super().dials(hub)
        finally:
            self._connecting = False

    def close(self, code: CloseCode) -> None:
        if code is CloseCode.CONNECTED_ELSEWHERE:
            assert self.epoch < self.storage.epoch, "the newest page was thrown out"
        super().close(code)
        self._part("lost")

    # --- what it is told ---------------------------------------------------------------------------

    def send(self, frame: bytes) -> None:
        assert self.online, "told through a socket that is gone"
        for event in self.protocol.receive(frame, self.cluster.now):
            self._on_event(event)
        if not self._connecting:
            self._soon(self.flush)

    def _soon(self, act: Callable[[], None]) -> None:
        """Act after the gateway has sent all its present frames."""
        client = self.client

        def acts() -> None:
            if self.client is client and self.online:
                act()

        self.cluster.network.put(f"page of {self.visitor}", self.hub.gateway, acts)

    def tick(self) -> None:
        """Send due repetitions."""
        if self.online and self.welcomed:
            self.protocol.handle_timer(self.cluster.now)
            self.flush()

    def _on_event(self, event: ClientEvent) -> None:
        match event:
            case messages.Welcome():
                self._welcomed(event)
            case messages.Matched():
                self._matched(event)
            case messages.Ended():
                assert event.match == self.match, "another match ended"
                self._part(event.reason)
            case messages.Chat() | LineSkipped(messages.Chat()):
                self._chat(event.message if isinstance(event, LineSkipped) else event)
            case messages.Received():
                assert event.match == self.match, "an acknowledgement of another match"
                assert event.n <= self._present.sending.last, "what was never said is acknowledged"
            case messages.PartnerAway():
                assert event.match == self.match
            case messages.PartnerBack():
                assert event.match == self.match
                self._renew(self._present.sealed_pass)
            case MatchSkipped() | UnreadableFrame():
                raise AssertionError(f"unforeseen {event}")

    @property
    def _present(self) -> ClientMatch:
        assert self.protocol.match is not None
        assert self.protocol.match.id == self.match
        return self.protocol.match

    def _welcomed(self, welcome: messages.Welcome) -> None:
        if welcome.resumed:
            assert welcome.resumed.match == self.match, "resumed another match"
            self._renew(welcome.resumed.pass_)
        else:
            self._part("lost")

    def _matched(self, matched: messages.Matched) -> None:
        assert not self.match, "two partners at once"
        self.match = matched.match
        self.passes.append(matched.pass_)
        self.partner = self._named_in(matched.pass_)
        assert self.partner != self.visitor, "met oneself"
        assert self.partner not in self.blocked, "met somebody blocked"
        assert (self.match, self.visitor) in self.cluster.accepted, "the partner has not accepted"
        if self.asked_back and self.match == rewound_match_id(MatchId(self.asked_back)):
            return
        ago = self.cluster.now - self.storage.parted.get(self.partner, -inf)
        assert ago > self.rematch_seconds - 0.002, f"met again after {ago} s"

    def _chat(self, line: object) -> None:
        assert isinstance(line, messages.Chat)
        assert line.match == self.match, "a frame of another match"
        about, _, number = line.text.rpartition(": ")
        assert about == f"{self.partner} to {self.visitor}", "a frame of somebody else"
        assert int(number) == line.n

    def _renew(self, sealed_pass: str) -> None:
        assert self._named_in(sealed_pass) == self.partner, "a pass for another partner"
        self.passes[-1] = sealed_pass

    def _named_in(self, sealed_pass: str) -> VisitorId:
        return PASSES.open(sealed_pass, self.visitor, self.cluster.now).partner

    def _part(self, reason: str) -> None:
        if self.match:
            self.storage.parted[self.partner] = self.cluster.now
            self.last = self.match if reason == "next" else ""
            self.match = ""

    # --- what must be true when nothing is on its way ----------------------------------------------

    def check(self, others: "list[Browser]") -> None:
        """Check that partners agree and heard each other, and that a search waits once or is held."""
        summary = self.summary
        assert self.online
        assert summary.match == self.match
        if self.match:
            assert summary.welcomed
            assert summary.partner_here, "a partner who is here is believed to be away"
            theirs = [one for one in others if one.visitor == self.partner]
            assert [(one.match, one.partner) for one in theirs] == [(self.match, self.visitor)], "a ghost"
            assert summary.partner_place == theirs[0].client.place, "looks for the partner elsewhere"
            assert self._present.partner_here, "the page believes its partner to be away"
            assert not self._present.sending.waiting, "a line did not arrive"
            assert theirs[0]._present.received == self._present.sending.last, "a line did not arrive"
        if summary.phase == "searching" and self.cluster.replicas:
            gateway = self.hub.gateway
            rooms = [one for one in self.cluster.replicas if one.room.is_waiting(gateway, summary.ticket)]
            assert len(rooms) + self.held == 1, f"waits at {len(rooms)} replicas"

    @property
    def held(self) -> bool:
        """True when the search waits at the gateway for its turn."""
        return self.summary.ticket in self.hub._pending._delayed
