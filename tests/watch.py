"""Runs Prometheus and Alertmanager with this project's configuration, with shorter times for tests."""

import asyncio
import json
import math
import os
import re
import shutil
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from .integration.cluster import Service
from .servers import free_port, stop, until_listening
from .timing import until

MONITORING = Path(__file__).parents[1] / "deploy" / "monitoring"

OF_A_BUSY_MACHINE = {"EventLoopLags", "MatchesSlow", "PairingsFail", "NatsSlow", "DatabaseSlow"}
"""Alerts that may be right about a machine on which other tests run."""

TIMES = 30.0
"""An operator's Prometheus asks every 15 s, and that of a test every half second."""

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_TIME = re.compile(r"(\[|(?:for|interval|wait): )(\d+)([smhd])\b")


def shortened(text: str, times: float) -> str:
    """Return rules, queries or a configuration whose times are `times` as short. Numbers stay as they are.

    Times are those in `[…]`, of `for:`, and of keys that end with `interval` or `wait`.
    """

    def shorter(found: re.Match[str]) -> str:
        return f"{found[1]}{1000 * int(found[2]) * _SECONDS[found[3]] / times:.0f}ms"

    return _TIME.sub(shorter, text)


@dataclass(frozen=True, slots=True)
class MetricValue:
    """A value that Prometheus computed, with its labels."""

    labels: Mapping[str, str]
    value: float


class Prometheus:
    """A Prometheus that watches processes of this machine, and computes the rules of this project."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def query(self, text: str) -> list[MetricValue]:
        """Return what a query finds now. Raises `RuntimeError` if Prometheus refuses it."""
        found = await self._get("query", query=text)
        return [MetricValue(one["metric"], float(one["value"][1])) for one in found["result"]]

    async def drawn(self, text: str, seconds: float) -> list[float]:
        """Return all numbers that a graph of these last seconds shows. Raises `RuntimeError` as `query`."""
        now = time.time()
        found = await self._get("query_range", query=text, start=f"{now - seconds}", end=f"{now}", step="0.5")
        values = (float(value) for one in found["result"] for _, value in one["values"])
        return [value for value in values if not math.isnan(value)]

    async def is_ready(self) -> bool:
        """Tell whether it answers queries."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}/-/ready") as answer:
            return answer.status == 200

    async def has_seen_all(self) -> bool:
        """Tell whether it has asked every target. It begins some seconds after its start."""
        targets = (await self._get("targets"))["activeTargets"]
        return bool(targets) and all(one["health"] != "unknown" for one in targets)

    async def firing(self) -> set[tuple[str, str]]:
        """Return the alerts that fire now: the name of each, and the address of the process that it names."""
        found = await self._get("alerts")
        return {_named(one["labels"]) for one in found["alerts"] if one["state"] == "firing"}

    async def fired(self, seconds: float) -> set[tuple[str, str]]:
        """Return the alerts that have fired within these seconds."""
        found = await self.query(f'max_over_time(ALERTS{{alertstate="firing"}}[{1000 * seconds:.0f}ms])')
        return {_named(one.labels) for one in found}

    async def problems(self) -> list[str]:
        """Return why rules could not be computed, and why targets did not answer or were not understood."""
        groups = (await self._get("rules"))["groups"]
        rules = [rule["lastError"] for group in groups for rule in group["rules"] if rule.get("lastError")]
        targets = (await self._get("targets"))["activeTargets"]
        return rules + [one["lastError"] for one in targets if one["health"] == "down"]

    async def _get(self, what: str, **parameters: str) -> dict[str, Any]:
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{self.url}/api/v1/{what}", params=parameters) as answer,
        ):
            told = json.loads(await answer.text())
        if told["status"] != "success":
            raise RuntimeError(f"{parameters}: {told['error']}")
        data: dict[str, Any] = told["data"]
        return data


def _named(labels: Mapping[str, str]) -> tuple[str, str]:
    return labels["alertname"], labels.get("instance", "")


@dataclass(frozen=True, slots=True)
class Watched:
    """Addresses (host:port) that Prometheus watches: Zufall's processes by service, and other programs."""

    services: Mapping[str, Sequence[str]]
    node: str = ""
    alertmanager: str = ""


