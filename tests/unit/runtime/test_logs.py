"""The log of a process: one JSON line for each event, also of libraries, and nothing that they may quote."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.timing import scaled

SECRET = "canary"
"""What the program below gives to loggers and exceptions. No line of it may be printed."""

PROGRAM = f"""
import asyncio, logging, sys, warnings
from services.runtime import logs

logs.configure("tested", logs.LogConfig(*sys.argv[1:]))
SECRET = {SECRET!r}.lower()


def fail(secret):
    try:
        raise FileNotFoundError(2, secret)
    except OSError as error:
        raise ExceptionGroup(secret, [ValueError(secret), KeyError(secret)]) from error


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(logs.on_loop_error)
    loop.call_soon(fail, SECRET)
    loop.call_exception_handler({{"message": "a task was destroyed"}})
    await asyncio.sleep(0)


for level in (logging.DEBUG, 15, logging.WARNING, logging.CRITICAL, 99):
    logging.getLogger("aiohttp.server").log(level, "Error handling request from %s", SECRET)
try:
    fail(SECRET)
except Exception:
    logging.getLogger("aiohttp.server").exception("no request: %r", SECRET)
    logs.logger().exception("our own line", kind="ours")
warnings.warn(SECRET)
asyncio.run(main())
"""


def printed(*config: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *config],
        capture_output=True,
        text=True,
        timeout=scaled(30),
        check=True,
    )
    assert done.stdout == ""
    assert SECRET not in done.stderr
    return done.stderr.splitlines()


def events(*config: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed(*config)]


def test_libraries_and_exceptions_are_logged_without_what_they_quote() -> None:
    said = events("json", "debug")
    ours, theirs = (
        [one for one in said if one["event"] == event] for event in ("our own line", "no request: %r")
    )
    assert [(one["level"], one["kind"], one["service"]) for one in ours] == [("error", "ours", "tested")]
    assert [(one["level"], one["logger"]) for one in theirs] == [("error", "aiohttp.server")]
    for exception in (ours[0]["exception"], theirs[0]["exception"]):
        for part in (
            "FileNotFoundError ENOENT\nwhich led to:",
            "ExceptionGroup\n",
            "ValueError\n",
            "KeyError",
        ):
            assert part in exception
        assert "line 11, in fail" in exception
    levels = [one["level"] for one in said if one["event"] == "Error handling request from %s"]
    assert levels == ["debug", "debug", "warning", "critical", "critical"]


def test_the_event_loop_and_warnings_are_logged_likewise() -> None:
    said = {one["event"]: one for one in events("json", "debug")}
    assert said["Python warns"]["category"] == "UserWarning"
    assert said["a task was destroyed"]["level"] == "error"
    assert "ExceptionGroup" in said["a callback or a task failed"]["exception"]


@pytest.mark.parametrize(
    ("level", "expected"),
    [("info", ["warning", "critical", "critical"]), ("error", ["critical", "critical"])],
)
def test_libraries_say_at_most_what_is_wrong_unless_asked(level: str, expected: list[str]) -> None:
    said = [one for one in events("json", level) if one["event"] == "Error handling request from %s"]
    assert [one["level"] for one in said] == expected


def test_text_hides_the_same() -> None:
    said = "\n".join(printed("text", "debug"))
    assert "our own line" in said
    assert "FileNotFoundError ENOENT" in said
