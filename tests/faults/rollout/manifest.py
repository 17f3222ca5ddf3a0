"""Reads from a manifest how Kubernetes replaces the pods of a Deployment."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from .rolling_update import Portion

GATEWAY = Path(__file__).parents[3] / "k8s" / "base" / "gateway.yaml"


@dataclass(frozen=True, slots=True)
class RolloutSettings:
    """What a Deployment says about replacing its pods. Times are in seconds."""

    max_surge: Portion
    max_unavailable: Portion
    min_ready: float
    pre_stop: float
    """A pod that is to stop waits for so long before its process is told."""
    grace: float
    """So long after it is to stop, `pre_stop` included, the process is killed."""
    probe_interval: float
    """The time between two questions whether a pod is ready."""


def read_settings(manifest: Path) -> RolloutSettings:
    """Return the settings of the one Deployment in the file. Raises `KeyError` if one is missing."""
    objects = yaml.safe_load_all(manifest.read_text())
    (spec,) = (found["spec"] for found in objects if found["kind"] == "Deployment")
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    return RolloutSettings(
        spec["strategy"]["rollingUpdate"]["maxSurge"],
        spec["strategy"]["rollingUpdate"]["maxUnavailable"],
        spec["minReadySeconds"],
        container["lifecycle"]["preStop"]["sleep"]["seconds"],
        pod["terminationGracePeriodSeconds"],
        container["readinessProbe"]["periodSeconds"],
    )
