"""Each fault moves a metric and fires the alert that names it, and a quiet time fires none.

Real processes serve a swarm, and a real Prometheus watches them with the project's rules, 30 times as fast:
what is two minutes for an operator is four seconds here.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from bench.swarm.swarm import swarm

from ..databases import Postgres
from ..requirements import faketime, require
from ..timing import long, until
from ..watch import (
    MONITORING,
    OF_A_BUSY_MACHINE,
    TIMES,
    Prometheus,
    Watched,
    addresses,
    prometheus,
)
from .installation import ProxiedInstallation, installed
from .schedule import Shape, fault_templates
from .signs import LONG_STORMS, SHORT_STORMS, SIGNS, SignedFault

RULES = {
    rule["alert"]: rule["expr"]
    for group in yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
}
RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook.md"
QUIET = 600 / TIMES
"""Seconds of the quiet time, which is ten minutes of an operator's."""


def test_every_kind_of_fault_has_a_sign() -> None:
    assert set(SIGNS) == {template.name for template in fault_templates(Shape())}


def test_every_sign_is_in_a_storm() -> None:
    assert {signed.fault.name for storm in SHORT_STORMS + LONG_STORMS for signed in storm} == set(SIGNS)


@pytest.mark.parametrize("name", SIGNS)
def test_the_metric_of_a_sign_is_in_the_rule_of_its_alert(name: str) -> None:
    assert SIGNS[name].metric in RULES[SIGNS[name].alert]


def test_the_runbook_lists_the_signs() -> None:
    table = RUNBOOK.read_text().partition("## Which fault fires which alert")[2]
    rows = [
        f"| {name} | `{sign.metric}` | [{sign.alert}](#{sign.alert.lower()}) |"
        for name, sign in SIGNS.items()
    ]
    assert [line for line in table.splitlines() if line.startswith("| ")][1:] == rows


@pytest.mark.timeout(600)
@pytest.mark.parametrize("storms", [SHORT_STORMS, long(LONG_STORMS)], ids=["short", "long"])
async def test_faults_fire_their_alerts_and_quiet_fires_none(
    storms: Sequence[Sequence[SignedFault]], tmp_path: Path, postgres_server: Postgres
) -> None:
    require("prometheus")
    async with (
        installed(tmp_path, postgres_server, Shape(gateways=4, matchers=2)) as installation,
        prometheus(tmp_path, Watched(addresses(installation.services))) as watching,
        swarm(list(installation.origins.values()), 40, seed=23),
    ):
        await asyncio.sleep(QUIET + 1)
        assert {alert for alert, _ in await watching.fired(QUIET)} <= OF_A_BUSY_MACHINE
        for storm in storms:
            await _pass(
                [one for one in storm if one.fault.kind != "jump" or faketime()], installation, watching
            )


async def _pass(
    storm: Sequence[SignedFault], installation: ProxiedInstallation, watching: Prometheus
) -> None:
    """Strike all at once, wait until each alert names its process, and heal until none of them is left."""
    expected = {(one.alert, one.instance and instance(installation, one.instance)) for one in storm}
    await _until_none_fires(watching, expected)
    heals = [await installation.strike(one.fault) for one in storm]
    await _until_fire(watching, expected)
    for heal in heals:
        await heal()
    await installation.until_ready()

    await _until_none_fires(watching, expected)


async def _until_none_fires(watching: Prometheus, alerts: set[tuple[str, str]]) -> None:
    async def over() -> bool:
        return not alerts & await watching.firing()

    await until(over, seconds=30, pause=0.2)


async def _until_fire(watching: Prometheus, expected: set[tuple[str, str]]) -> None:
    async def all_fire() -> bool:
        return expected <= await watching.firing()

    try:
        await until(all_fire, seconds=30, pause=0.2)
    except TimeoutError:
        pytest.fail(f"these did not fire: {expected - await watching.firing()}")


def instance(installation: ProxiedInstallation, name: str) -> str:
    """Return how Prometheus calls a process."""
    return installation.services[name].admin.removeprefix("http://")
