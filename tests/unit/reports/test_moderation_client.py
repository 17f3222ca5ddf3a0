"""The moderators' commands find the service and the token, also in a file."""

from pathlib import Path

import pytest

from services.reports.shell.commands.moderation_client import CommandError, locate_service

ADDRESS = {"ZUFALL_REPORTS": "127.0.0.1:7020"}


def test_the_token_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("0123456789abcdef\n")
    access = locate_service(tmp_path, {**ADDRESS, "ZUFALL_MODERATOR_TOKEN_FILE": str(tmp_path / "token")})
    assert (access.address, access.token) == ("127.0.0.1:7020", "0123456789abcdef")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=f"ZUFALL_MODERATOR_TOKEN_FILE: {tmp_path}/none cannot be read"):
        locate_service(tmp_path, {**ADDRESS, "ZUFALL_MODERATOR_TOKEN_FILE": str(tmp_path / "none")})


def test_the_token_is_not_given_twice(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("0123456789abcdef")
    both = {"ZUFALL_MODERATOR_TOKEN": "x" * 16, "ZUFALL_MODERATOR_TOKEN_FILE": str(tmp_path / "token")}
    with pytest.raises(CommandError, match="both set"):
        locate_service(tmp_path, {**ADDRESS, **both})
