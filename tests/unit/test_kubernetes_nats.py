"""The NATS servers of `k8s/base` find each other, prove who they are, stop slowly, and fit into memory."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from services.contract import identities
from services.runtime.nats_connection import parse_servers
from services.runtime.tls import CERTIFICATE

from ..certificates import Certificates
from ..manifests import Object, of_kind
from ..servers import NATS_SERVER
from .test_kubernetes import config_map, containers, objects

__all__ = ["objects"]

MEBIBYTE = 1024 * 1024
UNITS = {"Mi": MEBIBYTE, "MiB": MEBIBYTE, "MB": MEBIBYTE}  # nats-server's megabyte is a mebibyte
REST = 10
"""Seconds for all that a server does beside sending its clients away."""


@pytest.fixture(scope="module")
def conf(objects: list[Object]) -> str:
    (text,) = (
        found["data"]["nats.conf"]
        for name, found in of_kind(objects, "ConfigMap").items()
        if name.startswith("nats")
    )
    return str(text)


def nats(objects: list[Object]) -> tuple[Object, Object, Object]:
    """Return the StatefulSet, its pod, and the container in it."""
    ((pod, container),) = ((pod, container) for name, pod, container in containers(objects) if name == "nats")
    return of_kind(objects, "StatefulSet")["nats"]["spec"], pod, container


def setting(conf: str, name: str) -> str:
    """Return a setting of the server, which stands at the beginning of a line."""
    (value,) = re.findall(rf'^{name}: "?([^" ]+)"?', conf, re.MULTILINE)
    return str(value)


def size(text: str) -> int:
    found = re.fullmatch(r"(\d+)(\D+)", text)
    assert found, text
    return int(found[1]) * UNITS[found[2]]


def environment(container: Object) -> dict[str, Any]:
    return {one["name"]: one.get("value", one.get("valueFrom")) for one in container["env"]}


def test_a_server_takes_the_configuration(conf: str, tmp_path: Path) -> None:
    """nats-server itself checks the file, with its paths on this machine."""
    certificates = Certificates(tmp_path, ["gateway"]).folder / "nats"
    assert "/run/certificates/" in conf
    (tmp_path / "nats.conf").write_text(conf.replace("/run/certificates", str(certificates)))
    done = subprocess.run(
        [NATS_SERVER, "--config", tmp_path / "nats.conf", "-t"],
        env={**os.environ, "POD_NAME": "nats-0"},
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_server_is_given_what_its_configuration_needs(objects: list[Object], conf: str) -> None:
    _, pod, container = nats(objects)
    given = environment(container)
    assert set(re.findall(r"\$(\w+)", conf)) == {"POD_NAME"}
    assert given["POD_NAME"] == {"fieldRef": {"fieldPath": "metadata.name"}}
    mounts = {one["name"]: one["mountPath"] for one in container["volumeMounts"]}
    assert set(re.findall(r'_file: "(.+)/', conf)) == {mounts["certificate"]}
    assert container["args"] == ["--config", f"{mounts['config']}/nats.conf"]
    (secret,) = (one["secret"]["secretName"] for one in pod["volumes"] if "secret" in one)
    annotations = of_kind(objects, "StatefulSet")["nats"]["metadata"]["annotations"]
    assert annotations == {"secret.reloader.stakater.com/reload": secret}, "it restarts when this changes"


def test_all_know_all_servers_by_the_names_of_their_pods(
    objects: list[Object], conf: str, tmp_path: Path
) -> None:
    """Services dial them, servers dial each other, and a server checks the name that it dialled."""
    stateful_set, *_ = nats(objects)
    pods = [f"nats-{number}.{stateful_set['serviceName']}" for number in range(stateful_set["replicas"])]
    assert list(identities.NATS_HOSTS) == pods
    assert parse_servers(config_map(objects)["ZUFALL_NATS"]) == tuple(f"nats://{host}:4222" for host in pods)
    assert re.findall(r'"nats://(\S+):6222"', conf) == pods
    made = Certificates(tmp_path, ["gateway"]).folder / "nats" / CERTIFICATE
    certificate = x509.load_pem_x509_certificate(made.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [identities.NATS, *pods]


def test_pods_have_names_before_they_are_ready(objects: list[Object]) -> None:
    """Otherwise no server would find another one while all of them start."""
    stateful_set, *_ = nats(objects)
    service = of_kind(objects, "Service")[stateful_set["serviceName"]]["spec"]
    assert (service["clusterIP"], service["publishNotReadyAddresses"]) == ("None", True)
    assert {port["port"] for port in service["ports"]} == {4222, 6222}


def test_one_server_stops_at_a_time(objects: list[Object]) -> None:
    stateful_set, *_ = nats(objects)
    assert stateful_set["updateStrategy"] == {"type": "RollingUpdate"}
    assert stateful_set["podManagementPolicy"] == "Parallel"
    assert stateful_set["minReadySeconds"] > 0
    budget = of_kind(objects, "PodDisruptionBudget")["nats"]["spec"]
    assert (budget["maxUnavailable"], budget["unhealthyPodEvictionPolicy"]) == (1, "AlwaysAllow")


def test_the_grace_of_a_pod_is_longer_than_its_lame_duck_mode(objects: list[Object], conf: str) -> None:
    """SIGTERM does not begin that mode, so a command does. It ends when all clients have gone."""
    _, pod, container = nats(objects)
    assert container["command"] == ["nats-server"], "it is process 1"
    assert container["lifecycle"]["preStop"]["exec"]["command"] == ["nats-server", "--signal", "ldm=1"]
    seconds = int(setting(conf, "lame_duck_duration").removesuffix("s"))
    assert pod["terminationGracePeriodSeconds"] >= seconds + REST


def test_slow_readers_fit_into_the_memory(objects: list[Object], conf: str) -> None:
    """Go collects garbage harder from 80 % of the limit on. Twenty clients that do not read stay below."""
    *_, container = nats(objects)
    limit = size(container["resources"]["limits"]["memory"])
    soft = size(environment(container)["GOMEMLIMIT"])
    assert 0.79 < soft / limit <= 0.8
    assert 20 * size(setting(conf, "max_pending")) + 64 * MEBIBYTE <= soft


def test_servers_are_spread_softly_over_hosts_and_zones(objects: list[Object]) -> None:
    _, pod, _ = nats(objects)
    spread = {one["topologyKey"]: one for one in pod["topologySpreadConstraints"]}
    assert set(spread) == {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}
    assert {one["whenUnsatisfiable"] for one in spread.values()} == {"ScheduleAnyway"}
    assert all(one["matchLabelKeys"] == ["controller-revision-hash"] for one in spread.values())
