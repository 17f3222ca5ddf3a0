"""The cost of a product is that of all its processes, and none outlives the benchmark."""

import sys
import time
from pathlib import Path

import psutil
import pytest

from bench.processes import MissingPartError, Servers, label, program
from tests.timing import scaled

PARENT = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "while True: pass"])
time.sleep(60)
"""


def runs(pid: int) -> bool:
    """Return whether the process still runs. A zombie does not, even if nobody reaps it."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def servers(tmp_path: Path):  # type: ignore[no-untyped-def]
    servers = Servers(tmp_path / "log")
    yield servers
    servers.stop(grace=0.1)


def test_the_time_of_grandchildren_counts(servers: Servers) -> None:
    servers.start([sys.executable, "-c", PARENT])
    deadline = time.monotonic() + scaled(20)
    while len(servers.tree()) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    parent, child = servers.tree()
    before = sum(servers.cpu_seconds().values())
    while sum(servers.cpu_seconds().values()) - before < 0.3:
        assert time.monotonic() < deadline, "the busy grandchild was not counted"
        time.sleep(0.02)
    assert child.cpu_times().user > parent.cpu_times().user
    assert servers.memory_bytes() > 2**20


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["/usr/bin/python3", "-m", "services.cli", "run", "--port", "1"], "services.cli run"),
        (["/usr/bin/node", "/peers/cluster.js", "1"], "cluster.js"),
        (["redis-server 127.0.0.1:1"], "redis-server 127.0.0.1:1"),
        (["/opt/nats-server", "-p", "1"], "nats-server"),
    ],
)
def test_a_process_has_a_readable_name(command: list[str], expected: str) -> None:
    assert label(command) == expected


def test_stop_ends_the_whole_tree(servers: Servers) -> None:
    servers.start([sys.executable, "-c", PARENT])
    deadline = time.monotonic() + scaled(20)
    while len(servers.tree()) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    pids = [one.pid for one in servers.tree()]
    servers.stop(grace=0.1)
    assert not [pid for pid in pids if runs(pid)]


def test_an_early_end_shows_the_log(servers: Servers) -> None:
    servers.start([sys.executable, "-c", "raise SystemExit('port 1 is taken')"])
    with pytest.raises(RuntimeError, match="port 1 is taken"):
        servers.wait_for_port(1, timeout=scaled(10))


def test_a_missing_program_is_one_clear_sentence() -> None:
    with pytest.raises(
        MissingPartError, match=r"^no-such-program is not installed, so the show is left out$"
    ):
        program("no-such-program", "the show")
