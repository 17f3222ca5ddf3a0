"""Two visitors in a match, at two of three gateways in memory."""

from services.signaling.core.messages import Chat, Next
from services.signaling.shell.hub import Hub

from .fake_cluster import FakeCluster, FakePage


class MatchedPair:
    """`one` is at the first gateway, `other` at the second. `passes` holds the newest pass of each page."""

    def __init__(self) -> None:
        self.cluster = FakeCluster()
        self.here, self.there, self.third = map(self.cluster.hub, ("b-here", "c-there", "a-third"))
        self.one, self.other = self.cluster.searching(self.here), self.cluster.searching(self.there)
        self.match = self.cluster.meet(self.one, self.other)
        self.passes = {page: page.take()[0]["pass"] for page in (self.one, self.other)}

    def resumes(self, page: FakePage, hub: Hub, deliver: bool = True) -> FakePage:
        """Let the page dial again, with its pass and its memory."""
        again = page.moves(hub, self.cluster.pass_of(page, self.passes[page]))
        self.passes[again] = self.passes[page]
        if deliver:
            self.cluster.network.deliver_all()
        return again

    def waits(self, seconds: float) -> None:
        """Let time pass in steps."""
        self.cluster.tick(seconds)

    def part(self) -> None:
        """Let the two part by `next` of `one`."""
        self.one.says(Next())
        self.cluster.network.deliver_all()
        self.one.take()
        self.other.take()

    def keeps(self, page: FakePage) -> dict[str, object]:
        """Return the only frame, a welcome with a match, and keep its pass."""
        (welcome,) = page.take()
        assert welcome["type"] == "welcome"
        self.passes[page] = welcome["resumed"]["pass"]
        return dict(welcome["resumed"])

    def talk(self, one: FakePage, other: FakePage) -> None:
        """Check that both get a line of the other."""
        for speaker, listener in ((one, other), (other, one)):
            speaker.says(Chat(self.match, 1, f"from {speaker.visitor}", "1"))
            self.cluster.network.deliver_all()
            assert [frame["text"] for frame in listener.take()] == [f"from {speaker.visitor}"]
