"""Decoding what another process wrote."""

from typing import TypeVar

import msgspec

T = TypeVar("T")


def decode(decoder: "msgspec.msgpack.Decoder[T]", payload: bytes) -> T:
    """Decode `payload`; raises `msgspec.DecodeError`, also for bad UTF-8 and endless nesting."""
    try:
        return decoder.decode(payload)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from None
