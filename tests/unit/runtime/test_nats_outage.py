"""NATS that is away is told of at once, and then rarely: not with each of thousands of attempts."""

from structlog.testing import capture_logs

from services.runtime.nats_outage import NatsOutage


class ManualClock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_night_without_nats_takes_a_few_lines() -> None:
    clock = ManualClock()
    outage = NatsOutage(["nats://user:secret@one:4222", "tls://two:4222"], "nobody is paired", clock)
    with capture_logs() as lines:
        for _ in range(4 * 3600 * 8):  # four attempts a second, for eight hours
            outage.away(ConnectionRefusedError(111, "Connection refused"))
            clock.now += 0.25
        outage.back()
        outage.back()
    assert [line["seconds"] for line in lines[:5]] == [0, 60, 180, 420, 900]
    assert len(lines) < 20
    assert lines[0] == {
        "event": "NATS is away",
        "log_level": "warning",
        "servers": "nats://one:4222, tls://two:4222",
        "meaning": "nobody is paired",
        "seconds": 0,
        "problem": "[Errno 111] Connection refused",
    }
    assert [line["event"] for line in lines].count("NATS is back") == 1
    assert lines[-1]["seconds"] == 8 * 3600


def test_each_outage_begins_anew() -> None:
    clock = ManualClock()
    outage = NatsOutage(["nats://one:4222"], "…", clock)
    with capture_logs() as lines:
        for _ in range(2):
            outage.away()
            outage.back()
            clock.now += 1
    assert [line["event"] for line in lines] == ["NATS is away", "NATS is back"] * 2
