"""The rules of imports hold: between packages, for pure modules, for their depth and for a file's length."""

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "services").rglob("*.py"))
TOOLS = sorted((ROOT / "tools").rglob("*.py"))
OURS = [
    *SOURCES,
    *TOOLS,
    *(path for part in ("bench", "tests") for path in sorted((ROOT / part).rglob("*.py"))),
]

SERVICES = {"signaling", "matcher", "reports", "backups"}
MAY_IMPORT = {
    "contract": {"contract"},
    "runtime": {"contract", "runtime"},
    "local": {"contract", "runtime", "local"},
    **{service: {"contract", "runtime", service} for service in SERVICES},
}
"""`services/cli.py` may import all of them."""

PURE = [
    "contract/*.py",
    "runtime/config.py",
    "signaling/core/*.py",
    "signaling/shell/appeal_request.py",
    "signaling/shell/countries/country_records.py",
    "signaling/shell/stats/*.py",
    "signaling/shell/report_request.py",
    "signaling/shell/ice.py",
    "signaling/shell/failure_detector.py",
    "signaling/shell/session_timers.py",
]
PURE_TOOLS = [
    "simulation/crowd_model.py",
    "simulation/populations.py",
    "simulation/results.py",
    "simulation/simulation.py",
    "simulation/option_values.py",
    "simulation/table.py",
    "simulation/visitors.py",
]
IMPURE = {
    "aiohttp", "asyncio", "asyncpg", "grpc", "nats", "os", "random", "socket", "sqlalchemy", "subprocess",
    "threading", "time", "uvloop", "concurrent", "http", "io", "multiprocessing", "selectors", "shutil",
    "signal", "ssl", "tempfile", "urllib",
}  # fmt: skip
MAY_ASK_FOR_RANDOM_BYTES = {"contract/sealing.py"}  # a nonce is part of what AES-GCM is

CORE = "services/*/core/**/*.py"
LIBRARIES = {"core": {"msgspec"}, "contract": {"msgspec", "cryptography", "jwt"}}
"""Libraries beside the standard one that a core and the contract may use, because they only compute."""
CHANCE = {"secrets", "services.contract.ids.random_id", "services.contract.keys.new_key"}
"""Sources of random values, which a core gets from its caller."""

DEEPEST = 10
"""The most of our modules in the longest chain of imports of the gateway."""


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Yield the full names of the modules that `path` imports."""
    package = [*path.relative_to(ROOT).parent.parts]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def module(path: Path) -> str:
    """Return the full name under which `path` is imported."""
    words = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(words[:-1] if words[-1] == "__init__" else words)


FILES = {module(path): path for path in SOURCES}


@cache
def known(importer: str) -> frozenset[str]:
    """Return our modules that this one imports, without their packages, which are empty."""
    found = {name for name in imports(FILES[importer]) if name in FILES and name != importer}
    return frozenset(name for name in found if FILES[name].name != "__init__.py")


@cache
def longest_chain(first: str) -> tuple[str, ...]:
    """Return the longest chain of imports of our modules that begins with this one."""
    return (first, *max(map(longest_chain, sorted(known(first))), key=len, default=()))


def chains(roots: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return a chain of imports from `roots` to every module of ours that they reach."""
    found: dict[str, tuple[str, ...]] = {root: (root,) for root in roots}
    queue = list(found)
    for importer in queue:
        for imported in known(importer) - found.keys():
            found[imported] = (*found[importer], imported)
            queue.append(imported)
    return found


def package(name: str) -> str:
    """Return the package of a module. A `__main__` is its own package, because it builds the others."""
    return name if name.endswith(".__main__") else name.rpartition(".")[0]


def packages() -> dict[str, dict[str, str]]:
    """Return the packages that each package imports, each with one import as an example."""
    found: dict[str, dict[str, str]] = {}
    for importer in sorted(FILES):
        for imported in sorted(known(importer)):
            if package(importer) != package(imported):
                shown = f"{importer} imports {imported}"
                found.setdefault(package(importer), {}).setdefault(package(imported), shown)
    return found


def way_back(graph: Mapping[str, Iterable[str]], start: str) -> list[str]:
    """Return the packages on a cycle through `start`, or none."""
    queue, seen = [[start]], {start}
    for way in queue:
        for following in graph.get(way[-1], ()):
            if following == start:
                return [*way, start]
            if following not in seen:
                seen.add(following)
                queue.append([*way, following])
    return []


def pure_files() -> list[Path]:
    services = {path for pattern in PURE for path in (ROOT / "services").glob(pattern)}
    return sorted(services | {ROOT / "tools" / pattern for pattern in PURE_TOOLS})


def test_the_rules_are_about_files_that_exist() -> None:
    assert {path.name for path in (ROOT / "services").iterdir()} >= SERVICES
    for pattern in PURE:
        assert list((ROOT / "services").glob(pattern)), pattern


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_imports_go_one_way(path: Path) -> None:
    part = path.relative_to(ROOT / "services").parts[0]
    for imported in imports(path):
        words = imported.split(".")
        if words[0] == "services" and len(words) > 1 and part in MAY_IMPORT:
            assert words[1] in MAY_IMPORT[part], f"{imported} is none of its business"
        assert words[0] not in ("tests", "bench", "tools"), imported


@pytest.mark.parametrize("path", pure_files(), ids=name)
def test_a_pure_module_does_no_input_or_output(path: Path) -> None:
    found = {imported.split(".")[0] for imported in imports(path)} & IMPURE
    if name(path).removeprefix("services/") in MAY_ASK_FOR_RANDOM_BYTES:
        found -= {"os"}
    assert not found


def test_there_is_a_core() -> None:
    assert list(ROOT.glob(CORE))


@pytest.mark.parametrize("path", sorted(ROOT.glob(CORE)), ids=name)
def test_a_core_is_pure_through_every_import(path: Path) -> None:
    """A core imports only itself, the contract and pure libraries, and so do the modules it imports."""
    core = ".".join(path.relative_to(ROOT).parts[:3])
    for reached, chain in chains([module(path)]).items():
        shown = " imports ".join(chain)
        in_core = reached.startswith(f"{core}.") or reached == core
        assert in_core or reached.startswith("services.contract."), shown
        libraries = LIBRARIES["core" if in_core else "contract"]
        for imported in imports(FILES[reached]):
            top = imported.split(".")[0]
            assert top == "services" or top in libraries | set(sys.stdlib_module_names), f"{shown}: {top}"
            excused = FILES[reached].relative_to(ROOT / "services").as_posix() in MAY_ASK_FOR_RANDOM_BYTES
            assert top not in IMPURE or (top == "os" and excused), f"{shown}: {top}"
            assert not in_core or imported not in CHANCE, f"{shown}: {imported}"


@pytest.mark.parametrize("start", sorted(set(map(package, FILES))))
def test_packages_form_no_cycle(start: str) -> None:
    graph = packages()
    way = way_back(graph, start)
    assert not way, [graph[one][other] for one, other in pairwise(way)]


def test_a_gateway_is_not_deep() -> None:
    chain = longest_chain("services.signaling.__main__")
    assert len(chain) <= DEEPEST, "\n".join(chain)


@pytest.mark.parametrize("path", [*SOURCES, *TOOLS], ids=name)
def test_every_source_file_begins_with_a_short_docstring(path: Path) -> None:
    text = path.read_text()
    promise = ast.get_docstring(ast.parse(text))
    if text:
        assert promise, "no docstring"
        assert len(promise.splitlines()) <= 5


@pytest.mark.parametrize("path", OURS, ids=name)
def test_no_file_is_long(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 500
