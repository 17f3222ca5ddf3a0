"""`k8s/base` has valid objects, hardened containers, and settings that the services understand."""

import dataclasses
import importlib
import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from services.contract.keys import new_key
from services.runtime.config import PREFIX, load, names
from services.signaling.config import MEBIBYTE
from services.signaling.config import Config as Gateway
from services.signaling.shell.websocket import SYSTEM_BUFFER_BYTES

from .. import manifests
from ..certificates import Certificates
from ..manifests import Object, of_kind
from ..settings_page import documented

PROGRAMS = Path(sys.executable).parent
SERVICES = {"gateway": "signaling", "matcher": "matcher", "reports": "reports"}
OPTIONAL_SECRETS = {
    "ZUFALL_ALARM_WEBHOOK_SECRET": f"whsec_{b64encode(bytes(32)).decode()}",
    "ZUFALL_OIDC_CLIENT_SECRET": new_key(),
    "ZUFALL_SMTP_PASSWORD": new_key(),
    "ZUFALL_TURN_SECRET": new_key(),
}
SECRETS = {
    "ZUFALL_TOKEN_KEYS": new_key(),
    "ZUFALL_PASS_KEYS": new_key(),
    "ZUFALL_CONSOLE_KEYS": new_key(),
    "ZUFALL_MODERATOR_TOKEN": new_key(),
    "ZUFALL_DATABASE": "postgresql+asyncpg://zufall:secret@database/zufall",
}
NOT_IN_A_CONFIG = {
    "ZUFALL_LOGS",
    "GLIBC_TUNABLES",
}  # read by the lifecycle before the config, and by the C library


@pytest.fixture(scope="module")
def objects() -> list[Object]:
    return manifests.objects(manifests.BASE)


def workloads(objects: list[Object]) -> dict[str, Object]:
    """Return what keeps pods running, by name."""
    return of_kind(objects, "Deployment") | of_kind(objects, "StatefulSet")


def containers(objects: list[Object]) -> Iterator[tuple[str, Object, Object]]:
    """Yield the name of each workload, its pod's spec, and each container in it."""
    for name, workload in workloads(objects).items():
        pod = workload["spec"]["template"]["spec"]
        for container in pod["containers"]:
            yield name, pod, container


def config_map(objects: list[Object]) -> dict[str, str]:
    """Return the settings of the services."""
    (data,) = (
        found["data"] for name, found in of_kind(objects, "ConfigMap").items() if name.startswith("zufall")
    )
    return dict(data)


