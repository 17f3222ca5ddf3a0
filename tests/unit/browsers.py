"""A visitor's browser that knows what it may be told, and complains about anything else."""

import json
from typing import Any

from services.contract.errors import CloseCode
from services.contract.ids import VisitorId
from services.signaling.hub import Hub
from services.signaling.messages import Block, Chat, Find, Mode, Next, Stop
from services.signaling.states import Matched, Reserved, Searching, State

from .cluster import Cluster
from .signaling.gateways import PASSES, Page

NOT_AGAIN = 60.0


class Browser(Page):
    """One connection of one visitor."""

    def __init__(self, cluster: Cluster, hub: Hub, visitor: VisitorId) -> None:
        self.cluster = cluster
        self.match = ""
        self.partner = visitor
        self.passes: list[str] = []
        self.since = 0.0
        """When the search that goes on began."""
        self.wished = False
        self.parted = cluster.parted.setdefault((hub.gateway, visitor), {})
        """Also by earlier connections to this gateway."""
        self.blocked: set[VisitorId] = set()
        super().__init__(hub, visitor)

    @property
    def state(self) -> State:
        return self.client.session.state

    # --- what the visitor does ---------------------------------------------------------------------

    def find(self, mode: Mode = "video") -> None:
        self._part()
        self.since = self.cluster.now
        self.wished = True
        self.says(Find(mode))

    def next(self) -> None:
        if not isinstance(self.state, Searching | Reserved):
            self._part()
            self.since = self.cluster.now
        if self.wished:
            self.says(Next())

    def stop(self) -> None:
        self._part()
        self.says(Stop())

    def talk(self) -> None:
        if self.match:
            self.says(Chat(self.match, f"{self.visitor} to {self.partner}", "1"))

    def block(self, which: int) -> None:
        """The partner of some earlier match, or of this one."""
        if self.passes:
            sealed = self.passes[which % len(self.passes)]
            self.blocked.add(self._named_in(sealed))
            self.says(Block(sealed))

    def go(self) -> None:
        self._part()
        self.leaves()

    # --- what it is told ---------------------------------------------------------------------------

    def send(self, frame: bytes) -> None:
        assert self.closed is None
        message = json.loads(frame)
        match message["type"]:
            case "matched":
                self._matched(message)
            case "ended":
                assert message["match"] == self.match, "another match ended"
                self._part()
                self.since = self.cluster.now
            case "chat":
                assert message["match"] == self.match, "a frame of another match"
                assert message["text"] == f"{self.partner} to {self.visitor}", "a frame of somebody else"

    def close(self, code: CloseCode) -> None:
        super().close(code)
        self._part()

    def _matched(self, message: dict[str, Any]) -> None:
        assert not self.match, "two partners at once"
        self.match = message["match"]
        self.passes.append(message["pass"])
        self.partner = self._named_in(message["pass"])
        assert self.partner != self.visitor, "met oneself"
        assert self.partner not in self.blocked, "met somebody blocked"
        ago = self.cluster.now - self.parted.get(self.partner, -NOT_AGAIN)
        assert ago > NOT_AGAIN - 0.001, f"met again after {ago} s"

    def _named_in(self, sealed: str) -> VisitorId:
        return PASSES.open(sealed, self.visitor, self.cluster.now).partner

    def _part(self) -> None:
        if self.match:
            self.parted[self.partner] = self.cluster.now
            self.match = ""

    # --- what must be true when nothing is on its way ----------------------------------------------

    def check(self, others: "list[Browser]") -> None:
        """Partners agree; who searches waits at one replica, or is held, and has the age of the search."""
        state = self.state
        assert (state.match if isinstance(state, Matched) else "") == self.match
        if isinstance(state, Matched):
            theirs = [one for one in others if one.visitor == self.partner]
            assert [(one.match, one.partner) for one in theirs] == [(self.match, self.visitor)], "a ghost"
        if isinstance(state, Searching):
            assert state.ticket.since == self.since, "the search lost its age"
            number, gateway = state.ticket.id, self.hub.gateway
            rooms = [replica for replica in self.cluster.replicas if replica.room.waits(gateway, number)]
            assert len(rooms) + self.held == 1, f"waits at {len(rooms)} replicas"

    @property
    def held(self) -> bool:
        """Whether the search waits at the gateway for its turn."""
        return isinstance(self.state, Searching) and self.state.ticket.id in self.hub._searches._held
