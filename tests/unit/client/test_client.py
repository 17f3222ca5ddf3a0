"""A client sends some frames by itself and refuses some acts, beyond what simulated visitors show."""

from typing import Any

import msgspec
import pytest

from bench.client.client import ZufallClient
from bench.client.events import SignalReceived
from services.signaling.core.messages import (
    Candidate,
    Candidates,
    Description,
    Find,
    Reveal,
    SessionDescription,
    Typing,
)

from .scripted_gateway import SEARCHING, matched, welcome

OFFER = Description("m", SessionDescription("offer", "v=0"))
CANDIDATES = Candidates("m", [Candidate("candidate:1 1 udp 1 8.8.8.8 1 typ host")])


def hear(client: ZufallClient, kind: str, now: float = 0.0, **fields: Any) -> list[Any]:
    return list(client.receive(msgspec.json.encode({"type": kind, **fields}), now))


def sent(client: ZufallClient) -> list[dict[str, Any]]:
    return [msgspec.json.decode(frame) for frame in client.frames_to_send()]


@pytest.fixture
def client() -> ZufallClient:
    """Provide a client in the match `m`, which has sent everything."""
    made = ZufallClient("token")
    made.find(Find("video"))
    made.connect(1.0)
    for answer in (welcome(), SEARCHING, matched("m")):
        hear(made, **answer)
    made.frames_to_send()
    return made


def test_nothing_is_sent_before_the_welcome_but_the_hello() -> None:
    client = ZufallClient("token")
    client.find(Find("text"))
    client.stop()
    client.block("m", "pass")
    client.connect(1.0)
    client.next()
    assert [frame["type"] for frame in sent(client)] == ["hello"]
    hear(client, **welcome())
    assert [frame["type"] for frame in sent(client)] == ["block"], "there is no wish any more"


def test_signals_and_typing_go_only_to_a_partner_who_is_there(client: ZufallClient) -> None:
    client.signal(OFFER)
    client.signal(CANDIDATES)
    client.type()
    assert [frame["type"] for frame in sent(client)] == ["description", "candidates", "typing"]
    hear(client, "partner_away", match="m")
    client.signal(OFFER)
    client.type()
    assert sent(client) == []


def test_signals_are_decoded_when_somebody_asks(client: ZufallClient) -> None:
    for signal in (OFFER, CANDIDATES):
        (event,) = client.receive(msgspec.json.encode(signal), 0.0)
        assert isinstance(event, SignalReceived)
        assert event.decode() == signal
    assert client.receive(msgspec.json.encode(Typing("m")), 0.0) == [Typing("m")]


def test_a_reveal_is_numbered_with_the_lines(client: ZufallClient) -> None:
    assert (client.say("hello", 0.0), client.reveal(0.0)) == (1, 2)
    assert [(frame["type"], frame["n"]) for frame in sent(client)] == [("chat", 1), ("reveal", 2)]
    assert hear(client, "reveal", match="m", n=1) == [Reveal("m", 1)]
    assert sent(client) == [{"type": "received", "match": "m", "n": 1}]


def test_lines_move_up_after_one_that_the_gateway_refuses(client: ZufallClient) -> None:
    client.say("refused", 0.0, chat_id="a")
    client.say("hello", 0.0, chat_id="b")
    client.frames_to_send()
    hear(client, "error", code="too_fast", message="no", id="a")
    assert [(frame["n"], frame["id"]) for frame in sent(client)] == [(1, "b")]


def test_nothing_can_be_said_outside_of_a_match() -> None:
    with pytest.raises(ValueError, match="no match"):
        ZufallClient("token").say("hello", 0.0)


def test_the_sixty_first_line_is_refused(client: ZufallClient) -> None:
    for number in range(60):
        client.say(str(number), 0.0)
    with pytest.raises(ValueError, match="too many lines"):
        client.say("one more", 0.0)


def test_the_next_dial_is_above_the_epoch_of_a_newer_connection(client: ZufallClient) -> None:
    hear(client, "error", code="stale_epoch", message="elsewhere", epoch=5000)
    client.connect(1.0)
    assert sent(client)[0]["epoch"] == 5001


def test_next_outside_of_a_match_sends_nothing(client: ZufallClient) -> None:
    client.next()
    client.next()
    assert sent(client) == [{"type": "next", "match": "m"}]


def test_after_a_block_of_the_present_partner_the_gateway_searches_by_itself(client: ZufallClient) -> None:
    client.block("m", "pass")
    assert [frame["type"] for frame in sent(client)] == ["block"]
    hear(client, "ended", match="m", reason="blocked")
    assert sent(client) == [], "a second search would leave the next match"
    assert client.phase == "searching"
