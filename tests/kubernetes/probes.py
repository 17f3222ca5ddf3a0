"""Pods that only try whether something works: whether nodes run pods at all, and who can reach whom."""

import json
import time
from collections.abc import Mapping, Sequence

import pytest

from ..manifests import Object
from ..timing import scaled
from .kubectl import Kubectl
from .rendering import name_of, of_kinds

_NO_IMAGE = ("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName")
PYTHON = ("python", "-c")
"""How a pod starts a script."""

NO_PORTS: Mapping[str, int] = {}
_SAFE = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


def python_pod(
    name: str, image: str, script: str, labels: Mapping[str, str], ports: Mapping[str, int] = NO_PORTS
) -> Object:
    """Return a restricted pod that runs a Python script, in the image of the services."""
    container = {
        "name": "python",
        "image": image,
        "command": [*PYTHON, script],
        "ports": [{"name": key, "containerPort": port} for key, port in ports.items()],
        "resources": {"requests": {"cpu": "1m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
        "securityContext": _SAFE,
    }
    spec = {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 0,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
            # so that a probe may listen where others do
            "sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}],
        },
        "containers": [container],
    }
    metadata = {"name": name, "labels": dict(labels)}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def image_of_services(objects: Sequence[Object]) -> str:
    """Return the image of the gateways."""
    (gateway,) = (one for one in of_kinds(objects, "Deployment") if name_of(one) == "gateway")
    return str(gateway["spec"]["template"]["spec"]["containers"][0]["image"])


def require_running_pods(kubectl: Kubectl, image: str) -> None:
    """Skip the test if no node runs a pod with this image, and say why."""
    kubectl.apply([python_pod("probe", image, "print('it runs')", {})])
    end = time.monotonic() + scaled(60)
    while (lack := _lack(kubectl.get("pod", "probe"))) and time.monotonic() < end:
        if lack.startswith(_NO_IMAGE):
            break
        time.sleep(0.5)
    if not lack and "it runs" not in kubectl.ask("logs", "probe").out:
        lack = "its node only pretends to run it"
    kubectl.run("delete", "pod", "probe", "--wait=false")
    if lack:
        pytest.skip(f"no node runs a pod with the image {image}: {lack}")


def _lack(pod: Object) -> str:
    """Return why a pod has not run to its end, which is empty if it has."""
    status = pod["status"]
    if status["phase"] == "Succeeded":
        return ""
    for container in status.get("containerStatuses", ()):
        if waits := container["state"].get("waiting"):
            return f"{waits['reason']} {waits.get('message', '')}"
        if "running" in container["state"]:
            return "it does not end"
    conditions = json.dumps([one.get("message", "") for one in status.get("conditions", ())])
    return f"its phase is {status['phase']} {conditions}"
