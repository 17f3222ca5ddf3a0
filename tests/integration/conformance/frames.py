"""Frames of a client: wsproto makes the allowed ones, and `raw` makes any."""

from wsproto.frame_protocol import CloseReason, FrameProtocol, Opcode

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = (
    int(one)
    for one in (
        Opcode.CONTINUATION,
        Opcode.TEXT,
        Opcode.BINARY,
        Opcode.CLOSE,
        Opcode.PING,
        Opcode.PONG,
    )
)

NEXT = b'{"type":"next"}'
"""A message that a gateway answers with the error `no_wish` when the visitor has not searched yet."""


def _client() -> FrameProtocol:
    return FrameProtocol(client=True, extensions=[])


def ping(payload: bytes = b"") -> bytes:
    return bytes(_client().ping(payload))


def pong(payload: bytes = b"") -> bytes:
    return bytes(_client().pong(payload))


def close(code: int | None = None, reason: str | None = None) -> bytes:
    """Return a close frame. wsproto checks no code but those that stand for a lack of one."""
    return bytes(_client().close(code, reason))


def text(*fragments: str) -> tuple[bytes, ...]:
    """Return the frames of one text message."""
    client, last = _client(), len(fragments) - 1
    return tuple(bytes(client.send_data(part, number == last)) for number, part in enumerate(fragments))


def binary(*fragments: bytes) -> tuple[bytes, ...]:
    """Return the frames of one binary message."""
    client, last = _client(), len(fragments) - 1
    return tuple(bytes(client.send_data(part, number == last)) for number, part in enumerate(fragments))


def next_of(size: int) -> str:
    """Return the message `NEXT` with blanks, `size` bytes long."""
    return (NEXT[:-1].ljust(size - 1) + b"}").decode()


def split(message: str, size: int) -> list[str]:
    """Return the message in fragments of `size` characters."""
    return [message[start : start + size] for start in range(0, len(message), size)]


def octets(*frames: bytes) -> tuple[bytes, ...]:
    """Return the bytes of the frames one by one."""
    return tuple(bytes((byte,)) for byte in b"".join(frames))


def chopped(size: int, *frames: bytes) -> tuple[bytes, ...]:
    """Return the bytes of the frames in pieces of `size`."""
    joined = b"".join(frames)
    return tuple(joined[start : start + size] for start in range(0, len(joined), size))


def raw(
    opcode: int,
    payload: bytes = b"",
    *,
    final: bool = True,
    reserved: int = 0,
    masked: bool = True,
    length_bytes: int | None = None,
) -> bytes:
    """Return a frame that may break any rule. `length_bytes` are those after the second byte: 0, 2 or 8."""
    if length_bytes is None:
        length_bytes = 0 if len(payload) < 126 else 2 if len(payload) < 1 << 16 else 8
    short = {0: len(payload), 2: 126, 8: 127}[length_bytes]
    head = bytes((final << 7 | reserved << 4 | opcode, masked << 7 | short))
    head += len(payload).to_bytes(length_bytes) if length_bytes else b""
    if not masked:
        return head + payload
    mask = b"\x5a\xa5\x3c\xc3"
    return head + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))


def fragments_of(*parts: bytes) -> tuple[bytes, ...]:
    """Return a text message of any bytes in these fragments."""
    last = len(parts) - 1
    return tuple(
        raw(CONTINUATION if number else TEXT, part, final=number == last) for number, part in enumerate(parts)
    )


def closed_with(code: int) -> bytes:
    """Return a close frame with any code."""
    return raw(CLOSE, code.to_bytes(2))


NO_CODE = int(CloseReason.NORMAL_CLOSURE)
"""The code with which a gateway answers a close frame without a code."""
