"""The way back to the last partner: both must ask for it, within a while after a parting by `next`."""

from services.contract.envelopes import Asker, Kind, pack
from services.contract.errors import RewindRefused
from services.contract.ids import MatchId, TicketId, VisitorId, rewound
from services.contract.limits import REWIND

from ..effects import Effect, Send, Tell
from ..events import PartnerAsksBack
from ..messages import Error, RewindOffer
from ..search.wishes import Wish
from .encounters import Encounter, Proposed

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

    @property
    def match(self) -> MatchId:
        return self.encounter.match

    @property
    def proposal(self) -> Proposed:
        """The match in which they meet again."""
        old = self.encounter
        match = rewound(old.match)
        return Proposed(
            match, TicketId(0), old.partner, old.partner_gateway, old.polite, self.shared_interests
        )


class WayBack:
    """Of one visitor: none, or to whom they have parted from."""

    __slots__ = ("_parting",)

    def __init__(self) -> None:
        self._parting: Parting | None = None

    def open(self, parting: Parting) -> None:
        """In place of an earlier one."""
        self._parting = parting

    def close(self) -> None:
        """Also when there is none."""
        self._parting = None

    def was_to(self, match: MatchId) -> bool:
        """Whether the visitor has left that match by `next`, and no other since."""
        return self._parting is not None and self._parting.match == match

    def block(self, partner: VisitorId) -> None:
        """Never to them again."""
        if self._parting is not None and self._parting.encounter.partner == partner:
            self._parting = None

    def ask(self, match: MatchId, me: Asker, now: float) -> list[Effect] | Parting:
        """Our visitor wants to go back to `match`: what is to be told, or the parting when both want it."""
        parting = self._to(match, now)
        if parting is None:
            return [TOO_LATE]
        parting.asked = True
        last = parting.encounter
        asks = Tell(last.partner_gateway, last.partner, match, Kind.REWIND, pack(me))
        return parting if parting.offered else [asks]

    def asked(self, event: PartnerAsksBack, now: float) -> list[Effect] | Parting:
        """The partner does: what is to be told, or the parting when both want it."""
        parting, asker = self._to(event.match, now), event.asker
        if parting is None:
            return [Tell(asker.gateway, asker.visitor, event.match, Kind.REFUSED)]
        if parting.offered:
            return []
        parting.offered = True
        offer = Send(RewindOffer(event.match, round(parting.until - now, 1)))
        return parting if parting.asked else [offer]

    def refused(self, match: MatchId) -> list[Effect]:
        """The partner has no way back, and so there is none."""
        if not self.was_to(match):
            return []
        self.close()
        return [TOO_LATE]

    def accepted(self, match: MatchId, now: float) -> Parting | None:
        """The partner has reserved `match`: the parting, if that is what was asked here."""
        parting = self._parting
        agreed = parting and parting.asked and match == parting.proposal.match and now < parting.until
        return parting if agreed else None

    def _to(self, match: MatchId, now: float) -> Parting | None:
        parting = self._parting
        return parting if parting and parting.match == match and now < parting.until else None
