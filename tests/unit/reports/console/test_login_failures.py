"""Each refused login is counted, and most are a line in the log."""

from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.contract.keys import new_key, parse_ring
from services.contract.log_hashes import LogHasher
from services.reports.shell.console.errors import Locked, LoginRefused
from services.reports.shell.console.login_failures import LoginFailures

HASHER = LogHasher(parse_ring(new_key()))


def counted(code: str) -> float:
    return REGISTRY.get_sample_value("zufall_reports_logins_refused_total", {"code": code}) or 0.0


def test_a_line_names_the_reason_and_a_hash_of_the_network() -> None:
    before = counted("login_refused")
    with capture_logs() as lines:
        LoginFailures(HASHER).note("192.0.2.0/24", LoginRefused("the code is wrong"))
    assert lines == [
        {
            "event": "a login was refused",
            "log_level": "warning",
            "network": HASHER.hash("192.0.2.0/24"),
            "reason": "the code is wrong",
            "unlogged": 0,
        }
    ]
    assert counted("login_refused") == before + 1


def test_a_flood_of_them_does_not_fill_the_log() -> None:
    failures, before = LoginFailures(HASHER), counted("locked")
    with capture_logs() as lines:
        for number in range(500):
            failures.note(f"192.0.{number % 250}.0/24", Locked("locked", 60))
    assert 60 <= len(lines) <= 70
    assert counted("locked") == before + 500
