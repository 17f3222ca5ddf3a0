"""Reads the templates of statements from files: those that come with Zufall, or an operator's own."""

from importlib import resources
from pathlib import Path

from ..core.statement_parsing import InvalidStatements, parse_statements
from ..core.statements import Statements


def default_statements() -> Statements:
    """Read the templates in `statements.toml` beside this file."""
    return parse_statements(default_text())


def default_text() -> str:
    """Return the text of `statements.toml` beside this file."""
    return resources.files(__package__).joinpath("statements.toml").read_text("utf-8")


def read_statements(path: str) -> Statements:
    """Read an operator's templates; raises `ValueError` with every mistake."""
    try:
        return parse_statements(Path(path).read_text("utf-8"))
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: this is not a text file") from None
    except InvalidStatements as refused:
        lines = "\n".join(f"  {problem}" for problem in refused.problems)
        raise ValueError(f"{path} has no usable statements:\n{lines}") from None
