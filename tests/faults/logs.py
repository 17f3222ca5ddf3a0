"""Finds log lines that no process should ever write, with the lines around them."""

BEFORE, AFTER = 10, 40
"""So many lines are shown before and after a traceback."""
MOST = 3
"""So many places of one log are shown."""


def around_tracebacks(log: str) -> list[str]:
    """Return each place with a `Traceback`. No line is shown twice."""
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
    """Return the places of all logs, which come by the names of their processes."""
    return [f"{name}: {place}" for name, log in logs.items() for place in around_tracebacks(log)]
