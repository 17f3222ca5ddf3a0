"""Reads the fields of parsed TOML. A mistake is noted and reading goes on, so that all are told at once."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

T = TypeVar("T")

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,32}", re.ASCII)


class InvalidToml(Exception):
    """A text does not hold what was expected; `problems` has a sentence for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def parse_toml(text: str, read: "Callable[[TomlTable, list[str]], T]") -> T:
    """Parse `text` and return what `read` makes of it; raise `InvalidToml` with every mistake."""
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidToml([f"this is not TOML: {error}"]) from None
    problems: list[str] = []
    found = read(TomlTable(content, problems), problems)
    if problems:
        raise InvalidToml(problems)
    return found


class TomlTable:
    """One table. After a mistake the methods return placeholders, which nobody may use."""

    def __init__(self, content: dict[str, Any], problems: list[str], where: str = "") -> None:
        """`problems` receives a sentence for each mistake, and `where` begins each of them."""
        self._unread = dict(content)
        self._problems = problems
        self._where = where

    def number(self, key: str, least: float, most: float, *, above: bool = False) -> float:
        """Read a number from `least` to `most`, both included; with `above`, it must be above `least`."""
        value = self._take(key)
        if value is None:
            return float(least)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.problem(f"{key} is not a number")
        elif not least <= value <= most or (above and value == least):  # nan is not between either
            self.problem(f"{key} must be {'above' if above else 'from'} {least:g} {_up_to(most, above)}")
        else:
            return float(value)
        return float(least)

    def optional_number(self, key: str, least: float, most: float) -> float | None:
        """Read a number that may be left out, and is None then."""
        return self.number(key, least, most) if key in self._unread else None

    def integer(self, key: str, least: int, most: int) -> int:
        """Read a whole number from `least` to `most`, both included."""
        value = self.number(key, least, most)
        if not value.is_integer():
            self.problem(f"{key} is not a whole number")
        return int(value)

    def name(self, key: str) -> str:
        """Read a short word that can stand in a log, in an address and in a table."""
        value = self._take(key)
        if value is not None and not (isinstance(value, str) and _NAME.fullmatch(value)):
            self.problem(f"{key} must be 1 to 32 letters, digits, dots, - and _, in quotes")
        return str(value)

    def text(self, key: str, most: int) -> str:
        """Read a text of 1 to `most` characters."""
        value = self._take(key)
        if value is not None and not (isinstance(value, str) and 0 < len(value.strip()) <= most):
            self.problem(f"{key} must be 1 to {most} characters, in quotes")
        return str(value)

    def optional_text(self, key: str, most: int) -> str:
        """Read a text that may be left out, and is "" then."""
        return self.text(key, most) if key in self._unread else ""

    def texts(self, key: str, most: int) -> Mapping[str, str]:
        """Read a text for all languages, with the key "", or a table of texts by language, such as `de`."""
        value = self._take(key)
        if value is None:
            return {}
        found = value if isinstance(value, dict) else {"": value}
        if not found:
            self.problem(f"{key} is empty")
        for language, text in found.items():
            if language and not _LANGUAGE.fullmatch(language):
                self.problem(f"{key}: {language!r} is not a language such as de")
            elif not (isinstance(text, str) and 0 < len(text.strip()) <= most and text.isprintable()):
                self.problem(f"{key} must be 1 to {most} printable characters in one line, in quotes")
        return {language: str(text).strip() for language, text in found.items()}

    def words(self, key: str, most: int, length: int) -> Sequence[str]:
        """Read a list of at most `most` texts of 1 to `length` characters, which may be left out."""
        value = self._unread.pop(key, [])
        fits = isinstance(value, list) and len(value) <= most
        if not fits or not all(isinstance(one, str) and 0 < len(one.strip()) <= length for one in value):
            self.problem(f"{key} must be a list of at most {most} texts of 1 to {length} characters")
            return []
        return [str(one) for one in value]

    def optional_local_time(self, key: str) -> datetime | None:
        """Read a date with a time, without a time zone. It may be left out."""
        value = self._unread.pop(key, None)
        if value is None or (isinstance(value, datetime) and value.tzinfo is None):
            return value
        self.problem(f"{key} must be a date with a time, such as 2026-12-24T18:00:00, without quotes")
        return None

    def one_of(self, key: str, choices: Sequence[str]) -> str:
        """Read one of these words."""
        value = self._take(key)
        if value is None or value in choices:
            return value or choices[0]
        self.problem(f"{key} must be one of {', '.join(choices)}, in quotes")
        return choices[0]

    def table(self, key: str) -> "TomlTable":
        """Read [key]. If it is missing, its fields are not reported as missing too."""
        value = self._take(key)
        if isinstance(value, dict):
            return TomlTable(value, self._problems, f"{self._where}[{key}] ")
        if value is not None:
            self.problem(f"{key} is not a table [{key}]")
        return TomlTable({}, [])

    def optional_table(self, key: str) -> "TomlTable | None":
        """Read [key], which earlier policies do not have."""
        return self.table(key) if key in self._unread else None

    def tables(self, key: str) -> "list[TomlTable]":
        """Read every [[key]], in order. There may be none."""
        values = self._unread.pop(key, [])
        if isinstance(values, list) and all(isinstance(value, dict) for value in values):
            return [TomlTable(value, self._problems, f"[[{key}]] {n}: ") for n, value in enumerate(values, 1)]
        self.problem(f"{key} is not a list of tables [[{key}]]")
        return []

    def refuse_unread(self) -> None:
        """Note a mistake for each field that was not read: most often it is misspelt."""
        for key in self._unread:
            self.problem(f"{key!r} is not known")

    def problem(self, sentence: str) -> None:
        """Note a mistake."""
        self._problems.append(self._where + sentence)

    def _take(self, key: str) -> Any:
        if key not in self._unread:
            self.problem(f"{key} is missing")
        return self._unread.pop(key, None)


def _up_to(most: float, above: bool) -> str:
    return f"and at most {most:g}" if above else f"to {most:g}"
