"""Logs: one event a line, as JSON or text. They never hold SDP, candidates, chat, tokens or addresses.

Our own lines name what they hold. A library's line is only its fixed text, without arguments. An exception is
only its type and where it was raised. What else they say may quote a visitor.
"""

import asyncio
import errno
import logging
import sys
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO, cast

import structlog

from .config import one_of, setting

Logger = structlog.typing.FilteringBoundLogger


@dataclass(frozen=True, slots=True)
class LogConfig:
    """The settings of the log, which all services have."""

    logs: str = setting("the format of the log: json or text", "json", one_of("json", "text"))
    log_level: str = setting(
        "the least level that is logged: debug, info, warning or error",
        "info",
        one_of("debug", "info", "warning", "error"),
    )


def configure(service: str, config: LogConfig) -> None:
    """Set up logging, also of libraries. Call this once, before the first line is logged."""
    level = logging.getLevelNamesMapping()[config.log_level.upper()]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if config.logs == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_describe),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    # At `info`, libraries say what they do and not what is wrong.
    libraries = logging.WARNING if level == logging.INFO else level
    logging.basicConfig(handlers=[_LibraryHandler()], level=libraries)
    warnings.showwarning = _log_warning


def logger() -> Logger:
    """Return the logger of this process."""
    return cast(Logger, structlog.get_logger())


def on_loop_error(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what the event loop could not handle. Its message may hold the arguments of a callback."""
    error = context.get("exception")
    logger().error("a callback or a task failed" if error else context["message"], exc_info=error)


class _LibraryHandler(logging.Handler):
    """Logs a library's line: its text, into which no arguments were put."""

    def emit(self, record: logging.LogRecord) -> None:
        exc_info = record.exc_info if record.exc_info and record.exc_info[1] else None
        level = max(logging.DEBUG, min(record.levelno // 10 * 10, logging.CRITICAL))
        logger().log(level, str(record.msg), logger=record.name, exc_info=exc_info)


def _describe(exc_info: structlog.typing.ExcInfo) -> str:
    return "".join(_traceback(exc_info[1])).rstrip()


def _traceback(error: BaseException) -> Iterator[str]:
    """Yield the traceback of `error`, after those that led to it, without what the exceptions say."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _traceback(earlier)
        yield "which led to:\n"
    yield "Traceback (most recent call last):\n"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{_name(error)}\n"
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _traceback(each)


def _name(error: BaseException) -> str:
    number = error.errno if isinstance(error, OSError) else None
    return f"{type(error).__qualname__} {errno.errorcode.get(number or 0, '')}".rstrip()


def _log_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    logger().warning("Python warns", category=category.__name__, where=f"{filename}:{lineno}")
