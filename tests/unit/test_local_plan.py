"""What `zufall run` says when others in the network can reach it."""

from pathlib import Path

import pytest

from services.contract.keys import new_key
from services.local.plan import CONSOLE_KEYS, LocalPlan, make_plan

EVERYWHERE = "0.0.0.0"  # noqa: S104 -- nothing is bound


def plan(host: str, *origins: str) -> LocalPlan:
    return make_plan(1, 1, host, 8080, Path("."), "on", origins, {CONSOLE_KEYS: new_key()})


def test_it_is_written_down_where_metrics_are() -> None:
    made = plan("127.0.0.1")
    listens = {one.name: one.environment.get("ZUFALL_ADMIN_LISTEN") for one in made.processes}
    assert listens.pop("nats") is None
    assert made.addresses["admin"] == {name: f"http://{address}" for name, address in listens.items()}
    assert listens.keys() == {"matcher", "reports", "gateway-1"}


def test_alone_on_this_machine_nothing_is_to_say() -> None:
    assert plan("127.0.0.1").warnings == []


def test_on_every_address_it_says_who_cannot_connect_and_what_strangers_learn() -> None:
    made = plan(EVERYWHERE)
    assert made.url == "http://localhost:8080", "nobody can open http://0.0.0.0:8080"
    origin, policy = made.warnings
    assert "--origin http://192.168.0.2:8080" in origin
    assert "ZUFALL_ICE_POLICY is all" in policy
    assert made.processes[-1].environment["ZUFALL_ORIGINS"].count("localhost") == 2


def test_with_an_origin_it_says_what_browsers_want(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZUFALL_ICE_POLICY", "public")
    (sentence,) = plan(EVERYWHERE, "http://192.168.0.7:8080").warnings
    assert "only to https and to localhost" in sentence
    assert plan(EVERYWHERE, "https://meet.example").warnings == []
