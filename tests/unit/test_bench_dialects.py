"""The frames of the load generator are what each product expects."""

import random

import msgspec
import pytest

from bench.crowd import draw_wishes
from bench.dialects import Script, SocketIo, Zufall, members
from services.signaling.core import messages


def test_zufall_frames_are_valid_messages() -> None:
    """The gateway's own parser accepts every frame of both sides."""
    for bundled in (False, True):
        for role in ("offer", "answer"):
            first, *rest = Script(Zufall(), bundled=bundled).frames("m1", role)
            description = messages.parse(first)
            assert isinstance(description, messages.Description)
            assert (description.match, description.description.type) == ("m1", role)
            assert 2000 <= len(description.description.sdp) <= 4000
            assert sum(candidates_in(frame) for frame in rest) == 5


def candidates_in(frame: bytes) -> int:
    message = messages.parse(frame)
    assert isinstance(message, messages.Candidates)
    assert message.match == "m1"
    return len(message.candidates)


def test_a_session_has_thirty_frames() -> None:
    """Press, ended, two searching, two matched, and every relayed frame once sent and once received."""
    relayed = 2 * Script(Zufall(), bundled=False).frames_each_way
    assert 1 + 1 + 2 + 2 + 2 * relayed == 30


def test_wishes_are_valid() -> None:
    """Half have two interests, and the gateway accepts them all."""
    wishes = draw_wishes(40, random.Random(1))
    found = [messages.parse(Zufall().wrap(b"find", members(wish))) for wish in wishes]
    assert sum(bool(one.interests) for one in found if isinstance(one, messages.Find)) == 20


@pytest.mark.parametrize("dialect", [Zufall(), SocketIo()])
def test_what_is_wrapped_can_be_read(dialect: Zufall | SocketIo) -> None:
    frame = dialect.wrap(b"matched", b'"match":"m1","polite":true')
    assert dialect.kind(frame) == b"matched"
    assert msgspec.json.decode(dialect.body(frame))["match"] == "m1"


def test_socket_io_pings_are_known() -> None:
    assert SocketIo().kind(b"2") == b"ping"
