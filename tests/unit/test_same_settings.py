"""One box and Kubernetes give each service the same settings, and none that it does not know."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.reports.shell.commands.migrate import MigrationConfig
from services.runtime.config import FILE, names
from tools.interfaces.settings import COMMON, SERVICES, passed_on

from ..manifests import (
    OVERLAYS,
    Object,
    copy_with_secrets,
    objects,
    of_kind,
    overlay_with,
    pod_templates,
)

COMPOSE = Path(__file__).parents[2] / "deploy" / "compose.yaml"
COMMANDS: dict[str, tuple[type[Any], ...]] = {
    "signaling": (SERVICES["gateway"], *COMMON),
    "matcher": (SERVICES["matcher"], *COMMON),
    "reports": (SERVICES["reports"], *COMMON),
    "backups": (SERVICES["backups"], *COMMON),
    "migrate": (MigrationConfig,),
}
"""The configurations of what a container of our images runs, by its first argument."""

OF_COMMANDS_BESIDE = {"reports": {"ZUFALL_REPORTS"}}
"""What a container has for the commands that somebody runs in it."""

ONLY_ON_ONE_BOX = {
    "ZUFALL_DOMAIN": "for the doctor, which runs on the box",
    "ZUFALL_DOCTOR_SERVICES": "for the doctor, which runs on the box",
}
OTHER_VALUES = {
    "ZUFALL_GATEWAY": "a gateway of a box has a certificate of its own; a pod makes up its name",
    "ZUFALL_NATS": "a cluster has several servers of NATS",
    "ZUFALL_LOGS": "a cluster has programs that read logs, and a box has people",
    "ZUFALL_ICE_POLICY": "a box has a relay from the start",
    "ZUFALL_TURN_URLS": "a box has a relay from the start",
    "ZUFALL_ORIGINS": "the address of the installation",
    "ZUFALL_CONSOLE_ORIGINS": "the address of the installation",
    "ZUFALL_LIMIT_CONNECTIONS": "on a box all sockets have to fit into the memory of one proxy",
}
"""Settings to which the two give different values, and why."""


@pytest.fixture(scope="module")
def installations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Object]]:
    copy = copy_with_secrets(tmp_path_factory.mktemp("k8s"))
    folders = {name: copy / "overlays" / name for name in OVERLAYS}
    folders["with backups"] = overlay_with(copy, ["backups"])
    return {name: objects(folder) for name, folder in folders.items()}


@pytest.fixture(scope="module")
def installation(installations: dict[str, list[Object]]) -> list[Object]:
    """The objects of an installation with all services."""
    return installations["with backups"]


def our_containers(found: Iterable[Object]) -> Iterator[tuple[str, Object]]:
    """Yield the command and the container of each that runs our code."""
    for _, template in pod_templates(found):
        for container in template["spec"]["containers"]:
            if "zufall" in container["image"]:
                yield container["args"][0], container


def running(found: list[Object]) -> set[str]:
    return {command for command, _ in our_containers(found)}


def of_all(found: list[Object]) -> dict[str, str]:
    """Return the ConfigMap with settings for all services."""
    (data,) = (one["data"] for name, one in of_kind(found, "ConfigMap").items() if name.startswith("zufall"))
    return dict(data)


def known(command: str) -> set[str]:
    return {name for kind in COMMANDS[command] for name in names(kind)}


def in_compose(command: str) -> dict[str, str]:
    """Return what compose gives the service of a command. What it passes on from .env has no value."""
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    (found, *_) = (one for one in services.values() if one.get("command", [""])[0] == command)
    written = {name.removesuffix(FILE): str(value) for name, value in found["environment"].items()}
    name = "gateway" if command == "signaling" else command
    passed = passed_on(name) if name in SERVICES else ()
    return {
        **dict.fromkeys(passed, ""),
        **{name: value for name, value in written.items() if name.startswith("ZUFALL_")},
    }


def in_pod(found: list[Object], command: str) -> dict[str, str]:
    """Return what a pod gives its container. What an operator may put into the ConfigMap has no value."""
    container = container_of(found, command)
    written = {
        one["name"]: one.get("value", "") for one in container["env"] if one["name"].startswith("ZUFALL_")
    }
    may = dict.fromkeys(known(command) - secrets(command), "") if "envFrom" in container else {}
    shared = {name: value for name, value in of_all(found).items() if name in known(command)} if may else {}
    return {**may, **shared, **written}


def container_of(found: list[Object], command: str) -> Object:
    return next(container for one, container in our_containers(found) if one == command)


def secrets(command: str) -> set[str]:
    return {name for kind in COMMANDS[command] for name in names(kind, secret=True)}


def test_a_service_has_the_same_settings_in_both(installation: list[Object]) -> None:
    only_box = {}
    for command in running(installation):
        pod, box = in_pod(installation, command), in_compose(command)
        assert pod.keys() >= known(command)
        assert pod.keys() - box.keys() == set()
        only_box.update(dict.fromkeys(box.keys() - pod.keys(), command))
    assert only_box.keys() == ONLY_ON_ONE_BOX.keys()


def test_a_setting_has_the_same_value_in_both(installation: list[Object]) -> None:
    other = set()
    for command in running(installation):
        pod, box = in_pod(installation, command), in_compose(command)
        environment = container_of(installation, command)["env"]
        compared = known(command) - {one["name"] for one in environment if "valueFrom" in one}
        other |= {name for name in compared if pod[name] != without_variable(box[name])}
    assert other == OTHER_VALUES.keys()


def without_variable(text: str) -> str:
    """Return the default of a text like ${NAME:-default}."""
    return text.partition(":-")[2].removesuffix("}") if text.startswith("${") else text


def test_every_variable_is_a_setting_of_its_service(installations: dict[str, list[Object]]) -> None:
    for found in installations.values():
        for command, container in our_containers(found):
            given = {one["name"] for one in container["env"] if one["name"].startswith("ZUFALL_")}
            assert given <= known(command) | OF_COMMANDS_BESIDE.get(command, set()), command


def test_every_shared_setting_is_one_of_somebody(installations: dict[str, list[Object]]) -> None:
    for found in installations.values():
        assert of_all(found).keys() <= {name for command in COMMANDS for name in known(command)}


def test_every_service_runs(installations: dict[str, list[Object]]) -> None:
    for name, found in installations.items():
        assert {"signaling", "matcher", "reports"} <= running(found), name
