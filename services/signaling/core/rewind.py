"""The way back to the last partner: both must ask for it, within a while after a parting by `next`."""

from services.contract.errors import RewindRefused
from services.contract.gateway_messages import DeclineRewind, RequestRewind
from services.contract.ids import MatchId, Place, TicketId, VisitorId, rewound_match_id
from services.contract.limits import REWIND_WINDOW

from .effects import Effect, SendMessage, SendToGateway
from .match_side import MatchProposal, MatchSide, Participant
from .messages import Error, RewindOffer
from .wishes import Wish

TOO_LATE = SendMessage(Error(RewindRefused.code, "it is too late to go back to that stranger"))


class RewindWindow:
    """A parting from one partner. `asked`: we would go back; `offered`: they would. Times are monotonic."""

    __slots__ = ("asked", "encounter", "offered", "shared_interests", "until", "wish")

    def __init__(
        self, encounter: MatchSide, wish: Wish, shared_interests: tuple[str, ...], now: float
    ) -> None:
        self.encounter = encounter
        self.wish = wish
        self.shared_interests = shared_interests
        self.until = now + REWIND_WINDOW
        self.asked = self.offered = False

    @property
    def match(self) -> MatchId:
        return self.encounter.match

    @property
    def proposal(self) -> MatchProposal:
        """The match in which they meet again."""
        old = self.encounter
        return MatchProposal(
            rewound_match_id(old.match),
            TicketId(0),
            old.partner,
            old.partner_place.gateway,
            old.partner_place.epoch,
            old.polite,
            self.shared_interests,
        )


class RewindHandshake:
    """Belongs to one visitor: there is none, or one to whom they have parted from."""

    __slots__ = ("_parting",)

    def __init__(self) -> None:
        self._parting: RewindWindow | None = None

    def open(self, parting: RewindWindow) -> None:
        """In place of an earlier one."""
        self._parting = parting

    def close(self) -> None:
        """Also when there is none."""
        self._parting = None

    def was_to(self, match: MatchId) -> bool:
        """Whether the visitor has left that match by `next`, and no other since."""
        return self._parting is not None and self._parting.match == match

    def partner_in(self, match: MatchId) -> tuple[VisitorId, Place] | None:
        """The partner of that match and their place when the two parted, if there is a way back to it."""
        parting = self._parting
        if parting is None or match not in (parting.match, parting.proposal.match):
            return None
        return parting.encounter.partner, parting.encounter.partner_place

    def block(self, partner: VisitorId) -> None:
        """Never to them again."""
        if self._parting is not None and self._parting.encounter.partner == partner:
            self._parting = None

    def ask(self, match: MatchId, me: Participant, now: float) -> list[Effect] | RewindWindow:
        """Our visitor wants to go back to `match`: what is to be told, or the parting when both want it."""
        parting = self._to(match, now)
        if parting is None:
            return [TOO_LATE]
        if parting.asked:
            return []
        parting.asked = True
        last = parting.encounter
        asks = RequestRewind(last.partner, match, me.place.epoch, me.place.gateway, me.visitor)
        return parting if parting.offered else [SendToGateway(last.partner_place.gateway, asks)]

    def asked(self, told: RequestRewind, me: Participant, now: float) -> list[Effect] | RewindWindow:
        """The partner does: what is to be told, or the parting when both want it."""
        parting = self._to(told.match, now)
        if parting is None:
            declined = DeclineRewind(told.sender, told.match, me.place.epoch, me.place.gateway)
            return [SendToGateway(told.gateway, declined)]
        if parting.offered:
            return []
        parting.offered = True
        offer = SendMessage(RewindOffer(told.match, round(parting.until - now, 1)))
        return parting if parting.asked else [offer]

    def refused(self, match: MatchId) -> list[Effect]:
        """The partner has no way back, and so there is none."""
        if not self.was_to(match):
            return []
        self.close()
        return [TOO_LATE]

    def accepted(self, match: MatchId, now: float) -> RewindWindow | None:
        """The partner has reserved `match`: the parting, if that is what was asked here."""
        parting = self._parting
        agreed = parting and parting.asked and match == parting.proposal.match and now < parting.until
        return parting if agreed else None

    def _to(self, match: MatchId, now: float) -> RewindWindow | None:
        parting = self._parting
        return parting if parting and parting.match == match and now < parting.until else None
