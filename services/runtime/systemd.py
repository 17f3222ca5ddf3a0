"""Tells systemd how this process is (sd_notify(3)). Without systemd, all of this does nothing.

systemd gives the process a socket in NOTIFY_SOCKET, and in WATCHDOG_USEC the microseconds for which it may
be silent before it is killed and started again. Messages come from the event loop, so a loop that hangs is
silent.
"""

import asyncio
import os
import socket
from collections.abc import Callable

from .logs import logger

_LONGEST_SEND = 1.0  # seconds
_READY_INTERVAL = 0.1  # seconds


def notify(*lines: str) -> bool:
    """Send one message. Return whether there is nobody to tell or the message was taken."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return True
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.settimeout(_LONGEST_SEND)
            # An address that begins with @ is a name and not a file.
            sender.sendto("\n".join(lines).encode(), "\0" + address[1:] if address[0] == "@" else address)
    except OSError as error:
        logger().warning("systemd did not take a message", reason=str(error))
        return False
    return True


async def report_ready(problems: Callable[[], list[str]]) -> None:
    """Say `READY=1` as soon as there are no `problems`, and until then what they are."""
    if "NOTIFY_SOCKET" not in os.environ:
        return
    told: list[str] = []
    while (found := problems()) or not notify("READY=1", "STATUS=ready"):
        if found != told and notify(f"STATUS={', '.join(found)}"):
            told = found
        await asyncio.sleep(_READY_INTERVAL)


async def report_alive() -> None:
    """Say `WATCHDOG=1` twice in the time after which systemd takes this process for dead."""
    limit = int(os.environ.get("WATCHDOG_USEC", "0")) / 1_000_000
    if not limit or os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return
    while True:
        notify("WATCHDOG=1")
        await asyncio.sleep(limit / 2)


def extend_timeout(seconds: float) -> None:
    """Ask for so many seconds for the present step, a stop or a start, if the unit gives it less."""
    notify(f"EXTEND_TIMEOUT_USEC={round(seconds * 1_000_000)}")
