"""Every variable stands in the list of names, and compose passes on those that it does not set itself."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.runtime.config import FILE, PREFIX, names
from services.runtime.setting_names import NAMES
from tools.interfaces.settings import COMMON, SERVICES, SET_BY_COMPOSE, passed_on

ROOT = Path(__file__).parents[2]

TEXTS = (
    "Makefile",
    "Dockerfile",
    ".ci/run",
    "compose.yaml",
    "deploy/**/*",
    "k8s/**/*.*",
    "zufall",
    "web/vite.config.ts",
    "web/console/vite.config.ts",
)
READ = re.compile(r'(?:environ(?:\.get)?[\[(]|\b(?:given|read|_chosen)\()"(ZUFALL_\w+)"')
"""How our Python asks for a variable."""


def asked_for() -> Iterator[tuple[str, str]]:
    """Yield each variable that something beside a configuration uses, with a file where it does."""
    for pattern in TEXTS:
        for path in filter(Path.is_file, ROOT.glob(pattern)):
            yield from ((name, str(path)) for name in re.findall(r"\bZUFALL_[A-Z_]+\b", path.read_text()))
    for folder in ("services", "tools", "bench", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            yield from ((name, str(path)) for name in READ.findall(path.read_text()))


def test_every_variable_that_anything_reads_is_known() -> None:
    found = dict(asked_for())
    assert {"ZUFALL_REQUIRE", "ZUFALL_TEST_FLOOD", "ZUFALL_MODERATOR_TOKEN", "ZUFALL_CONSOLE"} <= found.keys()
    unknown = {name: path for name, path in found.items() if name.removesuffix(FILE) not in NAMES}
    assert not unknown, "add them to OTHER_NAMES in tools/interfaces/settings.py"


@pytest.mark.parametrize("service", SERVICES)
def test_compose_passes_on_what_is_no_secret_and_what_it_does_not_set(service: str) -> None:
    passed, kind = passed_on(service), SERVICES[service]
    fixed = [f"{PREFIX}{name}" for name in SET_BY_COMPOSE[service]]
    common = [name for each in COMMON for name in names(each)]
    assert sorted([*passed, *fixed, *names(kind, secret=True)]) == sorted([*names(kind), *common])
