"""What `zufall doctor` prints, and the statuses that it returns without asking anybody."""

import json

import pytest

from services import cli
from services.doctor.core.check_result import Check, green, red, skipped, yellow
from services.doctor.shell.command import PROBES
from services.doctor.shell.report import as_json, is_healthy, line, summary

CHECK = Check("clock", "the clocks agree", "Run an NTP client.")


def test_a_line_says_what_was_seen_and_what_to_do() -> None:
    assert line((CHECK, green("they agree"))).endswith("clock        they agree")
    assert "Run an NTP client." not in line((CHECK, skipped("not here")))
    for result in (red("30 s off"), yellow("6 s off")):
        first, second = line((CHECK, result)).split("\n")
        assert result.seen in first
        assert second.endswith("→ Run an NTP client.")


def test_the_whole_is_healthy_while_nothing_is_red() -> None:
    found = [(CHECK, green("x")), (CHECK, yellow("x")), (CHECK, skipped("x"))]
    assert is_healthy(found)
    assert not is_healthy([*found, (CHECK, red("x"))])
    assert summary(found) == "3 checks: 1 green, 1 yellow, 1 skipped"


def test_json_is_for_programs() -> None:
    report = json.loads(as_json("https://a.example", [(CHECK, green("x")), (CHECK, red("y"))]))
    assert report["url"] == "https://a.example"
    assert not report["healthy"]
    assert [check["advice"] for check in report["checks"]] == ["", "Run an NTP client."]


def test_each_check_has_a_name_of_its_own_and_whole_sentences() -> None:
    checks = [probe.check for probe in PROBES]
    assert len({check.name for check in checks}) == len(checks)
    assert all(check.green and check.advice.endswith(".") for check in checks)


@pytest.mark.parametrize(
    "words", [[], ["--url", "zufall.example"], ["--url", "https://a.example/b"], ["--x"]]
)
def test_a_command_that_makes_no_sense_is_refused(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZUFALL_DOMAIN", raising=False)
    assert cli.main(["doctor", *words]) == 2


def test_a_site_that_is_away_is_red_everywhere_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--url", "https://127.0.0.1:1", "--http-port", "1", "--idle", "0"]) == 1
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    assert "✗ meeting" in said.out
