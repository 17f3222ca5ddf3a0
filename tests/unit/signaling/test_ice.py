"""ICE servers and TURN credentials, against a vector made with OpenSSL."""

from dataclasses import replace

import pytest
from msgspec import UNSET
from prometheus_client import REGISTRY

from services.contract.ids import GatewayId, MatchId, Place, VisitorId, random_id
from services.contract.keys import new_key, parse_ring
from services.contract.rate_limit import Rate
from services.runtime.config import ConfigError
from services.signaling.config import Config
from services.signaling.core.match_side import Participant
from services.signaling.core.messages import Ice, IceServer
from services.signaling.shell.ice import CREDENTIAL_LIFETIME, CredentialQuota, IceProvider

from ...in_memory.cluster import InMemoryCluster
from ...in_memory.page import Page

CONFIG = Config(
    token_keys=parse_ring(new_key()), pass_keys=parse_ring(new_key()), origins=frozenset(), ice_policy="all"
)
WALL = 1767225600.9
VISITOR = VisitorId("pQ2mXc8vTzK1r0aYwJdN5g")
TURN = ("turn:turn.example:3478", "turns:turn.example:5349")


def ice_for(provider: IceProvider, visitor: VisitorId = VISITOR, match: str = "m", now: float = 0.0) -> Ice:
    me = Participant(visitor, Place(1, GatewayId("here")), b"a network")
    return provider.ice_for(me, MatchId(match), now, WALL + now)


def test_without_servers_there_is_only_the_policy() -> None:
    assert ice_for(IceProvider("all")) == Ice([], "all")


def test_stun_needs_no_credentials() -> None:
    provider = IceProvider("all", ("stun:stun.example:3478",))
    assert ice_for(provider) == Ice([IceServer(["stun:stun.example:3478"])], "all")


def test_turn_credentials_are_valid_for_coturn() -> None:
    """The expected credential is that of openssl: `openssl dgst -sha1 -hmac north -binary | base64`."""
    ice = ice_for(IceProvider("relay", (), TURN, "north"))
    (server,) = ice.servers
    assert server.urls == list(TURN)
    assert server.username == "1767225720:fc9e1b4be13a81eac7f699c4"
    assert server.credential == "8+fQOehaAqvvwWfIi7jxI7qmw6o="  # pragma: allowlist secret
    assert ice.expires_in == CREDENTIAL_LIFETIME == 120


def test_each_side_of_each_match_has_a_name_that_tells_nothing() -> None:
    provider = IceProvider("relay", (), TURN, "north")
    names = [
        str(ice_for(provider, VisitorId(visitor), match).servers[0].username)
        for visitor in ("one", "other")
        for match in ("first match", "second match")
    ]
    assert len(set(names)) == 4
    assert not any(word in name for name in names for word in ("one", "other", "match"))


def credentials(result: str) -> float:
    return REGISTRY.get_sample_value("zufall_gateway_relay_credentials_total", {"result": result}) or 0.0


def test_a_network_gets_only_so_many_credentials() -> None:
    provider = IceProvider("relay", ("stun:s",), TURN, "north", CredentialQuota(Rate(1, 3)))
    before = [credentials(result) for result in ("given", "refused")]
    assert [len(ice_for(provider).servers) for _ in range(5)] == [2, 2, 2, 1, 1]
    assert [credentials("given") - before[0], credentials("refused") - before[1]] == [3, 2]
    assert ice_for(provider).expires_in is UNSET
    assert len(ice_for(provider, now=1.0).servers) == 2


@pytest.mark.parametrize("provider", [IceProvider("all", (), TURN, "north"), IceProvider("all")])
def test_credentials_come_only_with_a_match(provider: IceProvider) -> None:
    cluster = InMemoryCluster(ice=provider)
    hub = cluster.hub("here")
    one, other = (Page(hub, VisitorId(random_id())) for _ in range(2))
    for page in (one, other):
        (welcome,) = page.take()
        assert welcome["ice"] == {"policy": "all"}
        page.find()
        page.take()
    cluster.meet(one, other)
    (matched,), (theirs,) = one.take(), other.take()
    assert matched["ice"]["policy"] == theirs["ice"]["policy"] == "all"
    assert bool(matched["ice"]["servers"]) == bool(provider.turn_urls)
    if provider.turn_urls:
        assert matched["ice"]["servers"] != theirs["ice"]["servers"]
    (welcome,) = one.moves(hub, resume=True).take()
    assert (welcome["ice"], welcome["resumed"]["ice"]) == ({"policy": "all"}, matched["ice"])


def test_a_turn_server_needs_a_secret() -> None:
    with pytest.raises(ConfigError, match="ZUFALL_TURN_SECRET"):
        replace(CONFIG, turn_urls=TURN)


@pytest.mark.parametrize(("turn", "policy"), [(TURN, "relay"), ((), "public")])
def test_visitors_use_relays_where_there_are_some(turn: tuple[str, ...], policy: str) -> None:
    config = replace(CONFIG, ice_policy="auto", turn_urls=turn, turn_secret=("north",))
    assert config.signal_policy == policy


@pytest.mark.parametrize(("policy", "turn"), [("all", TURN), ("all", ()), ("auto", ())])
def test_production_shows_addresses_only_if_that_is_written_out(policy: str, turn: tuple[str, ...]) -> None:
    settings: dict[str, object] = {"ice_policy": policy, "turn_urls": turn, "turn_secret": ("north",)}
    settings |= {"environment": "production", "mesh": True}
    with pytest.raises(ConfigError, match="ZUFALL_ICE_POLICY"):
        replace(CONFIG, **settings)  # type: ignore[arg-type]
    replace(CONFIG, **settings | {"ice_policy": "public"})  # type: ignore[arg-type]


def test_the_relay_policy_needs_a_turn_server() -> None:
    with pytest.raises(ConfigError, match="ZUFALL_TURN_URLS"):
        replace(CONFIG, ice_policy="relay")
