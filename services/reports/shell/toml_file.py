"""Reads an operator's own file of TOML, and says what is wrong with it."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ..core.toml_table import InvalidToml

T = TypeVar("T")


def read_toml(path: str, parse: Callable[[str], T], refusal: str) -> T:
    """Parse the text of a file; raise `ValueError` with every mistake, after the words `refusal`."""
    try:
        return parse(Path(path).read_text("utf-8"))
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: this is not a text file") from None
    except InvalidToml as refused:
        lines = "\n".join(f"  {problem}" for problem in refused.problems)
        raise ValueError(f"{path} {refusal}:\n{lines}") from None
