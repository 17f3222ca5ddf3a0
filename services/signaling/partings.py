"""The way back to the last partner: both must ask for it, within a while after a parting by `next`."""

from services.contract.envelopes import Kind
from services.contract.errors import RewindRefused
from services.contract.ids import MatchId, TicketId, rewound
from services.contract.limits import REWIND

from .effects import Effect, Send, Tell
from .encounters import Encounter, Proposed
from .messages import Error, RewindOffer
from .wishes import Wish

TOO_LATE = Send(Error(RewindRefused.code, "it is too late to go back to that stranger"))


class Parting:
    """From one partner. `asked`: we would go back; `offered`: they would. Times are monotonic seconds."""

    __slots__ = ("asked", "encounter", "offered", "shared_interests", "until", "wish")

    def __init__(
        self, encounter: Encounter, wish: Wish, shared_interests: tuple[str, ...], now: float
    ) -> None:
        self.encounter = encounter
        self.wish = wish
        self.shared_interests = shared_interests
        self.until = now + REWIND
        self.asked = self.offered = False

    def ask(self, match: MatchId, now: float) -> list[Effect] | None:
        """Our visitor wants to go back to `match`. None: so does the partner."""
        if not self._revocable(match, now):
            return [TOO_LATE]
        self.asked = True
        last = self.encounter
        return None if self.offered else [Tell(last.partner_gateway, last.partner, match, Kind.REWIND)]

    def offer(self, match: MatchId, now: float) -> list[Effect] | None:
        """The partner does. None: so does our visitor."""
        if self.offered or not self._revocable(match, now):
            return []
        self.offered = True
        return None if self.asked else [Send(RewindOffer(match, round(self.until - now, 1)))]

    def _revocable(self, match: MatchId, now: float) -> bool:
        return self.encounter.match == match and now < self.until

    def accepted_in(self, match: MatchId, now: float) -> bool:
        """Whether the partner has agreed, by a reservation for `match`, to what was asked here."""
        return self.asked and match == self.proposal.match and now < self.until

    @property
    def proposal(self) -> Proposed:
        """The match in which they meet again."""
        old = self.encounter
        match = rewound(old.match)
        return Proposed(
            match, TicketId(0), old.partner, old.partner_gateway, old.polite, self.shared_interests
        )
