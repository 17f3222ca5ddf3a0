"""The machine of the cluster finds nothing, but where something is switched off."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from services.contract.envelopes import Acceptance
from services.contract.ids import VisitorId
from services.signaling.effects import Effect
from services.signaling.hub import Client, Hub
from services.signaling.match.encounters import Proposed
from services.signaling.search.acquaintances import Acquaintances
from services.signaling.session import Session
from services.signaling.states import Reserved

from .cluster_machine import Machine

EXAMPLES = int(os.environ.get("ZUFALL_TEST_EXAMPLES", "150"))

Machine.TestCase.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=50, deadline=None, print_blob=True
)
TestCluster = Machine.TestCase


class Hasty(Session):
    """Does not wait until the partner's gateway has reserved too."""

    def _proposed(self, proposal: Proposed, now: float) -> list[Effect]:
        effects = super()._proposed(proposal, now)
        if isinstance(self.state, Reserved):
            effects += self._meet(self.state, Acceptance([], None, b""), now)
        return effects


class HastyHub(Hub):
    def __init__(self, *ports: Any, **settings: Any) -> None:
        super().__init__(*ports, **settings, session=Hasty)


class HastyMachine(Machine):
    hub = HastyHub


class Forgetful(Acquaintances):
    def part(self, partner: VisitorId, now: float) -> None:
        """Does not remember."""


class ForgetfulHub(Hub):
    def connect(self, *visitor: Any, **settings: Any) -> Client:
        client = super().connect(*visitor, **settings)
        client.session.memory.acquaintances = Forgetful()
        return client


class ForgetfulMachine(Machine):
    hub = ForgetfulHub


class ForgettingHub(Hub):
    """Forgets with the socket."""

    def _forget(self, client: Client) -> None:
        super()._forget(client)
        self._memories.take(client.session.visitor)


class ForgettingMachine(Machine):
    hub = ForgettingHub


@pytest.mark.parametrize(
    ("machine", "complaint"),
    [
        (HastyMachine, "a ghost"),
        (ForgetfulMachine, "met again after"),
        (ForgettingMachine, "met again after"),
    ],
)
def test_without_the_reservation_or_the_60_seconds_the_machine_fails(
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
