"""Stable codes, their statuses and exit codes of commands are promises, so none may change."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from grpc import StatusCode

from services import cli
from services.contract.errors import ZufallError
from services.reports.shell.console.http import STATUSES as CONSOLE
from services.reports.shell.reports_servicer import STATUSES as GRPC
from services.runtime.http_responses import CODES
from services.signaling.shell.http_api import STATUSES as HTTP

STATUSES: dict[str, tuple[int | None, int | None, StatusCode | None]] = {
    "bad_frame": (None, None, None),
    "banned": (403, None, None),
    "challenge_refused": (403, None, None),
    "confirmation_needed": (None, 403, None),
    "conflict": (None, 409, None),
    "description_refused": (None, None, None),
    "evidence_refused": (400, None, StatusCode.INVALID_ARGUMENT),
    "invalid_request": (400, 400, StatusCode.INVALID_ARGUMENT),
    "locked": (None, None, None),  # answered by hand with 429 and Retry-After
    "login_refused": (None, 401, None),
    "meeting_refused": (403, None, None),
    "memory_refused": (None, None, None),
    "no_hello": (None, None, None),
    "no_wish": (None, None, None),
    "not_found": (404, 404, StatusCode.NOT_FOUND),
    "not_logged_in": (None, 401, None),
    "pass_refused": (403, None, StatusCode.PERMISSION_DENIED),
    "permission_refused": (403, 403, StatusCode.UNAUTHENTICATED),
    "picture_limit": (None, 429, None),
    "pool_age": (None, None, None),
    "pool_closed": (None, None, None),
    "pool_unknown": (None, None, None),
    "proof_refused": (403, None, None),
    "rewind_refused": (None, None, None),
    "stale_epoch": (None, None, None),
    "token_refused": (401, None, None),
    "too_fast": (None, None, None),  # answered with 429 and Retry-After by the middleware
    "too_late": (410, 410, StatusCode.FAILED_PRECONDITION),
    "too_slow": (408, 408, None),
    "unavailable": (503, 503, StatusCode.UNAVAILABLE),
    "work_refused": (403, None, None),
}
"""The status of each code: of a gateway's HTTP API, of the console's, and of gRPC."""

EXIT_CODES = [
    (["--help"], 0),
    (["keys"], 0),
    (["simulate", "--help"], 0),
    (["nonsense"], 2),
    (["keys", "--nonsense"], 2),
    (["run", "--gateways", "many"], 2),
    (["run", "--gateways", "0"], 1),
    (["reports", "list", "--limit", "0"], 2),
    (["reports", "list", "--data", "/nowhere"], 1),
    (["reports", "backup", "/nowhere/file", "--data", "/nowhere"], 1),
    (["reports", "restore", "/nowhere/file", "--data", "/nowhere"], 1),
    (["migrate"], 2),
    (["migrate", "nonsense"], 2),
    (["moderator", "ban", "VISITOR", "--for", "1", "--rule", "spam"], 2),
    (["moderator", "ban", "VISITOR", "--for", "1h"], 2),
    (
        ["moderator", "ban", "V" * 22, "--for", "1h", "--rule", "spam", "--data", "/nowhere"],
        1,
    ),
    (["moderator", "answer", "DECISION", "--answer", "text"], 2),
    (["moderator", "invite", "ann", "--role", "king"], 2),
    (["moderator", "invite", "ann", "--data", "/nowhere"], 1),
    (["moderator", "audit", "--data", "/nowhere"], 1),
    (["policy", "check", "/nowhere.toml"], 2),
    (["simulate", "--visitors", "0"], 2),
    (["simulate", "--minutes", "1", "--warm-up", "0", "--visitors", "5", "--json"], 0),
    (["swarm"], 2),
    (["swarm", "http://127.0.0.1:9"], 1),
]
"""Command lines and their exit codes: 0 done, 1 could not be done, 2 makes no sense."""


def test_every_code_that_a_response_may_have_is_in_the_reference() -> None:
    page = (Path(__file__).parents[2] / "docs" / "browser-protocol.md").read_text()
    ours = {error.code for error in errors() if error.__module__ == "services.contract.errors"}
    assert {code for code in (*ours, *CODES.values()) if f"| `{code}` |" not in page} == set()


def errors(kind: type[ZufallError] = ZufallError) -> set[type[ZufallError]]:
    """Return every error class of the services."""
    return {found for child in kind.__subclasses__() for found in (child, *errors(child))} - {ZufallError}


def test_every_code_is_listed_with_its_statuses() -> None:
    ours = [error for error in errors() if error.__module__.startswith("services.")]
    assert {error.code: (HTTP.get(error), CONSOLE.get(error), GRPC.get(error)) for error in ours} == STATUSES


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """Some commands configure the logs of the process."""
    configuration = structlog.get_config()
    yield
    structlog.configure(**configuration)


@pytest.mark.parametrize(("words", "status"), EXIT_CODES, ids=str)
def test_exit_codes(words: list[str], status: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ZUFALL_REPORTS", "ZUFALL_MODERATOR_TOKEN", "ZUFALL_DATABASE", "ZUFALL_CONSOLE_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    assert exit_code(words) == status


def exit_code(words: list[str]) -> int:
    """Run a command in this process, which may return its status or leave with it."""
    try:
        return cli.main(words)
    except SystemExit as end:
        return int(end.code or 0)


@pytest.mark.parametrize("service", ["signaling", "matcher", "reports"])
def test_a_service_without_a_configuration_ends_with_2(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZUFALL_NATS", "")
    monkeypatch.setenv("ZUFALL_LISTEN", "")
    monkeypatch.setenv("ZUFALL_STAGE_AGES", "nonsense")
    monkeypatch.setenv("ZUFALL_DATABASE", "")
    monkeypatch.setenv("ZUFALL_LIMIT_CONNECTIONS", "nonsense")
    assert cli.main([service]) == 2
