"""The state machine of the cluster passes, and fails when a safeguard is switched off."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from msgspec import structs
from typing_extensions import override

from services.signaling.core.visitor_history import EncounterHistory, VisitorMemory
from services.signaling.shell.clients import Client, Handshake
from services.signaling.shell.hub import Hub

from ..faults.hasty_gateway import HastySession
from ..faults.unfenced_gateway import UnfencedHub, UnfencedSession
from .cluster_machine import Machine

EXAMPLES = int(os.environ.get("ZUFALL_TEST_EXAMPLES", "150"))

Machine.TestCase.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=50, deadline=None, print_blob=True
)
pytestmark = pytest.mark.no_cover
TestCluster = Machine.TestCase


class HastyHub(Hub):
    def __init__(self, *ports: Any, **settings: Any) -> None:
        super().__init__(*ports, **{**settings, "session": HastySession})


class HastyMachine(Machine):
    hub = HastyHub


class Forgetful(EncounterHistory):
    @override
    def record_parting_key(self, key: int, now: float) -> None:
        """Forget the partner."""


class ForgetfulHub(Hub):
    @override
    def connect(self, handshake: Handshake) -> Client:
        client = super().connect(handshake)
        client.session._record.history = Forgetful()
        return client


class ForgetfulMachine(Machine):
    hub = ForgetfulHub


class DeafToMemoriesHub(Hub):
    """A hub that ignores the memories of pages."""

    @override
    def connect(self, handshake: Handshake) -> Client:
        known = VisitorMemory(places=handshake.memory.places)
        return super().connect(structs.replace(handshake, memory=known))


class DeafToMemoriesMachine(Machine):
    hub = DeafToMemoriesHub


class UnfencedSessionHub(UnfencedHub):
    def __init__(self, *ports: Any, **settings: Any) -> None:
        super().__init__(*ports, **{**settings, "session": UnfencedSession})


class UnfencedMachine(Machine):
    hub = UnfencedSessionHub


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
    """This proves that the machine can fail. docs/matching.md shows the steps."""
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
