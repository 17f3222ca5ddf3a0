"""What a visitor is told of another whom they meet, or meet again, with the pass that proves it."""

import time
from collections.abc import Callable

from msgspec import UNSET

from services.contract.ids import GatewayId, Pass, VisitorId
from services.contract.passes import PassContent, PassSealer

from .. import effects, events, metrics
from ..figures.figures import Figures
from ..messages import Ice, Matched, Partner, PartnerBack, Resumed, Welcome
from ..session import Session
from .encounters import Encounter
from .ice import expires


class Introductions:
    """Of one gateway."""

    def __init__(
        self,
        gateway: GatewayId,
        passes: PassSealer,
        figures: Figures,
        show_country: bool,
        ice: Callable[[VisitorId], Ice],
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._gateway = gateway
        self._passes = passes
        self._figures = figures
        self._wall_clock = wall_clock
        self._show_country = show_country
        self._ice = ice

    def introduce(self, session: Session, meeting: effects.Introduce) -> Matched:
        """Count the meeting, and say what the visitor is to be told."""
        self._figures.met(meeting.waited, meeting.repeat, self._wall_clock())
        metrics.MATCHES.inc()
        metrics.WAITS.observe(meeting.waited)
        metrics.REPEATS.inc(meeting.repeat)
        encounter = session.began(self._wall_clock()) or meeting.encounter
        country = meeting.acceptance.country if self._show_country else None
        partner = Partner(meeting.acceptance.languages, list(meeting.shared_interests), country)
        sealed, ice = self._pass(session, encounter), self._ice(session.visitor)
        return Matched(encounter.match, encounter.polite, sealed, partner, ice if expires(ice) else UNSET)

    def welcome(self, session: Session, welcome: effects.Welcome) -> Welcome:
        """What a browser hears first, with the match that it goes on with."""
        ice = self._ice(session.visitor)
        encounter = welcome.encounter
        if encounter is None:
            return Welcome(session.visitor, self._gateway, ice)
        sealed = self._pass(session, encounter)
        resumed = Resumed(encounter.match, encounter.polite, sealed, welcome.partner_here)
        return Welcome(session.visitor, self._gateway, ice, resumed)

    def back(self, session: Session, back: effects.ShowReturn) -> PartnerBack:
        """What a browser hears when its partner is back."""
        sealed = self._pass(session, back.encounter) if back.fresh else UNSET
        return PartnerBack(back.encounter.match, sealed)

    def _pass(self, session: Session, encounter: Encounter) -> Pass:
        content = PassContent(
            encounter.match,
            session.visitor,
            self._gateway,
            encounter.partner,
            encounter.partner_gateway,
            encounter.polite,
            encounter.partner_address_hash,
            encounter.started,
            session.looking.find,
        )
        return self._passes.seal(content)

    def opened(self, sealed: str, visitor: VisitorId) -> events.PassOpened:
        """The pass that `visitor` shows; raises `PassRefused`."""
        content = self._passes.open(sealed, visitor, self._wall_clock())
        return events.PassOpened(content.match, content.partner)
