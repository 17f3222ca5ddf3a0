"""Reads from the manifests how Kubernetes replaces the pods of the gateways."""

from dataclasses import dataclass

from ... import manifests
from .rolling_update import Portion


@dataclass(frozen=True, slots=True)
class RolloutSettings:
    """What a Deployment says about replacing its pods. Times are in seconds."""

    max_surge: Portion
    max_unavailable: Portion
    min_ready: float
    """A pod that has been ready for so long is available."""
    pre_stop: float
    """A pod that is to stop waits for so long before its process is told."""
    grace: float
    """So long after a pod is to stop, `pre_stop` included, its process is killed."""
    probe_interval: float
    """The time between two questions whether a pod is ready."""


def read_settings(deployment: manifests.Object) -> RolloutSettings:
    """Return the settings of a Deployment with one container. Raises `KeyError` if one is missing."""
    spec = deployment["spec"]
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


def gateway_settings() -> RolloutSettings:
    """Return the settings of the gateways in `k8s/base`."""
    return read_settings(manifests.of_kind(manifests.objects(manifests.BASE), "Deployment")["gateway"])