def environment(
    objects: list[Object],
    name: str,
    secrets: Mapping[str, str] = SECRETS,
    settings: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the environment of a service's container, with made up `secrets`.

    `settings` replace the ConfigMap. Raises `KeyError` if a secret is missing that is not optional.
    """
    (container,) = (container for found, _, container in containers(objects) if found == name)
    (source,) = container["envFrom"]
    assert of_kind(objects, "ConfigMap")[source["configMapRef"]["name"]]["data"] == config_map(objects)
    values = dict(config_map(objects) if settings is None else settings)
    for variable in container["env"]:
        if secret := variable.get("valueFrom", {}).get("secretKeyRef"):
            assert secret["name"] == "zufall"
            if secret["key"] in secrets or not secret.get("optional"):
                values[variable["name"]] = secrets[secret["key"]]
        else:
            values[variable["name"]] = variable["value"]
    return values


def certificates_of(name: str, objects: list[Object], folder: Path) -> dict[str, str]:
    """Return the setting of a folder with what a pod mounts: the certificate of its own service only."""
    ((pod, container),) = ((pod, container) for found, pod, container in containers(objects) if found == name)
    (mount,) = (one["mountPath"] for one in container["volumeMounts"] if one["name"] == "certificate")
    (secret,) = (one["secret"] for one in pod["volumes"] if "secret" in one)
    assert secret["secretName"] == f"{name}-certificate"
    if name != "nats":
        assert environment(objects, name)["ZUFALL_CERTIFICATES"] == mount
    return {"ZUFALL_CERTIFICATES": str(Certificates(folder, ["gateway"]).folder / name)}


def config_type(service: str) -> type[Any]:
    """Return the dataclass in the service's config module."""
    module = importlib.import_module(f"services.{service}.config")
    (kind,) = (
        value
        for value in vars(module).values()
        if dataclasses.is_dataclass(value) and value.__module__ == module.__name__
    )
    assert isinstance(kind, type)
    return kind


def test_every_object_is_valid(tmp_path: Path) -> None:
    (tmp_path / "rendered.yaml").write_text(manifests.rendered(manifests.BASE))
    done = subprocess.run(
        [PROGRAMS / "kubernetes-validate", "--strict", "--quiet", tmp_path / "rendered.yaml"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_container_is_probed(objects: list[Object]) -> None:
    for name, _, container in containers(objects):
        ports = {port["name"] for port in container["ports"]}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            assert container[probe]["httpGet"]["port"] in ports, f"{name}: {probe}"


@pytest.mark.parametrize("name", SERVICES)
def test_only_readiness_waits_for_other_parts(objects: list[Object], name: str) -> None:
    """A startup or liveness probe that did would kill processes while NATS or the database is away."""
    (container,) = (container for found, _, container in containers(objects) if found == name)
    asked = {probe: container[probe]["httpGet"]["path"] for probe in container if probe.endswith("Probe")}
    assert asked == {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}


def test_every_container_is_locked_in(objects: list[Object]) -> None:
    for name, pod, container in containers(objects):
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert pod["automountServiceAccountToken"] is False, name
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name


def test_every_container_declares_its_resources(objects: list[Object]) -> None:
    for name, _, container in containers(objects):
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys(), name
        assert "memory" in container["resources"]["limits"], name


def test_the_limits_of_a_gateway_fit_into_its_memory(objects: list[Object], tmp_path: Path) -> None:
    """Add up what visitors can make a gateway keep, all of it at the same time."""
    gateway = load(Gateway, environment(objects, "gateway") | certificates_of("gateway", objects, tmp_path))
    (limit,) = (
        one["resources"]["limits"]["memory"] for name, _, one in containers(objects) if name == "gateway"
    )
    socket = 12 * 1024 + 2 * SYSTEM_BUFFER_BYTES  # 8.5 KB were measured after a call
    report = 3 * gateway.limit_report_bytes  # as it came, parsed, and as a gRPC message
    proof = 128
    bus = 2 * 16 * MEBIBYTE  # what nats-py and our bus may have queued
    idle = 88 * MEBIBYTE
    most = (
        idle
        + gateway.limit_connections * socket
        + gateway.limit_queue_bytes_total
        + gateway.limit_reports_at_once * report
        + gateway.limit_proofs * proof
        + bus
    )
    assert most <= int(limit.removesuffix("Mi")) * MEBIBYTE


def test_addresses_name_services_and_their_ports(objects: list[Object]) -> None:
    settings = config_map(objects)
    served = {
        f"{name}:{port['port']}"
        for name, service in of_kind(objects, "Service").items()
        for port in service["spec"]["ports"]
    }
    addresses = (settings["ZUFALL_MATCHERS"], settings["ZUFALL_REPORTS"])
    assert set(addresses) <= served


def test_service_ports_lead_to_pods(objects: list[Object]) -> None:
    pods = {name: workload["spec"]["template"] for name, workload in workloads(objects).items()}
    for service in of_kind(objects, "Service").values():
        (pod,) = (
            pod
            for pod in pods.values()
            if service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
        )
        ports = {port["name"] for port in pod["spec"]["containers"][0]["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports


def test_the_matcher_is_headless(objects: list[Object]) -> None:
    assert of_kind(objects, "Service")["matcher"]["spec"]["clusterIP"] == "None"


def test_every_workload_survives_a_drained_node(objects: list[Object]) -> None:
    assert set(of_kind(objects, "PodDisruptionBudget")) == set(workloads(objects))


def test_no_secret_value_is_in_the_manifests(objects: list[Object]) -> None:
    assert not of_kind(objects, "Secret")
    assert not SECRETS.keys() & config_map(objects).keys()
    assert not any(key in json.dumps(config_map(objects)).lower() for key in ("secret", "password"))


@pytest.mark.parametrize("name", SERVICES)
def test_services_start_with_their_environment(objects: list[Object], name: str, tmp_path: Path) -> None:
    mounted = certificates_of(name, objects, tmp_path)
    load(config_type(SERVICES[name]), environment(objects, name) | mounted)


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_the_defaults(objects: list[Object], name: str) -> None:
    kind = config_type(SERVICES[name])
    defaults: dict[str, Any] = {field.name: field.default for field in dataclasses.fields(kind)}
    given = environment(objects, name)
    for field in ("listen", "admin_listen"):
        default = defaults[field][0] if isinstance(defaults[field], tuple) else defaults[field]
        assert given[PREFIX + field.upper()].rpartition(":")[2] == default.rpartition(":")[2]


def test_every_setting_is_known_to_a_service(objects: list[Object]) -> None:
    known = {
        PREFIX + field.name.upper()
        for service in SERVICES.values()
        for field in dataclasses.fields(config_type(service))
    }
    for name in SERVICES:
        assert set(environment(objects, name)) <= known | NOT_IN_A_CONFIG


@pytest.mark.parametrize("name", SERVICES)
def test_each_documented_setting_reaches_the_service_that_names_it(objects: list[Object], name: str) -> None:
    documented_here = documented("All services") | documented(name.capitalize())
    given = {setting: f"the-{setting.lower()}" for setting in documented_here}
    reached = environment(objects, name, SECRETS | OPTIONAL_SECRETS, given)
    fixed = {"ZUFALL_LISTEN", "ZUFALL_ADMIN_LISTEN", "ZUFALL_CONSOLE_LISTEN"} & given.keys()
    secrets = set(names(config_type(SERVICES[name]), secret=True))
    passed = given.keys() - fixed - secrets
    assert {setting: reached[setting] for setting in passed} == {
        setting: given[setting] for setting in passed
    }
    assert reached.keys() >= fixed | secrets


def test_each_container_gets_only_its_own_secrets(objects: list[Object]) -> None:
    for name, service in SERVICES.items():
        reached = environment(objects, name, SECRETS | OPTIONAL_SECRETS).keys()
        assert reached & (SECRETS | OPTIONAL_SECRETS).keys() == set(names(config_type(service), secret=True))


def test_only_what_may_be_unset_is_optional(objects: list[Object]) -> None:
    for name, service in SERVICES.items():
        reached = environment(objects, name, SECRETS).keys()
        required = {
            PREFIX + field.name.upper()
            for field in dataclasses.fields(config_type(service))
            if field.metadata["secret"] and field.default is dataclasses.MISSING
        }
        assert reached & (SECRETS | OPTIONAL_SECRETS).keys() == required
