"""Runs inside a worker process: it answers requests over stdin and stdout, within limits.

`worker_process.py` starts such processes and talks to them. A picture that takes one over can read its stdin,
write to its stdout and stderr, use its memory and its seconds, and nothing else.
"""

import resource
import signal
import struct
import sys
import time
import warnings
from collections.abc import Callable
from typing import BinaryIO

from . import system_call_filter

REQUEST_HEADER = struct.Struct("!I")
"""It holds the length of the request that follows."""
REPLY_HEADER = struct.Struct("!BI")
"""It holds `DONE` or `REFUSED`, and the length of the result or of the sentence that follows."""
REFUSED, DONE = 0, 1


class PictureRefused(Exception):
    """The picture cannot be processed; the sentence says why."""


Handler = Callable[[bytes], bytes]
"""Turns a request into a result; raises `PictureRefused`."""


def run(handle: Handler, memory: int, cpu_seconds: int) -> None:
    """Serve requests until stdin ends, with `memory` bytes of address space and `cpu_seconds` for each.

    All modules and files must be loaded before, for no file can be opened any more. The first reply says that
    the process is ready, and why the kernel filters no system calls, if it does not.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which ends this process
    warnings.simplefilter("ignore")  # stderr is the log; what is wrong with a picture ends in a refusal
    _limit_process(memory)
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    _write(replies, DONE, _filter_system_calls().encode())
    serve(requests, replies, handle, lambda: _limit_cpu(cpu_seconds))


def serve(
    requests: BinaryIO, replies: BinaryIO, handle: Handler, before_each: Callable[[], None] = lambda: None
) -> None:
    """Answer one request after the other until `requests` ends."""
    while header := requests.read(REQUEST_HEADER.size):
        request = requests.read(*REQUEST_HEADER.unpack(header))
        before_each()
        try:
            _write(replies, DONE, handle(request))
        except PictureRefused as refused:
            _write(replies, REFUSED, str(refused).encode())


def _write(replies: BinaryIO, kind: int, content: bytes) -> None:
    replies.write(REPLY_HEADER.pack(kind, len(content)) + content)
    replies.flush()


def _limit_cpu(seconds: int) -> None:
    """Move the limit on, for it counts CPU time from the start of the process."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds, hard))


def _filter_system_calls() -> str:
    """Return "", or why there is no filter. Then the limits of the process still hold."""
    try:
        system_call_filter.install()
    except system_call_filter.FilterUnavailable as reason:
        return str(reason)
    return ""


def _limit_process(memory: int) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),  # what is open stays open; nothing new, so no socket either
        (resource.RLIMIT_NPROC, 0),  # no process and no thread, unless the user is root
    ):
        resource.setrlimit(kind, (most, most))
