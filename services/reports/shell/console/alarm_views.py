"""What the console's API says about alarms. Times are in Unix milliseconds."""

from collections.abc import Sequence

from msgspec import Struct


class AlarmChannelView(Struct, frozen=True):
    """A way to an operator, and how messages fared on it.

    `delivered_at` is 0 for never. `problem` says why the last one that did not arrive did not.
    """

    name: str
    target: str
    delivered_at: int
    waiting: int
    given_up: int
    problem: str


class AlarmChannels(Struct, frozen=True):
    """All channels. Without any, nobody is told of anything outside the console."""

    channels: Sequence[AlarmChannelView]


class AlarmTestResult(Struct, frozen=True):
    """How a test message fared on a channel. `problem` is empty if it arrived."""

    name: str
    problem: str


class AlarmTestResults(Struct, frozen=True):
    """How a test message fared on all channels."""

    results: Sequence[AlarmTestResult]
