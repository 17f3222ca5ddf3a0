"""The waiting room against its model, with random actions from Hypothesis."""

import os

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from services.matcher.core.stages import Stages

from .machines import AGES, ThinPoolMachine, WaitingRoomMachine

EXAMPLES = int(os.environ.get("ZUFALL_TEST_EXAMPLES", "300"))
pytestmark = [
    pytest.mark.timeout(120 + EXAMPLES // 5),  # seconds, enough on a busy machine
    pytest.mark.no_cover,
]

_settings = settings(max_examples=EXAMPLES, stateful_step_count=40, deadline=None)
TestWaitingRoom = WaitingRoomMachine.TestCase
TestWaitingRoom.settings = _settings
TestThinMarket = ThinPoolMachine.TestCase
TestThinMarket.settings = _settings


class RoomWithoutCooldown(WaitingRoomMachine):
    """A room in which two who parted may meet again at once."""

    stages = Stages(AGES, thin=0, tiny=0, rematch_cooldown=0.0)


def test_the_machine_fails_where_the_rule_of_60_seconds_is_switched_off() -> None:
    """docs/matching.md shows the shortest failure, which `Phase.shrink` finds in 20 s more."""
    quick = settings(
        max_examples=2000,
        stateful_step_count=40,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
    )
    with pytest.raises(AssertionError, match="met against the rules"):
        run_state_machine_as_test(RoomWithoutCooldown, settings=quick)
