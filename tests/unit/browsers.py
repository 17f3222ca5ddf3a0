"""A visitor's browser that knows what it may be told, and complains about anything else."""

import json
from typing import Any

from services.contract.errors import CloseCode
from services.contract.ids import MatchId, VisitorId, rewound
from services.signaling.hub import Hub
from services.signaling.messages import Block, Chat, Find, Mode, Next, Rewind, Stop
from services.signaling.states import Conversation, Reserved, Searching, State

from .cluster import Cluster, Item
from .signaling.gateways import PASSES, Page, unscreened

NOT_AGAIN = 60.0


class Browser(Page):
    """One page of one visitor, with one socket after the other."""

    def __init__(self, cluster: Cluster, hub: Hub, visitor: VisitorId) -> None:
        self.cluster = cluster
        self.match = ""
        self.partner = visitor
        self.passes: list[str] = []
        self.since = 0.0
        """When the search that goes on began."""
        self.mode: Mode | None = None
        self.blocks: list[str] = []
        self.blocked: set[VisitorId] = set()
        self.last = ""
        """The match that ended by `next`, for a way back."""
        self.asked_back = ""
        self.said: list[Chat] = []
        self.heard = 0
        self.online = self._connecting = True
        self._answering = False
        self.lost = False
        super().__init__(hub, visitor)
        self._connected()

    @property
    def state(self) -> State:
        return self.client.session.state

    @property
    def welcomed(self) -> bool:
        """A page says nothing before, and what it says first comes first."""
        heard = not isinstance(self.state, Conversation) or self.state.welcomed
        return heard and not self._answering

    @property
    def parted(self) -> dict[VisitorId, float]:
        """What this gateway knows: also by earlier connections to it."""
        return self.cluster.parted.setdefault((self.hub.gateway, self.visitor), {})

    # --- what the visitor does ---------------------------------------------------------------------

    def find(self, mode: Mode = "video") -> None:
        self._part("next")
        self._searches_from_now()
        self.mode = mode
        self.says(Find(mode))

    def next(self) -> None:
        if self.mode is None:
            return
        if not isinstance(self.state, Searching | Reserved):
            self._part("next")
            self._searches_from_now()
        self.says(Next())

    def stop(self) -> None:
        self._part("stop")
        self.last = ""
        self.says(Stop())

    def talk(self) -> None:
        if self.match:
            number = len(self.said) + 1
            line = Chat(self.match, f"{self.visitor} to {self.partner}: {number}", str(number))
            self.said.append(line)
            self.says(line)

    def block(self, which: int) -> None:
        """The partner of some earlier match, or of this one."""
        if self.passes:
            sealed = self.passes[which % len(self.passes)]
            self.blocks.append(sealed)
            self.blocked.add(self._named_in(sealed))
            self.says(Block(sealed))

    def go_back(self) -> None:
        if self.last:
            self.asked_back = self.last
            self.says(Rewind(self.last))

    def go(self) -> None:
        """Close the page."""
        self._part("lost")
        self.cluster.searched(self)
        if self.online:
            self.leaves()

    # --- the socket --------------------------------------------------------------------------------

    def lose_socket(self) -> None:
        """The gateway sees it, too."""
        self.forget_gateway()
        self.loses_socket()

    def forget_gateway(self) -> None:
        """The gateway is dead."""
        self.online, self.lost = False, True
        self.cluster.searched(self)
        self.unanswered.clear()

    def come_back(self, hub: Hub) -> None:
        """Say hello with a new socket, with the pass of the match that goes on as far as this page knows."""
        content = PASSES.open(self.passes[-1], self.visitor, self.cluster.now) if self.match else None
        self.hub, self.online, self._connecting, self._answering = hub, True, True, False
        self.client = hub.connect(self.visitor, self.address_hash, "", self, unscreened(), content)
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
        self.frames.append(json.loads(frame))
        if not self._connecting:  # else it does not know its new client yet
            for message in self.take():
                self._told(message)
                if message["type"] == "welcome":
                    self._answer_soon()

    def _told(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "welcome":
                self._welcomed(message)
            case "matched":
                self._matched(message)
            case "ended":
                assert message["match"] == self.match, "another match ended"
                self._part(message["reason"])
                self._searches_from_now()
            case "chat":
                self._chat(message)
            case "partner_back" if "pass" in message:
                assert message["match"] == self.match
                self._renew(message["pass"])
            case "partner_away" | "partner_back":
                assert message["match"] == self.match

    def close(self, code: CloseCode) -> None:
        super().close(code)
        self.online = False
        self.cluster.searched(self)
        self.unanswered.clear()
        self._part("lost")

    def _welcomed(self, welcome: dict[str, Any]) -> None:
        resumed = welcome.get("resumed")
        if resumed:
            assert resumed["match"] == self.match, "resumed another match"
            self._renew(resumed["pass"])
        elif self.match:
            self._part("lost")

    def _answer_soon(self) -> None:
        """Its gateway is still busy with what it tells."""
        client, self._answering = self.client, True

        def answer() -> None:
            if self.client is client and self.online:
                self._answer()

        self.cluster.queue(f"page of {self.visitor}", self.hub.gateway).append(Item(answer))

    def _answer(self) -> None:
        """What a page says first."""
        self._answering = False
        if self.match:
            for line in self.said:
                self.says(line)
        for sealed in self.blocks:
            self.says(Block(sealed))
        if not self.match and self.mode is not None:
            self.find(self.mode)

    def _matched(self, message: dict[str, Any]) -> None:
        assert not self.match, "two partners at once"
        self.match = message["match"]
        self.passes.append(message["pass"])
        self.partner = self._named_in(message["pass"])
        self.said, self.heard = [], 0
        assert self.partner != self.visitor, "met oneself"
        assert self.partner not in self.blocked, "met somebody blocked"
        if self.asked_back and self.match == rewound(MatchId(self.asked_back)):
            return
        ago = self.cluster.now - self.parted.get(self.partner, -NOT_AGAIN)
        assert ago > NOT_AGAIN - 0.001, f"met again after {ago} s"

    def _chat(self, message: dict[str, Any]) -> None:
        assert message["match"] == self.match, "a frame of another match"
        about, _, number = message["text"].rpartition(": ")
        assert about == f"{self.partner} to {self.visitor}", "a frame of somebody else"
        if (self.lost or self.cluster.killed) and int(number) <= self.heard:
            return  # this page had it, but the ping after it was lost; or both gateways died
        assert int(number) == self.heard + 1, "a line was lost, or came twice"
        self.heard += 1

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

    def _searches_from_now(self) -> None:
        self.since = self.cluster.now

    # --- what must be true when nothing is on its way ----------------------------------------------

    def check(self, others: "list[Browser]") -> None:
        """Partners agree; who searches waits at one replica, or is held, and has the age of the search."""
        state = self.state
        assert self.online
        assert (state.match if isinstance(state, Conversation) else "") == self.match
        if isinstance(state, Conversation):
            assert state.welcomed
            assert not state.away, "a partner who is here is believed to be away"
            theirs = [one for one in others if one.visitor == self.partner]
            assert [(one.match, one.partner) for one in theirs] == [(self.match, self.visitor)], "a ghost"
            assert state.partner_gateway == theirs[0].hub.gateway, "looks for the partner elsewhere"
            assert theirs[0].heard == len(self.said), "a line did not arrive"
        if isinstance(state, Searching):
            ages = {self.since, *self.cluster.ages.get(self.visitor, ())}
            assert state.ticket.since in ages, "the search lost its age"
            number, gateway = state.ticket.id, self.hub.gateway
            rooms = [replica for replica in self.cluster.replicas if replica.room.waits(gateway, number)]
            assert len(rooms) + self.held == 1, f"waits at {len(rooms)} replicas"

    @property
    def held(self) -> bool:
        """Whether the search waits at the gateway for its turn."""
        return isinstance(self.state, Searching) and self.state.ticket.id in self.hub._searches._held
