"""What the reports service refuses to start with."""

from pathlib import Path

import pytest

from services.contract.keys import new_key
from services.reports.config import Config
from services.runtime.config import ConfigError, load

REQUIRED = {
    "ZUFALL_DATABASE": "sqlite+aiosqlite:///x.db",
    "ZUFALL_PASS_KEYS": new_key(),
    "ZUFALL_MODERATOR_TOKEN": "a moderator token",
}


def known(text: str) -> object:
    return load(Config, {**REQUIRED, "ZUFALL_KNOWN_PICTURES": text}).known_pictures


def test_known_pictures_are_in_a_file_or_known_to_a_matcher(tmp_path: Path) -> None:
    file = tmp_path / "hotline.txt"
    file.write_text("ab" * 32)
    assert known(str(file)) == {b"\xab" * 32: "hotline"}
    assert (
        known("https://matcher.example:8443/match?list=all") == "https://matcher.example:8443/match?list=all"
    )
    assert load(Config, REQUIRED).known_pictures is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ftp://matcher.example", "a matcher is http"),
        ("http://", "a matcher is http"),
        ("/nowhere/list.txt", "No such file"),
    ],
)
def test_what_is_neither_is_refused_at_the_start(text: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        known(text)
