"""A visitor's browser that knows what it may be told, and complains about anything else."""

from typing import Any

from services.contract.errors import CloseCode, StaleEpoch
from services.contract.ids import MatchId, VisitorId, rewound_match_id
from services.contract.passes import PassContent
from services.signaling.core.messages import Block, Chat, Find, Mode, Next, Received, Rewind, Stop
from services.signaling.core.states import SessionSummary
from services.signaling.shell.clients import Client
from services.signaling.shell.hub import Hub

from .cluster import Cluster, Item
from .signaling.fake_cluster import PASSES, FakePage

NOT_AGAIN = 60.0
AGAIN = 3.0
"""Seconds after which the oldest line that was not acknowledged is said again."""


class Browser(FakePage):
    """One page of one visitor, with one socket after the other."""

    def __init__(self, cluster: Cluster, hub: Hub, visitor: VisitorId, epoch: int, memory: str = "") -> None:
        self.cluster = cluster
        self.match = ""
        self.partner = visitor
        self.passes: list[str] = []
        self.mode: Mode | None = None
        self.blocks: dict[str, str] = {}
        """The passes of those whose blocks no memory has named yet, by their matches."""
        self.blocked: set[VisitorId] = set()
        self.last = ""
        """The match that ended by `next`, for a way back."""
        self.asked_back = ""
        self.said: list[Chat] = []
        self.acknowledged = 0
        self.said_again_at = 0.0
        self.heard = 0
        self.away = False
        self.online = self._connecting = True
        self._answering = False
        super().__init__(hub, visitor, epoch=epoch, memory=memory)
        self._connected()

    @property
    def summary(self) -> SessionSummary:
        return self.client.session.summary

    @property
    def welcomed(self) -> bool:
        """A page says nothing before, and what it says first comes first."""
        return self.summary.welcomed and not self._answering

    @property
    def parted(self) -> dict[VisitorId, float]:
        return self.cluster.parted.setdefault(self.visitor, {})

    # --- what the visitor does ---------------------------------------------------------------------

    def find(self, mode: Mode = "video") -> None:
        self._part("next")
        self.mode = mode
        self.says(Find(mode))

    def next(self) -> None:
        if self.mode is None:
            return
        if self.summary.phase not in ("searching", "reserved"):
            self._part("next")
        self.says(Next())

    def stop(self) -> None:
        self._part("stop")
        self.last = ""
        self.says(Stop())

    def talk(self) -> None:
        if self.match:
            number = len(self.said) + 1
            line = Chat(self.match, number, f"{self.visitor} to {self.partner}: {number}", str(number))
            self.said.append(line)
            if not self.away:
                self.says(line)

    def block(self, which: int) -> None:
        """The partner of some earlier match, or of this one."""
        if self.passes:
            sealed = self.passes[which % len(self.passes)]
            content = PASSES.open(sealed, self.visitor, self.cluster.now)
            self.blocks[content.match] = sealed
            self.blocked.add(content.partner)
            self.says(Block(sealed))

    def go_back(self) -> None:
        if self.last:
            self.asked_back = self.last
            self.says(Rewind(self.last))

    def go(self) -> None:
        """Close the page."""
        self._part("lost")
        if self.online:
            self.leaves()

    # --- the socket --------------------------------------------------------------------------------

    def lose_socket(self) -> None:
        """The gateway sees it, too."""
        self.online = False
        self.loses_socket()

    def forget_gateway(self) -> None:
        """The gateway is dead."""
        self.online = False

    def come_back(self, hub: Hub) -> None:
        """Say hello with a new socket, with the pass of the match that goes on as far as this page knows."""
        content = PASSES.open(self.passes[-1], self.visitor, self.cluster.now) if self.match else None
        self.hub, self.online, self._connecting, self._answering = hub, True, True, False
        self.epoch += 1
        try:
            self.client = self.dials(hub, content)
        except StaleEpoch:  # another page of the same visitor is newer
            self.close(CloseCode.CONNECTED_ELSEWHERE)
            return
        self._connected()

    def _connected(self) -> None:
        self._connecting = False
        for message in self.take():
            self._told(message)
            if message["type"] == "welcome":
                self._answer()

    # --- what it is told ---------------------------------------------------------------------------

    def send(self, frame: bytes) -> None:
        assert self.closed is None
        assert self.online, "told through a socket that is gone"
        super().send(frame)
        if not self._connecting:  # else it does not know its new client yet
            for message in self.take():
                self._told(message)
                if message["type"] == "welcome":
                    self._soon(self._answer)

    def _told(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "welcome":
                self._welcomed(message)
            case "matched":
                self._matched(message)
            case "ended":
                assert message["match"] == self.match, "another match ended"
                self._part(message["reason"])
            case "chat":
                self._chat(message)
            case "received":
                self._received(message)
            case "memory":
                self.blocks.pop(message.get("blocked", ""), None)
            case "partner_away":
                assert message["match"] == self.match
                self.away = True
            case "partner_back":
                assert message["match"] == self.match
                self.away = False
                if "pass" in message:
                    self._renew(message["pass"])
                self._soon(self._say_all_again)

    def dials(self, hub: Hub, resume: PassContent | None = None) -> Client:
        newest = self.cluster.epochs.get(self.visitor, 0)
        self.cluster.epochs[self.visitor] = max(self.epoch, newest)
        return super().dials(hub, resume)

    def close(self, code: CloseCode) -> None:
        if code is CloseCode.CONNECTED_ELSEWHERE:
            assert self.epoch < self.cluster.epochs[self.visitor], "the newest page was thrown out"
        super().close(code)
        self.online = False
        self._part("lost")

    def _welcomed(self, welcome: dict[str, Any]) -> None:
        resumed = welcome.get("resumed")
        if resumed:
            assert resumed["match"] == self.match, "resumed another match"
            self._renew(resumed["pass"])
            self.away = not resumed["partner_here"]
        elif self.match:
            self._part("lost")

    def _soon(self, act: Any) -> None:
        """Its gateway is still busy with what it tells."""
        client = self.client
        self._answering = self._answering or act == self._answer

        def acts() -> None:
            if self.client is client and self.online:
                act()

        self.cluster.queue(f"page of {self.visitor}", self.hub.gateway).append(Item(acts))

    def _answer(self) -> None:
        """What a page says first."""
        self._answering = False
        if self.match and not self.away:
            self._say_all_again()
        for sealed in list(self.blocks.values()):
            self.says(Block(sealed))
        if not self.match and self.mode is not None:
            self.find(self.mode)

    def _say_all_again(self) -> None:
        for line in self.said[self.acknowledged :]:
            self.says(line)

    def tick(self) -> None:
        """Say the oldest line again that was not acknowledged for long."""
        if self.match and self.online and self.welcomed and not self.away:
            due = self.cluster.now - self.said_again_at >= AGAIN
            if due and self.acknowledged < len(self.said):
                self.said_again_at = self.cluster.now
                self.says(self.said[self.acknowledged])

    def _matched(self, message: dict[str, Any]) -> None:
        assert not self.match, "two partners at once"
        self.match = message["match"]
        self.passes.append(message["pass"])
        self.partner = self._named_in(message["pass"])
        self.said, self.acknowledged, self.heard, self.away = [], 0, 0, False
        assert self.partner != self.visitor, "met oneself"
        assert self.partner not in self.blocked, "met somebody blocked"
        assert (self.match, self.visitor) in self.cluster.accepted, "the partner has not accepted"
        if self.asked_back and self.match == rewound_match_id(MatchId(self.asked_back)):
            return
        ago = self.cluster.now - self.parted.get(self.partner, -NOT_AGAIN)
        assert ago > NOT_AGAIN - 0.002, f"met again after {ago} s"

    def _chat(self, message: dict[str, Any]) -> None:
        assert message["match"] == self.match, "a frame of another match"
        about, _, number = message["text"].rpartition(": ")
        assert about == f"{self.partner} to {self.visitor}", "a frame of somebody else"
        assert int(number) == message["n"]
        if message["n"] == self.heard + 1:
            self.heard += 1
        self._soon(lambda match=self.match: self._acknowledge(match))

    def _acknowledge(self, match: str) -> None:
        if self.match == match:
            self.says(Received(match, self.heard))

    def _received(self, message: dict[str, Any]) -> None:
        assert message["match"] == self.match, "an acknowledgement of another match"
        assert message["n"] <= len(self.said), "what was never said is acknowledged"
        self.acknowledged = max(self.acknowledged, message["n"])

    def _renew(self, sealed: str) -> None:
        assert self._named_in(sealed) == self.partner, "a pass for another partner"
        self.passes[-1] = sealed

    def _named_in(self, sealed: str) -> VisitorId:
        return PASSES.open(sealed, self.visitor, self.cluster.now).partner

    def _part(self, reason: str) -> None:
        if self.match:
            self.parted[self.partner] = self.cluster.now
            self.last = self.match if reason == "next" else ""
            self.match = ""

    # --- what must be true when nothing is on its way ----------------------------------------------

    def check(self, others: "list[Browser]") -> None:
        """Partners agree and have heard each other; who searches waits at one replica, or is held."""
        summary = self.summary
        assert self.online
        assert summary.match == self.match
        if self.match:
            assert summary.welcomed
            assert summary.partner_here, "a partner who is here is believed to be away"
            theirs = [one for one in others if one.visitor == self.partner]
            assert [(one.match, one.partner) for one in theirs] == [(self.match, self.visitor)], "a ghost"
            assert summary.partner_place == theirs[0].client.place, "looks for the partner elsewhere"
            assert not self.away, "the page believes its partner to be away"
            assert theirs[0].heard == len(self.said) == self.acknowledged, "a line did not arrive"
        if summary.phase == "searching":
            gateway = self.hub.gateway
            rooms = [one for one in self.cluster.replicas if one.room.is_waiting(gateway, summary.ticket)]
            assert len(rooms) + self.held == 1, f"waits at {len(rooms)} replicas"

    @property
    def held(self) -> bool:
        """Whether the search waits at the gateway for its turn."""
        return self.summary.ticket in self.hub._pending._delayed
