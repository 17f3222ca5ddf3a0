"""ICE servers and TURN credentials, against a vector made with OpenSSL."""

from dataclasses import replace

import pytest
from msgspec import to_builtins

from services.contract.ids import VisitorId, random_id
from services.contract.keys import new_key, parse_key, parse_ring
from services.runtime.config import ConfigError
from services.signaling.config import Config
from services.signaling.core.messages import Ice, IceServer
from services.signaling.shell.ice import CREDENTIAL_LIFETIME, IceProvider

from ...in_memory.cluster import InMemoryCluster
from ...in_memory.page import Page

CONFIG = Config(
    token_key=parse_key(new_key()), pass_keys=parse_ring(new_key()), origins=frozenset(), ice_policy="all"
)
VISITOR = VisitorId("pQ2mXc8vTzK1r0aYwJdN5g")
TURN = ("turn:turn.example:3478", "turns:turn.example:5349")


def test_without_servers_there_is_only_the_policy() -> None:
    assert IceProvider("all").ice_for(VISITOR, 0.0) == Ice([], "all")


def test_stun_needs_no_credentials() -> None:
    provider = IceProvider("all", ("stun:stun.example:3478",))
    assert provider.ice_for(VISITOR, 0.0) == Ice([IceServer(["stun:stun.example:3478"])], "all")


def test_turn_credentials_are_valid_for_coturn() -> None:
    """The expected credential is that of openssl: `openssl dgst -sha1 -hmac north -binary | base64`."""
    ice = IceProvider("relay", (), TURN, "north").ice_for(VISITOR, 1767225600.9)
    (server,) = ice.servers
    assert server.urls == list(TURN)
    assert server.username == "1767226200:pQ2mXc8vTzK1r0aYwJdN5g"
    assert server.credential == "YV7ovTTLAk+OZ0zyc3U56Zsh/V0="
    assert ice.expires_in == CREDENTIAL_LIFETIME


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
    assert matched["ice"] == to_builtins(provider.ice_for(one.visitor, cluster.now))
    assert theirs["ice"] == to_builtins(provider.ice_for(other.visitor, cluster.now))
    (welcome,) = one.moves(hub, resume=True).take()
    assert (welcome["ice"], welcome["resumed"]["ice"]) == ({"policy": "all"}, matched["ice"])


def test_a_turn_server_needs_a_secret() -> None:
    with pytest.raises(ConfigError, match="ZUFALL_TURN_SECRET"):
        replace(CONFIG, turn_urls=TURN)


def test_the_relay_policy_needs_a_turn_server() -> None:
    with pytest.raises(ConfigError, match="ZUFALL_TURN_URLS"):
        replace(CONFIG, ice_policy="relay")
