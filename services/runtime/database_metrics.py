"""The metrics of a process that uses a database."""

from time import monotonic
from typing import Any, cast

import sqlalchemy as sa
from prometheus_client import Gauge, Histogram
from sqlalchemy.pool import QueuePool

UP = Gauge("zufall_database_up", "Shows 1 while the database answers, and 0 otherwise.")
SECONDS = Histogram(
    "zufall_database_seconds",
    "Measures how long statements take, with the way to the database and back. Failed ones count too.",
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
CONNECTIONS = Gauge(
    "zufall_database_connections",
    "Shows how many connections to the database this process has open, `used` and `idle`.",
    ["state"],
)


def observe(engine: sa.Engine) -> None:
    """Measure the statements and the connections of an engine, the only one of the process."""
    sa.event.listen(engine, "before_cursor_execute", _begin)
    sa.event.listen(engine, "after_cursor_execute", _end)
    sa.event.listen(engine, "handle_error", _fail)
    CONNECTIONS.labels("used").set_function(lambda: _pool(engine).checkedout())
    CONNECTIONS.labels("idle").set_function(lambda: _pool(engine).checkedin())


def _pool(engine: sa.Engine) -> QueuePool:
    """Return the pool of now, for an engine replaces it when connections hang."""
    return cast(QueuePool, engine.pool)  # of every file and every server


def _begin(connection: sa.Connection, *_: Any) -> None:
    connection.info["zufall_begun"] = monotonic()


def _end(connection: sa.Connection, *_: Any) -> None:
    SECONDS.observe(monotonic() - connection.info.pop("zufall_begun"))


def _fail(context: sa.ExceptionContext) -> None:
    if context.connection is not None and "zufall_begun" in context.connection.info:
        SECONDS.observe(monotonic() - context.connection.info.pop("zufall_begun"))
