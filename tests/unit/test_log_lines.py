"""Every line that our services log as a warning or an error is explained on one page."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEVELS = {"warning", "error", "exception", "critical"}


def logged(source: str) -> Iterator[str]:
    """Yield the fixed text of each call that logs at one of these levels."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        first = node.args[0]
        if node.func.attr in LEVELS and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


def test_every_line_is_explained() -> None:
    lines = {line for file in (ROOT / "services").rglob("*.py") for line in logged(file.read_text())}
    explained = re.findall(r"^\| `(.+?)` \|", (ROOT / "docs" / "log-lines.md").read_text(), re.MULTILINE)
    assert len(lines) > 40
    assert explained == sorted(lines)
