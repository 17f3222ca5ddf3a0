"""Waits fall into buckets, and heartbeats are checked when they are decoded."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contract.ids import GatewayId
from services.contract.presence import (
    BUCKET_GROWTH,
    SHORTEST_WAIT,
    WAIT_BUCKETS,
    Heartbeat,
    HistoryReply,
    MinuteCounts,
    ModeCounts,
    pack,
    unpack_heartbeat,
    unpack_history_reply,
    wait_bucket,
)

MINUTE = MinuteCounts(29_000_000, 4, 120_000, 1, (0, 3, 1))
BEAT = Heartbeat(GatewayId("here"), 7, 5, 2, [MINUTE], modes=ModeCounts(1, 0, 3))


@given(st.floats(0, 1e9))
def test_every_wait_falls_into_the_bucket_that_holds_it(seconds: float) -> None:
    place = wait_bucket(seconds)
    assert 0 <= place < WAIT_BUCKETS
    if place < WAIT_BUCKETS - 1:
        assert seconds <= SHORTEST_WAIT * BUCKET_GROWTH**place * (1 + 1e-6)
    if place > 0:
        assert seconds > SHORTEST_WAIT * BUCKET_GROWTH ** (place - 1) * (1 - 1e-6)


def test_the_buckets_reach_from_a_millisecond_to_ten_minutes() -> None:
    assert wait_bucket(-1.0) == wait_bucket(0.001) == 0
    assert wait_bucket(0.0011) == 1
    assert (
        SHORTEST_WAIT * BUCKET_GROWTH ** (WAIT_BUCKETS - 2)
        < 600
        <= SHORTEST_WAIT * BUCKET_GROWTH ** (WAIT_BUCKETS - 1)
    )


def test_packed_messages_are_unpacked_unchanged() -> None:
    assert unpack_heartbeat(pack(BEAT)) == BEAT
    assert unpack_history_reply(pack(HistoryReply(BEAT.gateway, [MINUTE]))) == HistoryReply(
        BEAT.gateway, [MINUTE]
    )


def test_a_heartbeat_of_a_newer_version_is_understood() -> None:
    fields = [*msgspec.to_builtins(BEAT), "something new"]
    assert unpack_heartbeat(msgspec.msgpack.encode(fields)) == BEAT


def test_a_heartbeat_of_an_older_version_is_understood() -> None:
    fields = [*msgspec.to_builtins(BEAT)][:6]
    assert unpack_heartbeat(msgspec.msgpack.encode(fields)).modes == ModeCounts()


@pytest.mark.parametrize(
    "fields",
    [
        ["", 1, 1, 1, [], False],
        ["x" * 65, 1, 1, 1, [], False],
        ["here", 1, -1, 1, [], False],
        ["here", 1, 2**60, 1, [], False],
        ["here", 1, float("nan"), 1, [], False],
        ["here", 1, 1, 1, [[1, 1, 1, 1, []]] * 9, False],
        ["here", 1, 1, 1, [[1, 1, 1, 1, [0] * (WAIT_BUCKETS + 1)]], False],
        ["here", 1, 1, 1, [[1, 1, 1, 1, [-1]]], False],
        ["here", 1, 1, 1, [], False, [1, 1, -1]],
        {"gateway": "here"},
        [],
    ],
)
def test_values_out_of_bounds_are_refused(fields: object) -> None:
    with pytest.raises(msgspec.DecodeError):
        unpack_heartbeat(msgspec.msgpack.encode(fields))


@given(st.binary(max_size=60))
def test_garbage_raises_a_decode_error(payload: bytes) -> None:
    for unpack in (unpack_heartbeat, unpack_history_reply):
        try:
            unpack(payload)
        except msgspec.DecodeError:
            pass
        else:
            pytest.fail("sixty bytes at random are no beat")


def test_invalid_utf_8_raises_a_decode_error() -> None:
    with pytest.raises(msgspec.DecodeError):
        unpack_history_reply(b"\x92\xa1\xff\x90")
