"""Class names, docstrings and tests keep the rules of CONTRIBUTING.md."""

import ast
import re

import pytest

from tools.counts import Sources, fragments, patches, repeated_class_names, sources

MAY_BEGIN_A_SENTENCE = ("To", "What", "Whatever")
"""A whole sentence may begin with these, so only a reader can tell."""

FUNCTION = re.compile(r"""f?['"]+(\(.*?\)|\w+) =>""")
"""The beginning of a Python string with a function of JavaScript."""


@pytest.fixture(scope="module")
def files() -> Sources:
    return sources()


def test_a_class_name_is_defined_once(files: Sources) -> None:
    assert repeated_class_names(files) == {}


def test_a_docstring_is_a_whole_sentence(files: Sources) -> None:
    assert [place for place in fragments(files) if not place[2].startswith(MAY_BEGIN_A_SENTENCE)] == []


def test_no_test_replaces_a_name_in_our_modules(files: Sources) -> None:
    assert list(patches(files)) == []


def test_what_a_page_waits_for_is_a_function(files: Sources) -> None:
    """The policy of our pages forbids an expression, which Playwright evaluates again each time."""
    waits: list[str] = []
    for path, tree in files.items():
        named = {ast.unparse(one.targets[0]): one.value for one in tree.body if isinstance(one, ast.Assign)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".wait_for_function"):
                given = named.get(ast.unparse(node.args[0]), node.args[0])
                if isinstance(given, ast.Constant | ast.JoinedStr) and not FUNCTION.match(ast.unparse(given)):
                    waits.append(f"{path}:{node.lineno}")
    assert waits == []
