"""The manifest of the gateways gives each of them time to drain, and moves visitors about once."""

import dataclasses

from services.runtime.config import PREFIX
from services.signaling.__main__ import AFTER_DRAIN
from services.signaling.config import Config as Gateway

from .. import manifests
from ..faults.rollout.manifest import gateway_settings
from ..faults.rollout.rolling_update import PodCounts, RollingUpdate, RolloutStep


def drain_seconds() -> float:
    """Return what the ConfigMap says, or else the default."""
    maps = manifests.of_kind(manifests.objects(manifests.BASE), "ConfigMap")
    (given,) = (found["data"] for name, found in maps.items() if name.startswith("zufall"))
    (default,) = (field.default for field in dataclasses.fields(Gateway) if field.name == "drain_seconds")
    return float(given.get(PREFIX + "DRAIN_SECONDS", default))


def test_a_gateway_is_not_killed_while_it_drains() -> None:
    settings = gateway_settings()
    assert settings.grace >= settings.pre_stop + drain_seconds() + AFTER_DRAIN


def test_all_new_gateways_come_before_an_old_one_goes() -> None:
    settings = gateway_settings()
    for replicas in (2, 10):
        update = RollingUpdate(replicas, settings.max_surge, settings.max_unavailable)
        assert update.next_step(PodCounts(replicas, replicas, 0, 0)) == RolloutStep(start=replicas)
        assert update.least_available == replicas


def test_new_gateways_have_time_to_be_ready_before_an_old_one_goes() -> None:
    """They are asked at different moments, so one may be seen to be ready earlier than another."""
    settings = gateway_settings()
    assert settings.min_ready > settings.probe_interval
    assert settings.pre_stop > settings.probe_interval
