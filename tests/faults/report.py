"""Prints the results of a run as a table for people and as JSON for programs."""

from collections.abc import Iterator, Sequence
from math import inf
from typing import Any

from .plan import Plan
from .recovery import CALLS_IN, SEARCHES_IN, Recovery, Times
from .run import Outcome


def as_json(plan: Plan, outcome: Outcome) -> dict[str, Any]:
    """Return all figures. Seconds are rounded to milliseconds, and infinite ones are null."""
    recovery = outcome.recovery
    return {
        "seed": plan.seed,
        "seconds": round(outcome.history[-1].at, 1),
        "visitors": plan.visitors,
        "events": len(outcome.history),
        "violations": [str(violation) for violation in outcome.violations],
        "problems": list(outcome.problems),
        "unforeseen": len(outcome.unforeseen),
        "faults": recovery.faults,
        "wall_clocks_jumped": "jump" in {fault.partition(" ")[0] for fault in recovery.faults},
        "calls": {kind: _times(times, CALLS_IN) for kind, times in sorted(recovery.calls.items())},
        "searches": _times(recovery.searches, SEARCHES_IN),
        "calls_after_nothing_but_a_kill": _times(recovery.killed_calls, CALLS_IN),
        "searches_after_nothing_but_a_kill": _times(recovery.killed_searches, SEARCHES_IN),
    }


def _times(times: Times, limit: float) -> dict[str, float | None]:
    def finite(seconds: float) -> float | None:
        return round(seconds, 3) if seconds < inf else None

    return {
        "number": times.total,
        "lost": times.failed,
        f"share_within_{limit:.0f}_s": round(times.share_within(limit), 4),
        "p50": finite(times.quantile(0.5)),
        "p99": finite(times.quantile(0.99)),
    }


def as_table(recovery: Recovery) -> str:
    counts = sorted(recovery.faults.items())
    rows = [("fault", "how often"), *((fault, str(count)) for fault, count in counts)]
    return "\n".join(["", *_columns(rows), "", *_columns(list(_recoveries(recovery)))])


def _recoveries(recovery: Recovery) -> Iterator[tuple[str, ...]]:
    yield ("recovery", "number", "lost", "p50", "p99", "in time")
    for kind, times in sorted(recovery.calls.items()):
        yield (f"calls after {kind} gateway", *_row(times, CALLS_IN))
    yield ("searches after kill matcher", *_row(recovery.searches, SEARCHES_IN))
    yield ("calls after nothing but a kill", *_row(recovery.killed_calls, CALLS_IN))
    yield ("searches after nothing but a kill", *_row(recovery.killed_searches, SEARCHES_IN))


def _row(times: Times, limit: float) -> tuple[str, ...]:
    if not times.total:
        return ("0", "", "", "", "")
    share = f"{times.share_within(limit):.1%} in {limit:.0f} s"
    quantiles = (times.quantile(share) for share in (0.5, 0.99))
    words = (f"{seconds:.2f} s" if seconds < inf else "never" for seconds in quantiles)
    return (str(times.total), str(times.failed), *words, share)


def _columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
