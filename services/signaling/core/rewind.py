"""The rewind to the last partner. Both must ask for it soon after their match ended by `next`."""

from services.contract.errors import RewindRefused
from services.contract.gateway_messages import DeclineRewind, RequestRewind
from services.contract.ids import MatchId, Place, TicketId, VisitorId, rewound_match_id
from services.contract.limits import REWIND_WINDOW

from .effects import Effect, SendMessage, SendToGateway
from .match_side import MatchProposal, MatchSide, Participant
from .messages import Error, RewindOffer
from .visitor_history import EncounterHistory
from .wishes import Wish

TOO_LATE = SendMessage(Error(RewindRefused.code, "it is too late to go back to that stranger"))


class RewindWindow:
    """A match that ended by `next`, and the partner to whom the visitor may go back until `until`.

    `requested` says that our visitor asked for it, `partner_requested` that the partner did. Times are
    monotonic seconds.
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
        """The match in which the two meet again."""
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
    """The rewind of one visitor, which is closed, or open to the last partner."""

    __slots__ = ("_window",)

    def __init__(self) -> None:
        self._window: RewindWindow | None = None

    def open(self, window: RewindWindow) -> None:
        self._window = window

    def close(self) -> None:
        self._window = None

    def close_to_blocked(self, history: EncounterHistory) -> None:
        """Close the rewind if it leads to a partner whom the visitor has blocked."""
        side = self._window.side if self._window else None
        if side is not None and history.has_blocked(side.partner, side.partner_device):
            self._window = None

    def partner_in(self, match: MatchId) -> tuple[VisitorId, Place] | None:
        """Return the partner in the ended or the new match, with their last known place, if it is open."""
        window = self._window
        if window is None or match not in (window.match, window.proposal.match):
            return None
        return window.side.partner, window.side.partner_place

    def request(self, match: MatchId, me: Participant, now: float) -> list[Effect] | RewindWindow:
        """Record that our visitor asks to go back. Return the window if now both have asked."""
        window = self._open_window(match, now)
        if window is None:
            return [TOO_LATE]
        if window.requested:
            return []
        window.requested = True
        last = window.side
        request = RequestRewind(*me.header(last.partner, match), me.visitor)
        return window if window.partner_requested else [SendToGateway(last.partner_place.gateway, request)]

    def on_request(self, request: RequestRewind, me: Participant, now: float) -> list[Effect] | RewindWindow:
        """Record that the partner asks to go back. Return the window if now both have asked."""
        window = self._open_window(request.match, now)
        if window is None:
            declined = DeclineRewind(*me.header(request.sender, request.match))
            return [SendToGateway(request.gateway, declined)]
        if window.partner_requested:
            return []
        window.partner_requested = True
        offer = SendMessage(RewindOffer(request.match, round(window.until - now, 1)))
        return window if window.requested else [offer]

    def on_declined(self, match: MatchId) -> list[Effect]:
        """Close the rewind, because the partner cannot go back."""
        if self._window is None or self._window.match != match:
            return []
        self.close()
        return [TOO_LATE]

    def agreed_window(self, match: MatchId, now: float) -> RewindWindow | None:
        """Return the window if our visitor asked for the new `match`, which the partner has reserved."""
        window = self._window
        agreed = window and window.requested and match == window.proposal.match and now < window.until
        return window if agreed else None

    def _open_window(self, match: MatchId, now: float) -> RewindWindow | None:
        window = self._window
        return window if window and window.match == match and now < window.until else None
