"""A gateway that does not wait until both sides have reserved. It proves that the suite can fail."""

import sys

from typing_extensions import override

from services.contract.gateway_messages import Accept
from services.runtime.lifecycle import Shutdown, run_service
from services.signaling.__main__ import run
from services.signaling.config import Config
from services.signaling.core.effects import Effect
from services.signaling.core.match_side import MatchProposal
from services.signaling.core.session import Session
from services.signaling.core.states import Reserved


class HastySession(Session):
    """A session that sends `matched` as soon as the matcher proposes a match."""

    @override
    def _on_proposal(self, proposal: MatchProposal, now: float) -> list[Effect]:
        effects = super()._on_proposal(proposal, now)
        if isinstance(self._state, Reserved):
            place = proposal.partner_place
            imagined = Accept(
                self._me.visitor, proposal.match, place.epoch, place.gateway, [], None, b"", device=0
            )
            effects += self._start_match(self._state, imagined, now)
        return effects


async def run_hasty(config: Config, shutdown: Shutdown) -> None:
    await run(config, shutdown, session=HastySession)


if __name__ == "__main__":
    sys.exit(run_service("signaling", Config, run_hasty))