def addresses(processes: Mapping[str, Service]) -> dict[str, list[str]]:
    """Return the addresses of the processes of each service. They are called like `gateway-1`."""
    services: dict[str, list[str]] = defaultdict(list)
    for name, process in processes.items():
        services[name.partition("-")[0]].append(process.admin.removeprefix("http://"))
    return services


@asynccontextmanager
async def prometheus(folder: Path, watched: Watched, times: float = TIMES) -> AsyncIterator[Prometheus]:
    """Run Prometheus as its container does, with times that are `times` as short as an operator's.

    Alerts may fire before it has seen anything, which at an operator's takes far less than a minute.
    """
    port = free_port()
    configuration = {
        "alerts.yml": shortened((MONITORING / "alerts.yml").read_text(), times),
        "prometheus.yml": _configuration(folder, watched, times),
    }
    arguments = (f"--storage.tsdb.path={folder / 'prometheus'}", f"--web.listen-address=127.0.0.1:{port}")
    settings = {"ZUFALL_DOMAIN": "meet.example", "ZUFALL_BANDWIDTH_MBIT": "1000"}
    async with _running(folder, "start-prometheus", configuration, arguments, settings, port):
        running = Prometheus(f"http://127.0.0.1:{port}")
        await until(running.is_ready, pause=0.1)
        await until(running.has_seen_all, pause=0.2)
        yield running


@asynccontextmanager
async def alertmanager(folder: Path, settings: Mapping[str, str], times: float = TIMES) -> AsyncIterator[str]:
    """Run Alertmanager as its container does, with times that are `times` as short. Yield its address."""
    port = free_port()
    configuration = {"alertmanager.yml": shortened((MONITORING / "alertmanager.yml").read_text(), times)}
    arguments = (
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    )
    program = {"ALERTMANAGER": "prometheus-alertmanager"}
    async with _running(
        folder, "start-alertmanager", configuration, arguments, {**program, **settings}, port
    ):
        yield f"127.0.0.1:{port}"


def _configuration(folder: Path, watched: Watched, times: float) -> str:
    """Return the project's configuration with the targets of this machine."""
    text = (MONITORING / "prometheus.yml").read_text().replace("/tmp/", f"{folder}/")
    configuration = yaml.safe_load(shortened(text, times))
    configuration["alerting"]["alertmanagers"] = (
        [_targets([watched.alertmanager])] if watched.alertmanager else []
    )
    jobs = {job["job_name"]: job for job in configuration["scrape_configs"]}
    jobs["zufall"] |= {
        "static_configs": [
            {"targets": list(addresses), "labels": {"service": service}}
            for service, addresses in watched.services.items()
        ]
    }
    jobs["node"] |= _targets([watched.node])
    jobs["monitoring"] |= _targets([watched.alertmanager])
    kept = ["zufall", *(["node"] if watched.node else []), *(["monitoring"] if watched.alertmanager else [])]
    return yaml.safe_dump({**configuration, "scrape_configs": [jobs[name] for name in kept]})


def _targets(addresses: Sequence[str]) -> dict[str, object]:
    return {"static_configs": [{"targets": list(addresses)}]}


@asynccontextmanager
async def _running(
    folder: Path,
    script: str,
    configuration: Mapping[str, str],
    arguments: Sequence[str],
    settings: Mapping[str, str],
    port: int,
) -> AsyncIterator[None]:
    """Run a script of the project beside these files. What it writes itself, and its log, are in `folder`."""
    program = shutil.copy(MONITORING / script, _new_folder(folder / f"{script}.d"))
    for name, text in configuration.items():
        (Path(program).parent / name).write_text(text)
    environment = {**os.environ, **settings, "TMPDIR": str(folder)}
    with (folder / f"{script}.log").open("w") as log:
        process = await asyncio.create_subprocess_exec(program, *arguments, env=environment, stderr=log)
    try:
        await until_listening(port, process)
        yield
    finally:
        await stop(process)


def _new_folder(path: Path) -> Path:
    path.mkdir()
    return path
