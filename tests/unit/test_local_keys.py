"""Tests the keys of `zufall run`: an older folder gets console keys, and no gateway gets them."""

import asyncio
import sys
from pathlib import Path

import pytest

from services.contract.keys import new_key
from services.local.child import environment_of, start
from services.local.folder import locked
from services.local.plan import CONSOLE_KEYS, CannotRun, LocalProcess, make_plan

from .. import timing

OLD = {name: new_key() for name in ("ZUFALL_TOKEN_KEY", "ZUFALL_PASS_KEYS", "ZUFALL_MODERATOR_TOKEN")}


def test_a_folder_from_before_the_console_keys_gets_them_once(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text("".join(f"{name}={key}\n" for name, key in OLD.items()))
    with locked(tmp_path) as first:
        pass
    with locked(tmp_path) as second:
        assert first == second
    assert {name: first[name] for name in OLD} == OLD
    assert first["ZUFALL_TOKEN_KEYS"] == OLD["ZUFALL_TOKEN_KEY"], "its name was another one"
    assert first[CONSOLE_KEYS]


def test_only_the_reports_service_gets_the_console_keys(tmp_path: Path) -> None:
    secrets = {**OLD, CONSOLE_KEYS: new_key()}
    plan = make_plan(2, 1, "127.0.0.1", 8080, tmp_path, "on", (), secrets)
    assert [one.name for one in plan.processes if CONSOLE_KEYS in one.environment] == ["reports"]


def test_a_setting_of_the_run_may_be_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "policy").write_text("public\n")
    monkeypatch.setenv("ZUFALL_ICE_POLICY_FILE", str(tmp_path / "policy"))
    plan = make_plan(1, 1, "127.0.0.1", 8080, tmp_path, "on", (), {**OLD, CONSOLE_KEYS: new_key()})
    assert plan.processes[-1].environment["ZUFALL_ICE_POLICY"] == "public"
    monkeypatch.setenv("ZUFALL_ICE_POLICY", "all")
    with pytest.raises(CannotRun, match="ZUFALL_ICE_POLICY and ZUFALL_ICE_POLICY_FILE are both set"):
        make_plan(1, 1, "127.0.0.1", 8080, tmp_path, "on", (), {**OLD, CONSOLE_KEYS: new_key()})


async def test_what_is_planned_replaces_a_file_of_ours(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZUFALL_LISTEN_FILE", "/nowhere")
    program = "import os; print(*sorted(name for name in os.environ if 'LISTEN' in name))"
    async with asyncio.timeout(timing.scaled(10)):
        child = await start(
            LocalProcess("one", [sys.executable, "-c", program], {"ZUFALL_LISTEN": "127.0.0.1:1"})
        )
        await child.wait()
    assert capfd.readouterr().out.split() == ["one", "|", "ZUFALL_LISTEN"]


def test_the_format_of_the_log_reaches_the_children() -> None:
    planned = LocalProcess("one", [], {})
    assert environment_of(planned, {})["ZUFALL_LOGS"] == "text"
    assert environment_of(planned, {"ZUFALL_LOGS": "json"})["ZUFALL_LOGS"] == "json"
    assert "ZUFALL_LOGS" not in environment_of(planned, {"ZUFALL_LOGS_FILE": "/a"}), "both would be refused"


def test_the_run_alone_names_unknown_settings() -> None:
    ours = {"ZUFALL_LIMIT_CONNECTONS": "5", "ZUFALL_LIMIT_CONNECTIONS": "6", "PATH": "/bin"}
    kept = environment_of(LocalProcess("one", [], {}), ours)
    assert kept == {"ZUFALL_LIMIT_CONNECTIONS": "6", "PATH": "/bin", "ZUFALL_LOGS": "text"}


async def test_a_warning_of_nats_about_other_clients_is_left_out(capfd: pytest.CaptureFixture[str]) -> None:
    warning = 'Clients that are not using "TLS Handshake First" option will fail to connect'
    program = f"print({warning!r}); print('[WRN] another')"
    async with asyncio.timeout(timing.scaled(10)):
        child = await start(LocalProcess("nats", [sys.executable, "-c", program], {}))
        await child.wait()
    assert capfd.readouterr().out.splitlines() == ["nats      | [WRN] another"]


async def test_lines_of_json_are_passed_on_as_they_are(capfd: pytest.CaptureFixture[str]) -> None:
    program = "print('{}'); print('words')"
    async with asyncio.timeout(timing.scaled(10)):
        child = await start(LocalProcess("one", [sys.executable, "-c", program], {}))
        await child.wait()
    assert capfd.readouterr().out.splitlines() == ["{}", "one       | words"]
