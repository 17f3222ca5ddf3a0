"""Two visitors in a match, at two of three gateways in memory, and what may happen to them."""

from services.signaling.core.messages import Chat, Next
from services.signaling.shell.hub import Hub

from .gateways import Page, Town


class Couple:
    """`one` is at the gateway here, `other` at the gateway there. `passes` keeps the newest of each page."""

    def __init__(self) -> None:
        self.town = Town()
        self.here, self.there, self.third = map(self.town.hub, ("b-here", "c-there", "a-third"))
        self.one, self.other = self.town.searching(self.here), self.town.searching(self.there)
        self.match = self.town.meet(self.one, self.other)
        self.passes = {page: page.take()[0]["pass"] for page in (self.one, self.other)}

    def resumes(self, page: Page, hub: Hub, pump: bool = True) -> Page:
        """The page dials again, with its pass and its memory."""
        again = page.moves(hub, self.town.pass_of(page, self.passes[page]))
        self.passes[again] = self.passes[page]
        if pump:
            self.town.wire.pump()
        return again

    def waits(self, seconds: float) -> None:
        """Time passes in steps, as the hubs' clocks go."""
        self.town.tick(seconds)

    def part(self) -> None:
        """They part by `next`, which `one` presses."""
        self.one.says(Next())
        self.town.wire.pump()
        self.one.take()
        self.other.take()

    def keeps(self, page: Page) -> dict[str, object]:
        """The only frame that came, a welcome with a match, the pass of which the page keeps."""
        (welcome,) = page.take()
        assert welcome["type"] == "welcome"
        self.passes[page] = welcome["resumed"]["pass"]
        return dict(welcome["resumed"])

    def talk(self, one: Page, other: Page) -> None:
        """Both say something and hear each other."""
        for speaker, listener in ((one, other), (other, one)):
            speaker.says(Chat(self.match, 1, f"from {speaker.visitor}", "1"))
            self.town.wire.pump()
            assert [frame["text"] for frame in listener.take()] == [f"from {speaker.visitor}"]
