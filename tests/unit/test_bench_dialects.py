"""The frames of the load generator are what each product expects."""

import random

from bench.dialects import Script, SocketIoClient, ZufallDialect, members, wrap_socket_io
from bench.load_generator import draw_wishes
from services.contract.rate_limit import UNLIMITED
from services.signaling.core import messages
from services.signaling.core.signal_filter import SignalFilter


def test_zufall_frames_are_valid_messages() -> None:
    """The gateway's own parser accepts every frame of both sides."""
    for bundled in (False, True):
        for role in ("offer", "answer"):
            first, *rest = Script(ZufallDialect(), bundled=bundled).frames("m1", role)
            description = messages.parse(first)
            assert isinstance(description, messages.Description)
            assert (description.match, description.description.type) == ("m1", role)
            assert 2000 <= len(description.description.sdp) <= 4000
            assert sum(candidates_in(frame) for frame in rest) == 5


def test_the_gateway_relays_the_frames_unchanged() -> None:
    """The load generator compares the bytes that arrive with those that were sent."""
    for bundled in (False, True):
        for role in ("offer", "answer"):
            signal_filter = SignalFilter("all", 32, UNLIMITED)
            for frame in Script(ZufallDialect(), bundled=bundled).frames("m1", role):
                message = messages.parse(frame)
                assert isinstance(message, messages.ToPartner)
                assert signal_filter.filter(message, frame, 0.0) == frame


def candidates_in(frame: bytes) -> int:
    message = messages.parse(frame)
    assert isinstance(message, messages.Candidates)
    assert message.match == "m1"
    return len(message.candidates)


def test_a_session_has_thirty_frames() -> None:
    """A session is a press, an `ended`, two `searching`, two `matched`, and relayed frames counted twice."""
    relayed = 2 * Script(ZufallDialect(), bundled=False).frames_each_way
    assert 1 + 1 + 2 + 2 + 2 * relayed == 30


def test_half_of_the_wishes_have_two_interests() -> None:
    wishes = draw_wishes(40, random.Random(1))
    assert [messages.parse(messages.encode(wish)) for wish in wishes] == wishes
    assert sum(len(wish.interests) == 2 for wish in wishes) == 20


def test_socket_io_frames_mean_the_same() -> None:
    client = SocketIoClient()
    wish = messages.Find("video", languages=["en"])
    client.find(wish)
    assert client.frames_to_send() == [b'42["find",{"mode":"video","languages":["en"]}]']
    (matched,) = client.receive(wrap_socket_io(b"matched", b'"match":"m1","polite":true'), 0.0)
    assert isinstance(matched, messages.Matched)
    assert (matched.match, matched.polite) == ("m1", True)
    client.next()
    assert client.frames_to_send() == [b'42["next",{"match":"m1"}]']
    ended = wrap_socket_io(b"ended", b'"match":"m1","reason":"next"')
    assert client.receive(ended, 0.0) == (messages.Ended("m1", "next"),)
    assert client.receive(wrap_socket_io(b"error", members({"code": "x"})), 0.0)


def test_socket_io_pings_are_answered_and_are_no_events() -> None:
    client = SocketIoClient()
    assert client.receive(b"2", 0.0) == ()
    assert client.frames_to_send() == [b"3"]
