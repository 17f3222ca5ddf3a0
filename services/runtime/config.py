"""Configuration from the environment: a frozen dataclass, read once. It names all problems at once.

The value of ZUFALL_X may also be in a file that ZUFALL_X_FILE names, so that no secret is in the environment.
"""

import dataclasses
from collections.abc import Callable, Mapping
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar, get_origin, get_type_hints

T = TypeVar("T")
PREFIX = "ZUFALL_"
FILE = "_FILE"
"""What follows the name of a setting in the variable that names a file with its value."""


class ConfigError(Exception):
    """The environment holds no usable configuration. `problems` has a sentence for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def setting(
    help: str,
    default: Any = dataclasses.MISSING,
    parse: Callable[[str], Any] | None = None,
    *,
    secret: bool = False,
) -> Any:
    """Declare a field that is read from ZUFALL_<FIELD NAME>. Without a default it must be set.

    A `secret` one is given as a file, or by a Kubernetes secret, where others are variables.
    """
    return dataclasses.field(default=default, metadata={"help": help, "parse": parse, "secret": secret})


def names(kind: type[Any], *, secret: bool | None = None) -> list[str]:
    """Return the variables that `load` reads for `kind`, or only those that are `secret` or that are not."""
    return [
        PREFIX + field.name.upper()
        for field in dataclasses.fields(kind)
        if secret is None or field.metadata["secret"] is secret
    ]


def read(name: str, environ: Mapping[str, str]) -> str:
    """Return the variable `name`, or what is in the file of `name`_FILE without its last line break.

    It is empty if neither is set. Raises `ValueError`, which never quotes the file.
    """
    text, path = environ.get(name, ""), environ.get(name + FILE, "")
    if text and path:
        raise ValueError(f"{name} and {name}{FILE} are both set: set one of them")
    if not path:
        return text
    try:
        return Path(path).read_text("utf-8").removesuffix("\n")
    except OSError as error:
        raise ValueError(f"{name}{FILE}: {path} cannot be read ({error.strerror})") from None
    except ValueError:
        raise ValueError(f"{name}{FILE}: {path} is not a text in UTF-8") from None


def load(kind: type[T], environ: Mapping[str, str]) -> T:
    """Return an instance of the dataclass `kind`. An empty variable is not set. Raises `ConfigError`.

    Its `__post_init__` also runs when some values are unusable, to find all problems: they have their default
    then, or are empty if they are required.
    """
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    problems: list[str] = []
    unusable: list[str] = []
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]  # `kind` is a dataclass by contract
        name = PREFIX + field.name.upper()
        try:
            if text := read(name, environ):
                values[field.name] = _parsed(name, text, environ, field, hints)
                continue
            if field.default is not dataclasses.MISSING:
                continue
            problems.append(f"{name} is not set: {field.metadata['help']}")
        except ValueError as error:
            problems.append(str(error))
        unusable.append(name)
        if field.default is dataclasses.MISSING:
            values[field.name] = _empty(hints[field.name])
    try:
        loaded = kind(**values)
    except ConfigError as error:  # what contradicts an unusable value is not known yet
        problems += [each for each in error.problems if not any(name in each for name in unusable)]
    if problems:
        raise ConfigError(problems)
    return loaded


def _empty(kind: Any) -> Any:
    """Return an empty text or collection, and None for a type of which there is no empty value."""
    made = get_origin(kind) or kind
    return made() if made in (str, tuple, frozenset) else None


def _parsed(
    name: str, text: str, environ: Mapping[str, str], field: "dataclasses.Field[Any]", hints: dict[str, Any]
) -> Any:
    """Return the value of `text`. Raises `ValueError`, which quotes `text` only if it is not from a file."""
    parse = field.metadata["parse"] or _PARSERS[hints[field.name]]
    try:
        return parse(text)
    except ValueError as error:
        if path := environ.get(name + FILE):
            what = field.metadata["help"]
            raise ValueError(f"{name}{FILE}: the content of {path} cannot be used: {what}") from None
        raise ValueError(f"{name}: {error}") from None


def _boolean(text: str) -> bool:
    if text.lower() in ("1", "true", "yes", "on"):
        return True
    if text.lower() in ("0", "false", "no", "off"):
        return False
    raise ValueError(f"{text!r} must be on or off")


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a parser that accepts one of `choices`."""

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"{text!r} must be one of {', '.join(choices)}")
        return text

    return parse


def number(text: str) -> float:
    """Parse a finite number. Raises `ValueError`."""
    try:
        parsed = float(text)
    except ValueError:
        parsed = float("nan")
    if not isfinite(parsed):
        raise ValueError(f"{text!r} is not a number")
    return parsed


def whole(text: str) -> int:
    """Parse a whole number. Raises `ValueError`."""
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a whole number") from None


def positive(text: str) -> float:
    """Parse a finite number above 0. Raises `ValueError`."""
    if (parsed := number(text)) <= 0:
        raise ValueError(f"{text!r} is not a number above 0")
    return parsed


def count(text: str) -> int:
    """Parse a whole number that is not negative. Raises `ValueError`."""
    return at_least(0)(text)


def at_least(least: int) -> Callable[[str], int]:
    """Return a parser of whole numbers from `least` on."""

    def parse(text: str) -> int:
        if (parsed := whole(text)) < least:
            raise ValueError(f"{text!r} is less than {least}")
        return parsed

    return parse


def one_or_more(text: str) -> float:
    """Parse a number that is at least 1, such as how much may come at once. Raises `ValueError`."""
    if (parsed := number(text)) < 1:
        raise ValueError(f"{text!r} is less than 1")
    return parsed


_PARSERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: whole,
    float: number,
    bool: _boolean,
    Path: Path,
    tuple[str, ...]: _words,
}
