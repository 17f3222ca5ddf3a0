"""Renders the manifests of `k8s` as `kubectl apply -k` does, with secrets that are made up."""

import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import yaml

from .certificates import Certificates

K8S = Path(__file__).parents[1] / "k8s"
BASE = K8S / "base"
COMPONENTS = tuple(sorted(path.parent.name for path in K8S.glob("components/*/kustomization.yaml")))
OVERLAYS = tuple(sorted(path.parent.name for path in K8S.glob("overlays/*/kustomization.yaml")))
KUBECTL = Path(sys.executable).parent / "kubectl"
WORKLOADS = frozenset({"CronJob", "DaemonSet", "Deployment", "Job", "StatefulSet"})
MADE_UP = (
    "ZUFALL_CONSOLE_KEYS",
    "ZUFALL_DATABASE",
    "ZUFALL_DATABASE_OWNER",
    "ZUFALL_MODERATOR_TOKEN",
    "ZUFALL_PASS_KEYS",
    "ZUFALL_TOKEN_KEYS",
    "ZUFALL_TURN_SECRET",
    "ZUFALL_BACKUP_IDENTITY",
    "BACKUP_ACCESS_KEY_ID",
    "BACKUP_SECRET_ACCESS_KEY",
    "POSTGRES_PASSWORD",
)

Object = dict[str, Any]


@cache
def rendered(folder: Path) -> str:
    """Return what `kubectl kustomize` prints. Raises `CalledProcessError`."""
    done = subprocess.run([KUBECTL, "kustomize", folder], check=True, capture_output=True, text=True)
    return done.stdout


def objects(folder: Path) -> list[Object]:
    """Return the objects of an overlay or of the base."""
    return list(yaml.safe_load_all(rendered(folder)))


@pytest.fixture(scope="session")
def k8s(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Provide a copy of `k8s` with secrets and certificates that nobody else has."""
    return copy_with_secrets(tmp_path_factory.mktemp("k8s"))


def copy_with_secrets(target: Path) -> Path:
    """Copy `k8s` to the folder, and put secrets and certificates beside each overlay."""
    shutil.copytree(K8S, target, dirs_exist_ok=True)
    for name in OVERLAYS:
        add_secrets(target / "overlays" / name)
    return target


def add_secrets(overlay: Path) -> None:
    """Write what an operator makes beside the overlay: secrets, and certificates if it names them."""
    (overlay / "secrets.env").write_text("".join(f"{name}=made-up\n" for name in MADE_UP))
    if "certificates/" in (overlay / "kustomization.yaml").read_text():
        Certificates(overlay / "certificates", ["gateway"])


def overlay_with(copy: Path, components: Iterable[str]) -> Path:
    """Make an overlay like production, with these components only, in a copy of `k8s`. Return its folder."""
    names = list(components)
    folder = Path(mkdtemp(prefix="with-", dir=copy / "overlays"))
    settings = yaml.safe_load((copy / "overlays/production/kustomization.yaml").read_text())
    settings["components"] = [f"../../components/{name}" for name in names]
    settings["configMapGenerator"][0]["literals"] += [
        "identity-provider-network=192.0.2.1/32",
        "picture-matcher-network=192.0.2.2/32",
        "alarm-webhook-network=192.0.2.5/32",
        "mail-server-network=192.0.2.6/32",
        "backup-network=192.0.2.3/32",
        "backup-destination=s3://zufall/postgres",
        "backup-endpoint=https://bucket.example.org",
        "api-server-network=192.0.2.4/32",
        "recover-from=postgres",
        "recover-into=postgres-2",
        "recover-until=2026-12-01T03:00:00Z",
        "gateway-name=public",
        "gateway-namespace=gateways",
        "prometheus=http://prometheus-operated.monitoring:9090",
        "monitoring-release=kube-prometheus-stack",
    ]
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(settings))
    add_secrets(folder)
    return folder


def of_kind(found: Iterable[Object], kind: str) -> dict[str, Object]:
    """Return the objects of a kind by their names."""
    return {one["metadata"]["name"]: one for one in found if one["kind"] == kind}


def pod_templates(found: Iterable[Object]) -> Iterator[tuple[str, Object]]:
    """Yield the name of each object that makes pods, and its template of them."""
    for one in found:
        if one["kind"] in WORKLOADS:
            spec = one["spec"]["jobTemplate"]["spec"] if one["kind"] == "CronJob" else one["spec"]
            yield one["metadata"]["name"], spec["template"]
