"""Every overlay and component renders, and what they render is valid and consistent, without a cluster."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from ..custom_kinds import KINDS, problems
from ..installations import NEEDS, ONE_WAY, OTHER_WAY, all_installations
from ..manifests import (
    COMPONENTS,
    Object,
    objects,
    of_kind,
    overlay_with,
    pod_templates,
)

VERSIONS = ("1.37", "1.36", "1.35")
"""The newest ones whose schemas kubernetes-validate has."""


@pytest.fixture(scope="module")
def installations(k8s: Path) -> dict[str, list[Object]]:
    """The objects of each overlay, and of two that have all components between them."""
    return all_installations(k8s)


@pytest.fixture(scope="module")
def different(installations: dict[str, list[Object]]) -> list[Object]:
    """Each object once that any of the installations has."""
    texts = {json.dumps(one, sort_keys=True) for found in installations.values() for one in found}
    return [json.loads(text) for text in sorted(texts)]


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_can_be_added_by_itself(k8s: Path, name: str) -> None:
    found = objects(overlay_with(k8s, (*NEEDS.get(name, ()), name)))
    assert {"gateway", "matcher", "reports"} <= of_kind(found, "Deployment").keys()


def test_every_component_is_in_one_of_the_installations() -> None:
    assert {*ONE_WAY, *OTHER_WAY} == {*COMPONENTS}


def test_nothing_is_left_to_fill_in(different: list[Object]) -> None:
    """Components have a word in capitals where a value of `installation` belongs."""
    texts = {text for one in different if one["kind"] in KINDS for text in texts_in(one)}
    assert {text for text in texts if re.fullmatch("[A-Z]+", text)} <= {"ECDSA"}


def texts_in(value: Any) -> Iterator[str]:
    """Yield each text in an object."""
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts_in(part)
    elif isinstance(value, str):
        yield value


def test_the_versions_are_the_newest_that_can_be_checked() -> None:
    assert kubernetes_validate.latest_version().startswith(VERSIONS[0])


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_of_kubernetes_is_valid(different: list[Object], version: str) -> None:
    for one in different:
        if one["kind"] not in KINDS:
            kubernetes_validate.validate(one, version, strict=True)  # raises, also for a kind that it lacks


def test_every_object_of_others_is_valid(different: list[Object]) -> None:
    checked = {one["kind"]: list(problems(one)) for one in different if one["kind"] in KINDS}
    assert checked == {kind: [] for kind in KINDS}


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("ScaledObject", ("spec", "minReplicas"), 2),
        ("ScaledObject", ("spec", "triggers", 0, "metadata", "threshold"), 10000),
        ("HTTPRoute", ("spec", "rules", 0, "timeouts"), "0s"),
        ("PodMonitor", ("spec", "podMetricsEndpoints", 0, "intervall"), "15s"),
        ("Cluster", ("spec", "instances"), "3"),
        ("ObjectStore", ("spec", "configuration", "s3Credentials", "accessKeyId", "secret"), "x"),
        ("ScheduledBackup", ("spec", "schedule"), "30 2 * * *"),
        ("Certificate", ("apiVersion",), "cert-manager.io/v1alpha2"),
    ],
)
def test_a_mistake_is_found(
    different: list[Object], kind: str, path: tuple[str | int, ...], value: object
) -> None:
    one: Any = deepcopy(next(found for found in different if found["kind"] == kind))
    place = one
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert list(problems(one))


def test_references_are_to_what_is_there(installations: dict[str, list[Object]]) -> None:
    """A ConfigMap, a secret or a volume that is missing keeps a pod from starting."""
    made_by_others = {"postgres-ca", "rclone", "page-tls", "console-tls"}
    for name, found in installations.items():
        secrets = of_kind(found, "Secret").keys() | {
            one["spec"]["secretName"] for one in found if one["kind"] == "Certificate"
        }
        for _, template in pod_templates(found):
            for volume in template["spec"].get("volumes", ()):
                if secret := volume.get("secret", {}).get("secretName"):
                    certificates = {secret} if secret.endswith("-certificate") else set()
                    assert secret in secrets | made_by_others | certificates, f"{name}: {secret}"
                if claim := volume.get("persistentVolumeClaim", {}).get("claimName"):
                    assert claim in of_kind(found, "PersistentVolumeClaim"), f"{name}: {claim}"
