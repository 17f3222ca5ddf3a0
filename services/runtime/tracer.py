"""The port of traces, and the tracer of a process that records none.

A span is recorded when it is over, so none is ever open, and a crash loses only what had not happened yet.
"""

from collections.abc import Mapping
from typing import Protocol

from services.contract.ids import UNTRACED, TraceContext

Attributes = Mapping[str, str | int | float | bool]


class Tracer(Protocol):
    """Records spans. Attributes say nothing personal: modes, results, counts, and keyed hashes of ids."""

    def is_sampled(self) -> bool:
        """Return whether to trace the present search. It is so for the share that the operator chose."""

    def begin(self, name: str, attributes: Attributes) -> TraceContext:
        """Begin a trace with a span without length, and return its context."""

    def record(
        self,
        parent: TraceContext,
        name: str,
        attributes: Attributes,
        seconds: float = 0.0,
        link: TraceContext = UNTRACED,
    ) -> TraceContext:
        """Record a span that ends now and took `seconds`, and return its context. `link` is of another trace.

        Nothing is recorded if `parent` is untraced.
        """

    def close(self) -> None:
        """Export what is left. This blocks for at most a few seconds."""


class NoTracer:
    """A `Tracer` that records nothing. What another service began passes through it."""

    def is_sampled(self) -> bool:
        return False

    def begin(self, name: str, attributes: Attributes) -> TraceContext:
        return UNTRACED

    def record(
        self,
        parent: TraceContext,
        name: str,
        attributes: Attributes,
        seconds: float = 0.0,
        link: TraceContext = UNTRACED,
    ) -> TraceContext:
        return parent

    def close(self) -> None:
        """Return at once, for there is nothing to export."""
