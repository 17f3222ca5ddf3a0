"""The manifest of the gateways gives each of them time to drain, and moves visitors about once."""

import dataclasses

from services.runtime.config import PREFIX
from services.signaling.__main__ import AFTER_DRAIN
from services.signaling.config import Config as Gateway

from ..faults.rollout.manifest import GATEWAY, read_settings
from ..faults.rollout.rolling_update import PodCounts, RollingUpdate, RolloutStep

SETTINGS = read_settings(GATEWAY)


def drain_seconds() -> float:
    """Return what the ConfigMap says, or else the default."""
    lines = (GATEWAY.parent / "settings.env").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    (default,) = (field.default for field in dataclasses.fields(Gateway) if field.name == "drain_seconds")
    return float(given.get(PREFIX + "DRAIN_SECONDS", str(default)))


def test_a_gateway_is_not_killed_while_it_drains() -> None:
    assert SETTINGS.grace >= SETTINGS.pre_stop + drain_seconds() + AFTER_DRAIN


def test_all_new_gateways_come_before_an_old_one_goes() -> None:
    for replicas in (2, 10):
        update = RollingUpdate(replicas, SETTINGS.max_surge, SETTINGS.max_unavailable)
        assert update.next_step(PodCounts(replicas, replicas, 0, 0)) == RolloutStep(start=replicas)
        assert update.least_available == replicas


def test_new_gateways_have_time_to_be_ready_before_an_old_one_goes() -> None:
    """They are asked at different moments, so one may be seen to be ready earlier than another."""
    assert SETTINGS.min_ready > SETTINGS.probe_interval
    assert SETTINGS.pre_stop > SETTINGS.probe_interval
