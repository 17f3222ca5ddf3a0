"""A wire is taken to the same pieces however its bytes arrive, and the points are where they should be."""

from collections.abc import Callable

import pytest

from .filing.wires import GrpcParser, Piece, Point, PostgresParser


def message(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) + 4).to_bytes(4, "big") + body


ASK_TLS = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")
START = message(b"", (196608).to_bytes(4, "big") + b"user\0zufall\0\0")
SELECT = message(b"P", b"s1\0SELECT 1\0\0\0") + message(b"B", b"\0s1\0\0\0\0\0\0\0")
INSERT = message(b"P", b"s2\0INSERT INTO reports\0\0\0") + message(b"B", b"\0s2\0\0\0\0\0\0\0")
SCORE = message(b"P", b"s3\0UPDATE evidence SET score\0\0\0") + message(b"B", b"\0s3\0\0\0\0\0\0\0")
BEGIN, COMMIT = message(b"Q", b"BEGIN;\0"), message(b"Q", b"COMMIT;\0")
READY, COMMITTED = message(b"Z", b"I"), message(b"C", b"COMMIT\0")


def points(pieces: list[Piece]) -> list[Point]:
    return [point for _, point in pieces if point is not None]


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_a_commit_counts_when_something_was_filed(size: int) -> None:
    wire = PostgresParser()

    def passed(way: Callable[[bytes], list[Piece]], data: bytes) -> list[Point]:
        pieces = [piece for n in range(0, len(data), size) for piece in way(data[n : n + size])]
        assert b"".join(content for content, _ in pieces) == data
        return points(pieces)

    assert passed(wire.there, ASK_TLS) == passed(wire.back, b"N") == []
    assert passed(wire.there, START + BEGIN + SELECT + COMMIT) == []
    assert passed(wire.back, READY + COMMITTED + READY) == []
    assert passed(wire.there, BEGIN + INSERT + COMMIT) == [Point.COMMIT]
    assert passed(wire.back, READY + COMMITTED + READY) == [Point.COMMITTED]
    assert passed(wire.there, BEGIN + SELECT + SCORE + COMMIT) == [], "the next has filed nothing"


def test_a_rollback_is_no_commit() -> None:
    wire = PostgresParser()
    wire.there(START + BEGIN + INSERT + message(b"Q", b"ROLLBACK;\0") + BEGIN + SELECT)
    assert points(wire.there(COMMIT)) == []
    wire.there(BEGIN + INSERT + COMMIT)
    assert points(wire.back(message(b"C", b"ROLLBACK\0"))) == [], "the database would not"


def frame(kind: int, flags: int, stream: int, body: bytes = b"x") -> bytes:
    return len(body).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + body


@pytest.mark.parametrize("size", [1, 5, 10_000])
def test_an_answer_ends_with_its_trailers(size: int) -> None:
    wire = GrpcParser()
    refused, watch, settings = frame(1, 5, 3), frame(0, 0, 5), frame(4, 1, 0, b"")
    answer = frame(1, 4, 1) + frame(0, 0, 1) + frame(1, 5, 1)
    back = settings + refused + watch + answer
    pieces = [piece for n in range(0, len(back), size) for piece in wire.back(back[n : n + size])]
    assert b"".join(content for content, _ in pieces) == back
    assert points(pieces) == [Point.ANSWERED]
    assert pieces[-1] == (frame(1, 5, 1), Point.ANSWERED)
