"""Tests the keys of `zufall run`: an older folder gets console keys, and no gateway gets them."""

from pathlib import Path

from services.contract.keys import new_key
from services.local.folder import locked
from services.local.plan import CONSOLE_KEYS, make_plan

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
