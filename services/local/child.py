"""Child processes of `zufall run`: each line of output gets the name of its process in front."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Mapping

from services.runtime.config import FILE
from services.runtime.unknown_settings import unknown_names

from .plan import LocalProcess

STOP_SECONDS = 10.0
"""Seconds that a process has to end before it is killed."""

_PR_SET_PDEATHSIG = 1
_LONGEST_LINE = 1024 * 1024  # bytes
_NOISE = (b"[INF]", b'"TLS Handshake First"')
"""Marks the greeting of nats-server, and its warning about clients that are not ours."""


class Child:
    """A running process. `admin` is the `host:port` of its admin server, if it has one."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, admin: str | None) -> None:
        self.name = name
        self._process = process
        self._admin = admin
        self._output = asyncio.create_task(self._print_output())

    async def until_ready(self, deadline: float) -> str | None:
        """Wait until it is ready and return None, or return why it is not: it ended, or `deadline` passed."""
        problem = "it does not answer"
        while asyncio.get_running_loop().time() < deadline:
            if self._process.returncode is not None:
                await self._all_printed()
                return f"it ended with {_status(self._process.returncode)}; its last lines above say why"
            if self._admin is None:
                return None
            status, problem = await _ask_ready(self._admin)
            if status == 200:
                return None
            await asyncio.sleep(0.05)
        return problem

    async def wait(self) -> str:
        """Wait until it ends, and say how in words."""
        status = await self._process.wait()
        await self._all_printed()
        return _status(status)

    async def stop(self) -> None:
        """Stop it without a drain, since everything stops. Kill it when it does not end in time."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)
            try:
                await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
            except TimeoutError:
                print(f"zufall: {self.name} did not stop in {STOP_SECONDS:.0f} s and was killed", flush=True)
                self._process.kill()
        await self.wait()

    async def _all_printed(self) -> None:
        await asyncio.shield(self._output)  # who does not wait any longer cuts off no line

    async def _print_output(self) -> None:
        stream = self._process.stdout
        while stream is not None and (line := await stream.readline()):
            if not any(noise in line for noise in _NOISE):
                text = line.decode(errors="replace").rstrip()
                # A line of JSON names its service, and programs read it as it is.
                print(text if text.startswith("{") else f"{self.name:9} | {text}", flush=True)


async def start(planned: LocalProcess) -> Child:
    """Start a process that ends when this one does, however this one ends."""
    process = await asyncio.create_subprocess_exec(
        *planned.command,
        env=environment_of(planned),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=_LONGEST_LINE,
        start_new_session=True,  # Ctrl-C reaches only this process, which stops the others in order
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    )
    return Child(planned.name, process, planned.admin)


def environment_of(planned: LocalProcess, ours: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return our environment with what is planned, which also replaces what would come from a file.

    The log is text unless ours says something else. Unknown settings are left out, because `zufall run`
    names them once for all.
    """
    left_out = {*(name + FILE for name in planned.environment), *unknown_names(ours)}
    inherited = {name: value for name, value in ours.items() if name not in left_out}
    logs = {} if "ZUFALL_LOGS" + FILE in ours else {"ZUFALL_LOGS": ours.get("ZUFALL_LOGS") or "text"}
    return {**inherited, **logs, **planned.environment}


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


async def _ask_ready(address: str) -> tuple[int, str]:
    """Return the status and body of `/readyz`, and status 0 when nothing listens yet."""
    host, _, port = address.rpartition(":")
    try:
        reader, writer = await asyncio.open_connection(host, int(port))
    except OSError:
        return 0, "it does not answer"
    try:
        writer.write(f"GET /readyz HTTP/1.0\r\nHost: {address}\r\n\r\n".encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        return int(head.split(b" ", 2)[1]), body.decode().strip().replace("\n", ", ")
    except (OSError, IndexError, ValueError):
        return 0, "it does not answer"
    finally:
        writer.close()


def _status(returncode: int) -> str:
    return f"signal {signal.Signals(-returncode).name}" if returncode < 0 else f"status {returncode}"
