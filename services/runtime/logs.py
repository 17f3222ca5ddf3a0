"""Logs: one event a line, as JSON or text. They never hold SDP, candidates, chat, tokens or addresses."""

import logging
import sys
from typing import Any, cast

import structlog

Logger = structlog.typing.FilteringBoundLogger


def configure(service: str, *, json: bool, level: str = "info") -> None:
    """Set up logging. Call this once, before the first line is logged."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)


def logger() -> Logger:
    """Return the logger of this process."""
    return cast(Logger, structlog.get_logger())
