"""Progress: silent for two seconds, one line on a terminal, plain lines elsewhere."""

import io

import pytest

from services.runtime.progress import CommandProgress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("stream", [Terminal(), io.StringIO()])
def test_what_is_quick_shows_nothing(stream: io.StringIO) -> None:
    seconds = iter([0.0, 1.0, 1.9])
    progress = CommandProgress("work", stream, lambda: next(seconds))
    progress(0.1)
    progress(0.9)
    progress.clear()
    assert stream.getvalue() == ""


def run(stream: io.StringIO) -> str:
    """Show ten steps in a second, for half a minute."""
    clock = [0.0]
    progress = CommandProgress("work", stream, lambda: clock[0])
    for step in range(300):
        clock[0] = step / 10
        progress(step / 300)
    progress.clear()
    return stream.getvalue()


def test_a_terminal_has_one_line_which_is_removed() -> None:
    shown = run(Terminal())
    assert shown.count("\n") == 0
    assert shown.startswith("\rwork:   7 %")
    assert shown.endswith("\r\x1b[K")


def test_a_file_gets_a_plain_line_now_and_then() -> None:
    assert run(io.StringIO()).splitlines() == ["work:   7 %", "work:  40 %", "work:  73 %"]
