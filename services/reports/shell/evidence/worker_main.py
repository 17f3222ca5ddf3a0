"""What runs in a process of its own: it answers questions over its stdin and stdout, within limits.

`worker_process.py` starts such processes and talks to them.
"""

import resource
import signal
import struct
import sys
import time
from collections.abc import Callable
from typing import BinaryIO

QUESTION = struct.Struct("!I")
"""The length, before each question."""
ANSWER = struct.Struct("!BI")
"""`GOOD` or `REFUSED` and the length, before each answer or the sentence that refuses it."""
REFUSED, GOOD = 0, 1


class PictureRefused(Exception):
    """There is no answer; the sentence says why."""


Answer = Callable[[bytes], bytes]
"""Of one question; raises `Refused`."""


def run(answer: Answer, memory: int, cpu_seconds: int) -> None:
    """Answer until the questions end, with so many bytes of address space, and seconds for each.

    Whatever is to be loaded must be loaded by now: no file can be opened any more.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which ends us
    _limit(memory)
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    _write(answers, GOOD, b"")  # we are ready
    serve(questions, answers, answer, lambda: _limit_cpu(cpu_seconds))


def serve(
    questions: BinaryIO, answers: BinaryIO, answer: Answer, before_each: Callable[[], None] = lambda: None
) -> None:
    while header := questions.read(QUESTION.size):
        question = questions.read(*QUESTION.unpack(header))
        before_each()
        try:
            _write(answers, GOOD, answer(question))
        except PictureRefused as refused:
            _write(answers, REFUSED, str(refused).encode())


def _write(answers: BinaryIO, kind: int, content: bytes) -> None:
    answers.write(ANSWER.pack(kind, len(content)) + content)
    answers.flush()


def _limit_cpu(seconds: int) -> None:
    """CPU time counts from the start of the process: the limit moves on with every question."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds, hard))


def _limit(memory: int) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 3),  # stdin, stdout, stderr: no socket either
    ):
        resource.setrlimit(kind, (most, most))
