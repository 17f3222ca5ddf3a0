"""Two visitors in a match, at two of three gateways in memory."""

from services.signaling.core.messages import Chat, Next
from services.signaling.shell.hub import Hub

from ...in_memory.cluster import InMemoryCluster
from ...in_memory.page import Page


class MatchedPair:
    """`one` is at the first gateway, `other` at the second. With `once` their wishes are for one match."""

    def __init__(self, once: bool = False) -> None:
        self.cluster = InMemoryCluster()
        self.here, self.there, self.third = map(self.cluster.hub, ("b-here", "c-there", "a-third"))
        self.one, self.other = (self.cluster.searching(hub, once=once) for hub in (self.here, self.there))
        self.match = self.cluster.meet(self.one, self.other)
        self.one.take()
        self.other.take()

    def resumes(self, page: Page, hub: Hub, deliver: bool = True) -> Page:
        """Let the page dial again, with its pass and its memory."""
        again = page.moves(hub, resume=True)
        if deliver:
            self.cluster.network.deliver_all()
        return again

    def waits(self, seconds: float) -> None:
        """Let time pass in steps."""
        self.cluster.run(seconds)

    def part(self) -> None:
        """Let the two part by `next` of `one`."""
        self.one.says(Next())
        self.cluster.network.deliver_all()
        self.one.take()
        self.other.take()

    def keeps(self, page: Page) -> dict[str, object]:
        """Return what the only frame, a welcome, says about the match."""
        (welcome,) = page.take()
        assert welcome["type"] == "welcome"
        return dict(welcome["resumed"])

    def talk(self, one: Page, other: Page) -> None:
        """Check that both get a line of the other."""
        for speaker, listener in ((one, other), (other, one)):
            speaker.says(Chat(self.match, 1, f"from {speaker.visitor}", "1"))
            self.cluster.network.deliver_all()
            assert [frame["text"] for frame in listener.take()] == [f"from {speaker.visitor}"]
