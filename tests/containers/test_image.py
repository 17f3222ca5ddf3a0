"""The image works without the other services."""

import json
import re
import subprocess

import pytest

from services.contract.keys import parse_key, parse_ring
from services.contract.version import VERSION

from ..timing import scaled
from .conftest import PROJECT

pytestmark = [pytest.mark.docker, pytest.mark.timeout(1200)]  # the first test builds the image


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["docker", "run", "--rm", "--read-only", "--cap-drop", "ALL", *arguments],
        check=False, capture_output=True, text=True, timeout=scaled(60),
    )  # fmt: skip


def test_nobody_in_it_is_root(image: str) -> None:
    assert run("--entrypoint", "id", image, "--user").stdout == "10001\n"


@pytest.mark.parametrize("program", ["node", "npm", "cc"])
def test_build_tools_stay_behind(image: str, program: str) -> None:
    assert run("--entrypoint", "sh", image, "-c", f"command -v {program}").stdout == ""


def test_the_environment_has_no_installer(image: str) -> None:
    assert run("--entrypoint", "python", image, "-c", "import pip").returncode == 1


@pytest.mark.parametrize(("folder", "base"), [("web/dist", "/"), ("web/console/dist", "/console/")])
def test_the_pages_are_inside(image: str, folder: str, base: str) -> None:
    page = run("--entrypoint", "cat", image, f"{folder}/index.html").stdout
    assets = re.findall(rf'"{base}(assets/[^"]+)"', page)
    assert assets
    listed = run("--workdir", f"/app/{folder}", "--entrypoint", "ls", image, *assets)
    assert listed.returncode == 0, listed.stderr


def test_the_countries_are_inside_and_set(image: str) -> None:
    program = (
        "import os; from services.signaling.shell.countries.country_database import open_countries; "
        "print(open_countries(os.environ['ZUFALL_COUNTRIES']).country('129.187.254.90'))"
    )
    assert run("--entrypoint", "python", image, "-c", program).stdout == "DE\n"


def test_its_labels_and_the_program_in_it_say_the_same(image: str) -> None:
    asked = ["docker", "image", "inspect", "--format", "{{json .Config.Labels}}", image]
    labels = json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
    version, revision, licences, base = (
        labels[f"org.opencontainers.image.{name}"]
        for name in ("version", "revision", "licenses", "base.name")
    )
    assert run(image, "--version").stdout == f"zufall {version} ({revision})\n"
    assert version == VERSION
    assert re.fullmatch(r"[0-9a-f]{40}", revision)
    assert (licences, base) == ("Apache-2.0", "python:3.13-slim")


@pytest.mark.long
@pytest.mark.parametrize(
    ("stage", "folders"), [("page", "/page/dist /page/console/dist"), ("packages", "/opt/venv /app")]
)
def test_building_it_again_makes_the_same_files(stage: str, folders: str) -> None:
    def built() -> str:
        command = ["docker", "build", "--quiet", "--no-cache", "--target", stage, str(PROJECT)]
        name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        listing = f"find {folders} -type f | sort | xargs -d '\\n' sha256sum"
        return run("--entrypoint", "sh", name, "-c", listing).stdout

    first = built()
    assert len(first.splitlines()) > 50
    assert built() == first


def test_it_prints_fresh_keys(image: str) -> None:
    def keys() -> dict[str, str]:
        return dict(line.split("=", 1) for line in run(image, "keys").stdout.splitlines())

    one, other = keys(), keys()
    assert one.keys() == {
        "ZUFALL_TOKEN_KEYS",
        "ZUFALL_PASS_KEYS",
        "ZUFALL_CONSOLE_KEYS",
        "ZUFALL_MODERATOR_TOKEN",
    }
    assert not set(one.values()) & set(other.values())
    parse_key(one["ZUFALL_TOKEN_KEYS"])
    parse_ring(one["ZUFALL_PASS_KEYS"])


def test_it_says_what_is_missing(image: str) -> None:
    started = run(image, "signaling")
    assert started.returncode == 2
    for name in ("ZUFALL_TOKEN_KEYS", "ZUFALL_PASS_KEYS", "ZUFALL_ORIGINS"):
        assert f"{name} is not set" in started.stderr
