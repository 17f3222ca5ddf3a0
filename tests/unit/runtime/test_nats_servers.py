"""The setting of NATS servers, which gateways and the reports service share."""

import pytest

from services.contract.keys import new_key
from services.reports.config import Config as Reports
from services.runtime.config import ConfigError, load
from services.runtime.nats_connection import parse_servers
from services.signaling.config import Config as Gateway

LIST = "nats://nats-1:4222, nats://nats-2:4222,tls://nats-3"
SERVERS = ("nats://nats-1:4222", "nats://nats-2:4222", "tls://nats-3")
KEYS = {
    f"ZUFALL_{name}": new_key() for name in ("TOKEN_KEYS", "PASS_KEYS", "CONSOLE_KEYS", "MODERATOR_TOKEN")
}
GIVEN = {**KEYS, "ZUFALL_ORIGINS": "https://zufall.example", "ZUFALL_DATABASE": "sqlite+aiosqlite:///x"}


@pytest.mark.parametrize("kind", [Gateway, Reports])
def test_every_service_on_nats_takes_a_list(kind: type[Gateway]) -> None:
    assert load(kind, GIVEN).nats == ("nats://127.0.0.1:4222",)
    assert load(kind, {**GIVEN, "ZUFALL_NATS": LIST}).nats == SERVERS
    with pytest.raises(ConfigError, match="ZUFALL_NATS: each NATS server has a URL"):
        load(kind, {**GIVEN, "ZUFALL_NATS": "nats-1:4222"})


def test_a_password_may_be_in_the_url() -> None:
    assert parse_servers("nats://zufall:tiger@nats:4222") == ("nats://zufall:tiger@nats:4222",)


@pytest.mark.parametrize(
    "text",
    [
        ",", "nats", "nats:4222", "http://nats:4222", "nats://", "nats://:4222", "nats://nats:port",
        "nats://nats:65536", "nats://[nowhere", "nats://zufall:tiger@nats:0", "nats://nats;nats://other",
    ],
)  # fmt: skip
def test_what_is_no_server_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="each NATS server has a URL") as refused:
        parse_servers(text)
    assert "tiger" not in str(refused.value)
