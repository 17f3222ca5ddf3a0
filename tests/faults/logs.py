"""Finds log lines that no process should ever write, with the lines around them. Pure."""

BEFORE, AFTER = 10, 40
"""Lines that are shown of a log."""
MOST = 3
"""Places that are shown of one log."""


def around_tracebacks(log: str) -> list[str]:
    """Each place with a `Traceback`; what was shown with one is not shown again."""
    lines = log.splitlines()
    shown: list[str] = []
    after = 0
    for number, line in enumerate(lines):
        if "Traceback" not in line or number < after:
            continue
        if len(shown) == MOST:
            return [*shown, "and more"]
        start, after = max(number - BEFORE, after), number + AFTER
        shown.append("\n".join(lines[start:after]))
    return shown


def unforeseen(logs: dict[str, str]) -> list[str]:
    """Return what is shown of all logs, which are given by the names of their processes."""
    return [f"{name}: {place}" for name, log in logs.items() for place in around_tracebacks(log)]
