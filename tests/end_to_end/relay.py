"""A real TURN server for one test: coturn, with the secret with which gateways sign credentials."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil  # ships no types

from ..servers import free_ports_in_a_row
from ..timing import scaled

_SECRET = "relay-secret-of-a-test"
_OTHER_SECRET = "--static-auth-secret=the-secret-before-it-was-changed"
_PORTS = 40


@dataclass(frozen=True)
class TurnRelay:
    address: str
    port: int

    @property
    def environment(self) -> dict[str, str]:
        """The settings that make a gateway use this server."""
        urls = f"turn:{self.address}:{self.port}?transport=udp"
        return {"ZUFALL_TURN_URLS": urls, "ZUFALL_TURN_SECRET": _SECRET, "ZUFALL_ICE_POLICY": "all"}


@contextmanager
def relay(folder: Path) -> Iterator[TurnRelay]:
    """Run a TURN server, yield it when it is ready, and end it afterwards."""
    place = TurnRelay(_own_address(), free_ports_in_a_row(1 + _PORTS))
    words = {
        "listening-ip": place.address, "relay-ip": place.address, "listening-port": place.port,
        "min-port": place.port + 1, "max-port": place.port + _PORTS, "realm": "zufall",
        "static-auth-secret": _SECRET, "log-file": "stdout", "pidfile": folder / "turn.pid",
        "userdb": folder / "turn.sqlite",
    }  # fmt: skip
    flags = ("--use-auth-secret", "--no-cli", "--no-tls", "--no-dtls", "--simple-log", "-n", _OTHER_SECRET)
    command = ["turnserver", *flags, *(f"--{name}={value}" for name, value in words.items())]
    with open(folder / "turn.log", "wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _until_listening(place, process, folder / "turn.log")
        yield place
    finally:
        process.terminate()
        process.wait(scaled(10))


def _own_address() -> str:
    """Return an address that browsers use for media, so not the loopback."""
    for addresses in psutil.net_if_addrs().values():
        for one in addresses:
            if one.family == socket.AF_INET and not one.address.startswith("127."):
                return str(one.address)
    raise RuntimeError("this machine has no network")


def _until_listening(place: TurnRelay, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + scaled(10)
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((place.address, place.port), timeout=1).close()
        except OSError:  # not yet
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the relay does not start:\n{log.read_text()}")
