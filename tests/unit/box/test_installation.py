"""The settings and secrets of one box."""

from pathlib import Path

import pytest

from deploy.box.installation import (
    Installation,
    Unusable,
    exclusive_lock,
    open_installation,
    problems,
    read_settings,
)
from services.contract.keys import parse_ring

THREE = {"ZUFALL_DOMAIN": "zufall.example", "ZUFALL_MAIL": "me@zufall.example", "ZUFALL_ADMINISTRATOR": "ann"}


def test_settings_are_read_as_compose_reads_them() -> None:
    text = "# ours\nA=1\nexport B = two words # why\nC='#three'\nD=\"four\"\n\nE=\n"
    assert read_settings(text) == {"A": "1", "B": "two words", "C": "#three", "D": "four", "E": ""}


def test_the_three_lines_are_enough() -> None:
    assert problems(THREE) == []


@pytest.mark.parametrize("name", THREE)
def test_each_of_the_three_lines_is_needed(name: str) -> None:
    (problem,) = problems(THREE | {name: ""})
    assert problem.startswith(name)


@pytest.mark.parametrize("domain", ["https://zufall.example", "zufall.example/", "-a.example", "a b", "a..b"])
def test_what_is_no_domain_is_refused(domain: str) -> None:
    assert len(problems(THREE | {"ZUFALL_DOMAIN": domain})) == 1


def test_a_missing_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"write these three lines.*\nZUFALL_DOMAIN="):
        open_installation(tmp_path)


def test_secrets_are_made_once(tmp_path: Path) -> None:
    installation = Installation(tmp_path, THREE)
    assert "pass_keys" in installation.make_secrets("identity")
    before = {file.name: file.read_text() for file in installation.secrets.iterdir()}
    assert installation.make_secrets("another") == []
    assert {file.name: file.read_text() for file in installation.secrets.iterdir()} == before
    assert len(parse_ring(before["pass_keys"])) == 1
    assert before["backup_identity"] == "identity"
    assert before["postgres_password"] in before["database_owner"]
    assert before["database"].startswith("postgresql+asyncpg://zufall:")


def test_a_secret_in_the_settings_wins(tmp_path: Path) -> None:
    Installation(tmp_path, THREE).make_secrets("identity")
    again = Installation(tmp_path, THREE | {"ZUFALL_TURN_SECRET": "new,old"})
    assert again.make_secrets("") == ["turn_secret"]
    assert (again.secrets / "turn_secret").read_text() == "new,old"


def test_only_the_owner_looks_into_the_folder(tmp_path: Path) -> None:
    installation = Installation(tmp_path, THREE)
    installation.make_secrets("identity")
    assert installation.secrets.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in installation.secrets.iterdir()} == {0o644}


def test_images_are_remembered_newest_first(tmp_path: Path) -> None:
    installation = Installation(tmp_path, THREE)
    assert not installation.images
    for name in ("a", "b", "c", "b", "d", "e"):
        installation.use_image(name)
    assert installation.images == ("e", "d", "b", "c")


def test_only_one_command_works_at_a_time(tmp_path: Path) -> None:
    with exclusive_lock(tmp_path), pytest.raises(Unusable, match="another"), exclusive_lock(tmp_path):
        pass
    with exclusive_lock(tmp_path):
        assert (tmp_path / ".lock").exists()
