"""The units of systemd are valid, harden every service, and leave a gateway the time to drain."""

import dataclasses
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from services.backups.config import Config as Backups
from services.contract.keys import new_key
from services.matcher.config import Config as Matcher
from services.reports.config import Config as Reports
from services.runtime.built_files import COUNTRIES
from services.runtime.config import load, names
from services.runtime.unknown_settings import unknown_settings
from services.signaling.__main__ import AFTER_DRAIN
from services.signaling.config import Config as Gateway
from tests.certificates import Certificates
from tests.requirements import require

FOLDER = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICES = ("nats", "migrate", "matcher", "reports", "gateway@1", "backups", "turn")
OURS = ("zufall-matcher", "zufall-reports", "zufall-gateway@", "zufall-backups")

INSTALLED = "/opt/zufall/current/release/countries.mmdb"

MOST_EXPOSED = 1.5
"""What `systemd-analyze security` may find: 0 is the best and 10 the worst. A bare service has 9.6."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file system with the units, the programs that they start, and the system's own units."""
    require("systemd")
    root = tmp_path_factory.mktemp("root")
    shutil.copytree(FOLDER, root / "etc" / "systemd" / "system")
    shutil.copytree("/usr/lib/systemd/system", root / "usr" / "lib" / "systemd" / "system", symlinks=True)
    for name in ("opt/zufall/current/bin/zufall", "opt/zufall/current/bin/nats-server", "bin/bash"):
        program = root / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    return root


def analyze(root: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = ["systemd-analyze", f"--root={root}", "--no-pager", *words]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_the_units_are_valid(root: Path) -> None:
    units = (f"zufall-{name}.service" for name in SERVICES)
    found = analyze(root, "verify", "--man=no", "zufall.target", *units)
    assert [line for line in found.stderr.splitlines() if "zufall" in line] == []
    assert found.returncode == 0, found.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_hardened(root: Path, name: str) -> None:
    found = analyze(root, "security", "--offline=true", f"zufall-{name}.service")
    exposure = re.search(r"exposure level for .*: ([\d.]+)", found.stdout)
    assert exposure, found.stderr
    assert float(exposure[1]) <= MOST_EXPOSED, found.stdout


def setting(name: str, key: str) -> str:
    """Return the one value of a setting in a unit."""
    (value,) = re.findall(rf"^{key}=(.*)$", (FOLDER / f"{name}.service").read_text(), re.MULTILINE)
    return str(value)


@pytest.mark.parametrize("name", OURS)
def test_systemd_is_told_how_a_service_is(name: str) -> None:
    assert setting(name, "Type") == "notify"
    assert setting(name, "Restart") == "always"
    assert float(setting(name, "WatchdogSec")) >= 10, "a loop that works for seconds is not dead"


def test_a_gateway_has_the_time_to_drain() -> None:
    (drain,) = (field.default for field in dataclasses.fields(Gateway) if field.name == "drain_seconds")
    assert isinstance(drain, float)
    assert float(setting("zufall-gateway@", "TimeoutStopSec")) >= drain + AFTER_DRAIN


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.service")), ids=lambda path: path.name)
def test_secrets_are_files_that_only_the_service_sees(path: Path) -> None:
    """Each secret that a variable names is loaded, and each that is loaded is named."""
    text = path.read_text()
    named = set(re.findall(r"\w+=%d/(\w+)", text))
    loaded = set(re.findall(r"^LoadCredential=(\w+):/etc/zufall/secrets/\1$", text, re.MULTILINE))
    assert named == loaded
    certificate = re.findall(
        r"^LoadCredential=((?:tls|ca)\.\w+):/etc/zufall/certificates/", text, re.MULTILINE
    )
    assert certificate in ([], ["tls.crt", "tls.key", "ca.crt"])


@pytest.mark.parametrize(
    ("unit", "kind", "certificate"),
    [
        ("zufall-gateway@", Gateway, "gateway-1"),
        ("zufall-matcher", Matcher, "matcher"),
        ("zufall-reports", Reports, "reports"),
        ("zufall-backups", Backups, "reports"),  # it has no certificate
    ],
)
def test_each_service_gets_what_production_demands(
    unit: str, kind: type[object], certificate: str, tmp_path: Path
) -> None:
    """With the example of the settings, and no more."""
    credentials = Certificates(tmp_path).folder / certificate
    for name in ("token_keys", "pass_keys", "console_keys", "moderator_token", "turn_secret"):
        (credentials / name).write_text(new_key())
    (credentials / "database").write_text("postgresql+asyncpg://zufall:secret@127.0.0.1:5432/zufall")
    (credentials / "database_owner").write_text("postgresql+asyncpg://owner:secret@127.0.0.1:5432/zufall")
    (credentials / "backup_identity").write_text("AGE-SECRET-KEY-1")
    for name in ("oidc_client_secret", "alarm_webhook_secret", "smtp_password"):
        (credentials / name).write_text("")
    environment = variables(FOLDER / f"{unit}.service", "Environment=(.*)")
    environment |= variables(FOLDER / "zufall.env", "(ZUFALL_.*)")
    given = {
        name: value.replace("%d", str(credentials)).replace("%i", "1").replace(INSTALLED, str(COUNTRIES))
        for name, value in environment.items()
    }
    assert load(kind, given)
    assert {f"{secret}_FILE" for secret in names(kind, secret=True)} <= set(given)
    assert unknown_settings(given) == []


def variables(path: Path, line: str) -> dict[str, str]:
    found = re.findall(f"^{line}$", path.read_text(), re.MULTILINE)
    return dict(one.split("=", 1) for text in found for one in text.split())


def test_no_gateway_gets_the_keys_of_the_console_or_the_database() -> None:
    text = (FOLDER / "zufall-gateway@.service").read_text()
    assert not re.search(r"database|console|moderator", text)
