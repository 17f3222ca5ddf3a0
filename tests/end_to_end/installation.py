"""Runs `zufall run` as an operator does: real processes on free ports, with a data folder of their own."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil  # ships no types

from protos import reports_pb2 as pb
from services.runtime.tls import TlsFolder

from ..moderation import decide
from ..servers import free_ports_in_a_row
from ..timing import scaled

GATEWAYS = 2
_COMMAND = (sys.executable, "-m", "services.cli")
_PROJECT = Path(__file__).parents[2]


class Installation:
    """A running installation: its addresses, and what an operator can do to it."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, data: Path) -> None:
        self._process = process
        self._port = port
        self.data = data

    @property
    def shared(self) -> str:
        """The origin that all gateways serve."""
        return self._origin(0)

    @property
    def first(self) -> str:
        """The origin of gateway 1 alone."""
        return self._origin(1)

    @property
    def second(self) -> str:
        """The origin of gateway 2 alone."""
        return self._origin(2)

    @property
    def console(self) -> str:
        """The origin of the moderators' console."""
        return str(self._record()["console"])

    @property
    def reports(self) -> str:
        """Host and port of the reports service, for gRPC."""
        return str(self._record()["reports"])

    @property
    def certificate(self) -> TlsFolder:
        """The certificate of the reports service, which may call everything of its own."""
        return TlsFolder(self.data / "certificates" / "reports")

    @property
    def pass_keys(self) -> str:
        """The keys with which a test seals passes of matches that never took place."""
        return self._secret("ZUFALL_PASS_KEYS")

    @property
    def console_keys(self) -> str:
        """The keys of the console, with which the audit log is written."""
        return self._secret("ZUFALL_CONSOLE_KEYS")

    async def ban(self, visitor: str) -> None:
        """Let a moderator ban the visitor for an hour, for harassment."""
        await self._decide(visitor, pb.LEVEL_BANNED, "harassment")

    async def lift_ban(self, visitor: str) -> None:
        await self._decide(visitor, pb.LEVEL_GOOD, seconds=0)

    async def _decide(self, visitor: str, level: pb.Level, rule: str = "", seconds: int = 3600) -> None:
        token = self._secret("ZUFALL_MODERATOR_TOKEN")
        await decide(self.reports, token, visitor, level, rule, seconds, self.certificate)

    def _secret(self, name: str) -> str:
        lines = (self.data / "secrets.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)[name]

    def command(self, *words: str) -> str:
        """Return the output of `zufall WORDS --data …`. Raises `CalledProcessError` when it fails."""
        return subprocess.run(
            [*_COMMAND, *words, "--data", str(self.data)],
            cwd=_PROJECT, check=True, stdout=subprocess.PIPE, text=True, timeout=scaled(30),
        ).stdout  # fmt: skip

    def query(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        """Read rows from the database while the service writes it. `values` replace the question marks."""
        database = sqlite3.connect(f"file:{self.data / 'zufall.sqlite'}?mode=ro", uri=True)
        try:
            return database.execute(sql, values).fetchall()
        finally:
            database.close()

    def change(self, sql: str, *values: str) -> None:
        """Change rows while the service uses the database, as time would change them."""
        database = sqlite3.connect(self.data / "zufall.sqlite", timeout=scaled(10))
        try:
            with database:
                database.execute(sql, values)
        finally:
            database.close()

    def close_cases(self) -> None:
        """Close all cases, so that the next test finds an empty queue."""
        self.change("UPDATE cases SET closed_at = opened_at WHERE closed_at = 0")

    def kill_gateway_of_visitors(self) -> None:
        """Kill the one gateway that holds all visitors."""
        self.kill(self.gateway_of_visitors())

    def gateway_of_visitors(self) -> psutil.Process:
        """Wait until one gateway holds all visitors, because a page shows a search before its hello."""
        deadline = time.monotonic() + scaled(10)
        while not (holding := [gateway for gateway in self._gateways() if _visitors_of(gateway)]):
            if time.monotonic() > deadline:
                raise TimeoutError("no visitor has come")
            time.sleep(0.02)
        (gateway,) = holding
        return gateway

    def other_than(self, gateway: psutil.Process) -> str:
        """Return the origin of the other gateway alone."""
        return (
            self.second if gateway.environ()["ZUFALL_LISTEN"].endswith(f":{self._port + 1}") else self.first
        )

    def kill(self, gateway: psutil.Process) -> None:
        gateway.kill()
        gateway.wait(scaled(10))

    @contextmanager
    def without_gateway_at(self, origin: str) -> Iterator[None]:
        """Kill the gateway that alone serves this origin. It starts again after this block.

        `zufall run` is stopped meanwhile, because it would start the gateway at once.
        """
        port = origin.rpartition(":")[2]
        (gateway,) = [one for one in self._gateways() if one.environ()["ZUFALL_LISTEN"].endswith(f":{port}")]
        admin = gateway.environ()["ZUFALL_ADMIN_LISTEN"]
        self._process.send_signal(signal.SIGSTOP)
        try:
            gateway.kill()
            _until_dead(gateway)
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)
        _until_alive(admin)

    def until_empty(self) -> None:
        """Wait until no gateway holds a visitor, so that the next one meets nobody from before."""
        deadline = time.monotonic() + scaled(10)
        while visitors := sum(map(_visitors_of, self._gateways())):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{visitors:.0f} visitors are still there")
            time.sleep(0.02)

    def calls(self, route: str) -> float:
        """Return for how many visitors the gateways have counted a call by this route."""
        series = f'zufall_gateway_calls_total{{route="{route}"}}'
        return sum(_metric(gateway, series) for gateway in self._gateways())

    def _record(self) -> dict[str, Any]:
        return dict(json.loads((self.data / "run.json").read_bytes()))

    def _origin(self, number: int) -> str:
        return f"http://127.0.0.1:{self._port + number}"

    def _gateways(self) -> list[psutil.Process]:
        """Return the gateways that run."""
        children = psutil.Process(self._process.pid).children()
        return [child for child in children if "services.signaling" in child.cmdline()]


def _until_dead(process: psutil.Process) -> None:
    """Wait until the process has ended, although its parent has not noticed that yet."""
    deadline = time.monotonic() + scaled(10)
    while process.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            raise TimeoutError("the gateway does not end")
        time.sleep(0.01)


def _until_alive(address: str) -> None:
    """Wait until a gateway that was killed is ready again."""
    deadline = time.monotonic() + scaled(30)
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://{address}/readyz", timeout=scaled(5)):
                return
        except OSError:  # not yet
            time.sleep(0.05)
    raise RuntimeError("the gateway does not start")


def _visitors_of(gateway: psutil.Process) -> float:
    return _metric(gateway, "zufall_gateway_visitors")


def _metric(gateway: psutil.Process, series: str) -> float:
    address = gateway.environ()["ZUFALL_ADMIN_LISTEN"]
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=scaled(5)) as answer:
        lines = answer.read().decode().splitlines()
    (found,) = (line for line in lines if line.startswith(f"{series} "))
    return float(found.rpartition(" ")[2])


@contextmanager
def installation(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[Installation]:
    """Run an installation, yield it when everything is ready, and end all its processes afterwards."""
    port, data = free_ports_in_a_row(2 + GATEWAYS), folder / "data"
    words = ("run", "--port", str(port), "--gateways", str(GATEWAYS), "--data", str(data))
    variables = {**os.environ, **(environment or {})}
    with open(folder / "output", "wb") as output:
        process = subprocess.Popen(
            [*_COMMAND, *words], cwd=_PROJECT, env=variables, stdout=output, stderr=output
        )
    try:
        _until_ready(process, data / "run.json", folder / "output")
        yield Installation(process, port, data)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(scaled(30)) == 0, (folder / "output").read_text()


def _until_ready(process: subprocess.Popen[bytes], record: Path, output: Path) -> None:
    deadline = time.monotonic() + scaled(30)
    while not record.exists() or not json.loads(record.read_text() or "null"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"`zufall run` is not ready:\n{output.read_text()}")
        time.sleep(0.05)
