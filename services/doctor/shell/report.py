"""What `zufall doctor` prints: a line for each check, or JSON."""

import click
import msgspec

from ..core.check_result import Check, CheckResult, Severity

_MARKS = {Severity.GREEN: "✓", Severity.YELLOW: "!", Severity.RED: "✗", Severity.SKIPPED: "-"}
_COLOURS = {
    Severity.GREEN: "green",
    Severity.YELLOW: "yellow",
    Severity.RED: "red",
    Severity.SKIPPED: "bright_black",
}
_WIDTH = 12

Found = tuple[Check, CheckResult]


def line(found: Found) -> str:
    """Return what was seen, and what to do about it."""
    check, result = found
    mark = click.style(_MARKS[result.level], fg=_COLOURS[result.level])
    told = f"{mark} {check.name:{_WIDTH}} {result.seen}"
    return f"{told}\n  {'':{_WIDTH}} → {check.advice}" if _asks_for_action(result) else told


def summary(found: list[Found]) -> str:
    """Return the last line."""
    counts = {level: sum(result.level is level for _, result in found) for level in Severity}
    told = ", ".join(f"{count} {level}" for level, count in counts.items() if count)
    return f"{len(found)} checks: {told}"


def as_json(url: str, found: list[Found]) -> str:
    """Return all of it for a program. `advice` is empty where nothing is to be done."""
    checks = [
        {
            "name": check.name,
            "level": result.level.value,
            "seen": result.seen,
            "advice": check.advice if _asks_for_action(result) else "",
        }
        for check, result in found
    ]
    body = {"url": url, "healthy": is_healthy(found), "checks": checks}
    return msgspec.json.format(msgspec.json.encode(body), indent=2).decode()


def is_healthy(found: list[Found]) -> bool:
    """Return whether nothing is red."""
    return all(result.level is not Severity.RED for _, result in found)


def _asks_for_action(result: CheckResult) -> bool:
    return result.level in (Severity.YELLOW, Severity.RED)
