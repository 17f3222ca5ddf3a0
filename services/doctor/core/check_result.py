"""What a check found: whether it is good, and what was seen."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Says whether the operator must act: no (green), perhaps (yellow), yes (red), or not known from here."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The level, and a few words about what was seen."""

    level: Severity
    seen: str


@dataclass(frozen=True, slots=True)
class Check:
    """What is checked: its name, what holds when it is green, and what to do when it is not."""

    name: str
    green: str
    advice: str


def green(seen: str) -> CheckResult:
    """Return that all is well."""
    return CheckResult(Severity.GREEN, seen)


def yellow(seen: str) -> CheckResult:
    """Return that it may be meant so."""
    return CheckResult(Severity.YELLOW, seen)


def red(seen: str) -> CheckResult:
    """Return that something is wrong."""
    return CheckResult(Severity.RED, seen)


def skipped(why: str) -> CheckResult:
    """Return that it cannot be seen from here."""
    return CheckResult(Severity.SKIPPED, why)
