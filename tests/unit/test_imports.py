"""Who may import whom, what stays pure, and how long a file may be."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "services").rglob("*.py"))
OURS = [*SOURCES, *sorted((ROOT / "bench").rglob("*.py")), *sorted((ROOT / "tests").rglob("*.py"))]

SERVICES = {"signaling", "matcher", "reports"}
MAY_IMPORT = {
    "contract": {"contract"},
    "runtime": {"contract", "runtime"},
    "local": {"contract", "runtime", "local"},
    **{service: {"contract", "runtime", service} for service in SERVICES},
}
"""`services/cli.py` stands above them all."""

PURE = [
    "contract/*.py",
    "runtime/addresses.py",
    "runtime/config.py",
    "signaling/session.py",
    "signaling/states.py",
    "signaling/search/acquaintances.py",
    "signaling/effects.py",
    "signaling/events.py",
    "signaling/messages.py",
    "signaling/search/wishes.py",
    "signaling/countries.py",
    "signaling/match/signals.py",
    "signaling/figures/figures.py",
    "signaling/figures/status.py",
    "signaling/figures/waits.py",
    "signaling/match/ice.py",
    "signaling/filing.py",
    "signaling/match/conversation.py",
    "signaling/match/encounters.py",
    "signaling/match/handover.py",
    "signaling/match/lines.py",
    "signaling/match/partings.py",
    "signaling/search/looking.py",
    "signaling/figures/interests.py",
    "signaling/figures/popular.py",
    "matcher/waiting_room.py",
    "matcher/hints.py",
    "matcher/queues.py",
    "matcher/rules.py",
    "matcher/search.py",
    "matcher/shelves.py",
    "matcher/stages.py",
    "matcher/tickets.py",
    "matcher/timers.py",
    "matcher/pace.py",
    "matcher/simulation/crowd.py",
    "matcher/simulation/populations.py",
    "matcher/simulation/results.py",
    "matcher/simulation/run.py",
    "matcher/simulation/shares.py",
    "matcher/simulation/table.py",
    "matcher/simulation/visitors.py",
    "reports/audit_chain.py",
    "reports/console/deeds.py",
    "reports/console/desk.py",
    "reports/console/holding.py",
    "reports/console/lockout.py",
    "reports/console/roles.py",
    "reports/policy/policy.py",
    "reports/policy/fields.py",
    "reports/records.py",
    "reports/policy/replay.py",
    "reports/policy/replay_table.py",
    "reports/review.py",
    "reports/weighing.py",
]
IMPURE = {
    "aiohttp", "asyncio", "asyncpg", "grpc", "nats", "os", "random", "socket", "sqlalchemy", "subprocess",
    "threading", "time", "uvloop",
}  # fmt: skip
MAY_ASK_FOR_RANDOM_BYTES = {"contract/sealing.py"}  # a nonce is part of what AES-GCM is


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """The modules that `path` imports, by their full names."""
    package = [*path.relative_to(ROOT).parent.parts]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def pure_files() -> list[Path]:
    return sorted({path for pattern in PURE for path in (ROOT / "services").glob(pattern)})


def test_the_rules_are_about_files_that_exist() -> None:
    assert {path.name for path in (ROOT / "services").iterdir()} >= SERVICES
    for pattern in PURE:
        assert list((ROOT / "services").glob(pattern)), pattern


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_imports_go_one_way(path: Path) -> None:
    part = path.relative_to(ROOT / "services").parts[0]
    for module in imports(path):
        words = module.split(".")
        if words[0] == "services" and len(words) > 1 and part in MAY_IMPORT:
            assert words[1] in MAY_IMPORT[part], f"{module} is none of its business"
        assert words[0] not in ("tests", "bench"), module


@pytest.mark.parametrize("path", pure_files(), ids=name)
def test_what_decides_does_no_input_or_output(path: Path) -> None:
    found = {module.split(".")[0] for module in imports(path)} & IMPURE
    if path.relative_to(ROOT / "services").as_posix() in MAY_ASK_FOR_RANDOM_BYTES:
        found -= {"os"}
    assert not found


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_source_file_says_shortly_what_it_is(path: Path) -> None:
    text = path.read_text()
    promise = ast.get_docstring(ast.parse(text))
    if text:
        assert promise, "no docstring"
        assert len(promise.splitlines()) <= 5


@pytest.mark.parametrize("path", OURS, ids=name)
def test_no_file_is_long(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400
