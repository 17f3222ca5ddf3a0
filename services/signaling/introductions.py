"""What one visitor is told of another whom they meet, the pass that proves it, and the figures of it."""

from collections.abc import Callable

from services.contract.ids import GatewayId, VisitorId
from services.contract.passes import PassContent, PassSealer

from . import effects, events, metrics
from .figures import Figures
from .messages import Matched, Partner


class Introductions:
    """Of one gateway."""

    def __init__(
        self,
        gateway: GatewayId,
        passes: PassSealer,
        figures: Figures,
        wall_clock: Callable[[], float],
        show_country: bool,
    ) -> None:
        self._gateway = gateway
        self._passes = passes
        self._figures = figures
        self._wall_clock = wall_clock
        self._show_country = show_country

    def introduce(self, visitor: VisitorId, meeting: effects.Introduce) -> Matched:
        """Count the meeting, and say what `visitor` is to be told."""
        self._figures.met(meeting.waited, meeting.repeat, self._wall_clock())
        metrics.MATCHES.inc()
        metrics.WAITS.observe(meeting.waited)
        metrics.REPEATS.inc(meeting.repeat)
        proposal = meeting.proposal
        content = PassContent(
            proposal.match,
            visitor,
            self._gateway,
            proposal.partner,
            proposal.partner_gateway,
            proposal.polite,
            meeting.acceptance.address_hash,
            self._wall_clock(),
        )
        country = meeting.acceptance.country if self._show_country else None
        partner = Partner(meeting.acceptance.languages, list(meeting.shared_interests), country)
        return Matched(proposal.match, proposal.polite, self._passes.seal(content), partner)

    def opened(self, sealed: str, visitor: VisitorId) -> events.PassOpened:
        """The pass that `visitor` shows; raises `PassRefused`."""
        content = self._passes.open(sealed, visitor, self._wall_clock())
        return events.PassOpened(content.match, content.partner)
