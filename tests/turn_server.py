"""A real TURN server for tests: coturn, started and configured by `deploy/coturn/start`."""

import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil  # ships no types

from services.doctor.core.relay import Transport, TurnServer

from .servers import free_ports_in_a_row
from .timing import scaled

START = Path(__file__).parents[1] / "deploy" / "coturn" / "start"
DOMAIN = "zufall.test"
SECRET = "relay-secret-of-a-test"
_OLD_SECRET = "the-secret-before-it-was-changed"
_RELAY_PORTS = 40


@dataclass(frozen=True)
class RunningTurnServer:
    """A coturn. Its relay ports are above its port and its port for TLS, which follow each other."""

    address: str
    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    def over(self, transport: Transport, address: str | None = None) -> TurnServer:
        """Return where a client reaches it."""
        return TurnServer(address or self.address, self.port + (transport == "tls"), transport)

    @property
    def environment(self) -> dict[str, str]:
        """The settings that make a gateway use this server."""
        urls = f"turn:{self.address}:{self.port}?transport=udp"
        secrets = (self.folder / "turn_secret").read_text()
        return {"ZUFALL_TURN_URLS": urls, "ZUFALL_TURN_SECRET": secrets, "ZUFALL_ICE_POLICY": "all"}

    @property
    def log(self) -> str:
        """What it and its start script have said."""
        return (self.folder / "turn.log").read_text()

    def set_secrets(self, *secrets: str) -> None:
        """Write a new list of secrets, and wait until they count."""
        before = self.log.count("secrets are accepted")
        (self.folder / "turn_secret").write_text(",".join(secrets))
        self.process.send_signal(signal.SIGHUP)
        _until(lambda: self.log.count("secrets are accepted") > before, self)


@contextmanager
def turn_server(
    folder: Path, address: str, *arguments: str, settings: Mapping[str, str] | None = None
) -> Iterator[RunningTurnServer]:
    """Run a TURN server at an address of this machine, yield it when it is ready, and end it afterwards."""
    port = free_ports_in_a_row(2 + _RELAY_PORTS)
    (folder / "turn_secret").write_text(f"{SECRET},{_OLD_SECRET}")
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin", "ZUFALL_DOMAIN": DOMAIN,
        "ZUFALL_TURN_RUNTIME": str(folder / "runtime"),
        "ZUFALL_TURN_SECRET_FILE": str(folder / "turn_secret"), "ZUFALL_TURN_CADDY": str(folder),
        "ZUFALL_TURN_EXTERNAL_IP": f"{address}/{address}",
    }  # fmt: skip
    words = {
        "listening-ip": address, "listening-port": port, "tls-listening-port": port + 1,
        "min-port": port + 2, "max-port": port + 1 + _RELAY_PORTS,
    }  # fmt: skip
    command = [str(START), *(f"--{name}={value}" for name, value in words.items()), *arguments]
    with open(folder / "turn.log", "wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env=environment | dict(settings or {})
        )
    server = RunningTurnServer(address, port, folder, process)
    try:
        _until(lambda: _listens(address, port), server)
        yield server
    finally:
        process.terminate()
        process.wait(scaled(10))


def own_address() -> str:
    """Return an address that browsers use for media, so not the loopback."""
    for addresses in psutil.net_if_addrs().values():
        for one in addresses:
            if one.family == socket.AF_INET and not one.address.startswith("127."):
                return str(one.address)
    raise RuntimeError("this machine has no network")


def _until(condition: Callable[[], bool], server: RunningTurnServer) -> None:
    deadline = time.monotonic() + scaled(10)
    while server.process.poll() is None and time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.02)
    raise RuntimeError(f"the relay does not do it:\n{server.log}")


def _listens(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=1).close()
    except OSError:
        return False
    return True
