"""The messages to an operator, and the signature of what is posted."""

import base64

import msgspec
import pytest

from services.reports.core.alarms import Alarm, AlarmRule
from services.reports.shell.alarms.alarm_message import AlarmMessage, json_body, mail_of
from services.reports.shell.alarms.webhook import parse_secrets, signatures

MESSAGE = AlarmMessage(
    "msg_1",
    Alarm(AlarmRule.MINOR, 3, 1),
    1_767_225_600_999,
    "Plaza",
    "https://console.plaza.example/console#queue",
)
OLD = "whsec_" + base64.b64encode(bytes(24)).decode()
NEW = "whsec_" + base64.b64encode(bytes(range(32))).decode()


def test_a_signature_is_the_one_of_standard_webhooks() -> None:
    """The values are an example of the specification's own libraries."""
    secrets = parse_secrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")  # pragma: allowlist secret
    signed = signatures(secrets, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_while_a_secret_changes_both_sign() -> None:
    both = signatures(parse_secrets(f"{NEW}, {OLD}"), "msg", 1, b"{}").split(" ")
    assert both == [signatures(parse_secrets(one), "msg", 1, b"{}") for one in (NEW, OLD)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "secret",
        "whsec_",
        "whsec_***",
        "whsec_" + base64.b64encode(bytes(23)).decode(),
        f"{OLD},{NEW},{OLD}",
    ],
)
def test_what_is_no_secret_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        parse_secrets(text)


def test_a_body_says_what_and_how_many_and_names_nobody() -> None:
    assert msgspec.json.decode(json_body(MESSAGE)) == {
        "type": "alarm.minor",
        "timestamp": "2026-01-01T00:00:00+00:00",
        "data": {
            "site": "Plaza",
            "rule": "minor",
            "text": "Somebody was reported as a minor. Open: 3, new: 1.",
            "count": 3,
            "new": 1,
            "console": "https://console.plaza.example/console#queue",
        },
    }


def test_a_mail_says_the_same() -> None:
    mail = mail_of(MESSAGE, "Zufall <zufall@plaza.example>", ("ann@plaza.example", "bob@plaza.example"))
    assert mail["Subject"] == "[Plaza] Somebody was reported as a minor. Open: 3, new: 1."
    assert mail["To"] == "ann@plaza.example, bob@plaza.example"
    assert mail["Message-ID"] == "<msg_1@plaza.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content() == (
        "Somebody was reported as a minor. Open: 3, new: 1.\n\nhttps://console.plaza.example/console#queue\n"
    )
