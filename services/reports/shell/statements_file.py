"""Reads the templates of statements from files: those that come with Zufall, or an operator's own."""

from importlib import resources

from ..core.statement_parsing import parse_statements
from ..core.statements import Statements
from .toml_file import read_toml


def default_statements() -> Statements:
    """Read the templates in `statements.toml` beside this file."""
    return parse_statements(default_text())


def default_text() -> str:
    """Return the text of `statements.toml` beside this file."""
    return resources.files(__package__).joinpath("statements.toml").read_text("utf-8")


def read_statements(path: str) -> Statements:
    """Read an operator's templates; raises `UnusableFile` with every mistake."""
    return read_toml(path, parse_statements, "has no usable statements")
