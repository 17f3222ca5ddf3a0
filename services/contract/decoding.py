"""Decode messages that somebody else wrote, and say what is wrong with them without quoting them."""

import re
from typing import TypeVar

import msgspec

T = TypeVar("T")


def decode(decoder: "msgspec.msgpack.Decoder[T]", payload: bytes) -> T:
    """Decode `payload`; raise `msgspec.DecodeError` also for invalid UTF-8 and for too deep nesting."""
    try:
        return decoder.decode(payload)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(describe(error)) from None


_QUOTED = re.compile(r"""(?<=value) (['"]).*\1|(?<=unknown field) `.*`""", re.DOTALL)


def describe(error: Exception) -> str:
    """Return why msgspec refuses a message, without values and names that its sender chose."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not valid UTF-8"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return _QUOTED.sub("", str(error))
