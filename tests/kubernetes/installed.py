"""Zufall in the cluster, installed from the overlay for trying out as docs/kubernetes.md says."""

import os
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from services.contract.keys import new_key

from ..manifests import Object
from ..timing import scaled
from .kubectl import Kubectl, KubectlFailed
from .rendering import name_of, of_kinds, rendered

IMAGE = os.environ.get("ZUFALL_TEST_IMAGE")
"""The image to try, if it is not the one that the overlay names."""


@dataclass(frozen=True, slots=True)
class ClusterInstallation:
    """Zufall, of which every part is ready. Its gateways accept pages from `origin`."""

    kubectl: Kubectl
    objects: Sequence[Object]
    origin: str

    @property
    def workloads(self) -> list[str]:
        found = of_kinds(self.objects, "StatefulSet", "Deployment")
        return [f"{one['kind'].lower()}/{name_of(one)}" for one in found]

    def until_ready(self, seconds: float = 120) -> None:
        """Wait until every workload is rolled out. Raises `KubectlFailed` with what the pods say."""
        for workload in self.workloads:
            asked = self.kubectl.ask(
                "rollout", "status", workload, f"--timeout={scaled(seconds):.0f}s", seconds=seconds + 10
            )
            if asked.status != 0:
                pods = self.kubectl.ask("get", "pods,persistentvolumeclaims", "--output", "wide").out
                logs = self.kubectl.ask("logs", workload, "--tail=20", "--all-containers").out
                raise KubectlFailed(f"{workload}: {asked.err}\n{pods}\n{logs}")

    def restart(self) -> None:
        """Restart everything at once, and wait until all is new and all old pods are gone."""
        old = {pod["metadata"]["uid"] for pod in self.pods()}
        self.kubectl.run("rollout", "restart", *self.workloads)
        self.until_ready()
        end = time.monotonic() + scaled(120)
        while left := [name_of(pod) for pod in self.pods() if pod["metadata"]["uid"] in old]:
            assert time.monotonic() < end, f"these do not end: {left}"
            time.sleep(0.5)

    def pods(self) -> Sequence[Object]:
        """Return the pods of the workloads, also those that are being deleted."""
        workloads = of_kinds(self.objects, "StatefulSet", "Deployment")
        return [pod for workload in workloads for pod in self.kubectl.pods_of(workload)]

    def kill(self, pods: Sequence[Object]) -> None:
        """Delete pods without any grace, as when their node is lost."""
        self.kubectl.run("delete", "pod", "--grace-period=0", "--force", *map(name_of, pods))


def prepare(k8s: Path, kubectl: Kubectl, settings: Mapping[str, str]) -> list[Object]:
    """Return the objects of the overlay `dev` in a copy of k8s/, with some settings replaced."""
    overlay = k8s / "overlays" / "dev"
    write_secrets(overlay)
    change(overlay, settings)
    return rendered(overlay, kubectl.namespace)


def install(objects: Sequence[Object], kubectl: Kubectl, origin: str) -> ClusterInstallation:
    """Apply objects, and wait until all is ready."""
    kubectl.apply(objects)
    made = ClusterInstallation(kubectl, objects, origin)
    made.until_ready()
    return made


def write_secrets(overlay: Path) -> None:
    """Write secrets of the overlay that work, in place of made up ones."""
    owner, service = secrets.token_hex(24), secrets.token_hex(24)
    database = "postgresql+asyncpg://{}:{}@postgres:5432/zufall"
    values = {
        **{f"ZUFALL_{name}_KEYS": new_key() for name in ("TOKEN", "PASS", "CONSOLE")},
        "ZUFALL_MODERATOR_TOKEN": new_key(),
        "POSTGRES_PASSWORD": owner,
        "ZUFALL_DATABASE": database.format("zufall", service),
        "ZUFALL_DATABASE_OWNER": database.format("zufall_owner", owner),
    }
    (overlay / "secrets.env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))


def change(overlay: Path, settings: Mapping[str, str]) -> None:
    """Replace settings of the services in an overlay, and the image if the environment names one."""
    file = overlay / "kustomization.yaml"
    kustomization = yaml.safe_load(file.read_text())
    (generator,) = (one for one in kustomization["configMapGenerator"] if one["name"] == "zufall")
    kept = [one for one in generator["literals"] if one.partition("=")[0] not in settings]
    generator["literals"] = kept + [f"{name}={value}" for name, value in settings.items()]
    if IMAGE:
        name, _, tag = IMAGE.rpartition(":")
        others = [one for one in kustomization.get("images", ()) if one["name"] != "zufall"]
        kustomization["images"] = [*others, {"name": "zufall", "newName": name, "newTag": tag}]
    file.write_text(yaml.safe_dump(kustomization))
