"""Configuration from the environment: a frozen dataclass, read once, that lists every problem at once."""

import dataclasses
from collections.abc import Callable, Mapping
from math import inf
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

T = TypeVar("T")
PREFIX = "ZUFALL_"


class ConfigError(Exception):
    """The environment does not hold a usable configuration; `problems` has a sentence for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def setting(help: str, default: Any = dataclasses.MISSING, parse: Callable[[str], Any] | None = None) -> Any:
    """A field that is read from ZUFALL_<FIELD NAME>; without a default it must be set."""
    return dataclasses.field(default=default, metadata={"help": help, "parse": parse})


def load(kind: type[T], environ: Mapping[str, str]) -> T:
    """An instance of the dataclass `kind`; raises `ConfigError`. An empty variable counts as not set."""
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    problems: list[str] = []
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]  # `kind` is a dataclass by contract
        name = PREFIX + field.name.upper()
        text = environ.get(name, "")
        if text:
            parse = field.metadata["parse"] or _PARSERS[hints[field.name]]
            try:
                values[field.name] = parse(text)
            except ValueError as error:
                problems.append(f"{name}: {error}")
        elif field.default is dataclasses.MISSING:
            problems.append(f"{name} is not set: {field.metadata['help']}")
    if problems:
        raise ConfigError(problems)
    return kind(**values)


def _boolean(text: str) -> bool:
    if text.lower() in ("1", "true", "yes", "on"):
        return True
    if text.lower() in ("0", "false", "no", "off"):
        return False
    raise ValueError(f"{text!r} is neither on nor off")


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def one_of(*choices: str) -> Callable[[str], str]:
    """A parser that takes one of `choices`."""

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"{text!r} is none of {', '.join(choices)}")
        return text

    return parse


def positive(text: str) -> float:
    """A number above 0, and finite."""
    number = float(text)
    if not 0 < number < inf:
        raise ValueError(f"{text!r} is not a number above 0")
    return number


_PARSERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: int,
    float: float,
    bool: _boolean,
    Path: Path,
    tuple[str, ...]: _words,
}
