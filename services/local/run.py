"""`zufall run`: start every process, wait until all are ready, keep them running, and stop them on Ctrl-C."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.runtime.unknown_settings import unknown_settings

from .certificates import make_certificates
from .child import Child, start
from .folder import locked
from .plan import (
    CERTIFICATES,
    NATS_CONFIG,
    CannotRun,
    LocalPlan,
    LocalProcess,
    check,
    gateway_words,
    make_plan,
)
from .restarts import MOST_ENDS, PERIOD, Restarts

READY_SECONDS = 60.0

LIFETIME = timedelta(days=365)
"""The life of a certificate. It is renewed at a start, in its last third."""


def run(
    gateways: int, matchers: int, host: str, port: int, data: Path, limits: str, origins: Sequence[str]
) -> int:
    """Start everything, print its address, and stop everything on Ctrl-C. Return the exit status."""
    try:
        check(gateways, matchers, host, port, origins)
        for name in unknown_settings(os.environ):
            print(f"zufall run: no setting is called {name}", file=sys.stderr)
        with locked(data) as secrets:
            _make_certificates(data, gateways)
            plan = make_plan(gateways, matchers, host, port, data, limits, origins, secrets)
            (data / NATS_CONFIG).write_text(plan.nats_config)
            return asyncio.run(_supervise(plan, data / "run.json", limits))
    except CannotRun as problem:
        print(f"zufall run: {problem}", file=sys.stderr)
        return 1


def _make_certificates(data: Path, gateways: int) -> None:
    """Make or renew what the services prove their names with. Raises `CannotRun`."""
    folder = data / CERTIFICATES
    try:
        make_certificates(folder, gateway_words(gateways), datetime.now(UTC), LIFETIME)
    except OSError as error:
        raise CannotRun(
            f"{folder} cannot be written to ({error.strerror}): "
            "mend this, or choose another folder with --data"
        ) from None
    except ValueError as error:
        raise CannotRun(f"the certificates in {folder} are damaged ({error}): remove this folder") from None


async def _supervise(plan: LocalPlan, record: Path, limits: str) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    children: list[Child] = []
    try:
        for process in plan.processes:
            children.append(await start(process))
        await _until(stop, asyncio.create_task(_all_ready(children)))
        if stop.is_set():
            return 0
        _write(record, plan)
        if limits == "off":
            print(
                "zufall: LIMITS ARE OFF. Anybody may flood this installation: for measuring only.", flush=True
            )
        print(f"\nZufall is ready: {plan.url}   (Ctrl-C stops it)", flush=True)
        for sentence in plan.warnings:
            print(f"zufall: {sentence}", flush=True)
        print(f"Moderators log in at {plan.addresses['console']}/console\n", flush=True)
        await _until(stop, asyncio.create_task(_keep_all(plan.processes, children)))
        return 0
    finally:
        await _stop(children)


def _write(record: Path, plan: LocalPlan) -> None:
    """Record the addresses of the services for other commands on this machine."""
    record.write_text(json.dumps(plan.addresses, indent=2) + "\n")


async def _until(stop: asyncio.Event, work: asyncio.Task[None]) -> None:
    """Wait for the end of the work or for a signal, which ends the work. Raise what the work raises."""
    signalled = asyncio.create_task(stop.wait())
    await asyncio.wait((work, signalled), return_when=asyncio.FIRST_COMPLETED)
    signalled.cancel()
    if work.done():
        work.result()
    else:
        work.cancel()
        await asyncio.wait((work,))


async def _all_ready(children: Sequence[Child]) -> None:
    deadline = asyncio.get_running_loop().time() + READY_SECONDS
    for child in children:
        problem = await child.until_ready(deadline)
        if problem:
            raise CannotRun(f"{child.name} did not start: {problem}")


async def _keep_all(processes: Sequence[LocalProcess], children: list[Child]) -> None:
    """Start each process again that ends. Raises `CannotRun` when one ends too often."""
    keepers = [
        asyncio.create_task(_keep(process, children, place)) for place, process in enumerate(processes)
    ]
    try:
        await asyncio.gather(*keepers)
    finally:
        for keeper in keepers:
            keeper.cancel()
        await asyncio.wait(keepers)  # so that none starts a process while all are stopped


async def _keep(process: LocalProcess, children: list[Child], place: int) -> None:
    """Start one process again whenever it ends, whatever its status. Its child is at `place`."""
    restarts = Restarts()
    while True:
        end = await children[place].wait()
        pause = restarts.pause_after(asyncio.get_running_loop().time())
        if pause is None:
            raise CannotRun(
                f"{process.name} has ended {MOST_ENDS} times within {PERIOD:.0f} s, so all has stopped; "
                f"its last lines above say why ({end})"
            )
        print(f"zufall: {process.name} has ended ({end}) and starts again in {pause:g} s", flush=True)
        await asyncio.sleep(pause)
        children[place] = await start(process)


async def _stop(children: Sequence[Child]) -> None:
    """Stop the gateways first, so that they can tell their visitors, and NATS last."""
    print("zufall: stopping", flush=True)
    await asyncio.gather(*(child.stop() for child in children if child.name.startswith("gateway")))
    await asyncio.gather(*(child.stop() for child in children[1:]))
    await asyncio.gather(*(child.stop() for child in children))
