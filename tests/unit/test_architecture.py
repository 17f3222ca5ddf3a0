"""The walks in `docs/architecture.md` name existing files and functions, and their counts are right."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"

WALKS = ("find me a stranger", "my gateway dies", "a report closes a socket")
MOST_FILES, MOST_RETURNS = 40, 25
"""The most files and returns of the first walk, because a reader must keep them in mind."""

_HEADING = re.compile(r"^### Walk \d+: (.+)$", re.MULTILINE)
_COUNTS = re.compile(r"^(\d+) files, (\d+) returns\.", re.MULTILINE)
_STEP = re.compile(r"^(\d+)\. `([\w./-]+)` · ((?:`\w+`(?:, )?)+): ", re.MULTILINE)
_AGAIN = re.compile(r"\b([Bb]ack|on)\s+to\s+(\d+)(?:\s+\(((?:`\w+`(?:,\s+)?)+)\))?")
_NAME = re.compile(r"`(\w+)`")


@dataclass(frozen=True)
class Again:
    number: int
    functions: tuple[str, ...]
    on: bool


@dataclass(frozen=True)
class Step:
    """One file of a walk. `again` are the steps that its text goes to once more, with functions there.

    A step that follows the one before in the list is reached by `on`, and is no return.
    """

    path: str
    functions: tuple[str, ...]
    again: tuple[Again, ...]

    @property
    def returns(self) -> int:
        return sum(not one.on for one in self.again)


@dataclass(frozen=True)
class Walk:
    """One walk. `files` and `returns` are the counts that the page states."""

    text: str
    files: int
    returns: int
    steps: tuple[Step, ...]


def walks() -> dict[str, Walk]:
    """Return the walks by name, in the order of the page."""
    _, *parts = _HEADING.split(PAGE.read_text())
    return {name: read(text.split("\n## ")[0]) for name, text in zip(parts[::2], parts[1::2], strict=True)}


def read(text: str) -> Walk:
    counts = _COUNTS.search(text)
    assert counts, "the walk does not say how many files and returns it has"
    found = list(_STEP.finditer(text))
    assert [int(step[1]) for step in found] == list(range(1, len(found) + 1)), "numbers are from 1, in order"
    ends = [*(step.start() for step in found[1:]), len(text)]
    steps = (step_in(step[2], step[3], text[step.end() : end]) for step, end in zip(found, ends, strict=True))
    return Walk(text, int(counts[1]), int(counts[2]), tuple(steps))


def step_in(path: str, functions: str, text: str) -> Step:
    again = (
        Again(int(one[2]), tuple(_NAME.findall(one[3] or "")), one[1] == "on")
        for one in _AGAIN.finditer(text)
    )
    return Step(path, tuple(_NAME.findall(functions)), tuple(again))


def defined_in(path: Path) -> set[str]:
    """Return the functions and classes of a file, in TypeScript also members and constants."""
    text = path.read_text()
    if path.suffix == ".py":
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        return {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)}
    member = r"^\s*(?:private |async |static |get )*(\w+)(?:<[^>]*>)?\("
    constant = r"\b(?:function|class|const) (\w+)"
    option = r"\b(\w+): (?:async )?(?:\([^)]*\)|\w+) =>"
    return {one for pattern in (member, constant, option) for one in re.findall(pattern, text, re.MULTILINE)}


def named(walk: Walk) -> Iterator[tuple[str, str]]:
    """Yield each file with each function that the walk names there."""
    for step in walk.steps:
        yield from ((step.path, function) for function in step.functions)
        for again in step.again:
            yield from ((walk.steps[again.number - 1].path, function) for function in again.functions)


def test_the_page_has_these_walks() -> None:
    assert tuple(walks()) == WALKS


@pytest.mark.parametrize("name", WALKS)
def test_each_file_exists_and_is_named_once(name: str) -> None:
    walk = walks()[name]
    for step in walk.steps:
        assert (ROOT / step.path).is_file(), step.path
        assert walk.text.count(f"`{step.path}`") == 1, step.path


@pytest.mark.parametrize("name", WALKS)
def test_each_function_is_defined_in_its_file(name: str) -> None:
    for path, function in named(walks()[name]):
        assert function in defined_in(ROOT / path), f"{path} does not define {function}"


@pytest.mark.parametrize("name", WALKS)
def test_a_walk_returns_only_to_earlier_steps(name: str) -> None:
    for number, step in enumerate(walks()[name].steps, 1):
        before = 0
        for again in step.again:
            assert 1 <= again.number <= number, f"step {number} goes to {again.number}"
            assert not again.on or again.number == before + 1, f"step {number} goes on to {again.number}"
            before = again.number


@pytest.mark.parametrize("name", WALKS)
def test_the_counts_are_right(name: str) -> None:
    walk = walks()[name]
    assert walk.files == len(walk.steps)
    assert walk.returns == sum(step.returns for step in walk.steps)


def test_the_first_walk_is_short() -> None:
    walk = walks()[WALKS[0]]
    assert walk.files <= MOST_FILES
    assert walk.returns <= MOST_RETURNS


def test_a_return_is_counted_and_what_follows_in_order_is_not() -> None:
    step = step_in("a.py", "`one`", "Back to 2 (`two`) and on\n   to 3 (`three`,\n   `four`); back\n   to 1.")
    assert step.again == (
        Again(2, ("two",), on=False),
        Again(3, ("three", "four"), on=True),
        Again(1, (), on=False),
    )
    assert step.returns == 2
