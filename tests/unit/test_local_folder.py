"""What `zufall run` says about a data folder that it cannot use."""

import os
from pathlib import Path

import pytest

from services.local.folder import locked
from services.local.plan import CannotRun


def test_keys_that_cannot_be_read_are_named_as_such(tmp_path: Path) -> None:
    keys = tmp_path / "secrets.env"
    keys.mkdir()  # as unreadable for root as for anybody
    with (
        pytest.raises(CannotRun, match=f"the keys in {keys} cannot be read \\(Is a directory\\)"),
        locked(tmp_path),
    ):
        pass


def test_keys_that_are_no_text_are_named_as_such(tmp_path: Path) -> None:
    keys = tmp_path / "secrets.env"
    keys.write_bytes(os.urandom(4) + b"\xff\xfe")
    with pytest.raises(CannotRun, match="the file is no text"), locked(tmp_path):
        pass
