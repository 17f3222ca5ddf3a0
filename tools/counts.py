"""Counts of how the code reads: `python -m tools.counts [COMMIT]`.

Without a commit it counts the tracked files as they are now.
"""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

FOLDERS = ("services", "tools", "bench", "tests")

FRAGMENT = re.compile(
    r"(Of|Who|Whoever|Whom|Whose|Those|That|As|To|Before|Since|Until|Nothing|So much|The same|What|Whatever)"
    r"\b"
)
"""The words with which a docstring begins that only continues the name above it."""

SHARED_NAMES = {"Config"}
"""Class names that may be defined more than once: each service has a configuration."""

Sources = Mapping[str, ast.Module]
"""Parsed files by their path."""


def sources(commit: str | None = None) -> Sources:
    """Return all Python files of `FOLDERS` except generated ones, as they are now or at a commit."""
    listing = _git("ls-tree", "-r", "--name-only", commit) if commit else _git("ls-files")
    return {path: ast.parse(_text(path, commit)) for path in listing.splitlines() if _counts(path)}


def repeated_class_names(files: Sources) -> Mapping[str, int]:
    """Return the class names that are defined more than once, and how often."""
    names = Counter(
        node.name for tree in files.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    )
    return {name: count for name, count in sorted(names.items()) if count > 1 and name not in SHARED_NAMES}


def fragments(files: Sources) -> Iterator[tuple[str, int, str]]:
    """Yield the place and the first line of every docstring that is only a fragment of a sentence."""
    for path, tree in files.items():
        for line, text in _docstrings(tree):
            if FRAGMENT.match(text):
                yield path, line, text.splitlines()[0]


def patches(files: Sources) -> Iterator[str]:
    """Yield the place of every test that replaces a name in one of our modules."""
    for path, tree in files.items():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and node.attr == "setattr"
                and isinstance(node.value, ast.Name)
            ):
                yield f"{path}:{node.lineno}"


def lines(paths: Iterable[str], commit: str | None) -> Mapping[str, int]:
    """Return the number of lines of each folder."""
    count: Counter[str] = Counter()
    for path in paths:
        count[path.split("/")[0]] += _text(path, commit).count("\n")
    return count


def _docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield docstrings of modules, classes and functions, and the strings under constants and fields."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and body:
            for statement in body:
                match statement:
                    case ast.Expr(value=ast.Constant(value=str(text))):
                        yield statement.lineno, text.strip()


def _counts(path: str) -> bool:
    return path.endswith(".py") and path.startswith(FOLDERS) and "_pb2" not in path


def _text(path: str, commit: str | None) -> str:
    return _git("show", f"{commit}:{path}") if commit else Path(path).read_text()


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout


def main(commit: str | None) -> None:
    """Print the counts as a table."""
    files = sources(commit)
    classes = {
        node.name for tree in files.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    }
    in_services = {path: tree for path, tree in files.items() if path.startswith("services")}
    rows = [
        ("class names", len(classes)),
        ("of these defined more than once", len(repeated_class_names(files))),
        ("the same within services/", len(repeated_class_names(in_services))),
        ("docstrings that are fragments", len(list(fragments(files)))),
        ("the same within services/", len(list(fragments(in_services)))),
        ("names of modules replaced by tests", len(list(patches(files)))),
        *((f"lines in {folder}/", count) for folder, count in lines(files, commit).items()),
    ]
    for label, number in rows:
        print(f"{number:8,}  {label}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
