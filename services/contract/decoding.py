"""Decode msgpack that another process wrote."""

from typing import TypeVar

import msgspec

T = TypeVar("T")


def decode(decoder: "msgspec.msgpack.Decoder[T]", payload: bytes) -> T:
    """Decode `payload`; raise `msgspec.DecodeError` also for invalid UTF-8 and for too deep nesting."""
    try:
        return decoder.decode(payload)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from None
