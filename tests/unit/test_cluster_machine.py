"""The machine of the cluster finds nothing, but where something is switched off."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from msgspec import structs

from services.contract.gateway_messages import Accept, SessionMessage, Takeover
from services.contract.ids import Place, VisitorId
from services.signaling.core.effects import Effect
from services.signaling.core.fencing import FencingTable
from services.signaling.core.match_side import MatchProposal
from services.signaling.core.session import Session
from services.signaling.core.states import Reserved
from services.signaling.core.visitor_history import EncounterHistory, VisitorMemory
from services.signaling.shell.clients import Client, Handshake
from services.signaling.shell.hub import Hub

from .cluster_machine import Machine

EXAMPLES = int(os.environ.get("ZUFALL_TEST_EXAMPLES", "150"))

Machine.TestCase.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=50, deadline=None, print_blob=True
)
TestCluster = Machine.TestCase


class Hasty(Session):
    """Does not wait until the partner's gateway has reserved too."""

    def _on_proposal(self, proposal: MatchProposal, now: float) -> list[Effect]:
        effects = super()._on_proposal(proposal, now)
        state = self._state
        if isinstance(state, Reserved):
            place = proposal.partner_place
            accept = Accept(self._me.visitor, proposal.match, place.epoch, place.gateway, [], None, b"")
            effects += self._start_match(state, accept, now)
        return effects


class HastyHub(Hub):
    def __init__(self, *ports: Any, **settings: Any) -> None:
        super().__init__(*ports, **{**settings, "session": Hasty})


class HastyMachine(Machine):
    hub = HastyHub


class Forgetful(EncounterHistory):
    def part_from(self, key: int, now: float) -> None:
        """Does not remember."""


class ForgetfulHub(Hub):
    def connect(self, handshake: Handshake) -> Client:
        client = super().connect(handshake)
        client.session._record.history = Forgetful()
        return client


class ForgetfulMachine(Machine):
    hub = ForgetfulHub


class DeafToMemoriesHub(Hub):
    """Believes no memory."""

    def connect(self, handshake: Handshake) -> Client:
        known = VisitorMemory(places=handshake.memory.places)
        return super().connect(structs.replace(handshake, memory=known))


class DeafToMemoriesMachine(Machine):
    hub = DeafToMemoriesHub


class Unfenced(Session):
    """Takes what comes from an older connection of the partner for true."""

    def _outdated(self, told: SessionMessage) -> list[Effect] | None:
        return None


class UnfencedHub(Hub):
    """Gives way to whoever says that they have a visitor, whatever the epoch."""

    def __init__(self, *ports: Any, **settings: Any) -> None:
        super().__init__(*ports, **{**settings, "session": Unfenced})

    def _check_epoch(self, visitor: VisitorId, place: Place) -> Client | None:
        return self.clients.get(visitor)

    def _on_takeover(self, takeover: Takeover) -> None:
        client = self.clients.get(takeover.to)
        if client is not None:
            self._give_way(client, takeover.place, takeover.match)
        self._fence = FencingTable()
        super()._on_takeover(takeover)


class UnfencedMachine(Machine):
    hub = UnfencedHub


@pytest.mark.parametrize(
    ("machine", "complaint"),
    [
        (HastyMachine, "the partner has not accepted"),
        (ForgetfulMachine, "met again after"),
        (DeafToMemoriesMachine, "met again after"),
        (UnfencedMachine, "the newest page was thrown out"),
    ],
)
def test_without_the_reservation_the_memory_or_the_fence_the_machine_fails(
    machine: type[Machine], complaint: str
) -> None:
    """As a proof that it would notice. docs/matching.md has the steps."""
    bounded = settings(
        max_examples=500,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    with pytest.raises(AssertionError, match=complaint):
        run_state_machine_as_test(machine, settings=bounded)
