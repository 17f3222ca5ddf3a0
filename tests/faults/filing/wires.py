"""Finds the points of a report in a stream: COMMIT, its answer, and the answer of a gRPC call."""

from enum import Enum
from typing import Protocol


class Point(Enum):
    """Names the messages that matter."""

    COMMIT = "COMMIT is sent"
    COMMITTED = "COMMIT is answered"
    ANSWERED = "the report is answered"


Piece = tuple[bytes, Point | None]
"""One message, or several that do not matter."""


class WireParser(Protocol):
    """Splits the bytes of a connection into pieces, without losing any."""

    def there(self, data: bytes) -> list[Piece]:
        """Split bytes that go to the server."""
        ...

    def back(self, data: bytes) -> list[Piece]:
        """Split bytes that come from the server."""
        ...


_ASKS_FOR_TLS = (80877103).to_bytes(4, "big")
_FILES = (b"INSERT INTO reports", b"INSERT INTO appeals", b"UPDATE appeals")
"""Statements of requests that somebody waits for. A service also writes results of analyses."""


class PostgresParser:
    """Splits PostgreSQL. Its points are in transactions that file a report or an appeal, or answer one."""

    def __init__(self) -> None:
        self._there, self._back = bytearray(), bytearray()
        self._started = False
        self._one_letter = False  # it answers whether it speaks TLS, which ours does not
        self._statements: dict[bytes, bytes] = {}
        self._files = False
        self._committing = False

    def there(self, data: bytes) -> list[Piece]:
        self._there += data
        pieces: list[Piece] = []
        while message := _taken(self._there, 1 if self._started else 0):
            if self._started:
                pieces.append((message, self._asked(message)))
                continue
            self._one_letter = message[4:8] == _ASKS_FOR_TLS
            self._started = not self._one_letter
            pieces.append((message, None))
        return pieces

    def back(self, data: bytes) -> list[Piece]:
        self._back += data
        pieces: list[Piece] = []
        if self._one_letter and self._back:
            pieces.append((bytes(self._back[:1]), None))
            del self._back[:1]
            self._one_letter = False
        while message := _taken(self._back, 1):
            pieces.append((message, self._answered(message)))
        return pieces

    def _asked(self, message: bytes) -> Point | None:
        kind, parts = message[:1], message[5:].split(b"\0")
        if kind == b"P":
            self._statements[parts[0]] = parts[1]
        elif kind == b"B":
            self._files |= self._statements[parts[1]].startswith(_FILES)
        elif kind == b"Q":
            self._committing = self._files and parts[0].startswith(b"COMMIT")
            self._files = False
        return Point.COMMIT if kind == b"Q" and self._committing else None

    def _answered(self, message: bytes) -> Point | None:
        if not (self._committing and message[:1] == b"C"):
            return None
        self._committing = False
        return Point.COMMITTED if message[5:].startswith(b"COMMIT") else None


def _taken(buffer: bytearray, head: int) -> bytes:
    """Return the first message if it is whole. Its length, which counts itself, stands after `head` bytes."""
    end = head + int.from_bytes(buffer[head : head + 4], "big")
    if len(buffer) < head + 4 or len(buffer) < end:
        return b""
    message = bytes(buffer[:end])
    del buffer[:end]
    return message


_DATA, _HEADERS, _END_STREAM = 0, 1, 1


class GrpcParser:
    """Splits HTTP/2. Its point is the end of an answer without an error. The stream of a watch never ends."""

    def __init__(self) -> None:
        self._back = bytearray()
        self._told: set[bytes] = set()

    def there(self, data: bytes) -> list[Piece]:
        return [(data, None)]

    def back(self, data: bytes) -> list[Piece]:
        self._back += data
        pieces: list[Piece] = []
        while len(self._back) >= 9 and len(self._back) >= (end := 9 + int.from_bytes(self._back[:3], "big")):
            frame = bytes(self._back[:end])
            del self._back[:end]
            pieces.append((frame, self._read(frame)))
        return pieces

    def _read(self, frame: bytes) -> Point | None:
        kind, flags, stream = frame[3], frame[4], frame[5:9]
        if kind == _DATA:
            self._told.add(stream)
        ends = kind == _HEADERS and flags & _END_STREAM
        return Point.ANSWERED if ends and stream in self._told else None
