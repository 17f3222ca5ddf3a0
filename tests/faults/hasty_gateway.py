"""A gateway that does not wait until both have reserved: the proof that the suite would notice."""

import sys

from services.contract.envelopes import Acceptance
from services.runtime.lifecycle import Stop, run_service
from services.signaling.__main__ import run
from services.signaling.config import Config
from services.signaling.effects import Effect
from services.signaling.match.encounters import Proposed
from services.signaling.session import Session
from services.signaling.states import Reserved


class Hasty(Session):
    """Tells its browser of a match as soon as the matcher proposes it."""

    def _proposed(self, proposal: Proposed, now: float) -> list[Effect]:
        effects = super()._proposed(proposal, now)
        if isinstance(self.state, Reserved):
            effects += self._meet(self.state, Acceptance([], None, b""), now)
        return effects


async def run_hasty(config: Config, stop: Stop) -> None:
    await run(config, stop, session=Hasty)


if __name__ == "__main__":
    sys.exit(run_service("signaling", Config, run_hasty))
