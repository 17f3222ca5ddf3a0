"""A run that breaks down fails, and explains what visitors saw until then."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from bench.client.connection import ClientConnection
from bench.client.transports.memory import MemoryTransport
from bench.swarm.checker import Row
from bench.swarm.events import Dials, Event, Finished
from bench.swarm.history import History
from bench.swarm.recording_client import RecordingClient
from bench.swarm.swarm import swarm

from ..servers import free_port
from ..timing import scaled
from .logs import around_tracebacks, unforeseen
from .nemesis import Heal, Nemesis
from .plan import Plan
from .run import run
from .schedule import Fault, FaultTemplate, Pace

PLAN = Plan(
    seed=1,
    storm=2,
    warm_up=0.1,
    visitors=1,
    templates=[FaultTemplate("kill", ["gateway-1"])],
    pace=Pace(lasts=(0.1, 0.2)),
    measured=False,
)


class Broken:
    """An installation that `fails` at some point."""

    def __init__(self, fails: str) -> None:
        self._fails = fails
        self.origins = {"gateway-1": f"http://127.0.0.1:{free_port()}"}

    async def strike(self, fault: Fault) -> Heal:
        self._fail("strike")
        return self._heal

    async def _heal(self) -> None:
        self._fail("heal")

    async def until_ready(self) -> None:
        self._fail("until_ready")

    def memory(self) -> Mapping[str, tuple[int, int]]:
        return {}

    async def rows(self) -> Sequence[Row]:
        return []

    def unforeseen(self) -> Sequence[str]:
        return ["what the log says"]

    def _fail(self, where: str) -> None:
        if where == self._fails:
            raise ConnectionError(f"{where} failed")


async def test_a_failed_run_reports_its_failure_and_the_history() -> None:
    parts = ("strike", "heal", "until_ready")
    outcomes = await asyncio.gather(*(run(PLAN, Broken(fails), lambda _: None) for fails in parts))
    for fails, outcome in zip(parts, outcomes, strict=True):
        explained = outcome.explain()
        assert f"ConnectionError: {fails} failed" in explained
        assert "what the log says" in explained
        assert any(isinstance(event, Dials) for event in outcome.history)
        assert isinstance(outcome.history[-1], Finished)


class ForgetfulHistory(History):
    """A history that raises an error at each record."""

    def record(self, event: Event) -> None:
        raise LookupError("a bug of the swarm")


async def watch_what_breaks() -> None:
    async with asyncio.timeout(scaled(10)), swarm(["http://127.0.0.1:1"], 1, 1, history=ForgetfulHistory()):
        await asyncio.Event().wait()


async def test_a_visitor_who_breaks_down_ends_the_swarm() -> None:
    with pytest.raises(ExceptionGroup) as ended:
        await watch_what_breaks()
    assert ended.group_contains(LookupError)


async def test_a_client_that_breaks_down_ends_its_connection() -> None:
    client = RecordingClient("ann", "video", ForgetfulHistory())
    transport = MemoryTransport(lambda _: None, lambda _: None)
    transport.deliver(b"{}")
    with pytest.raises(LookupError):
        await ClientConnection(client, transport).run()


def test_the_lines_around_a_traceback_are_shown() -> None:
    log = [f"line {number}" for number in range(100)]
    assert around_tracebacks("\n".join(log)) == []
    log[50] = "Traceback (most recent call last):"
    (shown,) = around_tracebacks("\n".join(log))
    assert shown.splitlines()[0] == "line 40"
    assert shown.splitlines()[-1] == "line 89"
    assert unforeseen({"gateway-1": "\n".join(log), "matcher-1": "fine"}) == [f"gateway-1: {shown}"]


def test_of_many_tracebacks_some_are_shown() -> None:
    shown = around_tracebacks("\n".join(["Traceback", *["another line"] * 60] * 9))
    assert len(shown) == 4
    assert shown[-1] == "and more"


class SlowToHeal:
    """An installation that heals faults later than planned."""

    origins: Mapping[str, str] = {"gateway-1": "http://one"}

    async def strike(self, fault: Fault) -> Heal:
        return self._heal

    async def _heal(self) -> None:
        await asyncio.sleep(0.3)

    async def until_ready(self) -> None:
        """Return at once, because everything is ready."""


async def test_a_fault_waits_until_the_one_before_is_healed() -> None:
    history = History()
    faults = [Fault(number, number / 20, "kill", "gateway-1", 0.01) for number in range(3)]
    await Nemesis(SlowToHeal(), history, lambda _: None).perform(faults)
    kinds = [type(event).__name__ for event in history.events]
    assert kinds == ["Struck", "Healed"] * 3 + ["Calmed"]
