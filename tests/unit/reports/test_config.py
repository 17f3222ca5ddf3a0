"""Tests with which configuration the reports service refuses to start."""

from base64 import b64encode
from pathlib import Path

import pytest

from services.contract.keys import new_key
from services.contract.rate_limit import Rate
from services.reports.config import Config
from services.reports.core.second_look import SecondLook
from services.runtime.config import ConfigError, load

REQUIRED = {
    "ZUFALL_DATABASE": "sqlite+aiosqlite:///x.db",
    "ZUFALL_PASS_KEYS": new_key(),
    "ZUFALL_CONSOLE_KEYS": new_key(),
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
        ("ftp://matcher.example", "the URL of a picture matcher"),
        ("http://", "the URL of a picture matcher"),
        ("/nowhere/list.txt", "No such file"),
    ],
)
def test_a_malformed_setting_is_refused_at_the_start(text: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        known(text)


def test_a_second_look_is_asked_for_in_words_that_are_listed() -> None:
    assert load(Config, {**REQUIRED, "ZUFALL_SECOND_LOOK": "off"}).second_look is SecondLook.OFF
    with pytest.raises(ConfigError, match="ZUFALL_SECOND_LOOK: 'x' must be one of on, off, auto"):
        load(Config, {**REQUIRED, "ZUFALL_SECOND_LOOK": "x"})


@pytest.mark.parametrize(
    ("origins", "problem"),
    [
        ("https://console.example/console", "is not an origin"),
        ("console.example", "is not an origin"),
        ("http://console.example", "must be https"),
        ("http://127.0.0.1.example:7022", "must be https"),
    ],
)
def test_the_console_is_where_sessions_cannot_be_stolen(origins: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        load(Config, {**REQUIRED, "ZUFALL_CONSOLE_ORIGINS": origins})


def test_the_console_may_have_several_origins() -> None:
    config = load(Config, {**REQUIRED, "ZUFALL_CONSOLE_ORIGINS": "https://a.example, http://localhost:1"})
    assert config.console_origins == ("https://a.example", "http://localhost:1")


def test_a_provider_is_configured_whole_or_not_at_all() -> None:
    assert load(Config, REQUIRED).oidc is None
    with pytest.raises(ConfigError, match="together"):
        load(Config, {**REQUIRED, "ZUFALL_OIDC_ISSUER": "https://id.example"})


def test_logins_are_bounded_but_possible() -> None:
    assert load(Config, {**REQUIRED, "ZUFALL_LIMIT_LOGINS_BURST": "1"}).logins == Rate(0.1, 1)
    with pytest.raises(ConfigError, match="is less than 1"):
        load(Config, {**REQUIRED, "ZUFALL_LIMIT_LOGINS_BURST": "0.9"})


WEBHOOK = {
    "ZUFALL_ALARM_WEBHOOK": "https://hooks.example/zufall",
    "ZUFALL_ALARM_WEBHOOK_SECRET": f"whsec_{b64encode(bytes(32)).decode()}",
}


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({**WEBHOOK, "ZUFALL_ALARM_WEBHOOK": "http://10.0.0.1/"}, "begins with https"),
        ({**WEBHOOK, "ZUFALL_ALARM_WEBHOOK_SECRET": ""}, "must be set together"),
        ({**WEBHOOK, "ZUFALL_ALARM_WEBHOOK_SECRET": "secret"}, "whsec_"),
        ({"ZUFALL_ALARM_MAIL": "ann@zufall.example"}, "needs ZUFALL_SMTP_HOST"),
        ({"ZUFALL_ALARM_MAIL": "ann@zufall.example,bob", "ZUFALL_SMTP_HOST": "a:25"}, "not a mail address"),
        ({"ZUFALL_SMTP_HOST": "mail.example"}, "not host:port"),
        ({"ZUFALL_SMTP_HOST": ":587"}, "names no host"),
        ({"ZUFALL_SMTP_HOST": "mail..example:587"}, "not the name of a host"),
        ({**WEBHOOK, "ZUFALL_ALARM_WEBHOOK": "https://hooks..example/"}, "not the name of a host"),
        ({"ZUFALL_SMTP_FROM": "Zufall"}, "not a mail address"),
        ({"ZUFALL_ALARM_MAIL": "ann@bücher.example", "ZUFALL_SMTP_HOST": "a:25"}, "not a mail address"),
        ({"ZUFALL_SMTP_FROM": "Zufall <zufall@zufall.example>\nBcc: x"}, "can be seen"),
        ({"ZUFALL_ALARM_CASE_HOURS": "0"}, "more than 0 and at most 10000 hours"),
        ({"ZUFALL_ALARM_CASE_HOURS": "1e300"}, "at most 10000 hours"),
        ({"ZUFALL_ALARM_APPEAL_HOURS": "168"}, "must be less than"),
    ],
)
def test_alarms_that_could_not_arrive_are_refused(settings: dict[str, str], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        load(Config, {**REQUIRED, **settings})


def test_alarms_go_to_a_private_address_if_the_operator_says_so() -> None:
    config = load(Config, {**REQUIRED, **WEBHOOK, "ZUFALL_ALARM_WEBHOOK": "https://10.0.0.1:8443/hook"})
    assert config.alarm_webhook == "https://10.0.0.1:8443/hook"
    assert load(Config, REQUIRED).mail_server is None


def test_the_sender_may_have_a_name() -> None:
    sender = "Zufall <zufall@zufall.example>"
    assert load(Config, {**REQUIRED, "ZUFALL_SMTP_FROM": sender}).smtp_from == sender


def test_port_465_is_tls_from_the_start() -> None:
    for port, at_once in ((465, True), (587, False)):
        server = load(Config, {**REQUIRED, "ZUFALL_SMTP_HOST": f"mail.example:{port}"}).mail_server
        assert server is not None
        assert server.tls_at_once is at_once
