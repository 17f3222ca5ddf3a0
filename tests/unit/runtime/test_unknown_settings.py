"""A variable that looks like a setting and is none is named, with the setting that it may have meant."""

import subprocess
import sys

import msgspec

from services.runtime.unknown_settings import unknown_settings


def test_a_misspelled_setting_is_named_with_the_nearest() -> None:
    assert unknown_settings(["ZUFALL_TURN_SECERT", "ZUFALL_STAGE_AGE", "ZUFALL_LIMIT_NETWORK_SOCKET"]) == [
        "ZUFALL_LIMIT_NETWORK_SOCKET (did you mean ZUFALL_LIMIT_NETWORK_SOCKETS?)",
        "ZUFALL_STAGE_AGE (did you mean ZUFALL_STAGE_AGES?)",
        "ZUFALL_TURN_SECERT (did you mean ZUFALL_TURN_SECRET?)",
    ]


def test_the_file_of_a_setting_is_known_and_that_of_none_is_not() -> None:
    assert unknown_settings(["ZUFALL_TURN_SECRET_FILE", "ZUFALL_DATABASE_FILE", "ZUFALL_LOGS_FILE"]) == []
    assert unknown_settings(["ZUFALL_TURN_SECERT_FILE"]) == [
        "ZUFALL_TURN_SECERT_FILE (did you mean ZUFALL_TURN_SECRET_FILE?)"
    ]


def test_a_name_that_is_near_to_none_is_named_alone() -> None:
    assert unknown_settings(["ZUFALL_QQQQ"]) == ["ZUFALL_QQQQ"]


def test_what_another_service_or_a_test_reads_is_known() -> None:
    known = ["ZUFALL_STAGE_AGES", "ZUFALL_KEEP_REPORTS_DAYS", "ZUFALL_TOKEN_KEYS", "ZUFALL_REQUIRE"]
    assert unknown_settings([*known, "PATH", "ZUFALLS", "zufall_x"]) == []


PROGRAM = """
from services.matcher.config import Config
from services.runtime.lifecycle import run_service
async def main(config, shutdown): pass
raise SystemExit(run_service("matcher", Config, main))
"""


def test_a_service_says_so_in_one_line_at_its_start_without_values() -> None:
    given = {
        "ZUFALL_TURN_SECERT": "tiger",
        "ZUFALL_STAGE_AGE": "1,2,3",
        "ZUFALL_ORIGINS": "https://a.example",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True, timeout=60,
        env={"PYTHONPATH": ":".join(sys.path), **given},
    )  # fmt: skip
    (line,) = done.stderr.splitlines()
    said = msgspec.json.decode(line)
    assert said["level"] == "warning"
    assert said["names"] == [
        "ZUFALL_STAGE_AGE (did you mean ZUFALL_STAGE_AGES?)",
        "ZUFALL_TURN_SECERT (did you mean ZUFALL_TURN_SECRET?)",
    ]
    assert "tiger" not in line
