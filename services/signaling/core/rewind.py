"""The way back to the last partner: both must ask for it, within a while after a window by `next`."""

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
    """One partner whom a visitor parted from and may go back to, until `until` (monotonic seconds).

    `requested`: our visitor wants to go back. `partner_requested`: the partner wants to.
    """

    __slots__ = ("partner_requested", "requested", "shared_interests", "side", "until", "wish")

    def __init__(self, side: MatchSide, wish: Wish, shared_interests: tuple[str, ...], now: float) -> None:
        self.side = side
        self.wish = wish
        self.shared_interests = shared_interests
        self.until = now + REWIND_WINDOW
        self.requested = self.partner_requested = False

    @property
    def match(self) -> MatchId:
        return self.side.match

    @property
    def proposal(self) -> MatchProposal:
        """The match in which they meet again."""
        old = self.side
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

    __slots__ = ("_window",)

    def __init__(self) -> None:
        self._window: RewindWindow | None = None

    def open(self, window: RewindWindow) -> None:
        """In place of an earlier one."""
        self._window = window

    def close(self) -> None:
        """Also when there is none."""
        self._window = None

    def _applies_to(self, match: MatchId) -> bool:
        """Whether the visitor has left that match by `next`, and no other since."""
        return self._window is not None and self._window.match == match

    def partner_in(self, match: MatchId) -> tuple[VisitorId, Place] | None:
        """The partner of that match and their place when the two parted, if there is a way back to it."""
        window = self._window
        if window is None or match not in (window.match, window.proposal.match):
            return None
        return window.side.partner, window.side.partner_place

    def close_to(self, partner: VisitorId) -> None:
        """Never to them again."""
        if self._window is not None and self._window.side.partner == partner:
            self._window = None

    def request(self, match: MatchId, me: Participant, now: float) -> list[Effect] | RewindWindow:
        """Our visitor wants to go back to `match`: what is to be told, or the window when both want it."""
        window = self._to(match, now)
        if window is None:
            return [TOO_LATE]
        if window.requested:
            return []
        window.requested = True
        last = window.side
        asks = RequestRewind(last.partner, match, me.place.epoch, me.place.gateway, me.visitor)
        return window if window.partner_requested else [SendToGateway(last.partner_place.gateway, asks)]

    def on_request(self, told: RequestRewind, me: Participant, now: float) -> list[Effect] | RewindWindow:
        """The partner does: what is to be told, or the window when both want it."""
        window = self._to(told.match, now)
        if window is None:
            declined = DeclineRewind(told.sender, told.match, me.place.epoch, me.place.gateway)
            return [SendToGateway(told.gateway, declined)]
        if window.partner_requested:
            return []
        window.partner_requested = True
        offer = SendMessage(RewindOffer(told.match, round(window.until - now, 1)))
        return window if window.requested else [offer]

    def on_declined(self, match: MatchId) -> list[Effect]:
        """The partner has no way back, and so there is none."""
        if not self._applies_to(match):
            return []
        self.close()
        return [TOO_LATE]

    def agreed_window(self, match: MatchId, now: float) -> RewindWindow | None:
        """The partner has reserved `match`: the window, if that is what was asked here."""
        window = self._window
        agreed = window and window.requested and match == window.proposal.match and now < window.until
        return window if agreed else None

    def _to(self, match: MatchId, now: float) -> RewindWindow | None:
        window = self._window
        return window if window and window.match == match and now < window.until else None
