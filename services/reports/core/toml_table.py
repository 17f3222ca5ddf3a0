"""Reads fields out of parsed TOML. What is wrong is noted and reading goes on: all is told at once."""

import re
from collections.abc import Sequence
from typing import Any

_NAME = re.compile(r"[A-Za-z0-9._-]{1,32}", re.ASCII)


class TomlTable:
    """The fields of one table. After a problem the answers are placeholders: use none of them."""

    def __init__(self, content: dict[str, Any], problems: list[str], where: str = "") -> None:
        self._left = dict(content)
        self._problems = problems
        self._where = where

    def number(self, key: str, least: float, most: float, *, above: bool = False) -> float:
        """A number from `least` to `most`, both included; with `above`, `least` itself is too little."""
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

    def whole(self, key: str, least: int, most: int) -> int:
        value = self.number(key, least, most)
        if not value.is_integer():
            self.problem(f"{key} is not a whole number")
        return int(value)

    def name(self, key: str) -> str:
        """A short word that can stand in a log, in an address and in a table."""
        value = self._take(key)
        if value is not None and not (isinstance(value, str) and _NAME.fullmatch(value)):
            self.problem(f"{key} must be 1 to 32 letters, digits, dots, - and _, in quotes")
        return str(value)

    def one_of(self, key: str, choices: Sequence[str]) -> str:
        value = self._take(key)
        if value is None or value in choices:
            return value or choices[0]
        self.problem(f"{key} must be one of {', '.join(choices)}, in quotes")
        return choices[0]

    def table(self, key: str) -> "TomlTable":
        """What stands under [key]; if that is missing, the fields in it are not told as missing too."""
        value = self._take(key)
        if isinstance(value, dict):
            return TomlTable(value, self._problems, f"[{key}] ")
        if value is not None:
            self.problem(f"{key} is not a table [{key}]")
        return TomlTable({}, [])

    def optional_table(self, key: str) -> "TomlTable | None":
        """The same where it may be missing: for what policies of before did not know."""
        return self.table(key) if key in self._left else None

    def tables(self, key: str) -> "list[TomlTable]":
        """What stands under each [[key]], in their order; there may be none."""
        values = self._left.pop(key, [])
        if isinstance(values, list) and all(isinstance(value, dict) for value in values):
            return [TomlTable(value, self._problems, f"[[{key}]] {n}: ") for n, value in enumerate(values, 1)]
        self.problem(f"{key} is not a list of tables [[{key}]]")
        return []

    def end(self) -> None:
        """Whatever was not asked for is a mistake, most often of spelling."""
        for key in self._left:
            self.problem(f"{key!r} is not known")

    def problem(self, sentence: str) -> None:
        self._problems.append(self._where + sentence)

    def _take(self, key: str) -> Any:
        if key not in self._left:
            self.problem(f"{key} is missing")
        return self._left.pop(key, None)


def _up_to(most: float, above: bool) -> str:
    return f"and at most {most:g}" if above else f"to {most:g}"
