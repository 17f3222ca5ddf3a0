"""Reads an operator's own file of TOML, and says what is wrong with it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from services.contract.toml_table import InvalidToml

T = TypeVar("T")


class UnusableFile(ValueError):
    """A file is not what it should be: `problems` has a sentence for each mistake, `refusal` sums them up."""

    def __init__(self, path: str, refusal: str, problems: Sequence[str]) -> None:
        super().__init__("\n  ".join([f"{path} {refusal}:", *problems]))
        self.problems = problems


def read_toml(path: str, parse: Callable[[str], T], refusal: str) -> T:
    """Parse the text of a file; raise `UnusableFile` with every mistake, after the words `refusal`."""
    try:
        return parse(Path(path).read_text("utf-8"))
    except OSError as error:
        raise UnusableFile(path, "cannot be read", [error.strerror or str(error)]) from None
    except UnicodeDecodeError:
        raise UnusableFile(path, "cannot be read", ["this is not a text file"]) from None
    except InvalidToml as refused:
        raise UnusableFile(path, refusal, refused.problems) from None
